"""Another term granted on appeal after the room went to another: that acceptance stands, the tenant is first for the next.

Until the successor's first day the tenant stays where it is, by a term of its own (design 05 §8). Whoever had to leave
before a room was found is offered the next that fits, as a new contract for the term granted.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import NotAllowed, Overtaken
from portal.core.periods import SEOUL, add_months, months_of
from portal.core.transition import advance
from portal.intake import services as intake
from portal.intake.enums import ApplicationStatus
from portal.intake.models import Application
from tenancy import queries
from tenancy.enums import MOVE_OUT_OPEN, EndKind, LeaseStatus, MoveOutStatus, OccupancyStatus, RenewalStatus, Side
from tenancy.fitting import in_order, why_not
from tenancy.models import Lease, LeaseTerm, Offer, RenewalReview, Unit
from tenancy.services.holding import occupy
from tenancy.services.sending import offer_room
from tenancy.services.telling import tell_renewal_room
from tenancy.workflow import LEASE, MOVE_OUT, RENEWAL

_STAYS = (LeaseStatus.ACTIVE, LeaseStatus.VACATING)


def hold_again(review: RenewalReview, *, by: Any, now: datetime) -> None:
    """Hold the room for the term granted after all; where somebody has it by now, wait for the next that fits.

    ``by`` acts in a role. The clock's notice, given when the term seemed to end, is taken back.
    """
    lease = Lease.objects.select_for_update(of=("self",), no_key=True).get(pk=review.lease_id)
    review.lease.status = lease.status
    _take_back_notice(review.lease, by=by)
    if review.lease.status == LeaseStatus.VACATING or _hold_own(review, by=by):
        return  # it leaves of its own will, or has to: taking that notice back holds the room (``hold_for_open``)
    _wait(review, by=by, now=now)


def _hold_own(review: RenewalReview, *, by: Any) -> bool:
    """Hold the tenant's own room; False when it is promised to another, who accepted it, or the tenant has left."""
    if review.lease.status != LeaseStatus.ACTIVE:
        return False
    try:
        with transaction.atomic():
            hold(review, review.lease.unit, by=by)
    except Overtaken:
        return False
    return True


def hold_for_open(lease: Lease, *, by: Any) -> None:
    """Hold the room again for a term that is still asked about; ``Overtaken`` when it is promised to another."""
    asked = [RenewalStatus.INVITED, RenewalStatus.APPLIED, RenewalStatus.GRANTED]
    for review in lease.renewals.filter(status__in=asked, waiting_since=None).select_related("lease"):
        hold(review, lease.unit, by=by)


def hold(review: RenewalReview, unit: Unit, *, by: Any) -> None:
    """Keep the cells of a room for the term under review; ``Overtaken`` when somebody has them."""
    lease, days = review.lease, review.period
    fields: dict[str, Any] = {"organisation": lease.organisation, "lease": lease, "offer": lease.offer}
    occupy(unit, days.lower, days.upper, OccupancyStatus.HELD, by=by, **fields)


def _take_back_notice(lease: Lease, *, by: Any) -> None:
    """What was told a lease that was to end with its term, as long as the keys are out. Other endings stand."""
    if lease.status != LeaseStatus.VACATING:
        return
    move_out = lease.move_outs.filter(end_kind=EndKind.EXPIRED, status__in=MOVE_OUT_OPEN).first()
    if move_out is None:
        return
    advance(move_out, MoveOutStatus.CANCELLED, by=by, steps=MOVE_OUT)
    advance(lease, LeaseStatus.ACTIVE, by=by, steps=LEASE, changes={"leave_date": None})


def _wait(review: RenewalReview, *, by: Any, now: datetime) -> None:
    lease, days = review.lease, review.period
    stays = lease.status in _STAYS
    until = queries.taken_from(lease.unit, days.lower, days.upper) if stays else days.lower
    if until > days.lower:
        _stay_on(review, until, by=by)
    review.waiting_since = now
    review.save(update_fields=["waiting_since", "period", "seq"])
    log.append("space.renewal.waiting", row=review, by=by, data={"until": until})
    if not stays:  # an ended lease holds nothing (design 05 §14.13)
        _offer_first(review, now=now)
        return
    for unit in _free_rooms(review, review.period.lower):
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


def _free_rooms(review: RenewalReview, start: date) -> list[Unit]:
    """Rooms that fit and are free for the whole term, were it to begin on ``start``, the best first."""
    need = review.lease.offer.need
    terms = queries.terms_of(need.application.call)
    if terms is None:
        return []
    end = add_months(start, months_of(review.period.lower, review.period.upper))
    units = {unit.ref: unit for unit in queries.free_units(terms.hubs.all(), start, end)}
    rooms = in_order(queries.wanted_by(need, terms), [queries.as_room(unit, free=True) for unit in units.values()])
    return [units[room.key] for room in rooms]


