"""Many who want the same thing at the same moment: one of them does it for all who came meanwhile."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

logger = logging.getLogger(__name__)


class Lately(dict[str, float]):
    """For which keys something happened in this process within the last seconds; each with when, by the process's clock."""

    def __init__(self, within_s: float) -> None:
        super().__init__()
        self._within_s = within_s

    def note(self, key: str) -> None:
        """It happened just now."""
        self[key] = time.monotonic()

    def saw(self, key: str) -> bool:
        """Whether it happened lately; what is long past is forgotten."""
        last = self.get(key)
        if last is not None and time.monotonic() - last > self._within_s:
            self.pop(key, None)
        return key in self


class _Wish[Item, Result]:
    """What one thread brought, and what came of it."""

    __slots__ = ("item", "result")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.result: Result | None = None


class _Crowd[Item, Result]:
    """Those who want something of one key."""

    __slots__ = ("arrived", "turn")

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.arrived: list[_Wish[Item, Result]] = []


class Together[Key: Hashable, Item, Result]:
    """Threads of this process that want the same do it in one act.

    Whoever gets the turn acts for all who have arrived by then, ``act(key, items)`` answering each in its order; the
    others find their answer when the turn comes to them. While one acts, the next gather, and for ``gather_s`` seconds
    before: an act costs nearly the same for one as for ten. ``None`` says that the caller has to do it alone: ``act``
    may answer so, and everybody is answered so when ``act`` fails.

    ``act`` opens and ends its own transaction; do not call within one that others must not see fail.
    """

    def __init__(self, act: Callable[[Key, Sequence[Item]], Sequence[Result | None]], *, gather_s: float = 0.0) -> None:
        self._act, self._gather_s = act, gather_s
        self._crowds: defaultdict[Key, _Crowd[Item, Result]] = defaultdict(_Crowd)
        self._door = threading.Lock()

    def ask(self, key: Key, item: Item) -> Result | None:
        """What came of ``item``: done by this thread for all, or by another for this one."""
        wish: _Wish[Item, Result] = _Wish(item)
        with self._door:
            crowd = self._crowds[key]
            crowd.arrived.append(wish)
        with crowd.turn:
            if wish in crowd.arrived:  # whoever has the turn alone takes wishes away
                time.sleep(self._gather_s)
                with self._door:
                    wishes, crowd.arrived = crowd.arrived, []
                self._fulfil(key, wishes)
        self._leave(key, crowd)
        return wish.result

    def _fulfil(self, key: Key, wishes: Sequence[_Wish[Item, Result]]) -> None:
        try:
            results = self._act(key, [wish.item for wish in wishes])
        except Exception:
            logger.exception("%s wishes for %s are left to those who brought them", len(wishes), key)
            return
        for wish, result in zip(wishes, results, strict=True):
            wish.result = result

    def _leave(self, key: Key, crowd: _Crowd[Item, Result]) -> None:
        """Keep no crowd that nobody stands in."""
        with self._door:
            if not crowd.arrived and not crowd.turn.locked() and self._crowds.get(key) is crowd:
                del self._crowds[key]
