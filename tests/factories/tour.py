"""A course with its itinerary, a session on a day, and parties that book it."""

from __future__ import annotations

import hashlib
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from ledger import log
from portal.mice import itinerary
from portal.mice.models import CourseVersion, Leg, TourBooking, TourCourse, TourSession, TourStop
from portal.mice.models.courses import way
from tests.factories.people import cluster

NOW = datetime(2020, 5, 1, 1, 0, tzinfo=UTC)
#: A Wednesday, 14:00 in Seoul.
STARTS = datetime(2020, 5, 13, 5, 0, tzinfo=UTC)
CUTOFF = STARTS - timedelta(days=3)
WEEKDAYS = {str(day): [540, 1080] for day in range(5)}
_count = itertools.count(1)


def course(*, capacities: tuple[int, ...] = (20, 8, 15), **fields: Any) -> CourseVersion:
    """A course's first version: so many stops with ten minutes on foot between two."""
    made = TourCourse.objects.create(
        code=f"tour-{next(_count)}", cluster=cluster(), title_ko="블록체인 산책", title_en="A blockchain walk", **fields
    )
    version = CourseVersion.objects.create(course=made, number=1)
    for place, capacity in enumerate(capacities, start=1):
        stop = TourStop.objects.create(
            version=version,
            place=place,
            code=f"stop-{place}",
            name_ko=f"거점 {place}",
            name_en=f"Stop {place}",
            dwell_min=40,
            capacity=capacity,
            hours=WEEKDAYS,
        )
        if place < len(capacities):
            Leg.objects.create(start=stop, minutes=10)
    return version


def draft(version: CourseVersion | None = None, **fields: Any) -> TourSession:
    """A session of the version as a row would be; not saved."""
    version = version or course()
    frozen = version.frozen()
    starts_at = fields.pop("starts_at", STARTS)
    stops, legs = way(frozen)
    most = fields.get("max_people", 10)
    given = {
        "itinerary": frozen,
        "language": "ko",
        "starts_at": starts_at,
        "ends_at": itinerary.visits(starts_at, stops, legs)[-1].leave,
        "cutoff_at": starts_at - timedelta(days=3),
        "min_people": 3,
        "max_people": most,
        "capacity": itinerary.capacity(most, stops),
        "changed_at": NOW,
    }
    return TourSession(version=version, **{**given, **fields})


@transaction.atomic
def session(version: CourseVersion | None = None, **fields: Any) -> TourSession:
    """A published session with its leaf."""
    made = draft(version, **fields)
    made.save()
    log.append(
        "event.tour.published",
        row=made,
        by=log.SYSTEM,
        data={
            "tour": made.version.course.code,
            "version": made.version.number,
            "itinerary": hashlib.sha256(str(made.itinerary).encode()).hexdigest(),
            "starts_at": made.starts_at,
            "cutoff_at": made.cutoff_at,
            "language": made.language,
            "minimum": made.min_people,
            "capacity": made.capacity,
            "to": made.status,
        },
    )
    return made


def party(of: TourSession, size: int = 2, status: str = "PENDING", **fields: Any) -> TourBooking:
    """A booking of the session as a row would be; not saved, not counted."""
    given = {
        "name": "김하늘",
        "email": "sky@example.com",
        "link_hash": hashlib.sha256(str(next(_count)).encode()).hexdigest(),
        "requested_at": NOW,
    }
    return TourBooking(session=of, party=size, status=status, **{**given, **fields})


@transaction.atomic
def booked(
    of: TourSession, size: int = 2, status: str = "PENDING", *, count: bool = True, **fields: Any
) -> TourBooking:
    """A booking that holds its places, or waits in the line, with its leaf; ``count=False`` forgets the counter."""
    made = party(of, size, status, **fields)
    made.save()
    kind = "queued" if status == "WAITING" else "requested"
    data = {"session": str(of.public_id), "party": size, "to": status}
    log.append(f"event.booking.{kind}", row=made, by=log.SYSTEM, data=data)
    if count and status != "WAITING":
        fresh = TourSession.objects.get(pk=of.pk)
        TourSession.objects.filter(pk=of.pk).update(taken=fresh.taken + size)
    return made
