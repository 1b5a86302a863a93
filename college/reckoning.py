"""What of a fee goes back, from the timetable and the moment it was caused: which rule of ``refunds`` applies, and with what. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from college import refunds
from college.enums import RefundRule
from portal.core.money import split
from portal.core.periods import SEOUL, add_months

#: The table of the decree that the sums follow; kept with every refund.
TABLE = "LIFELONG_2024"


@dataclass(frozen=True, slots=True)
class Taught:
    """A lesson that was not cancelled; ``held`` says that it took place or has begun."""

    starts_at: datetime
    ends_at: datetime
    held: bool


@dataclass(frozen=True, slots=True)
class Course:
    """The fee in won, the days of the run and its lessons."""

    fee: int
    starts: date
    ends: date
    lessons: Sequence[Taught]

    @property
    def months(self) -> int:
        """How many months the run takes, the last perhaps not whole; at least 1."""
        months = 1
        while add_months(self.starts, months) <= self.ends:
            months += 1
        return months

    def month_of(self, at: datetime) -> int:
        """The month, from 0, in which an instant lies; before the first it is the first, after the last the last."""
        day, month = at.astimezone(SEOUL).date(), 0
        while month + 1 < self.months and add_months(self.starts, month + 1) <= day:
            month += 1
        return month

    def days_left(self, at: datetime) -> int:
        """Days of the run after the one ``at`` lies in; all of them before the run begins."""
        day = at.astimezone(SEOUL).date()
        return (self.ends - self.starts).days + 1 if day < self.starts else max((self.ends - day).days, 0)


@dataclass(frozen=True, slots=True)
class Sum:
    """One rule applied: what it gives in won, and the numbers it was given."""

    rule: RefundRule
    won: int
    numbers: dict[str, Any]

    def as_data(self) -> dict[str, Any]:
        return {"rule": self.rule.value, "won": self.won, **self.numbers}


def reckon(course: Course, left_at: datetime | None, cancelled_at: datetime | None) -> list[Sum]:
    """The sums that apply, the best for the student first: who left and whose run was then called off gets the better."""
    sums = []
    if left_at is not None:
        sums.append(_left(course, left_at))
    if cancelled_at is not None:
        remaining, total = course.days_left(cancelled_at), (course.ends - course.starts).days + 1
        given = {"fee": course.fee, "remaining": remaining, "total": total}
        sums.append(Sum(RefundRule.PRO_RATA, refunds.pro_rata(**given), given))
    return sorted(sums, key=lambda one: -one.won)


def _left(course: Course, at: datetime) -> Sum:
    """By minutes taught until then; a course of more than a month only by those of the running month."""
    if course.months == 1:
        used, total = _minutes(course.lessons, at)
        given = {"fee": course.fee, "used": used, "total": total}
        return Sum(RefundRule.BY_PERIOD, refunds.by_period(course.fee, used, total), given)
    month = course.month_of(at)
    used, total = _minutes([one for one in course.lessons if course.month_of(one.starts_at) == month], at)
    fees = split(course.fee, [1] * course.months)
    by_month: dict[str, Any] = {"fees": fees, "month": month, "used": used, "total": total}
    return Sum(RefundRule.BY_MONTH, refunds.by_month(**by_month), by_month)


def _minutes(lessons: Iterable[Taught], at: datetime) -> tuple[int, int]:
    """Minutes held until ``at`` and minutes in all; where nothing is planned, nothing of one minute was held."""
    used = total = 0
    for one in lessons:
        total += _between(one.starts_at, one.ends_at)
        if one.held and one.starts_at < at:
            used += _between(one.starts_at, min(one.ends_at, at))
    return used, max(total, 1)


def _between(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds()) // 60
