"""Rows of the one table that takes a meeting room: written with their leaf, with the cleaning after them, given up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy

from ledger import log
from portal.core.errors import Overtaken
from portal.core.transition import advance
from tenancy.enums import BookingKind, BookingStatus
from tenancy.models import Booking
from tenancy.workflow import BOOKING

TAKEN = gettext_lazy("그 시간은 방금 다른 예약이 들어왔습니다. 다른 시간을 골라 주십시오. 입력은 그대로 있습니다.")
_CLASH = "one_booking_per_room_and_time"


def insert(*, by: Any, **fields: Any) -> Booking:
    """A row with its leaf. ``by`` acts in a role. Raises ``Overtaken`` when the time is taken."""
    try:
        with transaction.atomic():
            made = Booking.objects.create(**fields)
    except IntegrityError as error:
        if _CLASH in str(error):
            raise Overtaken(TAKEN) from error
        raise
    data = {
        "to": made.status,
        "room": made.room.ref,
        "starts": made.period.lower,
        "ends": made.period.upper,
        "kind": made.kind,
    }
    log.append("space.booking.booked", row=made, by=by, data=data)
    return made


def clean_after(booking: Booking, *, now: datetime) -> Booking | None:
    """The time in which the room is cleaned after a meeting, where the rule asks for it; nobody else has it meanwhile."""
    minutes = booking.rule.cleaning_minutes if booking.rule else 0
    if not minutes:
        return None
    end = booking.period.upper
    return insert(
        by=log.SYSTEM,
        room=booking.room,
        kind=BookingKind.CLEANING,
        period=DateTimeTZRange(end, end + timedelta(minutes=minutes)),
        status=BookingStatus.CONFIRMED,
        follows=booking,
        made_at=now,
    )


def drop_cleaning(booking: Booking, *, now: datetime) -> None:
    """A meeting that does not take place leaves nothing to clean."""
    gaps = Booking.objects.filter(follows=booking, status=BookingStatus.CONFIRMED).select_related("room__hub")
    for gap in gaps:
        give_up(gap, by=log.SYSTEM, now=now)


def give_up(booking: Booking, *, by: Any, now: datetime) -> None:
    """The row takes the room no longer. ``by`` acts in a role."""
    advance(booking, BookingStatus.CANCELLED, by=by, steps=BOOKING, changes={"closed_at": now})
