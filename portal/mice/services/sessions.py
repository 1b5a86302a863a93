"""A session's own life: published from an itinerary, closed by the clock, cancelled by the office."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import User
from portal.core.errors import Invalid, Refused
from portal.core.transition import advance
from portal.mice import itinerary, queries, rules
from portal.mice.enums import BookingStatus, GroupStatus, SessionStatus
from portal.mice.models import CourseVersion, TourBooking, TourGroup, TourSession
from portal.mice.models.courses import way
from portal.mice.services import telling
from portal.mice.services.allotments import put_back
from portal.mice.services.line import end_offer, give_back, lock, move_session, said
from portal.mice.workflow import BOOKING

#: How long after a tour its visitors' names and addresses are kept.
NAMES_STAY = timedelta(days=30)


@transaction.atomic
def publish_session(
    *,
    version: CourseVersion,
    starts_at: datetime,
    language: str,
    by: User,
    now: datetime,
    guide: User | None = None,
    min_people: int | None = None,
    max_people: int | None = None,
) -> TourSession:
    """Open a session for booking with a frozen copy of the itinerary; numbers not given are the course's.

    Raises ``Invalid`` with every stop that is closed then, for a guide who is elsewhere, when booking would be over
    already, and when the smallest stop takes fewer than the minimum.
    """
    course = version.course
    role = rules.check_can_manage(by, course)
    frozen = version.frozen()
    stops, legs = way(frozen)
    _check_itinerary(frozen, starts_at)
    most = course.max_people if max_people is None else max_people
    session = TourSession(
        version=version,
        itinerary=frozen,
        language=language,
        guide=guide,
        starts_at=starts_at,
        ends_at=itinerary.visits(starts_at, stops, legs)[-1].leave,
        cutoff_at=starts_at - timedelta(days=course.closes_days),
        min_people=course.min_people if min_people is None else min_people,
        max_people=most,
        capacity=itinerary.capacity(most, stops),
        changed_at=now,
    )
    if session.cutoff_at <= now:
        raise Invalid(_("예약 마감이 이미 지난 시각입니다. 더 뒤의 날짜를 골라 주십시오."), field="starts_at")
    if not 1 <= session.min_people <= session.capacity:
        raise Invalid(_("최소 인원이 이 일정이 받을 수 있는 인원보다 많습니다."), field="min_people")
    _save(session)
    log.append("event.tour.published", row=session, by=by.acting_as(role), data=_published(session))
    return session


def _check_itinerary(frozen: dict[str, Any], starts_at: datetime) -> None:
    stops, legs = way(frozen)
    if not stops or len(legs) != len(stops) - 1:
        raise Invalid(_("일정에 거점이 없거나 거점 사이의 이동이 빠져 있습니다."))
    names = {stop["code"]: stop["name_ko"] for stop in frozen["stops"]}
    told = {
        "closed": _("{stop}: 그날 문을 닫습니다."),
        "before_opening": _("{stop}: 문을 열기 전에 도착합니다."),
        "after_closing": _("{stop}: 문을 닫은 뒤에 끝납니다."),
    }
    found = [problem.split(":", 1) for problem in itinerary.problems(starts_at, stops, legs)]
    if found:
        raise Invalid(" ".join(told[kind].format(stop=names[code]) for kind, code in found), field="starts_at")


def _save(session: TourSession) -> None:
    try:
        with transaction.atomic():
            session.save()
    except IntegrityError as clash:
        if "guide_in_one_place" not in str(clash):
            raise
        raise Invalid(_("해설사가 그 시간에 다른 회차를 맡고 있습니다."), field="guide") from clash


def _published(session: TourSession) -> dict[str, Any]:
    itself = json.dumps(session.itinerary, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {
        "tour": session.version.course.code,
        "version": session.version.number,
        "itinerary": hashlib.sha256(itself.encode()).hexdigest(),
        "starts_at": session.starts_at,
        "cutoff_at": session.cutoff_at,
        "language": session.language,
        "minimum": session.min_people,
        "capacity": session.capacity,
        "to": session.status,
    }


@transaction.atomic
def cancel_session(*, session: TourSession, by: User, now: datetime, reason: str) -> None:
    """The office calls a session off: every booking ends, everybody is told."""
    role = rules.check_can_manage(by, session.version.course)
    held = lock(session)
    _end_all(held, "called_off", now=now)
    move_session(held, SessionStatus.CANCELLED, by=by.acting_as(role), now=now, reason=reason)


@transaction.atomic
def close_session(*, session: TourSession, now: datetime) -> None:
    """What the cutoff decides: too few people cancel an open session; a confirmed one runs, its line goes home.

    Safe to run twice: what is done is left alone. Raises ``Invalid`` before the cutoff.
    """
    held = lock(session)
    if now < held.cutoff_at:
        raise Invalid(_("아직 예약을 받는 회차입니다."))
    if held.status == SessionStatus.CONFIRMED:
        _close_line(held, now=now)
    elif held.status == SessionStatus.OPEN:
        people = queries.people(held)
        _end_all(held, "too_few", now=now)
        move_session(held, SessionStatus.CANCELLED_MIN, by=log.SYSTEM, now=now, data={"joined": people})


def close_due_sessions(*, now: datetime) -> int:
    """Close every session past its cutoff, each in its own transaction; safe to run at any time, twice or late."""
    closed = 0
    for session in list(queries.sessions_due(now)):
        try:
            close_session(session=session, now=now)
            closed += 1
        except Refused:
            continue
    return closed


def erase_due_names(*, now: datetime) -> int:
    """Empty what names visitors of tours that ended 30 days ago; party, state and times stay. Answers how many."""
    over = Q(session__ends_at__lte=now - NAMES_STAY) | Q(status=GroupStatus.DECLINED, answered_at__lte=now - NAMES_STAY)
    TourGroup.objects.filter(over, erased_at=None).update(name="", email="", phone="", access_needs="", erased_at=now)
    due = TourBooking.objects.filter(erased_at=None, session__ends_at__lte=now - NAMES_STAY)
    return due.update(name="", email="", phone="", access_needs="", erased_at=now)


def _close_line(session: TourSession, *, now: datetime) -> None:
    for booking in queries.bookings(session, BookingStatus.OFFERED):
        end_offer(booking, now=now)
    for booking in queries.bookings(session, BookingStatus.WAITING):
        _end(booking, BookingStatus.LEFT, now=now)
        telling.tell(booking, "line_closed", now=now)


def _end_all(session: TourSession, word: str, *, now: datetime) -> None:
    """Every live booking ends; those who held places give them back."""
    for booking in queries.bookings(session, *queries.LIVE):
        holds = booking.status != BookingStatus.WAITING
        queued = booking.status in (BookingStatus.WAITING, BookingStatus.OFFERED)
        _end(booking, BookingStatus.LEFT if queued else BookingStatus.CANCELLED, now=now)
        if holds and (booking.allotment is None or not put_back(booking.allotment, booking.party)):
            give_back(session, booking.party)
        telling.tell(booking, word, now=now)


def _end(booking: Any, to: str, *, now: datetime) -> None:
    advance(booking, to, by=log.SYSTEM, steps=BOOKING, data=said(booking), changes={"answered_at": now})
