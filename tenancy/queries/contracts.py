"""Reads about offers, leases and invoices; what belongs to a person is filtered by person here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet

from portal.accounts.models import Cluster, User
from portal.accounts.queries import organisations_of
from tenancy.enums import LeaseStatus, OfferStatus, RateCardStatus
from tenancy.models import Hub, Invoice, InvoiceLine, Lease, Need, Offer, RateCard, Unit

LIVE_LEASE = (LeaseStatus.SIGNED, LeaseStatus.ACTIVE, LeaseStatus.VACATING, LeaseStatus.HOLDOVER)
ANSWERABLE = (OfferStatus.PREPARED, OfferStatus.SENT)


def offers_due(now: datetime) -> QuerySet[Offer]:
    """Sent offers whose time is over."""
    return Offer.objects.filter(status=OfferStatus.SENT, expires_at__lte=now).order_by("expires_at", "id")


def offers_open(now: datetime) -> QuerySet[Offer]:
    """Sent offers that can still be answered, those running out first."""
    return _offers().filter(status=OfferStatus.SENT, expires_at__gt=now).order_by("expires_at", "id")


def offer_of(public_id: UUID) -> Offer | None:
    return _offers().filter(public_id=public_id).first()


def offers_for(user: User) -> QuerySet[Offer]:
    """Offers to the person's companies that were told to them, latest first."""
    told = _offers().exclude(status=OfferStatus.PREPARED).filter(need__organisation__in=organisations_of(user))
    return told.order_by("-sent_at")


def needs_for(user: User) -> QuerySet[Need]:
    """What the person's companies asked for and do not have yet, the latest first."""
    had = Offer.objects.filter(need=OuterRef("pk"), status=OfferStatus.ACCEPTED)
    rows = Need.objects.filter(~Exists(had), organisation__in=organisations_of(user), left_at__isnull=True)
    rows = rows.filter(application__status__in=["SUBMITTED", "IN_REVIEW", "SELECTED", "RESERVED"])
    return rows.select_related("application", "organisation").order_by("-pk")


def offers_in(hubs: Iterable[Hub]) -> QuerySet[Offer]:
    """Offers of rooms in the hubs, those running out first."""
    return _offers().filter(unit__floor__building__hub__in=hubs).order_by(F("expires_at").desc(nulls_first=True), "-id")


def _offers() -> QuerySet[Offer]:
    return Offer.objects.select_related(
        "need__organisation",
        "need__application__call__cluster",
        "unit__floor__building__hub__cluster",
        "rate_card",
        "lease",
    )


def lease_of(public_id: UUID) -> Lease | None:
    return _leases().filter(public_id=public_id).first()


def leases_for(user: User) -> QuerySet[Lease]:
    """Leases of the person's companies that were shown to them, latest first."""
    shown = _leases().exclude(status=LeaseStatus.DRAFT).filter(organisation__in=organisations_of(user))
    return shown.order_by("-id")


def leases_in(hubs: Iterable[Hub]) -> QuerySet[Lease]:
    return _leases().filter(unit__floor__building__hub__in=hubs).order_by("status", "unit__code", "id")


def _leases() -> QuerySet[Lease]:
    return Lease.objects.select_related(
        "organisation", "unit__floor__building__hub__cluster", "rate_card", "offer__need__application"
    ).prefetch_related("terms", "signatures__user")


def invoices_of(lease: Lease) -> QuerySet[Invoice]:
    """A lease's invoices with their lines and credit notes, by month."""
    lines = InvoiceLine.objects.select_related("late", "reading", "tariff", "share__cost__floor", "correction")
    return lease.invoices.prefetch_related(Prefetch("lines", lines), "credits").order_by("month", "id")


def cards_of(cluster: Cluster) -> QuerySet[RateCard]:
    """The rate cards of a cluster that were put in force, the newest version of each first."""
    return RateCard.objects.filter(cluster=cluster, status=RateCardStatus.IN_FORCE).order_by("code", "-version")


def cards_written(cluster: Cluster) -> QuerySet[RateCard]:
    """All rate cards of a cluster with who had a hand in them, the newest version of each first."""
    rows = RateCard.objects.filter(cluster=cluster).select_related("cluster", "drafted_by", "checked_by", "put_by")
    return rows.order_by("code", "-version")


def cards_on(day: date) -> list[RateCard]:
    """Of each rate card the version that rules on a day, for everybody to read."""
    rows = RateCard.objects.filter(status=RateCardStatus.IN_FORCE, from_date__lte=day).select_related("cluster")
    return list(rows.order_by("cluster_id", "code", "-from_date", "-version").distinct("cluster_id", "code"))


def lease_in(unit: Unit) -> Lease | None:
    """The lease that runs in this very room."""
    rows = Lease.objects.filter(unit=unit, status__in=LIVE_LEASE)
    return rows.select_related("organisation", "unit__floor__building__hub__cluster", "rate_card").first()
