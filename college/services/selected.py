"""Seats of selection runs and intake: what becomes of a seat is said there, and intake names whoever is next.

Whoever changes such a seat holds the application, then the places of its call, then the run, in this order: the steps of
intake that reach the run from the other side take them so too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from college import queries
from college.enums import Admission, RunStatus
from college.models import Run, SeatRequest
from ledger import log
from portal.accounts.queries import is_master
from portal.core.errors import Invalid
from portal.intake import services as intake
from portal.intake.enums import ApplicationStatus, CallStatus
from portal.intake.models import Application, Call, Track

#: While a run is in these states its seats may change hands.
OPEN_RUN = (RunStatus.PUBLISHED, RunStatus.CONFIRMED, RunStatus.RUNNING)


def is_open(run: Run, now: datetime) -> bool:
    """Whether a seat that falls free now can still be joined by somebody."""
    return run.status in OPEN_RUN and now < run.late_join_until


def follow_call(run: Run) -> None:
    """A run about to be published takes its requests by its published call: the same times, and no more places than seats."""
    call = run.call
    if call is None:
        raise Invalid(_("선발로 모집하는 기수는 모집공고를 먼저 연결해 주십시오."), field="call")
    if call.status != CallStatus.PUBLISHED:
        raise Invalid(_("연결한 모집공고를 먼저 공고해 주십시오."), field="call")
    if queries.quota_of_call(call) > run.capacity:
        raise Invalid(_("모집공고의 모집 수가 기수의 정원보다 많습니다."), field="capacity")
    if call.closes_at >= run.late_join_until:
        raise Invalid(_("추가 합류 마감은 모집공고의 접수 마감보다 뒤여야 합니다."), field="late_join_until")
    run.opens_at, run.closes_at = call.opens_at, call.closes_at


def hold_places(call: Call) -> None:
    """Hold all places of a call until the transaction ends; before the run is locked."""
    list(Track.objects.select_for_update(no_key=True).filter(call=call).order_by("pk").values_list("pk"))


def hold_case(request: SeatRequest) -> None:
    """Hold the application behind a request and the places of its call; nothing for a request that has none."""
    if request.application_id is None:
        return
    held = Application.objects.select_for_update(of=("self",)).select_related("call").get(pk=request.application_id)
    hold_places(held.call)


def take_up(request: SeatRequest, *, by: Any, now: datetime) -> None:
    """The seat is the person's: intake's place is fulfilled. ``by`` is a person, or the system."""
    application = _case(request)
    if application is not None and application.status == ApplicationStatus.SELECTED:
        intake.fulfil(application=application, by=_speaker(by, application), now=now)


def pass_on_place(request: SeatRequest, run: Run, *, by: Any, now: datetime) -> None:
    """A seat was given up: intake hears of it and calls its next reserve, which calls this room back.

    A run that is called off, or that nobody can join any more, gives its seats to nobody: what came about stays so.
    """
    application = _case(request)
    if application is None or run.admission != Admission.SELECTION or run.status == RunStatus.CANCELLED:
        return
    given_up = application.status == ApplicationStatus.SELECTED
    if given_up or (application.status == ApplicationStatus.FULFILLED and is_open(run, now)):
        intake.decline(application=application, reason="", by=_speaker(by, application), now=now)
    if application.quota_track is not None and is_open(run, now):
        intake.call_next_reserve(track=application.quota_track, freed=run, by=log.SYSTEM, now=now)


def _case(request: SeatRequest) -> Application | None:
    """The application behind a request as it stands."""
    rows = Application.objects.select_related("call__cluster", "call__current", "organisation", "quota_track", "track")
    return rows.filter(pk=request.application_id).first() if request.application_id else None


def _speaker(by: Any, application: Application) -> Any:
    """Who tells intake: the applicant's own account; for another account of theirs, or the office, the portal does."""
    if by is not log.SYSTEM and is_master(by, application.organisation):
        return by
    return log.SYSTEM
