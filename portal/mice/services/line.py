"""A session's places move: counted, offered to the line, lapsed. Whoever moves them holds the session's row.

The row is locked first, then bookings are read, so that no two transactions wait for each other and what is read stands.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.core import offers, scarce
from portal.core.errors import Invalid, Refused
from portal.core.transition import advance, advance_all
from portal.mice import queries
from portal.mice.enums import BookingStatus, SessionStatus
from portal.mice.models import TourBooking, TourSession
from portal.mice.services import telling
from portal.mice.workflow import BOOKING, TOUR_SESSION


def lock(session: TourSession) -> TourSession:
    """The session's row, this transaction's until its end."""
    return TourSession.objects.select_for_update(no_key=True).get(pk=session.pk)


def lock_all(*sessions: TourSession) -> dict[int, TourSession]:
    """The sessions' rows by their keys, locked in one order, so that two who change places never wait for each other."""
    keys = {session.pk for session in sessions}
    rows = TourSession.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys)
    return {row.pk: row for row in rows.order_by("pk")}


def lock_both(booking: TourBooking) -> TourBooking:
    """The booking as it stands once its session is ours."""
    session = lock(booking.session)
    fresh = TourBooking.objects.get(pk=booking.pk)
    fresh.session = session
    return fresh


def said(booking: TourBooking) -> dict[str, Any]:
    """What every leaf of a booking carries."""
    return {"session": str(booking.session.public_id), "party": booking.party}


def take(session: TourSession, party: int) -> bool:
    """Take places that are kept for nobody; the database decides whether they are there."""
    return scarce.take(queries.with_room_for(session, party), counter="taken", capacity="capacity", n=party)


def give_back(session: TourSession, party: int) -> None:
    """Free places that were taken; the session is locked."""
    scarce.give_back(TourSession.objects.filter(pk=session.pk), counter="taken", n=party)


def move_session(session: TourSession, to: str, *, by: Any, now: datetime, **more: Any) -> None:
    """A step of the session; its clock never runs back."""
    changes = {"changed_at": max(now, session.changed_at)}
    advance(session, to, by=by, steps=TOUR_SESSION, changes=changes, **more)


def follow_numbers(session: TourSession, *, now: datetime) -> None:
    """Confirm a session that reached its minimum with all its bookings; before its cutoff a fall below it opens it again."""
    people = queries.people(session)
    if session.status == SessionStatus.OPEN and people >= session.min_people:
        _turn_all(session, SessionStatus.CONFIRMED, BookingStatus.PENDING, BookingStatus.CONFIRMED, people, now)
    elif session.status == SessionStatus.CONFIRMED and people < session.min_people and now < session.cutoff_at:
        _turn_all(session, SessionStatus.OPEN, BookingStatus.CONFIRMED, BookingStatus.PENDING, people, now)


def _turn_all(session: TourSession, to: str, before: str, after: str, people: int, now: datetime) -> None:
    turned = queries.bookings(session, before)
    advance_all(turned, after, by=log.SYSTEM, steps=BOOKING, data=said)
    move_session(session, to, by=log.SYSTEM, now=now, data={"joined": people})
    for booking in turned:
        telling.tell(booking, "confirmed" if after == BookingStatus.CONFIRMED else "unconfirmed", now=now)


@transaction.atomic
def offer_free_places(*, session: TourSession, now: datetime) -> list[TourBooking]:
    """Offer free places in the order of the line until the cutoff; a party too large for them is passed over and stays."""
    held = lock(session)
    made = list[TourBooking]()
    if not held.is_open(now):
        return made
    expires_at = offers.expires_at(now, held.cutoff_at)
    for booking in queries.bookings(held, BookingStatus.WAITING):
        if take(held, booking.party):
            _offer(booking, expires_at=expires_at, now=now)
            made.append(booking)
    return made


def _offer(booking: TourBooking, *, expires_at: datetime, now: datetime) -> None:
    advance(
        booking,
        BookingStatus.OFFERED,
        by=log.SYSTEM,
        steps=BOOKING,
        data={**said(booking), "expires_at": expires_at},
        changes={"offered_at": now, "offer_expires_at": expires_at},
    )
    telling.tell(booking, "offered", now=now)


@transaction.atomic
def lapse_offer(*, booking: TourBooking, now: datetime) -> list[TourBooking]:
    """The clock's answer to an offer nobody answered; its places go to the next. ``Overtaken`` after any other answer."""
    booking = lock_both(booking)
    if booking.status == BookingStatus.OFFERED and (booking.offer_expires_at is None or now < booking.offer_expires_at):
        raise Invalid(_("아직 기한이 남은 제안입니다."))
    end_offer(booking, now=now)
    return offer_free_places(session=booking.session, now=now)


def end_offer(booking: TourBooking, *, now: datetime) -> None:
    """The offer lapses and its places are free; the session is locked."""
    data = {**said(booking), "expires_at": booking.offer_expires_at}
    advance(booking, BookingStatus.LAPSED, by=log.SYSTEM, steps=BOOKING, data=data, changes={"answered_at": now})
    give_back(booking.session, booking.party)
    telling.tell(booking, "lapsed", now=now)


def lapse_due_offers(*, now: datetime) -> int:
    """Let every offer lapse whose time is over, each in its own transaction; safe to run at any time, twice or late."""
    lapsed = 0
    for booking in list(queries.offers_due(now)):
        try:
            lapse_offer(booking=booking, now=now)
            lapsed += 1
        except Refused:
            continue  # answered in between: the other side won
    return lapsed
