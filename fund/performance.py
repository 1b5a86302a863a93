"""Rates of return, multiples and comparison with the market. Pure.

Multiples are exact fractions. A rate is a float by nature, found from flows that were summed exactly, and always comes
with a status: where there is no single root there is no rate, and no number is shown in its place.
Sources: GIPS 2020 (money-weighted return, multiples), ILPA Performance Template v1.1, Kaplan and Schoar 2005 (KS-PME),
Gredil, Griffiths and Stucke 2014 (direct alpha).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import expm1, isfinite, log1p

from fund.roots import rates
from portal.core.amounts import DAYS_IN_YEAR

type Amount = int | Decimal | float
type Number = int | Decimal | Fraction | float


@dataclass(frozen=True, slots=True)
class Xirr:
    """``status`` OK, NO_SOLUTION, MULTIPLE or UNDEFINED; ``rate`` a year, only when OK; ``roots`` ascending.

    Not ``annualised`` (first to last date under 365 days): screens show ``period_return`` instead of the rate. It is
    also set, to −1, where money went in and nothing came back (전액손실).
    """

    status: str
    rate: float | None
    roots: tuple[float, ...]
    annualised: bool
    period_return: float | None


@dataclass(frozen=True, slots=True)
class Multiples:
    """Paid-in over committed; distributed, residual and total value over paid-in. ``None``: the divisor is 0."""

    pic: Fraction | None
    dpi: Fraction | None
    rvpi: Fraction | None
    tvpi: Fraction | None


def xirr(flows: Iterable[tuple[date, Amount]]) -> Xirr:
    """The rate at which the flows, discounted act/365F to the first date, sum to zero; paid out negative.

    Sums of one date are exact for ``int`` and ``Decimal``; zero sums are dropped. Every root with 1 + rate within
    [1e-6, 1e3] is found. Raises ``ValueError`` for an amount that is not finite.
    """
    by_date = _summed(flows)
    dates = sorted(by_date)
    days = (dates[-1] - dates[0]).days if dates else 0
    amounts = [by_date[day] for day in dates]
    if not amounts or min(amounts) > 0 or max(amounts) < 0:
        lost = amounts and max(amounts) < 0
        return _without_rate("UNDEFINED", (), days, -1.0 if lost else None)
    found = rates([(day - dates[0]).days for day in dates], amounts)
    if len(found) != 1:
        return _without_rate("MULTIPLE" if found else "NO_SOLUTION", found, days, None)
    rate = found[0]
    if days >= DAYS_IN_YEAR:
        return Xirr("OK", rate, found, True, None)
    return Xirr("OK", rate, found, False, expm1(log1p(rate) * days / DAYS_IN_YEAR))


def multiples(paid_in: int, distributed: int, nav: int, committed: int) -> Multiples:
    """PIC, DPI, RVPI and TVPI from gross amounts in minor units, recalls included; exact.

    Raises ``TypeError`` for a float.
    """
    return Multiples(
        pic=_over(paid_in, committed),
        dpi=_over(distributed, paid_in),
        rvpi=_over(nav, paid_in),
        tvpi=_over(distributed + nav, paid_in),
    )


def ks_pme(
    contributions: Sequence[Number], distributions: Sequence[Number], index: Sequence[Number], nav: Number
) -> float:
    """What the fund returned for each won the index would have returned on the same payments (Kaplan and Schoar).

    (Σ D·I_T/I_t + NAV) / (Σ C·I_T/I_t), the last entry being the valuation. Raises ``ValueError`` for sequences of
    different length, a negative amount, an index not above 0, or nothing contributed.
    """
    paid, back, scale = _scaled(contributions, distributions, index, nav)
    future_paid = sum((amount * factor for amount, factor in zip(paid, scale, strict=True)), Fraction(0))
    if not future_paid:
        raise ValueError("nothing was contributed")
    return float(sum((amount * factor for amount, factor in zip(back, scale, strict=True)), Fraction(0)) / future_paid)


def direct_alpha(
    contributions: Sequence[Number],
    distributions: Sequence[Number],
    index: Sequence[Number],
    nav: Number,
    dates: Sequence[date] | None = None,
) -> float:
    """The yearly rate earned above the index: the discrete rate of the flows scaled by the index to the last date.

    Entries are a year apart unless ``dates`` are given (then act/365F). Raises ``ValueError`` as ``ks_pme`` does, for
    dates that do not ascend, and where there is not one single rate.
    """
    paid, back, scale = _scaled(contributions, distributions, index, nav)
    days = _days(dates, len(scale))
    net = [(day, factor * (b - p)) for day, factor, b, p in zip(days, scale, back, paid, strict=True) if b != p]
    found = rates([day for day, _ in net], [amount for _, amount in net])
    if len(found) != 1:
        raise ValueError(f"{len(found)} rates, not one")
    return found[0]


def converted(
    flows: Iterable[tuple[date, int]], exchange: Mapping[date, int | Decimal]
) -> list[tuple[date, int | Decimal]]:
    """Flows of another currency at the rate of their own day, exact, for the rate of return in won.

    Raises ``ValueError`` for a day without a rate: none is guessed from its neighbours.
    """
    result: list[tuple[date, int | Decimal]] = []
    for day, amount in flows:
        if day not in exchange:
            raise ValueError(f"no exchange rate for {day}")
        result.append((day, amount * exchange[day]))
    return result


def _without_rate(status: str, found: tuple[float, ...], days: int, period_return: float | None) -> Xirr:
    return Xirr(status, None, found, days >= DAYS_IN_YEAR, period_return)


def _summed(flows: Iterable[tuple[date, Amount]]) -> dict[date, int | Fraction]:
    """The exact sum of each date, those of zero left out."""
    by_date: dict[date, int | Fraction] = {}
    for day, amount in flows:
        by_date[day] = by_date.get(day, 0) + (amount if isinstance(amount, int) else _exact(amount))
    return {day: amount for day, amount in by_date.items() if amount}


def _over(amount: int, divisor: int) -> Fraction | None:
    return Fraction(amount, divisor) if divisor else None


def _scaled(
    contributions: Sequence[Number], distributions: Sequence[Number], index: Sequence[Number], nav: Number
) -> tuple[list[Fraction], list[Fraction], list[Fraction]]:
    """Contributions, distributions with the NAV added to the last, and I_T/I_t; all exact."""
    if not len(contributions) == len(distributions) == len(index) > 0:
        raise ValueError("contributions, distributions and index are one entry per date")
    paid, back, levels = ([_exact(number) for number in row] for row in (contributions, distributions, index))
    residual = _exact(nav)
    if min([*paid, *back, residual]) < 0:
        raise ValueError("an amount is negative")
    if min(levels) <= 0:
        raise ValueError("an index is above 0")
    back[-1] += residual
    return paid, back, [levels[-1] / level for level in levels]


def _days(dates: Sequence[date] | None, count: int) -> list[int]:
    if dates is None:
        return [DAYS_IN_YEAR * i for i in range(count)]
    if len(dates) != count:
        raise ValueError("one date per entry")
    days = [(day - dates[0]).days for day in dates]
    if any(after <= before for before, after in pairwise(days)):
        raise ValueError("dates ascend, one entry each")
    return days


def _exact(number: Number) -> Fraction:
    finite = number.is_finite() if isinstance(number, Decimal) else not isinstance(number, float) or isfinite(number)
    if not finite:
        raise ValueError(f"not a finite number: {number}")
    return Fraction(number)
