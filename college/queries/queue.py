"""The waiting room as its pages see it: a place by its ticket, and facts a process reads at most every two seconds."""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db.models import QuerySet

from college import waitingroom
from college.models import Person, QueuePlace, QueueWindow, Run
from portal.core.clock import database_now

#: Seconds for which a process answers from what it read.
SIGHT_S = 2.0
#: Of how many waiting rooms a process remembers the positions.
ROOMS_KEPT = 10


@dataclass(frozen=True, slots=True)
class Sight:
    """A waiting room at one instant of the database's clock; between two reads a clock that never jumps counts on."""

    window: QueueWindow
    free: int
    waiting: int
    read_at: datetime
    read_s: float

    @property
    def now(self) -> datetime:
        return self.read_at + timedelta(seconds=time.monotonic() - self.read_s)

    @property
    def gate(self) -> int:
        return waitingroom.gate(self.window.opens_at, self.now, self.window.rate_per_s)


_seen: dict[str, Sight] = {}
_ordered: dict[int, dict[str, int]] = {}
_reading = threading.Lock()


def sight(ref: str, *, fresh: bool = False) -> Sight | None:
    """The waiting room of this reference, no older than two seconds; None when there is none."""
    known = _seen.get(ref)
    if known is not None and not fresh and time.monotonic() - known.read_s < SIGHT_S:
        return known
    window = QueueWindow.objects.filter(public_id=ref).select_related("run").first()
    if window is None:
        return None
    run = window.run
    made = Sight(window, run.free, run.waiting, database_now(), time.monotonic())
    if known is None and len(_seen) > 100:
        _seen.clear()  # rooms of long ago
    _seen[ref] = made
    return made


def queue_key() -> bytes:
    """The key that signs tickets."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"college.queue", sha256)


def ticket_of(window: QueueWindow, place: QueuePlace) -> str:
    """The signed text that shows this place; the same on every device."""
    position = waitingroom.UNPLACED if place.position is None else place.position
    return waitingroom.ticket(queue_key(), waitingroom.Place(str(window.public_id), str(place.ref), position))


def ticket_with(known: waitingroom.Place, position: int) -> str:
    """The same place's ticket when its position is known."""
    return waitingroom.ticket(queue_key(), replace(known, position=position))


def read_ticket(text: str) -> waitingroom.Place | None:
    return waitingroom.read(queue_key(), text)


def window_of(run: Run) -> QueueWindow | None:
    """The run's waiting room, if it opens by one; as it was when ``run_of`` read it with the run."""
    if "window" in run._state.fields_cache:
        return getattr(run, "window", None)
    window = QueueWindow.objects.filter(run=run).first()
    if window is not None:
        window.run = run
    return window


def place_of(window: QueueWindow, person: Person | None) -> QueuePlace | None:
    if person is None:
        return None
    return QueuePlace.objects.filter(window=window, canonical=person.one).first()


def places_of(window: QueueWindow, people: Iterable[Person]) -> dict[int, QueuePlace]:
    """``place_of`` for many, by the human each counts for."""
    found = {
        place.canonical_id: place
        for place in QueuePlace.objects.filter(window=window, canonical__in={person.one.pk for person in people})
    }
    for place in found.values():
        place.window = window
    return found


def position_of(window: QueueWindow, ref: str) -> int | None:
    """The position that the order gave to a place, 0 before it did; None when the window has no such place.

    All who came early ask in the first seconds: a process reads their positions, which never change, together.
    """
    if window.ordered_at is not None:
        with _reading:
            if window.pk not in _ordered:
                _remember_positions(window)
            known = _ordered[window.pk].get(ref)
        if known is not None:
            return known
    place = QueuePlace.objects.filter(window=window, ref=ref).first()
    return None if place is None else place.position or waitingroom.UNPLACED


def _remember_positions(window: QueueWindow) -> None:
    placed = window.places.filter(position__isnull=False).values_list("ref", "position")
    found = {str(ref): position for ref, position in placed if position is not None}
    while len(_ordered) >= ROOMS_KEPT:
        _ordered.pop(next(iter(_ordered)))
    _ordered[window.pk] = found


def windows_due(now: datetime) -> QuerySet[QueueWindow]:
    """Waiting rooms that have opened and are not ordered."""
    return QueueWindow.objects.filter(ordered_at=None, opens_at__lte=now).order_by("opens_at", "pk")


def places_taken(window: QueueWindow) -> int:
    """How many people have a place."""
    return window.places.count()
