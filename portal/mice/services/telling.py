"""What visitors are told: a letter each, to the address they gave. Texts stand in ``portal.mice.letters``."""

from __future__ import annotations

from datetime import datetime

from portal.core import outbox
from portal.mice.models import TourBooking

TOPIC = "tour.letter"


def tell(booking: TourBooking, word: str, *, now: datetime) -> None:
    """Queue the letter in the deciding transaction; who gave only a phone number reads it behind the link."""
    if booking.email:
        key = f"{TOPIC}:{word}:{booking.public_id}:{now.isoformat()}"
        outbox.put(TOPIC, {"booking": str(booking.public_id), "word": word}, key=key)
