"""Capital account statements: every sub-fund and quarter of a programme, from one grouped query over the postings.

The lines follow the ILPA Reporting Template v2.0 in our own order; what costs the partners is negative, so that the
beginning and all lines add up to the ending. Each statement is in its sub-fund's own currency and none are added together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from operator import add, sub
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BigIntegerField, F, IntegerField, Q, QuerySet, Sum
from django.db.models.functions import Cast, Coalesce, ExtractQuarter, ExtractYear

from fund.enums import Account, EntryKind
from fund.models import Posting, Programme, SubFund
from fund.queries.flows import NET_ASSETS
from portal.core.money import split
from portal.core.periods import add_months

#: The lines of a column between its beginning and its ending; the last is what is due but not here.
LINES = (
    "contributions", "distributions", "fees", "expenses", "income", "realised", "unrealised", "write_downs", "carry", "due",
)  # fmt: skip


class Totals(NamedTuple):
    """What a sub-fund's or a partner's postings come to from the beginning; minor units, signs as in a statement."""

    contributions: int = 0
    distributions: int = 0
    fees: int = 0
    expenses: int = 0
    income: int = 0
    realised: int = 0
    unrealised: int = 0
    write_downs: int = 0
    carry: int = 0
    nav: int = 0
    committed: int = 0
    unfunded: int = 0
    #: Between partners (3300): what this partner bears for others; negative where others bear for it.
    borne: int = 0


NOTHING = Totals()


def _plus(one: Totals, other: Totals) -> Totals:
    return Totals(*map(add, one, other))


def _minus(one: Totals, other: Totals) -> Totals:
    return Totals(*map(sub, one, other))


#: A partner, or None for postings of nobody, and what its postings of one quarter come to.
type _Change = tuple[int | None, Totals]


@dataclass(frozen=True, slots=True)
class Column:
    """One period of the sub-fund: ``beginning`` + every line = ``ending``."""

    beginning: int
    lines: tuple[int, ...]
    ending: int


@dataclass(frozen=True, slots=True)
class PartnerColumn:
    """One period of one partner: ``beginning`` + contributions + distributions + result + between = ``ending``."""

    beginning: int
    contributions: int
    distributions: int
    result: int
    between: int
    ending: int


@dataclass(frozen=True)
class _Mark:
    """Everything up to the end of a day: the sub-fund's totals, and those of each partner by its id."""

    fund: Totals
    partners: dict[int, Totals]

    @cached_property
    def results(self) -> dict[int, int]:
        """Each partner's part of the result by what it has committed; whole minor units that sum to it."""
        weights = [max(0, one.committed) for one in self.partners.values()]
        if not any(weights):
            return {}
        result = self.fund.nav - self.fund.contributions - self.fund.distributions
        return dict(zip(self.partners, split(result, weights), strict=True))


_NEVER = _Mark(NOTHING, {})


@dataclass(frozen=True, slots=True)
class Statement:
    """One sub-fund at the end of a quarter, or on the day asked for: the quarter, the year so far, and since inception."""

    sub_fund: int
    quarter: date
    end: date
    _before_quarter: _Mark
    _before_year: _Mark
    _after: _Mark

    @property
    def columns(self) -> tuple[Column, Column, Column]:
        """The whole sub-fund over the quarter, the year and from inception; all three end at one value."""
        return tuple(_column(mark.fund, self._after.fund) for mark in self._begins)  # type: ignore[return-value]

    @property
    def partners(self) -> list[int]:
        return list(self._after.partners)

    def of(self, partner: int) -> tuple[PartnerColumn, PartnerColumn, PartnerColumn]:
        """One partner over the same three periods."""
        after = _partner_at(self._after, partner)
        return tuple(_partner_column(_partner_at(mark, partner), after) for mark in self._begins)  # type: ignore[return-value]

    def commitment(self, partner: int) -> tuple[int, int]:
        """What the partner has committed and what of it may still be called, at the end."""
        own = self._after.partners.get(partner, NOTHING)
        return own.committed, own.unfunded

    @property
    def _begins(self) -> tuple[_Mark, _Mark, _Mark]:
        return self._before_quarter, self._before_year, _NEVER


def _column(before: Totals, after: Totals) -> Column:
    change = _minus(after, before)
    lines = change[: len(LINES) - 1]
    return Column(before.nav, (*lines, change.nav - sum(lines)), after.nav)


def _partner_at(mark: _Mark, partner: int) -> tuple[int, int, int, int]:
    """Contributions, distributions, result and what came from other partners so far."""
    own = mark.partners.get(partner, NOTHING)
    return own.contributions, own.distributions, mark.results.get(partner, 0), -own.borne


def _partner_column(before: tuple[int, int, int, int], after: tuple[int, int, int, int]) -> PartnerColumn:
    paid, back, result, between = map(sub, after, before)
    return PartnerColumn(sum(before), paid, back, result, between, sum(after))


