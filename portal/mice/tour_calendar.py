"""Sessions as calendars and search engines read them. A session keeps its UID for ever; its row counts its changes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core import ical
from portal.core.periods import SEOUL
from portal.mice import naming
from portal.mice.enums import SessionStatus
from portal.mice.models import TourCourse, TourSession

OFF = (SessionStatus.CANCELLED, SessionStatus.CANCELLED_MIN)


def calendar(name: str, sessions: Iterable[TourSession]) -> str:
    """The sessions as a file; one below its minimum is tentative, one called off stays as cancelled."""
    return ical.feed(name, map(entry, sessions))


def entry(session: TourSession, *, name: str = "", off: bool = False, url: str = "") -> ical.Entry:
    """One session, or under a ``name`` of its own a booking of it; ``off``: its visitor comes no more, the tour goes."""
    course = session.version.course
    return ical.Entry(
        uid=f"{name or f'tour-{session.public_id}'}@{urlsplit(settings.SITE_URL).hostname}",
        title=naming.title(course),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        changed_at=session.changed_at,
        place=naming.meeting_point(session),
        url=url or settings.SITE_URL + reverse("tour:course", args=[course.code]),
        tentative=session.status == SessionStatus.OPEN,
        cancelled=off or session.status in OFF,
        sequence=session.sequence + off,
        text=_("해설 언어: %(language)s") % {"language": session.get_language_display()},
    )


def linked(course: TourCourse, sessions: Iterable[TourSession]) -> str:
    """The course's sessions as schema.org events; ``<`` escaped, for it stands inside a script element."""
    data = {"@context": "https://schema.org", "@graph": [_event(course, session) for session in sessions]}
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def _event(course: TourCourse, session: TourSession) -> dict[str, Any]:
    off, first = session.status in OFF, session.itinerary["stops"][0]
    page = settings.SITE_URL + reverse("tour:course", args=[course.code])
    address = {"@type": "PostalAddress", "streetAddress": naming.stop_address(first), "addressCountry": "KR"}
    return {
        "@type": "Event",
        "@id": f"{page}#{session.public_id}",
        "name": naming.title(course),
        "description": naming.said(course.summary_ko, course.summary_en) or naming.title(course),
        "startDate": session.starts_at.astimezone(SEOUL).isoformat(),
        "endDate": session.ends_at.astimezone(SEOUL).isoformat(),
        "eventStatus": f"https://schema.org/Event{'Cancelled' if off else 'Scheduled'}",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {"@type": "Place", "name": naming.stop_name(first), "address": address},
        "organizer": {"@type": "Organization", "name": str(course.cluster), "url": settings.SITE_URL},
        "inLanguage": session.language,
        "maximumAttendeeCapacity": session.capacity,
        "remainingAttendeeCapacity": 0 if off else max(session.free, 0),
        "url": page,
        "offers": {
            "@type": "Offer",
            "price": 0,
            "priceCurrency": "KRW",
            "availability": f"https://schema.org/{'InStock' if session.free > 0 and not off else 'SoldOut'}",
            "url": settings.SITE_URL + reverse("tour:book", args=[session.public_id]),
        },
    }
