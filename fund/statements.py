"""The sums of a quarterly report: roll-forwards, fees net of offsets, before and after. Integers, one rounding. Pure.

Source: ILPA Reporting Template v2.0 (line items and signs; what costs the partners is negative).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from portal.core.amounts import check_each_natural, check_whole


@dataclass(frozen=True, slots=True)
class NetFees:
    """Fee after rebate, waiver and offset; the same with expenses; the same with income (net operating result)."""

    net_fee: int
    net_fee_and_expenses: int
    net_operating: int


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """Totals over rows and their change; percentages to one decimal, ``None`` where there was nothing before."""

    companies: int
    before: int
    after: int
    change: int
    change_percent: Decimal | None
    by_row_percent: tuple[Decimal | None, ...]


def roll_forward(beginning: int, *changes: int) -> int:
    """The ending balance: of NAV, of carry accrued and paid, of offsets recognised and applied."""
    for amount in (beginning, *changes):
        check_whole(amount=amount)
    return beginning + sum(changes)


def endings(periods: Iterable[Sequence[int]]) -> int:
    """The one balance in which the roll-forwards of quarter, year and inception must meet.

    Each period is its beginning and its changes. Raises ``ValueError`` when they do not meet, or there is none.
    """
    met = {roll_forward(*period) for period in periods}
    if len(met) != 1:
        raise ValueError(f"roll-forwards end at {sorted(met)}")
    return met.pop()


def net_fees(
    *, gross: int, rebate: int, waiver: int, offset: int, related_person: int, external: int, income: int
) -> NetFees:
    """From the gross management fee down to the net operating result, every line with its own sign."""
    fee = roll_forward(gross, rebate, waiver, offset)
    with_expenses = roll_forward(fee, related_person, external)
    return NetFees(fee, with_expenses, roll_forward(with_expenses, income))


def before_after(companies: Sequence[int], before: Sequence[int], after: Sequence[int]) -> BeforeAfter:
    """Sales or jobs before investment and after, by row. ``ValueError`` for negative figures or rows of other length."""
    for name, row in (("companies", companies), ("before", before), ("after", after)):
        check_each_natural(name, row)
    by_row = tuple(_percent(old, new) for old, new in zip(before, after, strict=True))
    if len(companies) != len(by_row):
        raise ValueError("companies, before and after have a figure for each row")
    old, new = sum(before), sum(after)
    return BeforeAfter(sum(companies), old, new, new - old, _percent(old, new), by_row)


def _percent(before: int, after: int) -> Decimal | None:
    if not before:
        return None
    return (Decimal(100 * (after - before)) / before).quantize(Decimal("0.1"), ROUND_HALF_UP)
