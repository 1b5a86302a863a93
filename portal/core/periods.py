"""Calendar arithmetic: months, years, Korean working days, deadlines. Pure; ranges are half-open."""

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

SEOUL = ZoneInfo("Asia/Seoul")

# What the holiday library of our lock does not know yet: a holiday declared since (True), one taken back (False).
OVERRIDES: Mapping[date, bool] = {}

_SATURDAY, _SUNDAY = 5, 6
_OFFICE_CLOSES = time(18)


@dataclass(frozen=True, slots=True)
class MonthPart:
    """The days ``[start, end)`` of one calendar month; ``month`` is its first day."""

    month: date
    start: date
    end: date

    @property
    def days(self) -> int:
        """Days of the period that fall in the month."""
        return (self.end - self.start).days

    @property
    def days_in_month(self) -> int:
        """Days the whole month has."""
        return days_in_month(self.month)


def days_in_month(day: date) -> int:
    """Days in the month of ``day``: 28 to 31."""
    return calendar.monthrange(day.year, day.month)[1]


def first_of_month(day: date) -> date:
    """The first day of the month of ``day``."""
    return date(day.year, day.month, 1)


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later (or earlier); where the month is shorter, its last day."""
    index = day.year * 12 + day.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    return first.replace(day=min(day.day, days_in_month(first)))


def months_of(start: date, end: date) -> int:
    """Calendar months from ``start`` to ``end``, by their names alone; a period within one month counts as one."""
    return max(1, (end.year - start.year) * 12 + end.month - start.month)


def month_parts(start: date, end: date) -> Iterator[MonthPart]:
    """The calendar months touched by ``[start, end)``, in order; ``ValueError`` when ``end`` is before ``start``."""
    if end < start:
        raise ValueError("end is before start")
    while start < end:
        month = first_of_month(start)
        stop = min(end, add_months(month, 1))
        yield MonthPart(month, start, stop)
        start = stop


def last_day_within(start: date, years: int) -> date:
    """The last day that is still within ``years`` of ``start``: the same day, inclusive; no 29 February: the 28th."""
    return add_months(start, years * 12)


def within_years(start: date, years: int, on: date) -> bool:
    """Whether ``on`` is no later than ``years`` after ``start``, the same day included."""
    return on <= last_day_within(start, years)


def is_working_day(day: date, *, overrides: Mapping[date, bool] = OVERRIDES) -> bool:
    """Whether Korean public offices work on ``day``: no Saturday, Sunday or public holiday (관공서의 공휴일)."""
    if day in overrides:
        return not overrides[day] and day.weekday() < _SATURDAY
    return day.weekday() < _SATURDAY and day not in _public_holidays(day.year)


def next_working_day(day: date, *, overrides: Mapping[date, bool] = OVERRIDES) -> date:
    """``day`` itself if it is a working day, else the first one after it."""
    while not is_working_day(day, overrides=overrides):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int, *, overrides: Mapping[date, bool] = OVERRIDES) -> date:
    """The ``count``-th working day after ``day``; the first day is not counted."""
    for _ in range(count):
        day = next_working_day(day + timedelta(days=1), overrides=overrides)
    return day


def last_day(notified_on: date, days: int, *, overrides: Mapping[date, bool] = OVERRIDES) -> date:
    """The last day of a legal period of ``days``: first day not counted; on a Saturday or holiday it moves on.

    Source of the rule: 민법 §157, §161.
    """
    return next_working_day(notified_on + timedelta(days=days), overrides=overrides)


def end_of_day(day: date) -> datetime:
    """The instant at which ``day`` is over in Seoul, for half-open deadlines."""
    return datetime.combine(day + timedelta(days=1), time(0), SEOUL)


def offer_expiry(sent_at: datetime, days: int, *, overrides: Mapping[date, bool] = OVERRIDES) -> datetime:
    """When an offer sent at ``sent_at`` ends: ``days`` × 24 h later; on a day off, at 18:00 on the next working day."""
    ends = (sent_at + timedelta(days=days)).astimezone(SEOUL)
    working = next_working_day(ends.date(), overrides=overrides)
    return ends if working == ends.date() else datetime.combine(working, _OFFICE_CLOSES, SEOUL)


@cache
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("KR", years=year))
