"""Reads about terms that end: who may be invited, who leaves, whose day has come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Upper

from portal.accounts.models import Organisation
from portal.core.periods import add_months
from portal.intake.models import Call
from tenancy.enums import EndKind, InvoiceStatus, LeaseStatus, OccupancyStatus
from tenancy.models import Graduation, Hub, Lease, LeaseTerm, MoveOut, Occupancy, Offer, RenewalReview, Unit
from tenancy.queries.places import taken, units_of


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


def ending_uninvited(today: date, until: date) -> QuerySet[Lease]:
    """``ending_leases`` of which nobody was asked yet about the term after the last."""
    signed = LeaseTerm.objects.filter(lease=OuterRef("lease"), seq=OuterRef("seq"))
    asked = RenewalReview.objects.filter(~Exists(signed), lease=OuterRef("pk"))
    return ending_leases(today, until).filter(~Exists(asked))


def ending_for_good(today: date, until: date) -> QuerySet[Lease]:
    """``ending_leases`` without another term that is asked about."""
    return ending_leases(today, until).filter(~Exists(_open_reviews().filter(lease=OuterRef("pk"))))


def has_open_review(lease: Lease) -> bool:
    """Whether another term is asked about; who waits for another room keeps none."""
    return _open_reviews().filter(lease=lease).exists()


def _open_reviews() -> QuerySet[RenewalReview]:
    searching = Q(waiting_since__isnull=False, room__isnull=True)
    return RenewalReview.objects.filter(~searching, status__in=["INVITED", "APPLIED", "GRANTED"])


def displaced() -> QuerySet[RenewalReview]:
    """Tenants with another term but no room for it, neither held nor offered, the first to wait in front.

    Whose lease was ended for a fault waits for nothing.
    """
    offered = Offer.objects.filter(review=OuterRef("pk"), status__in=["PREPARED", "SENT", "ACCEPTED"])
    waiting = RenewalReview.objects.filter(status="GRANTED", waiting_since__isnull=False, room__isnull=True)
    rows = waiting.filter(~Exists(offered)).exclude(lease__end_kind=EndKind.TERMINATED)
    found = rows.select_related("lease__organisation", "lease__unit__floor__building__hub__cluster", "application")
    return found.select_related("lease__offer__need__application__call").order_by("waiting_since", "pk")


def taken_from(unit: Unit, start: date, end: date) -> date:
    """The first day of ``[start, end)`` on which somebody has a cell of the unit; ``end`` when nobody does."""
    rows = Occupancy.objects.filter(cell__units=unit, period__overlap=DateRange(start, end))
    live = rows.exclude(status=OccupancyStatus.RELEASED)
    return min((max(start, row.period.lower) for row in live), default=end)


def free_units(hubs: Iterable[Hub], start: date, end: date) -> list[Unit]:
    """Units of the hubs that nobody has on a day of ``[start, end)``."""
    units = units_of(hubs, start, end).annotate(is_taken=taken(start, end))
    return [unit for unit in units if not unit.is_taken]


def renewal_calls(hub: Hub) -> QuerySet[Call]:
    """The published calls for another term in a hub, the latest to close first."""
    rows = Call.objects.filter(programme="space-renewal", hubs__contains=[hub.code]).exclude(
        status__in=["DRAFT", "CANCELLED"]
    )
    return rows.select_related("current", "cluster").order_by("-closes_at", "-pk")


def renewal_call(hub: Hub, now: datetime) -> Call | None:
    """The call that takes applications for another term in a hub now."""
    return renewal_calls(hub).filter(status="PUBLISHED", opens_at__lte=now, closes_at__gt=now).first()


def may_still_apply(review: RenewalReview, now: datetime) -> bool:
    """Whether a call is or will be open to the tenant, or none ever was since it was invited."""
    calls = renewal_calls(review.lease.unit.hub).filter(closes_at__gt=review.invited_at)
    return calls.filter(closes_at__gt=now).exists() or not calls.exists()


def invited_to_panel() -> QuerySet[RenewalReview]:
    """Tenants who may apply for another term and have not."""
    rows = RenewalReview.objects.filter(status="INVITED", path="PANEL").order_by("pk")
    return rows.select_related("lease__organisation", "lease__unit__floor__building__hub")


def invited_review(call: Call, organisation: Organisation) -> RenewalReview | None:
    """The review that an application of the company to the call is for: invited, or begun by a call since cancelled."""
    fresh = Q(status="INVITED") | Q(status="APPLIED", application__call__status="CANCELLED")
    rows = RenewalReview.objects.filter(
        fresh, path="PANEL", lease__organisation=organisation, lease__unit__floor__building__hub__code__in=call.hubs
    )
    found = rows.select_related("lease__organisation", "lease__unit__floor__building__hub__cluster")
    return found.order_by("period", "pk").first()


def may_renew(hub: Hub, today: date, until: date) -> int:
    """How many tenants of a hub are or will be invited by ``until`` and have not applied yet."""
    waiting = RenewalReview.objects.filter(
        status="INVITED", path="PANEL", lease__unit__floor__building__hub=hub
    ).count()
    coming = ending_leases(today, until + timedelta(days=90)).filter(unit__floor__building__hub=hub)
    return waiting + sum(not at_maximum(lease) and not _asked(lease) for lease in coming)


def _asked(lease: Lease) -> bool:
    """Whether the tenant was asked about the term after the last."""
    last = max(term.seq for term in lease.terms.all())
    return lease.renewals.filter(seq=last + 1).exists()


def known_figures(lease: Lease, today: date) -> dict[str, int]:
    """What the house knows of the present term when it invites: the days of use, and the people stated last."""
    last = max((term.period for term in lease.terms.all()), key=lambda period: period.lower)
    known = {"days": (today - max(last.lower, lease.moved_in_date or last.lower)).days}
    before = lease.renewals.exclude(figures={}).order_by("-seq").first()
    jobs = before.figures.get("jobs") if before else None
    return known if jobs is None else {**known, "jobs": jobs}


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


def graduation_of(lease: UUID) -> Graduation | None:
    """The graduation with which a lease ended, with what the company told since."""
    rows = Graduation.objects.filter(lease__public_id=lease).select_related(
        "organisation", "lease__organisation", "lease__unit__floor__building__hub__cluster"
    )
    return rows.prefetch_related("follow_ups", "lease__terms").first()


def alumni_to_ask(today: date, years: int) -> list[tuple[Graduation, int]]:
    """Graduates whose day has come round again within ``years``, with the year to ask for, the oldest first."""
    rows = Graduation.objects.filter(graduated_date__lte=add_months(today, -12)).order_by("pk")
    rows = rows.filter(graduated_date__gt=add_months(today, -12 * (years + 1)))
    found = []
    for row in rows.select_related("organisation", "lease").prefetch_related("follow_ups"):
        passed = today.year - row.graduated_date.year
        while add_months(row.graduated_date, 12 * passed) > today:
            passed -= 1
        year = row.graduated_date.year + passed
        if passed <= years and year not in {one.year for one in row.follow_ups.all()}:
            found.append((row, year))
    return found


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
