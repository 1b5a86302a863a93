"""Seats: taken, offered to the line, answered, given back. The database decides every race; the run is locked first.

Whoever moves a run's counters holds the run's row (``FOR NO KEY UPDATE``), so that the line moves in one order and no
two transactions wait for each other. How a seat is asked for stands in ``asking``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from college import queries, rules
from college.enums import Admission, EnrolmentStatus, RequestStatus, RunStatus
from college.models import OPEN_REQUESTS, WITHOUT_SEAT, Enrolment, Run, SeatRequest
from college.services import refunds, telling
from college.services.selected import OPEN_RUN, hold_case, hold_places, pass_on_place, take_up
from college.workflow import ENROLMENT, REQUEST
from ledger import log
from portal.core import offers, scarce
from portal.core.errors import Invalid, Late, Overtaken, Refused
from portal.core.transition import advance


def enrol(*, request: SeatRequest, by: Any, now: datetime) -> Enrolment:
    """The seat becomes the person's: at once, or held until the fee is paid."""
    run, unpaid = request.run, request.run.fee_won > 0
    enrolment = Enrolment.objects.create(
        request=request,
        run=run,
        person=request.person,
        canonical=request.canonical,
        status=EnrolmentStatus.HELD if unpaid else EnrolmentStatus.ACTIVE,
        policy_version=run.policy_version,
        enrolled_at=now,
        pay_by=now + run.rules.seats.pay_within if unpaid else None,
    )
    data = {"run": run.code, "to": enrolment.status}
    if unpaid:
        log.append("college.enrolment.held", row=enrolment, by=by, data={**data, "pay_by": enrolment.pay_by})
    else:
        log.append("college.enrolment.activated", row=enrolment, by=by, data=data)
    telling.seated(enrolment)
    return enrolment


@transaction.atomic
def offer_free_seats(*, run: Run, now: datetime) -> list[SeatRequest]:
    """Offer every free seat to the next in line; past the last day to join the line is closed instead."""
    held = lock_run(run)
    if now >= held.late_join_until:
        close_line(run=held, now=now)
        return []
    expires_at = offers.expires_at(now, held.late_join_until, held.rules.seats.offer())
    made: list[SeatRequest] = []
    while _take_for_line(held):
        request = queries.in_order(held).select_related("person").first()
        assert request is not None
        request.run = held
        offer_to(request, expires_at=expires_at, by=log.SYSTEM, now=now)
        made.append(request)
    return made


def _take_for_line(run: Run) -> bool:
    """Move one place from the line to the seats; False when no seat is free or nobody waits."""
    rows = Run.objects.filter(pk=run.pk, status__in=OPEN_RUN, waiting__gt=0)
    return scarce.take(rows, counter="seats_taken", capacity="capacity") and scarce.give_back(
        Run.objects.filter(pk=run.pk), counter="waiting"
    )


def offer_to(request: SeatRequest, *, expires_at: datetime, by: Any, now: datetime) -> None:
    advance(
        request,
        RequestStatus.OFFERED,
        by=by,
        steps=REQUEST,
        data={"run": request.run.code, "expires_at": expires_at},
        changes={"offered_at": now, "offer_expires_at": expires_at},
    )
    telling.offered(request)


@transaction.atomic
def accept_offer(*, request: SeatRequest, by: Any, now: datetime) -> Enrolment:
    """Take the seat; waits for runs on the same days end with it. ``Late`` after the deadline, ``Overtaken`` if it lapsed."""
    hold_case(request)
    role = rules.check_can_answer(by, request, now=now)
    data, changes = {"run": request.run.code}, {"answered_at": now}
    advance(request, RequestStatus.SEATED, by=by.acting_as(role), steps=REQUEST, data=data, changes=changes)
    enrolment = enrol(request=request, by=by.acting_as(role), now=now)
    if enrolment.status == EnrolmentStatus.ACTIVE:  # with a fee, when it is paid
        take_up(request, by=by, now=now)
    for other in _clashing(request):
        leave_line(request=other, by=by.acting_as(role), now=now)
    return enrolment


