"""Look-through: what a programme and the City own of each company, over every path through the sub-funds.

Everything comes from the postings of a day, as known at an instant. A company counts once, however many sub-funds hold
it; what one sub-fund holds in another is what stands there. Only amounts in won are added; the books of a sub-fund in another currency have no rate to be added by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from fund.enums import Account, EntryKind
from fund.models import Company, Holding, Posting, Programme, SubFund
from fund.queries import pooled, stakes
from fund.queries.flows import NET_ASSETS
from portal.plan.registry import fact

CURRENCY = "KRW"
_CARRIED = (Account.INVESTMENTS, Account.ALLOWANCE, Account.UNREALISED)


@dataclass(frozen=True, slots=True)
class Standing:
    """A company's relation to the hubs, three answers; None is unknown and never counts as no."""

    tenant_at_investment: bool | None
    tenant_now: bool | None
    graduate: bool | None


@dataclass(frozen=True, slots=True)
class Exposure:
    """One company over all sub-funds: cost and value in won, and the exact parts that are the programme's and the City's."""

    company: Company
    sub_funds: tuple[SubFund, ...]
    first: date
    cost: int
    whole: Fraction
    city: Fraction
    standing: Standing


@dataclass(frozen=True, slots=True)
class LookThrough:
    """All companies held, the largest first; ``rest`` is cash and what else is no company: together they are ``nav``."""

    rows: tuple[Exposure, ...]
    rest: int
    nav: int
    oldest: date | None

    @property
    def whole(self) -> Fraction:
        return sum((row.whole for row in self.rows), Fraction(0))

    @property
    def city(self) -> Fraction:
        return sum((row.city for row in self.rows), Fraction(0))


def look_through(programme: Programme, *, on: date, known: datetime) -> LookThrough:
    """What stands behind the programme's net assets at the end of ``on``, as known at ``known``; amounts in won."""
    books = pooled.sums(programme, on=on, known=known, currency=CURRENCY)
    held, rest = _held(programme, on, known)
    between = stakes.stakes(programme, on=on, known=known)
    whole = _behind(stakes.through(stakes.outside(books, between), between), held)
    city = _behind(city_parts(books, between), held)
    rows = _rows(programme, held, whole, city, on)
    nav = sum(one.own_nav for one in books.values())
    return LookThrough(tuple(rows), rest, nav, pooled.oldest(programme, on, known))


@dataclass(frozen=True, slots=True)
class _Held:
    """A company's cost and carried value in one sub-fund."""

    cost: int
    carried: int


def _held(programme: Programme, on: date, known: datetime) -> tuple[dict[int, dict[int, _Held]], int]:
    """By sub-fund and company what is held, from one grouped query; and what of the net assets is no company."""
    rows = (
        _postings(programme, on, known)
        .filter(account__in=set(NET_ASSETS) - {Account.STAKES})
        .values("book__sub_fund", "holding__company", "account")
        .annotate(total=Sum("amount"))
        .order_by("book__sub_fund", "holding__company", "account")
    )
    cells: dict[tuple[int, int], dict[int, int]] = {}
    rest = 0
    for row in rows:
        if row["holding__company"] is None or row["account"] not in _CARRIED:
            rest += int(row["total"])
        else:
            cells.setdefault((row["book__sub_fund"], row["holding__company"]), {})[row["account"]] = int(row["total"])
    made: dict[int, dict[int, _Held]] = {}
    for (sub_fund, company), found in cells.items():
        cost, carried = found.get(Account.INVESTMENTS, 0), sum(found.values())
        if cost or carried:
            made.setdefault(sub_fund, {})[company] = _Held(cost, carried)
    return made, rest


def _postings(programme: Programme, on: date, known: datetime) -> QuerySet[Posting]:
    return Posting.objects.filter(
        book__programme=programme, book__kind="SUB_FUND", effective_date__lte=on, recorded_at__lte=known,
        currency=CURRENCY,
    )  # fmt: skip


