"""What holdings are worth as of a day and as known at an instant; which values are stale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet, Sum

from fund.enums import Account, EntryKind, HoldingStatus, PartnerRole, ValuationStatus
from fund.models import Holding, Measure, Posting, SubFund, Valuation
from fund.queries.funds import COUNTED
from portal.core.money import split
from portal.core.periods import add_months

#: A value older than this is stale: flows roll it on, nothing else.
FRESH_MONTHS = 3
_CARRIED = (Account.INVESTMENTS, Account.ALLOWANCE, Account.UNREALISED)


@dataclass(frozen=True, slots=True)
class Value:
    """A holding on a day: cost, what it is carried at, when it was last valued, and whether that is too long ago."""

    holding: Holding
    cost: int
    carried: int
    valued: date
    stale: bool


def balances_of(holding: Holding, *, on: date | None = None, known: datetime | None = None) -> dict[int, int]:
    """The holding's balance by account in its sub-fund's book, cash left out."""
    found = Posting.objects.filter(holding=holding).exclude(account=Account.CASH)
    found = found if on is None else found.filter(effective_date__lte=on)
    found = found if known is None else found.filter(recorded_at__lte=known)
    rows = found.values("account").annotate(total=Sum("amount"))
    return {row["account"]: int(row["total"]) for row in rows}


def carrying(holding: Holding, *, on: date, known: datetime | None = None) -> int:
    """Cost less write-downs plus unrealised value, at the end of ``on``."""
    found = balances_of(holding, on=on, known=known)
    return sum(found.get(account, 0) for account in _CARRIED)


def next_value(holding: Holding, *, after: date) -> Valuation | None:
    """The first published value of a later day."""
    rows = holding.valuations.filter(status=ValuationStatus.PUBLISHED, on_date__gt=after)
    return rows.order_by("on_date").first()


def city_part_of_mark(sub_fund: SubFund, delta: int) -> int:
    """The City's part of a change in value by units, so that all its parts together are never a won off."""
    units = {"city": 0, "rest": 0}
    rows = sub_fund.commitments.filter(status__in=COUNTED).values_list("partner__role", "units")
    for role, number in rows:
        units["city" if role == PartnerRole.CITY else "rest"] += number
    if not units["city"]:
        return 0
    marks = Posting.objects.filter(
        entry__sub_fund=sub_fund, entry__kind__in=[EntryKind.VALUATION, EntryKind.WRITE_DOWN], book__kind="SUB_FUND",
        account__in=[Account.REVALUED, Account.WRITTEN_DOWN],
    ).aggregate(total=Sum("amount", default=0))["total"]  # fmt: skip
    given = Posting.objects.filter(
        entry__sub_fund=sub_fund, entry__kind__in=[EntryKind.VALUATION, EntryKind.WRITE_DOWN], book__kind="CITY",
        account=Account.REVALUED,
    ).aggregate(total=Sum("amount", default=0))["total"]  # fmt: skip
    total = delta - int(marks)
    part = split(abs(total), [units["city"], units["rest"]])[0]
    return (part if total >= 0 else -part) + int(given)


def values(sub_fund: SubFund, *, on: date, known: datetime | None = None) -> list[Value]:
    """Every holding that was there on the day, the earliest first."""
    rows = list(sub_fund.holdings.filter(first_cash_date__lte=on).select_related("company", "sub_fund"))
    sums: dict[int, dict[int, int]] = {}
    postings = Posting.objects.filter(holding__in=rows, effective_date__lte=on, account__in=_CARRIED)
    postings = postings if known is None else postings.filter(recorded_at__lte=known)
    for row in postings.values("holding", "account").annotate(total=Sum("amount")):
        sums.setdefault(row["holding"], {})[row["account"]] = int(row["total"])
    dates = _valued(rows, on, known)
    made = []
    for holding in rows:
        found, valued = sums.get(holding.pk, {}), dates.get(holding.pk, holding.first_cash_date)
        stale = add_months(valued, FRESH_MONTHS) <= on
        cost = found.get(Account.INVESTMENTS, 0)
        if cost:
            made.append(Value(holding, cost, sum(found.values()), valued, stale))
    return sorted(made, key=lambda value: (value.holding.first_cash_date, value.holding.pk))


def _valued(rows: list[Holding], on: date, known: datetime | None) -> dict[int, date]:
    found = Valuation.objects.filter(holding__in=rows, on_date__lte=on, known__isnull=False)
    found = found.filter(known__endswith__isnull=True) if known is None else found.filter(known__contains=known)
    latest: dict[int, date] = {}
    for holding, day in found.values_list("holding", "on_date"):
        latest[holding] = max(day, latest.get(holding, day))
    return latest


def oldest(found: list[Value]) -> date | None:
    """The oldest day at which any of the values was found; None of nothing."""
    return min((value.valued for value in found), default=None)


def valuations_of(holding: Holding) -> QuerySet[Valuation]:
    """Every valuation, the latest day first."""
    return holding.valuations.select_related("motion").order_by("-on_date", "-id")


def measures_of(holding: Holding) -> QuerySet[Measure]:
    """Every write-down and exit, the latest first."""
    return holding.measures.select_related("lot").order_by("-id")


def stale_holdings(sub_fund: SubFund, *, on: date) -> int:
    """How many holdings wait for a value."""
    live = sub_fund.holdings.exclude(status__in=[HoldingStatus.EXITED, HoldingStatus.WRITTEN_OFF])
    fresh = Q(valuations__status=ValuationStatus.PUBLISHED, valuations__on_date__gt=add_months(on, -FRESH_MONTHS))
    young = Q(first_cash_date__gt=add_months(on, -FRESH_MONTHS))
    return live.exclude(pk__in=live.filter(fresh | young).values("pk")).count()


def needs_motion(row: Valuation) -> bool:
    """Whether only the committee may approve the value: the policy's amount is won, another currency counts at the
    rate of its sub-fund's last close."""
    sub_fund = row.holding.sub_fund
    close = sub_fund.closes.order_by("number").last()
    return (close.in_won(row.amount) if close else row.amount) > sub_fund.programme.motion_above