def _clashing(request: SeatRequest) -> list[SeatRequest]:
    run = request.run
    others = SeatRequest.objects.filter(
        canonical=request.canonical,
        status=RequestStatus.WAITING,
        run__starts_date__lte=run.ends_date,
        run__ends_date__gte=run.starts_date,
    )
    return list(others.exclude(pk=request.pk).select_related("run", "person").order_by("run_id"))


@transaction.atomic
def decline_offer(*, request: SeatRequest, by: Any, now: datetime) -> list[SeatRequest]:
    """Give the offered seat up; answers the offers made to the next."""
    hold_case(request)
    run = lock_run(request.run)
    role = rules.check_can_answer(by, request, now=now)
    _end(request, RequestStatus.DECLINED, by=by.acting_as(role), now=now)
    return pass_on(run=run, request=request, by=by, now=now)


@transaction.atomic
def lapse_offer(*, request: SeatRequest, now: datetime) -> list[SeatRequest]:
    """The clock's answer to an offer nobody answered; refused before its time and after any other answer."""
    if request.offer_expires_at is None or now < request.offer_expires_at:
        raise Invalid(_("아직 기한이 남은 제안입니다."))
    hold_case(request)
    run = lock_run(request.run)
    _end(request, RequestStatus.LAPSED, by=log.SYSTEM, now=now, data={"expires_at": request.offer_expires_at})
    telling.lapsed(request)
    return pass_on(run=run, request=request, by=log.SYSTEM, now=now)


def lapse_due_offers(*, now: datetime) -> int:
    """Let every offer lapse whose time is over, each in its own transaction; safe to run at any time, twice or late."""
    lapsed = 0
    for request in list(queries.offers_due(now)):
        try:
            lapse_offer(request=request, now=now)
            lapsed += 1
        except Refused:
            continue  # answered in between: the other side won
    return lapsed


@transaction.atomic
def withdraw_request(*, request: SeatRequest, by: Any, now: datetime) -> None:
    """The person takes an open request back: out of the draw, off the list, or away from an offer."""
    role = rules.check_is_own(by, request.person)
    leave_line(request=request, by=by.acting_as(role), now=now)


def withdraw_by_merge(*, request: SeatRequest, by: Any, now: datetime) -> None:
    """The later of two requests of one human goes; ``by`` acts in a role."""
    leave_line(request=request, by=by, now=now)


def leave_line(*, request: SeatRequest, by: Any, now: datetime) -> None:
    """End an open request and pass on what it held; ``by`` acts in a role."""
    hold_case(request)
    run = lock_run(request.run)
    before = request.status
    if before not in OPEN_REQUESTS:
        raise Overtaken
    _end(request, RequestStatus.WITHDRAWN, by=by, now=now)
    if before == RequestStatus.WAITING:
        scarce.give_back(Run.objects.filter(pk=run.pk), counter="waiting")
    elif before == RequestStatus.OFFERED:
        pass_on(run=run, request=request, by=log.SYSTEM, now=now)


def _end(request: SeatRequest, to: str, *, by: Any, now: datetime, data: Any = None) -> None:
    advance(
        request,
        to,
        by=by,
        steps=REQUEST,
        data={"run": request.run.code, **(data or {})},
        changes={"answered_at": now, "live": False},
    )


def pass_on(*, run: Run, request: SeatRequest, by: Any, now: datetime) -> list[SeatRequest]:
    """Give one seat back and offer it to the next; a selection run asks intake's reserve."""
    scarce.give_back(Run.objects.filter(pk=run.pk), counter="seats_taken")
    if run.admission == Admission.SELECTION:
        pass_on_place(request, run, by=by, now=now)
        return []
    return offer_free_seats(run=run, now=now)


@transaction.atomic
def give_back_selected(*, application: Any, now: datetime) -> None:
    """Intake says that an application fell away: its offer or seat is given back, and intake calls the next itself."""
    hold_places(application.call)
    live = SeatRequest.objects.filter(application=application, live=True).select_related("run", "person").first()
    if live is None:
        return
    run = lock_run(live.run)
    if live.status == RequestStatus.OFFERED:
        _end(live, RequestStatus.WITHDRAWN, by=log.SYSTEM, now=now)
        scarce.give_back(Run.objects.filter(pk=run.pk), counter="seats_taken")
        return
    enrolment = Enrolment.objects.select_related("run", "request", "person").get(request=live)
    if enrolment.status in (EnrolmentStatus.HELD, EnrolmentStatus.ACTIVE):
        dropped = enrolment.status == EnrolmentStatus.ACTIVE and run.status == RunStatus.RUNNING
        to = EnrolmentStatus.DROPPED if dropped else EnrolmentStatus.CANCELLED
        _end_seat(enrolment, run, to=to, by=log.SYSTEM, now=now)
        scarce.give_back(Run.objects.filter(pk=run.pk), counter="seats_taken")


