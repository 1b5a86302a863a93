"""The management fee (관리보수) from dated slices of base and rate. Exact fractions, one floor. Pure.

Source: the fund's agreement (규약); day counts as ISDA 2006 names them, act/365 fixed and act/act.
"""

from calendar import isleap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from portal.core.amounts import DAYS_IN_YEAR, WHOLE_BP, check_natural


@dataclass(frozen=True, slots=True)
class Slice:
    """One stretch ``[start, end)`` in which neither the base (minor units) nor the rate (basis points a year) changes."""

    start: date
    end: date
    base: int
    rate_bp: int


def management_fee(slices: Sequence[Slice], day_count: str = "act/365F") -> int:
    """The gross fee of the slices in minor units: exact parts summed, one floor on the sum.

    ``"act/act"`` counts days over the days of their own calendar year. Rebates, waivers and offsets are other lines.
    Raises ``ValueError`` for a slice that ends before it starts, a negative base or rate, an unknown day count.
    """
    if day_count not in _YEARS:
        raise ValueError(f"unknown day count: {day_count}")
    years = _YEARS[day_count]
    total = Fraction(0)
    for part in slices:
        check_natural(base=part.base, rate_bp=part.rate_bp)
        if part.end < part.start:
            raise ValueError(f"a slice ends on {part.end}, before its start on {part.start}")
        total += part.base * part.rate_bp * years(part.start, part.end) / WHOLE_BP
    return total.numerator // total.denominator


def _years_of_365(start: date, end: date) -> Fraction:
    return Fraction((end - start).days, DAYS_IN_YEAR)


def _calendar_years(start: date, end: date) -> Fraction:
    return Fraction(end.year - start.year) + _part_of_year(end) - _part_of_year(start)


def _part_of_year(day: date) -> Fraction:
    return Fraction(day.timetuple().tm_yday - 1, 366 if isleap(day.year) else 365)


_YEARS = {"act/365F": _years_of_365, "act/act": _calendar_years}
