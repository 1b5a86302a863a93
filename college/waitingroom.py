"""Places in the opening rush: tickets, the fair shuffle, the gate. Pure; design of the college, §6.

"Where am I" needs a ticket and the cached gate only. Who came before the opening is put in random order under a secret
committed to beforehand, so 08:31 and 08:59:59 are equal; whoever comes later is appended, and nobody's position ever
gets worse.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from zlib import crc32

from portal.core import lottery

RATE_PER_S = 50
#: Seconds from the opening to the gate's first step. In them everybody learns a position: were somebody let in before, the
#: first to hear of it would take the seats, whatever their position.
HEAD_START_S = 6
ADMITTED_FOR = timedelta(minutes=10)
#: The room opens so long before requests do, and everybody asks without it so long after.
OPENS_BEFORE = timedelta(minutes=30)
ENDS_AFTER = timedelta(minutes=30)
ASK_AGAIN_S = (2, 15)
UNPLACED = 0

_ticket = re.compile(r"([A-Za-z0-9-]{1,64})\.([A-Za-z0-9-]{1,64})\.([0-9]{1,9})\.([A-Za-z0-9_-]{43})").fullmatch
_name = re.compile(r"[A-Za-z0-9-]{1,64}").fullmatch


@dataclass(frozen=True, slots=True)
class Place:
    """One person's place in one window; position from 1, or ``UNPLACED`` before the opening."""

    window: str
    person: str
    position: int


def ticket(key: bytes, place: Place) -> str:
    """The text a browser keeps; the same place gives the same ticket on every device.

    ``window`` and ``person`` are opaque references of letters, digits and hyphens, else ``ValueError``.
    """
    if _name(place.window) is None or _name(place.person) is None or place.position < UNPLACED:
        raise ValueError("a place has two references and a position")
    words = f"{place.window}.{place.person}.{place.position}"
    mac = urlsafe_b64encode(hmac.digest(key, words.encode(), sha256)).rstrip(b"=").decode("ascii")
    return f"{words}.{mac}"


def read(key: bytes, text: str) -> Place | None:
    """The place a ticket proves; None when nobody here wrote it."""
    found = _ticket(text)
    if found is None:
        return None
    place = Place(found[1], found[2], int(found[3]))
    return place if hmac.compare_digest(ticket(key, place), text) else None


def positions(secret: bytes, early: Iterable[str], late: Iterable[str] = ()) -> dict[str, int]:
    """Person → position from 1: those there at the opening in random order, then the others as they came.

    A person twice: ``ValueError``. Appending to ``late`` changes nobody's position.
    """
    ordered = [*lottery.order(secret, early), *late]
    placed = {person: at for at, person in enumerate(ordered, start=1)}
    if len(placed) != len(ordered):
        raise ValueError("a person twice")
    return placed


def gate(opened_at: datetime, now: datetime, rate_per_s: int = RATE_PER_S) -> int:
    """How many positions have been let in at ``now``: ``rate_per_s`` every second from ``HEAD_START_S`` after the opening."""
    waited_s = (now - opened_at) // timedelta(seconds=1) - HEAD_START_S
    return 0 if waited_s < 0 else (waited_s + 1) * rate_per_s


def reached_at(opened_at: datetime, position: int, rate_per_s: int = RATE_PER_S) -> datetime:
    """When the gate lets the person at ``position`` in."""
    return opened_at + timedelta(seconds=HEAD_START_S + (position - 1) // rate_per_s)


def admitted_until(
    opened_at: datetime, position: int, rate_per_s: int = RATE_PER_S, came_at: datetime | None = None
) -> datetime:
    """Until when the person at ``position`` may claim: ten minutes from the gate, or from coming when it was open already."""
    reached = reached_at(opened_at, position, rate_per_s)
    return max(reached, came_at or reached) + ADMITTED_FOR


def ask_at_opening_s(left_s: int, person: str) -> int:
    """In how many seconds to ask next, ``left_s`` before the opening: after it, everybody at a second of their own."""
    least, most = ASK_AGAIN_S
    return min(most, max(least, left_s + crc32(person.encode()) % (HEAD_START_S - 1)))


def ask_again_s(opened_at: datetime, now: datetime, position: int, rate_per_s: int = RATE_PER_S) -> int:
    """In how many seconds to ask next: when the gate comes by, or on the way there after 13 to 15 seconds, spread by position."""
    least, most = ASK_AGAIN_S
    left_s = -((now - reached_at(opened_at, position, rate_per_s)) // timedelta(seconds=1))
    return max(least, left_s) if left_s <= most else most - position % 3
