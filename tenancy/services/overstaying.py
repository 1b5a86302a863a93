"""Holding over: the day of leaving has passed and the keys are out.

The days are recorded one by one as long as it lasts; whoever was to follow begins later, told in the same transaction.
Days of a month are charged when the month is over or the keys are back, from the day on which the lease ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from ledger import log
from portal.core.errors import Overtaken, Refused
from portal.core.periods import SEOUL, first_of_month
from portal.core.transition import advance
from portal.intake.canonical import digest
from tenancy import queries
from tenancy.conditions import Charged, held_over
from tenancy.enums import EndKind, InvoiceKind, InvoiceStatus, LeaseStatus, OccupancyStatus
from tenancy.models import Invoice, Lease, Occupancy, Offer
from tenancy.services.amendments import put_off_start
from tenancy.services.departures import open_move_out
from tenancy.services.holding import LIVE, TAKEN, move, occupy
from tenancy.services.invoices import write
from tenancy.services.sending import terms_shown
from tenancy.services.telling import tell_holdover, tell_start_moved
from tenancy.workflow import LEASE

_STAYING = (LeaseStatus.ACTIVE, LeaseStatus.VACATING, LeaseStatus.HOLDOVER)
_DAY = timedelta(days=1)


def hold_over(*, now: datetime) -> int:
    """Record today for every tenant that should have left before; answers how many. Safe late and twice at once."""
    today, found = now.astimezone(SEOUL).date(), 0
    for pk in list(queries.overstaying(today).values_list("pk", flat=True)):
        try:
            found += overstay(pk, today + _DAY, now=now)
        except (Refused, IntegrityError):
            continue  # the keys came in between, or somebody else sits there by now
    return found


@transaction.atomic
def overstay(pk: int, until: date, *, now: datetime) -> int:
    """The room of a lease is in use up to ``until``, beyond the day of leaving; 1 when that says something new.

    Raises ``Overtaken`` when somebody has moved into it.
    """
    lease = _locked(pk)
    if lease.status not in _STAYING:
        return 0
    since = lease.leave_date or queries.end_of(lease)
    if until <= since:
        return 0
    if lease.status != LeaseStatus.HOLDOVER:
        _begin(lease, since, now=now)
    days = list(_recorded(lease, since))
    if days and days[0].period.upper >= until:
        return 0
    first = days[0].period.upper if days else since
    _make_way(lease, first, until, now=now)
    if days:
        _lengthen(days, until)
    else:
        fields = {"organisation": lease.organisation, "lease": lease, "offer": lease.offer}
        occupy(lease.unit, since, until, OccupancyStatus.OCCUPIED, by=log.SYSTEM, **fields)
    return 1


def _locked(pk: int) -> Lease:
    rows = Lease.objects.select_for_update(of=("self",), no_key=True).select_related(
        "organisation", "unit__floor__building__hub", "offer", "rate_card"
    )
    return rows.prefetch_related("terms", "amendments").get(pk=pk)


def _begin(lease: Lease, since: date, *, now: datetime) -> None:
    """From here on the lease is held over; a lease that nobody gave notice to gets its file of leaving."""
    if not lease.move_outs.exclude(status="CANCELLED").exists():
        kind = EndKind.GRADUATED if queries.at_maximum(lease) else EndKind.EXPIRED
        open_move_out(lease, since, kind, by=log.SYSTEM, now=now)
    changes = {"leave_date": since}
    advance(lease, LeaseStatus.HOLDOVER, by=log.SYSTEM, steps=LEASE, data={"on": since}, changes=changes)
    tell_holdover(lease)


def _recorded(lease: Lease, since: date) -> Iterable[Occupancy]:
    rows = lease.occupancies.filter(status=OccupancyStatus.OCCUPIED, period__startswith__gte=since)
    return rows.select_related("cell", "organisation").order_by("pk")


def _lengthen(rows: Iterable[Occupancy], until: date) -> None:
    for row in rows:
        row.period = DateRange(row.period.lower, until)
        row.save(update_fields=["period"])
        log.append("space.occupancy.extended", row=row, by=log.SYSTEM, data={"end": until})


def _make_way(lease: Lease, start: date, until: date, *, now: datetime) -> None:
    """Whatever was to begin in these days begins at ``until``; who has moved in already is not moved."""
    rows = Occupancy.objects.filter(
        cell__units=lease.unit, period__overlap=DateRange(start, until), status__in=queries.LIVE_OCCUPANCY
    ).exclude(lease=lease)
    taken = list(rows.select_related("cell", "organisation", "lease", "offer").order_by("pk"))
    if any(row.status == OccupancyStatus.OCCUPIED for row in taken):
        raise Overtaken(TAKEN)
    for row in taken:
        if row.status == OccupancyStatus.BLOCKED:
            _put_off_row(row, until)
    for following in {row.lease for row in taken if row.lease}:
        put_off_start(lease=following, start=until, now=now)
    for offer in {row.offer for row in taken if row.offer and not row.lease}:
        _put_off_offer(offer, until)


def _put_off_offer(offer: Offer, until: date) -> None:
    """A room offered, or taken without a contract yet, is free later; the end stays."""
    if until >= offer.end_date:
        raise Overtaken(TAKEN)
    offer.start_date = until
    offer.terms_hash = digest(terms_shown(offer))
    offer.save(update_fields=["start_date", "terms_hash"])
    data = {"start": until, "terms": offer.terms_hash}
    log.append("space.offer.put_off", row=offer, by=log.SYSTEM, data=data)
    for row in offer.occupancies.filter(status__in=LIVE).select_related("cell", "organisation").order_by("pk"):
        _put_off_row(row, until)
    tell_start_moved(offer)


def _put_off_row(row: Occupancy, until: date) -> None:
    """Give a row back and take the same again from a later day."""
    end, status = row.period.upper, OccupancyStatus(row.status)
    move([row], OccupancyStatus.RELEASED, by=log.SYSTEM)
    if until < end and row.unit is not None:
        later = Occupancy(cell=row.cell, unit=row.unit, period=DateRange(until, end), status=status, note=row.note)
        later.organisation, later.offer = row.organisation, row.offer
        later.save(force_insert=True)
        data = {"to": status, "unit": row.unit.ref, "start": until, "end": end}
        kind = {OccupancyStatus.HELD: "held", OccupancyStatus.BLOCKED: "blocked"}.get(status, "taken")
        log.append(f"space.occupancy.{kind}", row=later, by=log.SYSTEM, data=data)


def bill_holdovers(*, now: datetime) -> list[Invoice]:
    """Draft the months that are over of every lease held over; running twice, or twice at once, adds nothing."""
    month = first_of_month(now.astimezone(SEOUL).date())
    leases = Lease.objects.filter(status=LeaseStatus.HOLDOVER).order_by("pk").values_list("pk", flat=True)
    return [invoice for pk in list(leases) for invoice in charge_holdover(pk, month)]


@transaction.atomic
def charge_holdover(pk: int, until: date) -> list[Invoice]:
    """Drafts for the days from the day of leaving up to ``until``, one a month, where there is none yet."""
    lease = _locked(pk)
    since = lease.leave_date
    if since is None or lease.status != LeaseStatus.HOLDOVER or until <= since:
        return []
    there = Invoice.objects.filter(lease=lease, kind=InvoiceKind.HOLDOVER).exclude(status=InvoiceStatus.DROPPED)
    known = set(there.values_list("month", flat=True))
    months: dict[date, list[Charged]] = {}
    for charged in held_over(lease, since, until):
        months.setdefault(charged.line.month, []).append(charged)
    drafted = [
        write(InvoiceKind.HOLDOVER, month, {lease: lines}) for month, lines in months.items() if month not in known
    ]
    return [invoice for invoices in drafted for invoice in invoices]