def city_parts(books: Mapping[int, pooled.Sums], between: Mapping[int, Mapping[int, Fraction]]) -> dict[int, Fraction]:
    """The City's part of each sub-fund, what it holds through other sub-funds included."""
    return stakes.through({pk: pooled.city_stake(one) for pk, one in books.items()}, between)


def _behind(parts: Mapping[int, Fraction], held: Mapping[int, Mapping[int, _Held]]) -> dict[int, Fraction]:
    """By company what belongs to who owns these parts of the sub-funds."""
    made: dict[int, Fraction] = {}
    for fund, row in held.items():
        for company, found in row.items():
            made[company] = made.get(company, Fraction(0)) + parts.get(fund, Fraction(0)) * found.carried
    return made


def _rows(
    programme: Programme, held: Mapping[int, Mapping[int, _Held]], whole: Mapping[int, Fraction],
    city: Mapping[int, Fraction], on: date,
) -> list[Exposure]:  # fmt: skip
    funds = SubFund.objects.in_bulk(list(held))
    companies = {company for row in held.values() for company in row}
    firsts = _firsts(Holding.objects.filter(company__in=companies))
    made = [
        Exposure(
            company,
            tuple(funds[pk] for pk in sorted(held, key=lambda pk: funds[pk].code) if company.pk in held[pk]),
            firsts[company.pk],
            sum(row[company.pk].cost for row in held.values() if company.pk in row),
            whole.get(company.pk, Fraction(0)),
            city.get(company.pk, Fraction(0)),
            standing(company, firsts[company.pk], on),
        )
        for company in programme.companies.filter(pk__in=companies).select_related("organisation")
    ]
    return sorted(made, key=lambda row: (-row.whole, -row.cost, row.company.pk))


def _firsts(rows: QuerySet[Holding]) -> dict[int, date]:
    """By company the day money first went in."""
    firsts: dict[int, date] = {}
    for company, day in rows.values_list("company", "first_cash_date"):
        firsts[company] = min(day, firsts.get(company, day))
    return firsts


def standing(company: Company, first: date, on: date) -> Standing:
    """What the tenancy room answers of the company, on the day of the first investment and on ``on``."""
    asked = {"organisation": company.organisation}
    return Standing(
        fact("tenancy.is_tenant", on=first, **asked),
        fact("tenancy.is_tenant", on=on, **asked),
        fact("tenancy.is_graduate", on=on, **asked),
    )


def invested_companies(programmes: Iterable[Programme], *, on: date, known: datetime) -> dict[Company, date]:
    """Every company that money went into by ``on``, exited ones too, with the day it first did; not what was reversed.

    A company that programmes share is one when it is registered: the earliest stands.
    """
    kind = Coalesce(F("entry__reversal_of__kind"), F("entry__kind"))
    rows = (
        Posting.objects.filter(
            book__programme__in=list(programmes), book__kind="SUB_FUND", account=Account.INVESTMENTS,
            holding__isnull=False, effective_date__lte=on, recorded_at__lte=known,
        )
        .annotate(happened=kind)
        .filter(happened=EntryKind.INVESTMENT)
        .values("holding", "holding__company", "holding__first_cash_date")
        .annotate(total=Sum("amount"))
        .filter(total__gt=0)
    )  # fmt: skip
    firsts: dict[int, date] = {}
    for row in rows:
        day = row["holding__first_cash_date"]
        firsts[row["holding__company"]] = min(day, firsts.get(row["holding__company"], day))
    made: dict[object, tuple[Company, date]] = {}
    for company in Company.objects.filter(pk__in=firsts).select_related("organisation").order_by("pk"):
        key, day = company.organisation_id or f"company {company.pk}", firsts[company.pk]
        kept = made.get(key)
        made[key] = (kept[0], min(kept[1], day)) if kept else (company, day)
    return dict(made.values())
