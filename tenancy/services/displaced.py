"""Another term granted on appeal after the room went to another: that acceptance stands, the tenant is first for the next.

Until the successor's first day the tenant stays where it is, by a term of its own (design 05 §8).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from ledger import log
from portal.core.errors import Overtaken
from portal.core.transition import advance
from tenancy import queries
from tenancy.enums import EndKind, LeaseStatus, MoveOutStatus, OccupancyStatus
from tenancy.fitting import in_order, why_not
from tenancy.models import Lease, LeaseTerm, RenewalReview, Unit
from tenancy.services.holding import occupy
from tenancy.services.telling import tell_renewal_room
from tenancy.workflow import LEASE, MOVE_OUT

_STAYS = (LeaseStatus.ACTIVE, LeaseStatus.VACATING)


def hold_again(review: RenewalReview, *, by: Any, now: datetime) -> None:
    """Hold the room for the term granted after all; where somebody has it by now, wait for the next that fits.

    ``by`` acts in a role. The clock's notice, given when the term seemed to end, is taken back.
    """
    lease = Lease.objects.select_for_update(of=("self",), no_key=True).get(pk=review.lease_id)
    review.lease.status = lease.status
    if lease.status in _STAYS:
        _take_back_notice(review.lease, by=by)
        try:
            with transaction.atomic():
                hold(review, review.lease.unit, by=by)
                return
        except Overtaken:
            pass  # promised to another: what that one accepted stands
    _wait(review, by=by, now=now)


def hold(review: RenewalReview, unit: Unit, *, by: Any) -> None:
    """Keep the cells of a room for the term under review; ``Overtaken`` when somebody has them."""
    lease, days = review.lease, review.period
    fields: dict[str, Any] = {"organisation": lease.organisation, "lease": lease, "offer": lease.offer}
    occupy(unit, days.lower, days.upper, OccupancyStatus.HELD, by=by, **fields)


def _take_back_notice(lease: Lease, *, by: Any) -> None:
    """What the clock told a lease that was to end with its term."""
    if lease.status != LeaseStatus.VACATING:
        return
    open_cases = lease.move_outs.filter(status__in=[MoveOutStatus.NOTICED, MoveOutStatus.SCHEDULED])
    move_out = open_cases.filter(end_kind=EndKind.EXPIRED).first()
    if move_out is None:
        raise Overtaken
    advance(move_out, MoveOutStatus.CANCELLED, by=by, steps=MOVE_OUT)
    advance(lease, LeaseStatus.ACTIVE, by=by, steps=LEASE, changes={"leave_date": None})


def _wait(review: RenewalReview, *, by: Any, now: datetime) -> None:
    lease, days = review.lease, review.period
    until = queries.taken_from(lease.unit, days.lower, days.upper) if lease.status in _STAYS else days.lower
    if until > days.lower:
        _stay_on(review, until, by=by)
    review.waiting_since = now
    review.save(update_fields=["waiting_since", "period", "seq"])
    log.append("space.renewal.waiting", row=review, by=by, data={"until": until})
    # Who has given the keys back already holds nothing (design 05 §14.13).
    for unit in _free_rooms(review) if lease.status in _STAYS else ():
        if _give(review, unit, by=by):
            return


def _stay_on(review: RenewalReview, until: date, *, by: Any) -> None:
    """A term from the end of the last one to the successor's first day; the term under review begins after it."""
    lease, first = review.lease, review.period.lower
    LeaseTerm.objects.create(lease=lease, seq=review.seq, period=DateRange(first, until))
    fields = {"organisation": lease.organisation, "lease": lease, "offer": lease.offer}
    occupy(lease.unit, first, until, OccupancyStatus.COMMITTED, by=by, **fields)
    log.append("space.lease.renewed", row=lease, by=by, data={"start": first, "end": until})
    review.seq, review.period = review.seq + 1, DateRange(until, review.period.upper)


def _free_rooms(review: RenewalReview) -> list[Unit]:
    """Rooms that fit and are free for the whole term, the best first."""
    need = review.lease.offer.need
    terms = queries.terms_of(need.application.call)
    if terms is None:
        return []
    start, end = review.period.lower, review.period.upper
    units = {unit.ref: unit for unit in queries.free_units(terms.hubs.all(), start, end)}
    rooms = in_order(queries.wanted_by(need, terms), [queries.as_room(unit, free=True) for unit in units.values()])
    return [units[room.key] for room in rooms]


def _give(review: RenewalReview, unit: Unit, *, by: Any) -> bool:
    """Hold a room for who waits, and say so; False when somebody was first."""
    try:
        with transaction.atomic():
            hold(review, unit, by=by)
            if review.lease.status == LeaseStatus.VACATING:
                _take_back_notice(review.lease, by=by)
    except Overtaken:
        return False
    review.room = unit
    review.save(update_fields=["room"])
    data = {"unit": unit.ref, "start": review.period.lower, "end": review.period.upper}
    log.append("space.renewal.room_found", row=review, by=by, data=data)
    tell_renewal_room(review)
    return True


def serve_displaced(unit: Unit, start: date, *, by: Any) -> RenewalReview | None:
    """Give a room that is free from ``start`` on to the first tenant who waits and whom it fits, before any reserve."""
    room = queries.as_room(unit, free=True)
    for review in queries.displaced(unit.hub):
        terms = queries.terms_of(review.lease.offer.need.application.call)
        if terms is None or start > review.period.lower or review.lease.status not in _STAYS:
            continue
        if why_not(queries.wanted_by(review.lease.offer.need, terms), room) is None and _give(review, unit, by=by):
            return review
    return None
