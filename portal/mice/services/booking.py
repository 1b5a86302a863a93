"""Book, accept, cancel, leave: what a visitor does, with no account, by a secret link."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, Overtaken
from portal.core.transition import advance
from portal.mice import rules
from portal.mice.enums import BookingStatus, Language, SessionStatus
from portal.mice.models import EventAllotment, TourBooking, TourSession
from portal.mice.services import allotments, telling
from portal.mice.services.line import (
    follow_numbers,
    give_back,
    lock,
    lock_all,
    lock_both,
    offer_free_places,
    said,
    take,
)
from portal.mice.workflow import BOOKING


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever holds the link of a booking. The ledger says which booking in a sealed value only, never who."""

    booking: TourBooking

    def ledger_actor(self) -> log.Actor:
        ref = str(self.booking.public_id)
        return log.Actor("visitor", private={"booking": ref}, key=f"tour_booking:{ref}")


def link_secret(public_id: UUID) -> str:
    """The secret of a booking's link: made from the portal's key, so that every letter can carry it and no row does."""
    key = hmac.digest(settings.SECRET_KEY.encode(), b"mice.booking.link", sha256)
    return base64.urlsafe_b64encode(hmac.digest(key, public_id.bytes, sha256)).decode().rstrip("=")


def link_hash(secret: str) -> str:
    """What the row keeps of its link, and how a link finds its row."""
    return sha256(secret.encode()).hexdigest()


@transaction.atomic
def book(
    *,
    session: TourSession,
    party: int,
    name: str,
    now: datetime,
    email: str = "",
    phone: str = "",
    language: str = Language.KO,
    access_needs: str = "",
    code: str = "",
    key: UUID | None = None,
) -> TourBooking:
    """Book places, those an event's code opens first, or wait in line where too few are free. The booking that reaches the minimum confirms all.

    ``key`` is what the door handed out with its form: sent twice it books once. Raises ``Late`` once the session takes no
    bookings, ``Invalid`` for a party that no session of its size could take.
    """
    held = lock(session)
    before = TourBooking.objects.filter(public_id=key).first() if key else None
    if before is not None:
        return before
    rules.check_can_book(held, party, now=now)
    booking = TourBooking(
        session=held,
        party=party,
        name=name,
        email=email,
        phone=phone,
        language=language,
        access_needs=access_needs,
    )
    if key is not None:
        booking.public_id = key
    return enter(booking, allotments.find(held, code, now=now), now=now)


def enter(booking: TourBooking, allotment: EventAllotment | None, *, now: datetime) -> TourBooking:
    """The new booking takes places, kept ones first, or a place in the line; its session is locked."""
    held, party = booking.session, booking.party
    kept = allotments.take_from(allotment, party)
    booking.allotment = allotment if kept else None
    booking.requested_at = now
    booking.status = _place(held) if kept or take(held, party) else BookingStatus.WAITING
    booking.link_hash = link_hash(link_secret(booking.public_id))
    booking.save()
    kind = "queued" if booking.status == BookingStatus.WAITING else "requested"
    log.append(f"event.booking.{kind}", row=booking, by=Visitor(booking), data={**said(booking), "to": booking.status})
    telling.tell(booking, _WORD[BookingStatus(booking.status)], now=now)
    follow_numbers(held, now=now)
    booking.refresh_from_db(fields=["status"])
    return booking


#: State in which a booking begins → what its visitor is told.
_WORD = {
    BookingStatus.PENDING: "pending",
    BookingStatus.CONFIRMED: "confirmed",
    BookingStatus.WAITING: "waiting",
}


def _place(session: TourSession) -> BookingStatus:
    """Who has a place waits for more people with the others, or comes for sure."""
    return BookingStatus.PENDING if session.status == SessionStatus.OPEN else BookingStatus.CONFIRMED


@transaction.atomic
def accept(*, booking: TourBooking, now: datetime) -> TourBooking:
    """Take the offered places. ``Late`` after the deadline, ``Overtaken`` when the offer was answered or lapsed."""
    booking = lock_both(booking)
    rules.check_can_answer(booking, now=now)
    to = _place(booking.session)
    advance(booking, to, by=Visitor(booking), steps=BOOKING, data=said(booking), changes={"answered_at": now})
    telling.tell(booking, _WORD[to], now=now)
    follow_numbers(booking.session, now=now)
    booking.refresh_from_db(fields=["status"])
    return booking


@transaction.atomic
def change(*, booking: TourBooking, session: TourSession, party: int, now: datetime) -> TourBooking:
    """Come on another day or in another number: a new booking with the same visitor, in the same breath as the old one ends.

    Nothing is given up before the new places are had. Raises ``Invalid`` where too few are free.
    """
    locked = lock_all(booking.session, session)
    booking = TourBooking.objects.select_related("allotment").get(pk=booking.pk)
    booking.session = locked[booking.session_id]
    there = locked[session.pk]
    rules.check_can_rebook(booking, there, party, now=now)
    _end(booking, now=now)
    fresh = TourBooking(
        session=there,
        party=party,
        **{name: getattr(booking, name) for name in ("name", "email", "phone", "language", "access_needs")},
    )
    same = there.pk == booking.session.pk
    fresh = enter(fresh, _still_kept(booking.allotment) if same else None, now=now)
    if fresh.status == BookingStatus.WAITING:
        raise Invalid(_("그 회차에는 자리가 모자랍니다. 지금 예약은 그대로 두었습니다."), field="party")
    follow_numbers(booking.session, now=now)
    offer_free_places(session=booking.session, now=now)
    fresh.refresh_from_db(fields=["status"])
    return fresh


def _still_kept(allotment: EventAllotment | None) -> EventAllotment | None:
    """The allotment as it stands, unless it was released."""
    return EventAllotment.objects.filter(pk=allotment.pk, released_at=None).first() if allotment else None


def _end(booking: TourBooking, *, now: datetime) -> None:
    """Cancelled, its places free; the session is locked."""
    changes = {"answered_at": now}
    advance(booking, BookingStatus.CANCELLED, by=Visitor(booking), steps=BOOKING, data=said(booking), changes=changes)
    if booking.allotment is None or not allotments.put_back(booking.allotment, booking.party):
        give_back(booking.session, booking.party)


@transaction.atomic
def cancel(*, booking: TourBooking, now: datetime) -> None:
    """Give a booking's places back. Before the cutoff a fall below the minimum opens the session again; after it the tour runs."""
    booking = lock_both(booking)
    rules.check_can_cancel(booking, now=now)
    _end(booking, now=now)
    telling.tell(booking, "cancelled", now=now)
    follow_numbers(booking.session, now=now)
    offer_free_places(session=booking.session, now=now)


@transaction.atomic
def leave(*, booking: TourBooking, now: datetime) -> None:
    """Leave the line, or decline an offer, whose places go to the next."""
    booking = lock_both(booking)
    before = booking.status
    if before not in (BookingStatus.WAITING, BookingStatus.OFFERED):
        raise Overtaken
    advance(
        booking,
        BookingStatus.LEFT,
        by=Visitor(booking),
        steps=BOOKING,
        data=said(booking),
        changes={"answered_at": now},
    )
    if before == BookingStatus.OFFERED:
        give_back(booking.session, booking.party)
        offer_free_places(session=booking.session, now=now)