@transaction.atomic
def close_line(*, run: Run, now: datetime) -> int:
    """Nobody is taken in any more: those who still wait are told."""
    held, closed = lock_run(run), 0
    for request in list(queries.in_order(held).select_related("person")):
        request.run = held
        _end(request, RequestStatus.CLOSED, by=log.SYSTEM, now=now)
        scarce.give_back(Run.objects.filter(pk=held.pk), counter="waiting")
        telling.closed(request)
        closed += 1
    return closed


def expire_unpaid(*, now: datetime) -> int:
    """Seats held for a fee that did not come in time go back, each in its own transaction."""
    expired = 0
    for enrolment in list(queries.unpaid_due(now)):
        try:
            give_seat_back(enrolment=enrolment, to=EnrolmentStatus.EXPIRED, by=log.SYSTEM, now=now)
            expired += 1
        except Refused:
            continue
    return expired


@transaction.atomic
def drop(*, enrolment: Enrolment, by: Any, now: datetime, reason: str = "") -> None:
    """The student leaves: before the run starts a cancellation, after that a drop. ``Late`` once the run has ended."""
    role = rules.check_can_drop(by, enrolment)
    to = EnrolmentStatus.DROPPED if enrolment.run.status == RunStatus.RUNNING else EnrolmentStatus.CANCELLED
    give_seat_back(enrolment=enrolment, to=to, by=by.acting_as(role), now=now, reason=reason)


@transaction.atomic
def give_seat_back(*, enrolment: Enrolment, to: str, by: Any, now: datetime, reason: str = "") -> None:
    """End an enrolment, ask back what was paid for it and pass the seat on; ``by`` acts in a role."""
    assert to in WITHOUT_SEAT
    request = enrolment.request
    hold_case(request)
    run = lock_run(enrolment.run)
    _end_seat(enrolment, run, to=to, by=by, now=now, reason=reason)
    pass_on(run=run, request=request, by=log.SYSTEM, now=now)


def _end_seat(enrolment: Enrolment, run: Run, *, to: str, by: Any, now: datetime, reason: str = "") -> None:
    changes = {"holds_seat": False, "ended_at": now}
    advance(enrolment, to, by=by, steps=ENROLMENT, reason=reason or None, changes=changes)
    SeatRequest.objects.filter(pk=enrolment.request_id).update(live=False)
    refunds.ask_back(enrolment=enrolment, run=run, by=by, now=now)


@transaction.atomic
def change_capacity(*, run: Run, capacity: int, by: Any, now: datetime) -> list[SeatRequest]:
    """More or fewer seats, never fewer than are taken; new ones are offered at once."""
    role = rules.check_can_manage(by, run)
    held = lock_run(run)
    if held.status not in OPEN_RUN:
        raise Late(_("정원을 바꿀 수 있는 시기가 지났습니다."))
    if capacity < max(held.seats_taken, 1):
        text = _("이미 배정한 자리(%(taken)s석)보다 적게 줄일 수 없습니다.")
        raise Invalid(text % {"taken": held.seats_taken}, field="capacity")
    Run.objects.filter(pk=held.pk).update(capacity=capacity)
    run.capacity = capacity
    data = {"from": held.status, "to": held.status, "capacity": capacity}
    log.append("college.run.enlarged", row=held, by=by.acting_as(role), data=data)
    return offer_free_seats(run=held, now=now)


def lock_run(run: Run) -> Run:
    """The run as it stands, held until the transaction ends; foreign keys to it may still be written."""
    return Run.objects.select_for_update(no_key=True, of=("self",)).select_related("course__cluster").get(pk=run.pk)
