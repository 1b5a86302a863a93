"""What is known of companies on a day, as known at an instant, and the jobs before and after the investment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet, Sum

from fund.company_enums import Statutory
from fund.enums import Instrument
from fund.models import Company, CompanyReport, Programme, SecurityEvent
from fund.queries import pooled, stakes
from fund.queries.exposure import city_parts

_FIELDS = ("headcount", "sales", "address", "shares", "statutory")


@dataclass(frozen=True, slots=True)
class State:
    """The last word on each figure by a day; None where nobody has said."""

    headcount: int | None = None
    sales: int | None = None
    address: str | None = None
    shares: int | None = None
    statutory: str | None = None

    @property
    def in_seoul(self) -> bool | None:
        return self.address.startswith(("서울", "Seoul")) if self.address else None

    @property
    def is_startup_or_venture(self) -> bool | None:
        return self.statutory != Statutory.NEITHER if self.statutory else None


UNKNOWN = State()


def reports_of(company: Company) -> QuerySet[CompanyReport]:
    """What is held true now, the latest day first."""
    rows = CompanyReport.objects.filter(company=company, known__endswith__isnull=True).select_related("recorded_by")
    return rows.order_by("-on_date")


def states(companies: Mapping[int, date], *, known: datetime) -> dict[int, State]:
    """Of each company (by id) the last word on every figure by its day, as known at ``known``; from one query."""
    rows = CompanyReport.objects.filter(company__in=companies, known__contains=known).order_by("on_date")
    said: dict[int, dict[str, Any]] = {}
    for row in rows:
        if row.on_date <= companies[row.company_id]:
            told = {name: getattr(row, name) for name in _FIELDS}
            kept = {name: value for name, value in told.items() if value not in (None, "")}
            said.setdefault(row.company_id, {}).update(kept)
    return {pk: State(**said.get(pk, {})) for pk in companies}


@dataclass(frozen=True, slots=True)
class Jobs:
    """Jobs over the companies of which all that is asked is known; ``unknown`` counts the others."""

    before: Fraction
    after: Fraction
    unknown: int


@dataclass(frozen=True, slots=True)
class JobsMeasured:
    """In full, by the part of each company that the sub-funds own, and by the City's part of that; a company counts once."""

    full: Jobs
    owned: Jobs
    city: Jobs


def jobs(programme: Programme, firsts: Mapping[int, date], *, on: date, known: datetime) -> JobsMeasured:
    """Headcount at the first investment (``firsts`` by company id) and on ``on``, weighted by what is owned on ``on``."""
    before = states(firsts, known=known)
    after = states(dict.fromkeys(firsts, on), known=known)
    owned, city = _ownership(programme, firsts, after, on, known)
    pairs = {pk: (before[pk].headcount, after[pk].headcount) for pk in firsts}
    whole: dict[int, Fraction | None] = dict.fromkeys(firsts, Fraction(1))
    return JobsMeasured(_counted(pairs, whole), _counted(pairs, owned), _counted(pairs, city))


def _counted(pairs: Mapping[int, tuple[int | None, int | None]], weights: Mapping[int, Fraction | None]) -> Jobs:
    before, after, unknown = Fraction(0), Fraction(0), 0
    for pk, (old, new) in pairs.items():
        weight = weights[pk]
        if old is None or new is None or weight is None:
            unknown += 1
        else:
            before, after = before + old * weight, after + new * weight
    return Jobs(before, after, unknown)


def _ownership(
    programme: Programme, companies: Iterable[int], after: Mapping[int, State], on: date, known: datetime
) -> tuple[dict[int, Fraction | None], dict[int, Fraction | None]]:
    """By company the part the sub-funds own and the City's part of it; None without shares, or before they are fixed.

    Preferred shares count as converted. A note or SAFE has no shares yet: what it owns is undefined, not nought.
    """
    books = pooled.sums(programme, on=on, known=known, currency=None)
    parts_of = city_parts(books, stakes.stakes(programme, on=on, known=known))
    rows = (
        SecurityEvent.objects.filter(
            lot__holding__sub_fund__programme=programme, on_date__lte=on, recorded_at__lte=known
        )
        .values("lot", "lot__holding__company", "lot__holding__sub_fund", "lot__instrument", "lot__ratio_new", "lot__ratio_old")
        .annotate(units=Sum("units"), cost=Sum("cost"))
        .order_by("lot")
    )  # fmt: skip
    shares: dict[int, list[tuple[int, Fraction]]] = {}
    undefined: set[int] = set()
    for row in rows:
        company, units = row["lot__holding__company"], int(row["units"])
        if row["lot__instrument"] in (Instrument.COMMON, Instrument.RCPS):
            ratio = Fraction(row["lot__ratio_new"] or 1, row["lot__ratio_old"] or 1)
            shares.setdefault(company, []).append((row["lot__holding__sub_fund"], units * ratio))
        elif units or row["cost"]:
            undefined.add(company)
    owned: dict[int, Fraction | None] = {}
    city: dict[int, Fraction | None] = {}
    for pk in companies:
        issued, parts = after[pk].shares, shares.get(pk, [])
        told = issued is not None and pk not in undefined and sum(part for _fund, part in parts) <= issued
        owned[pk] = sum((part for _fund, part in parts), Fraction(0)) / issued if told and issued else None
        own = sum((part * parts_of.get(fund, Fraction(0)) for fund, part in parts), Fraction(0))
        city[pk] = own / issued if told and issued else None
    return owned, city
