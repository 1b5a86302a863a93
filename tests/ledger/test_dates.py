"""Attack 24: a leaf dated otherwise stands out between the cosignatures around it."""

from datetime import UTC, datetime

import pytest

from ledger.dates import BEFORE_SECONDS, CLOCK_SECONDS, Windows

NOON = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp())
#: Ten leaves seen at noon and a quarter past, twenty at one.
SEEN = [(20, NOON + 3600), (10, NOON + 900), (10, NOON)]


def at(seconds):
    return {"at": f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S.%f}Z"}


@pytest.mark.parametrize(
    ("index", "earliest", "latest"),
    [
        (0, None, NOON + CLOCK_SECONDS),
        (9, None, NOON + CLOCK_SECONDS),
        (10, NOON + 900 - BEFORE_SECONDS, NOON + 3600 + CLOCK_SECONDS),
        (19, NOON + 900 - BEFORE_SECONDS, NOON + 3600 + CLOCK_SECONDS),
        (20, NOON + 3600 - BEFORE_SECONDS, None),
    ],
)
def test_the_window_of_a_leaf(index, earliest, latest):
    windows = Windows(SEEN)
    for bound, outside in ((earliest, -1), (latest, 1)):
        if bound is not None:
            assert windows.wrong(index, at(bound)) is None
            assert f"leaf {index}: dated" in windows.wrong(index, at(bound + outside))
    assert windows.wrong(index, at(earliest or NOON - 10**7)) is None
    assert windows.wrong(index, at(latest or NOON + 10**7)) is None


def test_without_witnesses_nothing_can_be_said():
    assert Windows([]).wrong(3, at(0)) is None
