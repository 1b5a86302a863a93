"""Asking for a seat: taken at once, stood in line for, entered for the draw, or offered to whom intake selected.

A new request goes in before its seat is taken: a repeated click eats none. Who finds a line touches the run last: five
thousand who ask at once then wait for a commit each, not for all its letters.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from college import queries, rules
from college.enums import Admission, RequestStatus, RunStatus
from college.models import Person, Run, SeatRequest
from college.services import telling
from college.services.seats import enrol, lock_run, offer_free_seats, offer_to
from college.services.selected import hold_places
from college.workflow import REQUEST
from ledger import log
from portal.accounts.roles import PERSON
from portal.core import offers, scarce
from portal.core.errors import Invalid, Late, Overtaken
from portal.core.transition import advance
from portal.plan.registry import fact


def request_seat(*, run: Run, person: Person, by: Any, now: datetime) -> SeatRequest:
    """Ask for a seat: seated at once, put on the list, or entered for the draw. Asking again answers the standing request.

    Raises ``Late`` outside the time of requests or before the waiting room lets the person in, ``NotAllowed`` beyond the policy's number of open requests.
    """
    rules.check_can_request(run, now=now)
    rules.check_is_own(by, person)
    if run.admission == Admission.SELECTION:
        raise Invalid(_("선발로 모집하는 기수입니다. 모집공고에서 신청서를 제출해 주십시오."))
    try:
        return _request(run, person, by=by, now=now, behind=run.waiting > 0)
    except Overtaken:  # the line has gone, or another tab was faster: nothing was done, and now all of it is to be seen
        return _request(run, person, by=by, now=now, behind=False)


@transaction.atomic
def _request(run: Run, person: Person, *, by: Any, now: datetime, behind: bool) -> SeatRequest:
    """The standing request, or a new one; ``behind`` joins the line that was there a moment ago."""
    live = queries.live_of(person)
    rules.check_within_limit(live, run)
    standing = next((one for one in live if one.run_id == run.pk), None)
    if standing is not None:
        return standing
    rules.check_turn(run, person, now=now)
    request = _enter(run, person, now=now)
    if run.admission == Admission.FIRST_COME:
        log.prepare([request])  # a new person's key is made before the run is locked, so that nobody waits for it
        (_join_line if behind else _seat_or_queue)(request, by=by.acting_as(PERSON), now=now)
    return request


@transaction.atomic
def offer_seat_to_selected(
    *, run: Run, person: Person, application: Any, place: int | None, now: datetime
) -> SeatRequest:
    """A seat for somebody an intake decision selected; ``Overtaken`` when none is left or the human has one already."""
    hold_places(application.call)
    held = lock_run(run)
    request = _enter(held, person, now=now, application=application, place=place)
    if not scarce.take(Run.objects.filter(pk=held.pk), counter="seats_taken", capacity="capacity"):
        raise Overtaken(_("남은 자리가 없습니다."))
    offer_to(
        request,
        expires_at=offers.expires_at(now, held.late_join_until, held.rules.seats.offer()),
        by=log.SYSTEM,
        now=now,
    )
    return request


def _enter(run: Run, person: Person, *, now: datetime, **fields: Any) -> SeatRequest:
    """The person's one live request for the run; ``Overtaken`` when another was made meanwhile."""
    asked = new_request(run, person, now=now, **fields)
    try:
        asked.save(force_insert=True)
    except IntegrityError as refusal:
        if "list of this draw is fixed" in str(refusal):
            raise Late(_("추첨 명부가 이미 확정되었습니다.")) from refusal
        if "one_live_request_per_" in str(refusal):
            raise Overtaken from refusal
        raise
    return asked


def new_request(run: Run, person: Person, *, now: datetime, **fields: Any) -> SeatRequest:
    """A request as it goes in; not saved."""
    priority = _priority(run, person, now)
    return SeatRequest(run=run, person=person, canonical=person.one, requested_at=now, priority=priority, **fields)


def _priority(run: Run, person: Person, now: datetime) -> int:
    """0 for whom the run's policy puts first, else 1; fixed when the request is made."""
    if not run.rules.seats.tenants_first:
        return 1
    companies = [
        membership.organisation for user in person.users for membership in user.memberships.filter(ended_at=None)
    ]
    on = now.date()
    return 0 if any(fact("tenancy.is_tenant", organisation=company, on=on) for company in companies) else 1


def _join_line(request: SeatRequest, *, by: Any, now: datetime) -> None:
    """Stand behind those who wait; ``Overtaken`` when nobody does any more.

    The run's row is everybody's: it is touched last, and held for no longer than it takes to commit.
    """
    _wait(request, by=by)
    if open_to_requests(request.run, now).filter(waiting__gt=0).update(waiting=F("waiting") + 1) != 1:
        raise Overtaken
    _offer_if_free(request.run, now=now)


def _seat_or_queue(request: SeatRequest, *, by: Any, now: datetime) -> None:
    open_now = open_to_requests(request.run, now)
    if scarce.take(open_now.filter(waiting=0), counter="seats_taken", capacity="capacity"):
        take_seat(request, by=by, now=now)
        return
    if open_now.update(waiting=F("waiting") + 1) != 1:
        raise Late(_("신청이 마감되었습니다. 마감 시각은 서버 시각 기준입니다."))
    _wait(request, by=by)
    _offer_if_free(request.run, now=now)


def take_seat(request: SeatRequest, *, by: Any, now: datetime) -> None:
    """The seat that the run's counter already tells is the request's."""
    data = {"run": request.run.code}
    advance(request, RequestStatus.SEATED, by=by, steps=REQUEST, data=data, changes={"answered_at": now})
    enrol(request=request, by=by, now=now)


def open_to_requests(run: Run, now: datetime) -> QuerySet[Run]:
    """The run, if it gives its seats to whoever comes first, and now."""
    return Run.objects.filter(
        pk=run.pk,
        status__in=[RunStatus.PUBLISHED, RunStatus.CONFIRMED],
        admission=Admission.FIRST_COME,
        opens_at__lte=now,
        closes_at__gt=now,
    )


def _wait(request: SeatRequest, *, by: Any) -> None:
    advance(request, RequestStatus.WAITING, by=by, steps=REQUEST, data={"run": request.run.code})
    telling.waiting(request)


def _offer_if_free(run: Run, *, now: datetime) -> None:
    """The row of the run is this transaction's since its counter moved; a seat may have come free in between."""
    if Run.objects.filter(pk=run.pk, seats_taken__lt=F("capacity")).exists():
        offer_free_seats(run=run, now=now)
