"""When a leaf can have been written: between two cosignatures of witnesses (attack 24, a leaf dated otherwise).

A cosignature over `size` leaves at a time says that all of them were there by then, and that no later one was in the tree
yet. So the `at` of leaf i lies after the last cosignature over at most i leaves, less what a transaction and the
sequencer may take, and before the first one over more.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any

#: How long a leaf may take from its `at` into the tree: its transaction, and a sequencer that stood still.
BEFORE_SECONDS = 600
#: The clocks of a witness and of the database may differ.
CLOCK_SECONDS = 60


class Windows:
    """What cosignatures, as (size, Unix time), say about the time of each leaf."""

    def __init__(self, seen: Iterable[tuple[int, int]]) -> None:
        known = sorted(seen)
        self._sizes = [size for size, _ in known]
        self._after = list(accumulate((at for _, at in known), max))
        self._before = list(accumulate((at for _, at in reversed(known)), min))[::-1]

    def wrong(self, index: int, leaf: Mapping[str, Any]) -> str | None:
        """What speaks against the time that leaf number `index` gives itself; None when nothing does."""
        if not self._sizes:
            return None
        at, place = datetime.fromisoformat(leaf["at"]).timestamp(), bisect_right(self._sizes, index)
        if place and at < self._after[place - 1] - BEFORE_SECONDS:
            return f"leaf {index}: dated {leaf['at']}, but it was not in the log at {_told(self._after[place - 1])}"
        if place < len(self._sizes) and at > self._before[place] + CLOCK_SECONDS:
            return f"leaf {index}: dated {leaf['at']}, but witnesses saw it at {_told(self._before[place])}"
        return None


def _told(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
