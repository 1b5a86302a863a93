"""The City as a partner of a programme on a day, as known at an instant: its share over time, its calls against its plan.

Only won are added; sub-funds that keep another currency stand apart. Each answer comes from one query or two, whatever
the number of sub-funds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce, ExtractYear

from fund.enums import Account, EntryKind, PartnerRole
from fund.models import CallPlan, Posting, Programme
from fund.queries import flows, snapshots
from fund.queries.books import CITY_CURRENCY
from portal.accounts.queries import acted_for

_WHOLE_BP = 10_000
#: What later closers take over of earlier calls is called of the City no more.
_CALLED = (EntryKind.CALL, EntryKind.EQUALISATION)


@dataclass(frozen=True, slots=True)
class Year:
    """One year of the City's money in won; ``planned`` is None where no plan was set."""

    year: int
    planned: int | None
    called: int
    paid_in: int
    distributed: int


@dataclass(frozen=True, slots=True)
class Share:
    """What the City and all partners had committed at the end of a year, or on the day itself."""

    on: date
    city: int
    total: int

    @property
    def bp(self) -> int:
        """The City's part in basis points, cut; 0 of nothing."""
        return self.city * _WHOLE_BP // self.total if self.total else 0


@dataclass(frozen=True, slots=True)
class Room:
    """How far the City is from its cap: what it may still commit by itself, and what others may take away before it breaks.

    Over the cap both are 0 and ``missing`` is what others must add.
    """

    may_add: int | None
    may_lose: int
    missing: int


def headroom(city: int, total: int, cap_bp: int) -> Room:
    """The room under the cap, integers only: ``(city + n) * 10,000 <= cap * (total + n)``. None is no limit at 100 %."""
    least = -(-city * _WHOLE_BP // cap_bp)
    spare = cap_bp * total - _WHOLE_BP * city
    if spare < 0:
        return Room(0, 0, least - total)
    return Room(spare // (_WHOLE_BP - cap_bp) if cap_bp < _WHOLE_BP else None, total - least, 0)


def programmes_of(user: Any) -> QuerySet[Programme]:
    """The programmes in which the person acts for the City as a partner."""
    found = Programme.objects.filter(
        partners__role=PartnerRole.CITY, partners__organisation__in=acted_for(user)
    ).distinct()
    return found.select_related("cluster", "cap_breach").order_by("code")


def read(programme: Programme, *, on: date, known: datetime) -> dict[str, Any]:
    """The programme's figures, rates and history as a snapshot would say them, without what other rooms answer."""
    policy = {
        name: getattr(programme, name) for name in ("policy_version", "amount", "target_total", "cap_bp", "warn_bp")
    }
    return snapshots.body(programme, kind="", on=on, known=known, given={"policy": policy, "answers": {}})


def _postings(programme: Programme, on: date, known: datetime) -> QuerySet[Posting]:
    return Posting.objects.filter(
        book__programme=programme, book__kind="SUB_FUND", effective_date__lte=on, recorded_at__lte=known,
        currency=CITY_CURRENCY, book__sub_fund__currency=CITY_CURRENCY,
    )  # fmt: skip


def years(programme: Programme, *, on: date, known: datetime) -> list[Year]:
    """Year by year what the City planned, was asked for, paid and got, from the first of them to the last."""
    planned = plan(programme, known)
    sums: dict[int, list[int]] = {}
    rows = (
        _postings(programme, on, known)
        .filter(partner__role=PartnerRole.CITY, account__lt=9000)
        .annotate(
            happened=Coalesce(F("entry__reversal_of__kind"), F("entry__kind")), year=ExtractYear("effective_date")
        )
        .values("year", "account", "happened")
        .annotate(total=Sum("amount"))
        .order_by("year", "account", "happened")
    )
    for row in rows:
        kept = sums.setdefault(row["year"], [0, 0, 0])
        paid, back, _carry = flows.sides(row["happened"], row["account"], int(row["total"]))
        asked = -int(row["total"]) if row["account"] == Account.CAPITAL and row["happened"] in _CALLED else 0
        sums[row["year"]] = [kept[0] + asked, kept[1] + paid, kept[2] + back]
    named = [year for year in sums if any(sums[year])] + [year for year in planned if planned[year]]
    span = range(min(named), max(named) + 1) if named else ()
    return [Year(year, planned.get(year), *sums.get(year, [0, 0, 0])) for year in span]


def plan(programme: Programme, known: datetime) -> dict[int, int]:
    """By year what the City planned to pay in, as last set by ``known``."""
    rows = CallPlan.objects.filter(programme=programme, set_at__lte=known).order_by("year", "set_at", "id")
    return dict(rows.values_list("year", "amount"))


def shares(programme: Programme, *, on: date, known: datetime) -> list[Share]:
    """The City's share of what was committed at the end of each year, and on the day."""
    rows = (
        _postings(programme, on, known)
        .filter(account=Account.COMMITTED)
        .annotate(year=ExtractYear("effective_date"))
        .values("year", "partner__role")
        .annotate(total=Sum("amount"))
        .order_by("year")
    )
    by_year: dict[int, dict[str, int]] = {}
    for row in rows:
        by_year.setdefault(row["year"], {})[row["partner__role"]] = int(row["total"])
    return _shares(by_year, on)


def _shares(by_year: Mapping[int, Mapping[str, int]], on: date) -> list[Share]:
    made, city, total = [], 0, 0
    for year in range(min(by_year), on.year + 1) if by_year else ():
        added = by_year.get(year, {})
        new = sum(added.values()) - added.get(PartnerRole.SUB_FUND, 0)
        city, total = city + added.get(PartnerRole.CITY, 0), total + new
        made.append(Share(min(on, date(year, 12, 31)), city, total))
    return made
