"""Which quarters a manager reports on, and by when. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_YEAR_END = 12


@dataclass(frozen=True, slots=True)
class Days:
    """Days after the end of a quarter, and of a year, within which a sub-fund's report is due."""

    quarter: int
    year: int


def quarter_of(day: date) -> int:
    """1 to 4."""
    return (day.month + 2) // 3


def quarter_end(year: int, quarter: int) -> date:
    """The last day of a quarter; ``ValueError`` for a quarter that is none."""
    if not 1 <= quarter <= 4:
        raise ValueError("a year has four quarters")
    after = date(year + (quarter == 4), quarter * 3 % 12 + 1, 1)
    return after - timedelta(days=1)


def quarter_start(day: date) -> date:
    """The first day of the quarter in which ``day`` lies."""
    return date(day.year, quarter_of(day) * 3 - 2, 1)


def ends(first: date, last: date) -> Iterator[date]:
    """The quarters that end from ``first`` to ``last``, both included, by their last day."""
    year, quarter = first.year, quarter_of(first)
    while (end := quarter_end(year, quarter)) <= last:
        yield end
        year, quarter = (year, quarter + 1) if quarter < 4 else (year + 1, 1)


def due_date(end: date, days: Days) -> date:
    """The last day on which the report of a quarter is in time; the fourth quarter's is that of the year."""
    return end + timedelta(days=days.year if end.month == _YEAR_END else days.quarter)
