"""Reads about terms that end: who may be invited, who leaves, whose day has come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Upper

from portal.core.periods import add_months
from tenancy.enums import InvoiceStatus, LeaseStatus, OccupancyStatus
from tenancy.models import Hub, Lease, LeaseTerm, MoveOut, Occupancy, RenewalReview, Unit


def end_of(lease: Lease) -> date:
    """The day on which the last term of a lease is over."""
    end: date = max(term.period.upper for term in lease.terms.all())
    return end


def ending_leases(today: date, until: date) -> QuerySet[Lease]:
    """Leases in use whose last term ends after today and no later than ``until``, the first to end first."""
    later = LeaseTerm.objects.filter(lease=OuterRef("pk"), period__endswith__gt=until)
    ends = LeaseTerm.objects.filter(lease=OuterRef("pk"), period__endswith__gt=today)
    found = Lease.objects.filter(~Exists(later), Exists(ends), status=LeaseStatus.ACTIVE)
    return (
        found.select_related("organisation", "unit__floor__building__hub__cluster", "offer", "rate_card")
        .prefetch_related("terms")
        .order_by("pk")
    )


def at_maximum(lease: Lease) -> bool:
    """Whether the terms of a lease reach the longest stay."""
    start = min(term.period.lower for term in lease.terms.all())
    return end_of(lease) >= add_months(start, lease.max_months)


def overstaying(today: date) -> QuerySet[Lease]:
    """Leases whose day of leaving is before today and whose keys are out.

    Where another term was asked for and nobody has decided yet, the tenant waits and does not overstay.
    """
    running = LeaseTerm.objects.filter(lease=OuterRef("pk"), period__endswith__gte=today)
    asked = RenewalReview.objects.filter(lease=OuterRef("pk"), status="APPLIED")
    ended = Q(status=LeaseStatus.ACTIVE) & ~Exists(running) & ~Exists(asked)
    left = Q(status=LeaseStatus.VACATING, leave_date__lt=today)
    return Lease.objects.filter(ended | left | Q(status=LeaseStatus.HOLDOVER)).order_by("pk")


def keys_out(unit: Unit, on: date) -> bool:
    """Whether somebody who should have left a cell of the unit by ``on`` still has the keys."""
    late = Lease.objects.filter(
        status__in=[LeaseStatus.VACATING, LeaseStatus.HOLDOVER],
        leave_date__lte=on,
        occupancies__cell__units=unit,
        occupancies__status=OccupancyStatus.OCCUPIED,
    )
    return late.exists()


def beginning_on(today: date) -> QuerySet[Occupancy]:
    """Committed cells of leases in use whose first day has come."""
    rows = Occupancy.objects.filter(
        status=OccupancyStatus.COMMITTED,
        period__startswith__lte=today,
        lease__status__in=[LeaseStatus.ACTIVE, LeaseStatus.VACATING],
    )
    return rows.select_related("cell", "organisation").order_by("pk")


def over_on(today: date) -> QuerySet[Occupancy]:
    """Occupied cells whose last day is over while the lease goes on elsewhere or in its next term."""
    following = Occupancy.objects.filter(
        lease=OuterRef("lease"), status=OccupancyStatus.OCCUPIED, period__startswith__gte=OuterRef("last")
    )
    rows = Occupancy.objects.annotate(last=Upper("period")).filter(
        Exists(following), status=OccupancyStatus.OCCUPIED, last__lte=today
    )
    return rows.select_related("cell", "organisation").order_by("pk")


def open_of(lease: Lease) -> int:
    """Won still open or not yet issued on a lease."""
    rows = lease.invoices.exclude(status__in=[InvoiceStatus.DROPPED, InvoiceStatus.SETTLED])
    return rows.aggregate(sum=Sum("open_amount"))["sum"] or 0


def renewals_in(hubs: Iterable[Hub]) -> QuerySet[RenewalReview]:
    """Reviews of the hubs that are not over, those that end first in front."""
    rows = RenewalReview.objects.filter(
        lease__unit__floor__building__hub__in=hubs, status__in=["INVITED", "APPLIED", "GRANTED"]
    )
    return rows.select_related("lease__organisation", "lease__unit").order_by("period", "pk")


def move_outs_in(hubs: Iterable[Hub]) -> QuerySet[MoveOut]:
    """Rooms of the hubs that are being left, the next day first."""
    rows = MoveOut.objects.filter(lease__unit__floor__building__hub__in=hubs).exclude(
        status__in=["CLOSED", "CANCELLED"]
    )
    return rows.select_related("lease__organisation", "lease__unit").order_by("leave_date", "pk")