def _give(review: RenewalReview, unit: Unit, *, by: Any) -> bool:
    """Hold a room for who waits, and say so; False when somebody was first."""
    try:
        with transaction.atomic():
            _take_back_notice(review.lease, by=by)
            if review.lease.status == LeaseStatus.VACATING:
                raise Overtaken  # by a notice of its own
            hold(review, unit, by=by)
    except Overtaken:
        return False
    review.room = unit
    review.save(update_fields=["room"])
    data = {"unit": unit.ref, "start": review.period.lower, "end": review.period.upper}
    log.append("space.renewal.room_found", row=review, by=by, data=data)
    tell_renewal_room(review)
    return True


def serve_displaced(unit: Unit, start: date, *, now: datetime) -> RenewalReview | None:
    """Give a room that is free from ``start`` on to the first tenant who waits and whom it fits, before any reserve.

    Where it is free too late to move from room to room, or the tenant has left, it is offered as a new contract.
    """
    room = queries.as_room(unit, free=True)
    for review in queries.displaced().filter(lease__unit__floor__building__hub=unit.hub):
        need = review.lease.offer.need
        terms = queries.terms_of(need.application.call)
        if terms is None or why_not(queries.wanted_by(need, terms), room) is not None:
            continue
        in_time = review.lease.status in _STAYS and start <= review.period.lower
        if _give(review, unit, by=log.SYSTEM) if in_time else _offer(review, unit, start, now=now):
            return review
    return None


def rehouse(*, now: datetime) -> int:
    """Offer a room to every tenant who had to leave while it waited, as soon as one is free; answers how many."""
    left = queries.displaced().exclude(lease__status__in=_STAYS)
    return sum(_offer_first(review, now=now) for review in list(left))


def _offer_first(review: RenewalReview, *, now: datetime) -> bool:
    tomorrow = now.astimezone(SEOUL).date() + timedelta(days=1)
    return any(_offer(review, unit, tomorrow, now=now) for unit in _free_rooms(review, tomorrow))


def _offer(review: RenewalReview, unit: Unit, start: date, *, now: datetime) -> bool:
    """Offer a room for the term granted; False when somebody was first, or the tenant leaves by a notice of its own."""
    need = review.lease.offer.need
    terms = queries.terms_of(need.application.call)
    if terms is None or (review.lease.status == LeaseStatus.VACATING and not _leaves_by_the_clock(review.lease)):
        return False
    try:
        with transaction.atomic():
            offer = offer_room(need=need, unit=unit, terms=terms, start=start, by=log.SYSTEM, now=now, review=review)
            data = {"unit": unit.ref, "start": offer.start_date, "end": offer.end_date}
            log.append("space.renewal.room_found", row=review, by=log.SYSTEM, data=data)
    except Overtaken:
        return False
    return True


def _leaves_by_the_clock(lease: Lease) -> bool:
    return lease.move_outs.filter(end_kind=EndKind.EXPIRED, status__in=MOVE_OUT_OPEN).exists()


def give_up_term(review: RenewalReview, *, reason: str, by: Any, now: datetime) -> None:
    """A term granted and not taken: the review has lapsed, the selection is declined."""
    advance(review, RenewalStatus.LAPSED, by=log.SYSTEM, steps=RENEWAL)
    application = review.application
    if application is not None and application.status == ApplicationStatus.SELECTED:
        intake.decline(application=application, reason=reason, by=by, now=now)


def sign_by_contract(lease: Lease, *, by: Any, now: datetime) -> Application | None:
    """The new contract for a granted term is in force: the review is signed. Answers the application to be fulfilled.

    ``by`` acts in a role. For a contract of a round that is the application of the round.
    """
    # Read for the second signature only: in one statement with the lease's lock it took longer to plan than to run.
    decided = Offer.objects.select_related(
        "review__lease", "review__application", "need__application__organisation", "need__application__call__cluster"
    ).get(pk=lease.offer_id)
    review = decided.review
    if review is None:
        return decided.need.application
    tenant = lease.signatures.get(side=Side.TENANT)
    if tenant.user_id == review.decided_by_id:
        raise NotAllowed(_("한 사람이 양쪽을 대신해 서명할 수 없습니다."))
    days = {"start": decided.start_date, "end": decided.end_date}
    changes = {"signed_by": tenant.user, "signed_at": now}
    advance(review, RenewalStatus.SIGNED, by=by, steps=RENEWAL, data=days, changes=changes)
    return review.application


def longest_stay(offer: Offer, most_months: int) -> int:
    """Months the lease of an offer may last: what the earlier leases left of the round's maximum."""
    if offer.review is None:
        return most_months
    first = offer.review.lease.terms.order_by("period").first()
    assert first is not None
    used = months_of(first.period.lower, offer.review.period.lower)
    return max(months_of(offer.start_date, offer.end_date), offer.review.lease.max_months - used)
