"""Deals, holdings and companies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import QuerySet, Sum

from fund.enums import DealStatus, HoldingStatus
from fund.models import Company, Deal, Holding, Lot, SecurityEvent, SubFund
from portal.accounts.models import Organisation


def deals_of(sub_fund: SubFund) -> QuerySet[Deal]:
    """Every deal, the latest first."""
    return sub_fund.deals.select_related("company", "motion").order_by("-number")


def open_deals(sub_funds: Sequence[SubFund]) -> QuerySet[Deal]:
    """Deals that are still on their way."""
    done = [DealStatus.DECLINED, DealStatus.FUNDED]
    found = Deal.objects.filter(sub_fund__in=sub_funds).exclude(status__in=done)
    return found.select_related("company", "sub_fund", "motion").order_by("proposed_at", "id")


def deal_of(public_id: UUID) -> Deal | None:
    rows = Deal.objects.select_related(
        "sub_fund__programme__cluster", "company", "motion", "proposed_by", "approved_by"
    )
    return rows.filter(public_id=public_id).first()


def holdings_of(sub_fund: SubFund) -> QuerySet[Holding]:
    """Every holding with its cost, the earliest first."""
    found = sub_fund.holdings.select_related("company", "sub_fund").annotate(cost=Sum("lots__cost", default=0))
    return found.prefetch_related("lots").order_by("first_cash_date", "id")


def holding_of(public_id: UUID) -> Holding | None:
    rows = Holding.objects.select_related("sub_fund__programme__cluster", "company__organisation")
    return rows.filter(public_id=public_id).first()


def lots_of(holding: Holding) -> QuerySet[Lot]:
    return holding.lots.order_by("id")


def events_of(holding: Holding) -> QuerySet[SecurityEvent]:
    """What happened to the holding's lots, the latest first."""
    found = SecurityEvent.objects.filter(lot__holding=holding).select_related("lot")
    return found.order_by("-on_date", "-id")


def company_of(public_id: UUID) -> Company | None:
    rows = Company.objects.select_related("programme__cluster", "organisation")
    return rows.filter(public_id=public_id).first()


def holdings_in(company: Company) -> QuerySet[Holding]:
    """What the programme's sub-funds hold of one company."""
    found = company.holdings.select_related("sub_fund__programme__cluster", "company")
    return found.annotate(cost=Sum("lots__cost", default=0)).prefetch_related("lots").order_by("first_cash_date", "id")


def is_portfolio_company(*, organisation: Organisation | None, on: date) -> bool | None:
    """Whether a sub-fund held the company on a day; the fact ``fund.is_portfolio_company``. None when nobody is asked."""
    if organisation is None:
        return None
    first = Holding.objects.filter(company__organisation=organisation, first_cash_date__lte=on)
    if first.exclude(status=HoldingStatus.EXITED).exists():
        return True
    events = SecurityEvent.objects.filter(lot__holding__in=first, on_date__lte=on)
    rows = events.values("lot__holding").annotate(cost=Sum("cost"))
    return any(row["cost"] > 0 for row in rows)
