"""Capital account statements: every sub-fund and quarter of a programme, from one grouped query over the postings.

The lines follow the ILPA Reporting Template v2.0 in our own order; what costs the partners is negative, so that the
beginning and all lines add up to the ending. Each statement is in its sub-fund's own currency and none are added together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property, reduce
from operator import add, or_, sub
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, DateField, F, Func, IntegerField, Q, QuerySet, Sum, Value
from django.db.models.expressions import Combinable, CombinedExpression
from django.db.models.functions import Cast, Coalesce

from fund.enums import Account, EntryKind
from fund.models import Posting, Programme, SubFund
from fund.queries.flows import NET_ASSETS
from portal.core.money import split

#: The lines of a column between its beginning and its ending; the last is what is due but not here.
LINES = (
    "contributions", "distributions", "fees", "expenses", "income", "realised", "unrealised", "write_downs", "carry", "due",
)  # fmt: skip


#: The lines of one partner's account: the same, and what partners bore for each other.
ACCOUNT_LINES = (*LINES, "between")

#: How many of them have postings of their own: what is due is what those leave.
_NAMED = len(LINES) - 1
#: From this line on the lines are the result; those before it are the partner's own money.
_RESULT = LINES.index("fees")


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


#: No sub-fund's books reach back further: quarters are counted from here.
_FIRST_YEAR = 1970

NOTHING = Totals()
_COMMITTED = Totals._fields.index("committed")


#: A partner, or None for postings of nobody, and what its postings of one quarter come to, in the order of ``Totals``.
type _Change = tuple[int | None, list[int]]


class Column(NamedTuple):
    """One period of the sub-fund: ``beginning`` + every line = ``ending``."""

    beginning: int
    lines: tuple[int, ...]
    ending: int


class PartnerColumn(NamedTuple):
    """One period of one partner: ``beginning`` + contributions + distributions + result + between = ``ending``."""

    beginning: int
    contributions: int
    distributions: int
    result: int
    between: int
    ending: int


@dataclass(eq=False)
class _Mark:
    """Everything up to the end of a day: the sub-fund's totals, and those of each partner by its id. Never changed.

    They stay plain tuples until they are asked for: the collector of garbage passes over those, and there are many.
    """

    _fund: tuple[int, ...]
    _partners: dict[int, tuple[int, ...]]

    @property
    def fund(self) -> Totals:
        return Totals._make(self._fund)

    @property
    def partners(self) -> list[int]:
        return list(self._partners)

    def of(self, partner: int) -> Totals:
        return Totals._make(self._partners.get(partner, NOTHING))

    def rolled(self, change: list[_Change]) -> _Mark:
        """This with what happened after it."""
        partners = dict(self._partners)
        for partner, totals in change:
            if partner is not None:
                partners[partner] = tuple(map(add, partners.get(partner, NOTHING), totals))
        fund = tuple(map(sum, zip(self._fund, *[totals for _partner, totals in change], strict=True)))
        return _Mark(fund, partners if len(partners) == len(self._partners) else dict(sorted(partners.items())))

    @cached_property
    def parts(self) -> dict[int, tuple[int, ...]]:
        """Each partner's part of every line of the result, from fees on; the last takes what rounding leaves to it."""
        weights = [max(0, own[_COMMITTED]) for own in self._partners.values()]
        if not any(weights):
            return {}
        shares = [split(amount, weights) for amount in self._fund[_RESULT:_NAMED]]
        return {
            partner: (*own, self.results[partner] - sum(own))
            for partner, own in zip(self._partners, zip(*shares, strict=True), strict=True)
        }

    @cached_property
    def results(self) -> dict[int, int]:
        """Each partner's part of the result by what it has committed; whole minor units that sum to it."""
        weights = [max(0, own[_COMMITTED]) for own in self._partners.values()]
        if not any(weights):
            return {}
        fund = self.fund
        result = fund.nav - fund.contributions - fund.distributions
        return dict(zip(self._partners, split(result, weights), strict=True))


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
        after = self._after.fund
        return tuple(_column(mark.fund, after) for mark in self._begins)  # type: ignore[return-value]

    @property
    def partners(self) -> list[int]:
        return self._after.partners

    def of(self, partner: int) -> tuple[PartnerColumn, PartnerColumn, PartnerColumn]:
        """One partner over the same three periods."""
        after = _partner_at(self._after, partner)
        return tuple(_partner_column(_partner_at(mark, partner), after) for mark in self._begins)  # type: ignore[return-value]

    def account(self, partner: int) -> tuple[Column, Column, Column]:
        """One partner's capital account over the same periods, line by line in the order of ``ACCOUNT_LINES``."""
        after = _account_at(self._after, partner)
        return tuple(_account_column(_account_at(mark, partner), after) for mark in self._begins)  # type: ignore[return-value]

    def commitment(self, partner: int) -> tuple[int, int]:
        """What the partner has committed and what of it may still be called, at the end."""
        own = self._after.of(partner)
        return own.committed, own.unfunded

    @property
    def _begins(self) -> tuple[_Mark, _Mark, _Mark]:
        return self._before_quarter, self._before_year, _NEVER


