"""Programmes, sub-funds and their agreements."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from fund.enums import CommitmentStatus, PartnerRole
from fund.models import AgreementVersion, Commitment, Distribution, Partner, Programme, SubFund
from portal.accounts.queries import clusters_of
from portal.accounts.roles import roles_for

#: Commitments that count against the cap.
COUNTED = [CommitmentStatus.ACTIVE, CommitmentStatus.FULFILLED]
READERS = roles_for("fund.read")


def agreement(sub_fund: SubFund, on: date, *, known: datetime | None = None) -> AgreementVersion | None:
    """The agreement in force on a day, as known at an instant (None: now)."""
    found = sub_fund.agreements.filter(valid__contains=on)
    found = found.filter(known__endswith__isnull=True) if known is None else found.filter(known__contains=known)
    return found.first()


def reads_funds(user: Any) -> bool:
    """Whether the person reads funds in any city, be there a programme yet or not."""
    return clusters_of(user, *READERS).exists()


def programmes_for(user: Any) -> QuerySet[Programme]:
    """The programmes of the cities in which the person reads funds."""
    return Programme.objects.filter(cluster__in=clusters_of(user, *READERS)).select_related("cluster", "cap_breach")


def sub_fund_of(public_id: UUID) -> SubFund | None:
    return SubFund.objects.select_related("programme__cluster", "manager").filter(public_id=public_id).first()


def sub_funds_of(programme: Programme) -> QuerySet[SubFund]:
    return programme.sub_funds.select_related("manager", "programme__cluster").order_by("vintage", "code")


def committed(programme: Programme) -> dict[int, tuple[int, int]]:
    """By sub-fund what the City and all partners committed, less what was released; commitments in force only."""
    rows = (
        Commitment.objects.filter(sub_fund__programme=programme, status__in=COUNTED)
        .values("sub_fund")
        .annotate(
            city=Sum(F("amount") - F("released"), filter=Q(partner__role=PartnerRole.CITY), default=0),
            total=Sum(F("amount") - F("released"), default=0),
        )
    )
    return {row["sub_fund"]: (int(row["city"]), int(row["total"])) for row in rows}


def commitments_of(sub_fund: SubFund) -> QuerySet[Commitment]:
    """Every commitment that was not withdrawn, with its partner."""
    found = sub_fund.commitments.exclude(status=CommitmentStatus.WITHDRAWN)
    return found.select_related("partner").order_by("id")


def commitment_of(public_id: UUID) -> Commitment | None:
    rows = Commitment.objects.select_related(
        "sub_fund__programme__cluster", "sub_fund__manager", "partner__sub_fund", "partner__organisation", "close"
    )
    return rows.filter(public_id=public_id).first()


def uncommitted(sub_fund: SubFund) -> QuerySet[Partner]:
    """The programme's partners that have no commitment to this sub-fund; sub-funds left out."""
    have = commitments_of(sub_fund).values("partner")
    return sub_fund.programme.partners.filter(sub_fund__isnull=True).exclude(pk__in=have).order_by("id")


def distributions_of(sub_fund: SubFund) -> QuerySet[Distribution]:
    """Every distribution, the latest first."""
    return Distribution.objects.filter(sub_fund=sub_fund).order_by("-number")
