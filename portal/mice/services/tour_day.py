"""The day of the tour: start, check in, finish. The guide does it, or the office."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import transaction

from portal.accounts.models import User
from portal.core.errors import NotAllowed
from portal.core.transition import advance
from portal.mice import queries, rules
from portal.mice.enums import BookingStatus, SessionStatus
from portal.mice.models import TourBooking, TourSession
from portal.mice.services.line import lock, lock_both, move_session, said
from portal.mice.workflow import BOOKING


def check_in_mac(public_id: UUID) -> str:
    """What the QR code of a ticket proves: made by the portal. It opens the check-in only, never the booking's own page."""
    key = hmac.digest(settings.SECRET_KEY.encode(), b"mice.booking.check_in", sha256)
    return base64.urlsafe_b64encode(hmac.digest(key, public_id.bytes, sha256)[:16]).decode().rstrip("=")


def check_mac(public_id: UUID, mac: str) -> None:
    """Raises ``NotAllowed`` for a code that was never on a ticket."""
    if not hmac.compare_digest(check_in_mac(public_id).encode(), mac.encode()):
        raise NotAllowed


@transaction.atomic
def start_session(*, session: TourSession, by: User, now: datetime) -> None:
    """The tour sets out. ``Late`` or ``Invalid`` outside its hour."""
    role = rules.check_can_guide(by, session)
    held = lock(session)
    rules.check_can_begin(held, now=now)
    move_session(held, SessionStatus.RUNNING, by=by.acting_as(role), now=now)


@transaction.atomic
def check_in(*, booking: TourBooking, by: User, now: datetime) -> bool:
    """A party has come; False when it was checked in before. Raises ``Invalid`` saying why a booking does not get in."""
    role = rules.check_can_guide(by, booking.session)
    booking = lock_both(booking)
    if booking.status == BookingStatus.CHECKED_IN:
        return False
    rules.check_can_check_in(booking, now=now)
    advance(booking, BookingStatus.CHECKED_IN, by=by.acting_as(role), steps=BOOKING, data=said(booking))
    return True


@transaction.atomic
def finish_session(*, session: TourSession, by: User, now: datetime) -> int:
    """The tour is over; confirmed parties who were not checked in did not come. Answers how many these were."""
    role = rules.check_can_guide(by, session)
    held = lock(session)
    rules.check_can_finish(held, now=now)
    missed = queries.bookings(held, BookingStatus.CONFIRMED)
    for booking in missed:
        advance(booking, BookingStatus.NO_SHOW, by=by.acting_as(role), steps=BOOKING, data=said(booking))
    move_session(held, SessionStatus.DONE, by=by.acting_as(role), now=now)
    return len(missed)