def _column(before: Totals, after: Totals) -> Column:
    lines = tuple(map(sub, after[:_NAMED], before[:_NAMED]))
    return Column(before.nav, (*lines, after.nav - before.nav - sum(lines)), after.nav)


def _partner_at(mark: _Mark, partner: int) -> tuple[int, int, int, int]:
    """Contributions, distributions, result and what came from other partners so far."""
    own = mark.of(partner)
    return own.contributions, own.distributions, mark.results.get(partner, 0), -own.borne


def _partner_column(before: tuple[int, int, int, int], after: tuple[int, int, int, int]) -> PartnerColumn:
    paid, back, result, between = map(sub, after, before)
    return PartnerColumn(sum(before), paid, back, result, between, sum(after))


def _account_at(mark: _Mark, partner: int) -> tuple[int, ...]:
    """Every line of ``ACCOUNT_LINES`` so far."""
    own = mark.of(partner)
    nothing = (0,) * (len(LINES) - _RESULT)
    return (own.contributions, own.distributions, *mark.parts.get(partner, nothing), -own.borne)


def _account_column(before: tuple[int, ...], after: tuple[int, ...]) -> Column:
    return Column(sum(before), tuple(map(sub, after, before)), sum(after))


def statements(programme: Programme, *, on: date, known: datetime | None = None) -> list[Statement]:
    """Every sub-fund with a posting, every quarter from its first to that of ``on``, in this order.

    Values are cut off at the end of ``on`` (기준일) and at ``known`` (인지시점; None is now).
    """
    changes: defaultdict[int, defaultdict[int, list[_Change]]] = defaultdict(lambda: defaultdict(list))
    for fund, quarter, partner, *totals in _read(_rows(programme, on, known)):
        changes[fund][quarter].append((partner, totals))
    codes = dict(SubFund.objects.filter(pk__in=changes).values_list("pk", "code"))
    return [made for pk in sorted(changes, key=codes.__getitem__) for made in _quarters(pk, changes[pk], on)]


def _quarters(sub_fund: int, changes: Mapping[int, list[_Change]], on: date) -> Iterator[Statement]:
    """Roll the changes on from quarter to quarter."""
    so_far = year = _NEVER
    last = _number(on)
    for quarter in range(min(changes), last + 1):
        year = so_far if quarter % 4 == 0 else year
        change = changes.get(quarter)
        after = so_far.rolled(change) if change else so_far
        yield Statement(
            sub_fund, _first_day(quarter), on if quarter == last else _last_day(quarter), so_far, year, after
        )
        so_far = after


