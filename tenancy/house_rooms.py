"""What other rooms of the house may do with meeting rooms, by registered facts, in their own transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from portal.core.clock import database_now
from tenancy import queries, services


def room_free(*, hub: str, room: str, starts_at: datetime, ends_at: datetime) -> bool | None:
    """Whether a meeting room is free; None for a room unknown here."""
    found = queries.meeting_room_of(hub, room)
    return None if found is None else queries.room_free(found, starts_at, ends_at)


def book_room(*, hub: str, room: str, starts_at: datetime, ends_at: datetime, note: str) -> UUID | None:
    """Take a meeting room for the house; answers what ``release_room`` asks for. ``Overtaken`` when it is taken."""
    found = queries.meeting_room_of(hub, room)
    if found is None:
        return None
    made = services.book_for_house(room=found, starts_at=starts_at, ends_at=ends_at, note=note, now=database_now())
    return made.public_id


def release_room(*, booking: UUID) -> bool:
    """Give a meeting room back; False when there is no such booking."""
    found = queries.booking_of(booking)
    if found is None:
        return False
    services.release_for_house(booking=found, now=database_now())
    return True


FACTS: dict[str, Any] = {
    "tenancy.room_free": room_free,
    "tenancy.book_room": book_room,
    "tenancy.release_room": release_room,
}
