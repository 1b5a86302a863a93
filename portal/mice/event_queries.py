"""What everybody reads of the events: only editions that support made public."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db.models import QuerySet

from portal.accounts.models import Cluster, Organisation
from portal.mice.enums import EditionStatus
from portal.mice.models import EventEdition

#: How long what is over stays in calendars.
KEPT = timedelta(days=90)


def public_editions() -> QuerySet[EventEdition]:
    """Editions with an award, also those called off or found to be another one."""
    return EventEdition.objects.exclude(published_at=None).select_related("event__cluster", "host", "same_as")


def listed(on: date, *, when: str = "", month: str = "", hub: str = "") -> QuerySet[EventEdition]:
    """Editions that end on that day or later, the next first; of the ``past`` the newest first. ``month``: YYYY-MM.

    A month says itself when it is: both sides of ``on`` are in it.
    """
    found = public_editions().filter(same_as=None)
    if hub:
        found = found.filter(event__cluster__code=hub)
    if month:
        first = date.fromisoformat(f"{month}-01")
        following = (first + timedelta(days=31)).replace(day=1)
        found = found.filter(starts_on__lt=following, ends_on__gte=first)
    if when == "past":
        return found.filter(ends_on__lt=on).order_by("-starts_on", "id")
    if not month:
        found = found.filter(ends_on__gte=on)
    return found.order_by("starts_on", "id")


def months() -> list[date]:
    """The first days of the months in which a public edition begins, the newest first."""
    return list(public_editions().filter(same_as=None).dates("starts_on", "month", order="DESC"))


def clusters_with_events() -> QuerySet[Cluster]:
    return Cluster.objects.filter(events__editions__published_at__isnull=False).distinct()


def in_calendars(on: date) -> QuerySet[EventEdition]:
    """Editions for a calendar that were not over ninety days ago; what fell away is among them as cancelled."""
    return public_editions().filter(ends_on__gte=on - KEPT).order_by("starts_on", "id")


def public_edition(public_id: UUID) -> EventEdition | None:
    return public_editions().filter(public_id=public_id).first()


def hosted_by(*, organisation: Organisation, on: date) -> int:
    """How many supported editions the organisation had hosted by that day; one called off or merged counts no more."""
    over = public_editions().filter(host=organisation, same_as=None, ends_on__lt=on)
    return over.exclude(status=EditionStatus.CANCELLED).count()