def _read(rows: QuerySet[Posting, tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows as the driver reads them, all whole numbers: the ORM would look at each of a million values once more."""
    with connection.cursor() as cursor:
        cursor.execute(*rows.query.sql_with_params())
        return cursor.fetchall()


def _number(day: date) -> int:
    """Its quarter counted through the years: four times those since ``_FIRST_YEAR``, and from 0 to 3."""
    return 4 * (day.year - _FIRST_YEAR) + (day.month - 1) // 3


@cache
def _first_day(quarter: int) -> date:
    return date(_FIRST_YEAR + quarter // 4, quarter % 4 * 3 + 1, 1)


@cache
def _last_day(quarter: int) -> date:
    return _first_day(quarter + 1) - timedelta(days=1)


def _rows(programme: Programme, on: date, known: datetime | None) -> QuerySet[Posting, tuple[Any, ...]]:
    """The one grouped query: sub-fund, quarter counted through the years, partner, every total in the order of ``Totals``."""
    found = Posting.objects.filter(
        book__programme=programme, book__kind="SUB_FUND", effective_date__lte=on,
        currency=F("book__sub_fund__currency"),
    )  # fmt: skip
    found = found if known is None else found.filter(recorded_at__lte=known)
    counted = _counted()
    return (
        found.annotate(happened=Coalesce("entry__reversal_of__kind", "entry__kind"))
        .filter(reduce(or_, (which for which, _sign in counted.values())))
        .annotate(quarter=_quarter(on))
        .values("book__sub_fund", "quarter", "partner")
        .annotate(**{f"sum_{name}": _sum(*asked) for name, asked in counted.items()})
        .values_list("book__sub_fund", "quarter", "partner", *[f"sum_{name}" for name in Totals._fields])
    )


def _counted() -> dict[str, tuple[Q, int]]:
    """Which postings each total counts, and with which sign; what is in none (a call that waits) is never read.

    What counts as paid in or out follows ``flows.sides``.
    """
    paid = (
        Q(happened=EntryKind.RECEIPT, account=Account.DUE)
        | Q(happened=EntryKind.EQUALISATION, account=Account.CAPITAL)
        | Q(happened=EntryKind.DISTRIBUTION, account=Account.CAPITAL)
    )
    carry = Q(account=Account.CARRY_PAID, happened__in=[EntryKind.DISTRIBUTION, EntryKind.CLAWBACK])
    return {
        "contributions": (paid, -1),
        "distributions": (Q(account=Account.DISTRIBUTED, happened=EntryKind.DISTRIBUTION), -1),
        "fees": (_in(Account.FEE), -1),
        "expenses": (_in(Account.EXPENSE), -1),
        "income": (_in(Account.INCOME, Account.OTHER_INCOME), -1),
        "realised": (_in(Account.REALISED), -1),
        "unrealised": (_in(Account.REVALUED), -1),
        "write_downs": (_in(Account.WRITTEN_DOWN), -1),
        "carry": (carry, -1),
        "nav": (_in(*NET_ASSETS), 1),
        "committed": (_in(Account.COMMITTED), 1),
        "unfunded": (_in(Account.UNFUNDED), -1),
        "borne": (_in(Account.RESULT), 1),
    }


def _quarter(on: date) -> Combinable:
    """A posting's ``_number``, looked up among the quarters' first days: taking a day to pieces costs three times as much."""
    firsts = Value([_first_day(one) for one in range(_number(on) + 1)], output_field=ArrayField(DateField()))
    return Func("effective_date", firsts, function="width_bucket", output_field=IntegerField()) - 1


def _in(*accounts: Account) -> Q:
    return Q(account__in=accounts)


def _sum(which: Q, sign: int) -> CombinedExpression:
    """A whole number of eight bytes: what the database sums is a decimal, which is slow to count and to read with."""
    return Coalesce(Cast(Sum("amount", filter=which), BigIntegerField()), 0) * sign