def statements(programme: Programme, *, on: date, known: datetime | None = None) -> list[Statement]:
    """Every sub-fund with a posting, every quarter from its first to that of ``on``, in this order.

    Values are cut off at the end of ``on`` (기준일) and at ``known`` (인지시점; None is now).
    """
    changes: dict[int, dict[date, list[_Change]]] = {}
    for row in _read(_rows(programme, on, known)):
        quarters = changes.setdefault(row[0], {})
        quarters.setdefault(_first_day(row[1]), []).append((row[2], Totals._make(row[3:])))
    codes = dict(SubFund.objects.filter(pk__in=changes).values_list("pk", "code"))
    return [made for pk in sorted(changes, key=codes.__getitem__) for made in _quarters(pk, changes[pk], on)]


def _quarters(sub_fund: int, changes: dict[date, list[_Change]], on: date) -> Iterator[Statement]:
    """Roll the changes on from quarter to quarter."""
    start, so_far, year = min(changes), _NEVER, _NEVER
    while start <= on:
        year = so_far if start.month == 1 else year
        after = _rolled(so_far, changes.get(start))
        following = add_months(start, 3)
        yield Statement(sub_fund, start, min(following - timedelta(days=1), on), so_far, year, after)
        start, so_far = following, after


def _rolled(mark: _Mark, change: list[_Change] | None) -> _Mark:
    if change is None:
        return mark
    partners = dict(mark.partners)
    for partner, totals in change:
        if partner is not None:
            partners[partner] = _plus(partners.get(partner, NOTHING), totals)
    fund = Totals(*map(sum, zip(mark.fund, *[totals for _partner, totals in change], strict=True)))
    return _Mark(fund, dict(sorted(partners.items())))


def _read(rows: QuerySet[Posting, tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows as the driver reads them, all whole numbers: the ORM would look at each of a million values once more."""
    with connection.cursor() as cursor:
        cursor.execute(*rows.query.sql_with_params())
        return cursor.fetchall()


@cache
def _first_day(quarter: int) -> date:
    """Quarters counted through the years: four times the year and from 0 to 3."""
    return date(quarter // 4, quarter % 4 * 3 + 1, 1)


def _rows(programme: Programme, on: date, known: datetime | None) -> QuerySet[Posting, tuple[Any, ...]]:
    """The one grouped query: sub-fund, quarter counted through the years, partner, every total in the order of ``Totals``."""
    found = Posting.objects.filter(
        book__programme=programme, book__kind="SUB_FUND", effective_date__lte=on,
        currency=F("book__sub_fund__currency"),
    )  # fmt: skip
    found = found if known is None else found.filter(recorded_at__lte=known)
    return (
        found.annotate(
            quarter=Cast(ExtractYear("effective_date") * 4 + ExtractQuarter("effective_date") - 1, IntegerField()),
            happened=Coalesce("entry__reversal_of__kind", "entry__kind"),
        )
        .values("book__sub_fund", "quarter", "partner")
        .annotate(**{f"sum_{name}": total for name, total in _sums().items()})
        .values_list("book__sub_fund", "quarter", "partner", *[f"sum_{name}" for name in Totals._fields])
    )


def _sums() -> dict[str, Cast]:
    """Each total as a filtered sum of the same rows; what counts as paid in or out follows ``flows.sides``."""
    paid = (
        Q(happened=EntryKind.RECEIPT, account=Account.DUE)
        | Q(happened=EntryKind.EQUALISATION, account=Account.CAPITAL)
        | Q(happened=EntryKind.DISTRIBUTION, account=Account.CAPITAL)
    )
    carry = Q(account=Account.CARRY_PAID, happened__in=[EntryKind.DISTRIBUTION, EntryKind.CLAWBACK])
    return {
        "contributions": _sum(paid, -1),
        "distributions": _sum(Q(account=Account.DISTRIBUTED, happened=EntryKind.DISTRIBUTION), -1),
        "fees": _sum(_in(Account.FEE), -1),
        "expenses": _sum(_in(Account.EXPENSE), -1),
        "income": _sum(_in(Account.INCOME, Account.OTHER_INCOME), -1),
        "realised": _sum(_in(Account.REALISED), -1),
        "unrealised": _sum(_in(Account.REVALUED), -1),
        "write_downs": _sum(_in(Account.WRITTEN_DOWN), -1),
        "carry": _sum(carry, -1),
        "nav": _sum(_in(*NET_ASSETS)),
        "committed": _sum(_in(Account.COMMITTED)),
        "unfunded": _sum(_in(Account.UNFUNDED), -1),
        "borne": _sum(_in(Account.RESULT)),
    }


def _in(*accounts: Account) -> Q:
    return Q(account__in=accounts)


def _sum(which: Q, sign: int = 1) -> Cast:
    """A whole number of eight bytes: what the database sums is a decimal, which is slow to read by the hundred thousand."""
    return Cast(Coalesce(Sum("amount", filter=which), 0) * sign, BigIntegerField())
