"""Editions as calendars and search engines read them. An edition keeps its UID for ever; its row counts its changes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core import ical
from portal.mice import naming
from portal.mice.models import EventEdition


def calendar(name: str, editions: Iterable[EventEdition]) -> str:
    """The editions as a file of whole days; one called off or found to be another stays as cancelled."""
    return ical.feed(name, map(_entry, editions))


def _entry(edition: EventEdition) -> ical.Entry:
    return ical.Entry(
        uid=f"event-{edition.public_id}@{urlsplit(settings.SITE_URL).hostname}",
        title=naming.edition(edition),
        starts_at=edition.starts_on,
        ends_at=edition.ends_on,
        changed_at=edition.changed_at,
        place=edition.venue,
        url=_page(edition),
        cancelled=edition.is_off,
        sequence=edition.sequence,
        text=_("주최: %(host)s") % {"host": edition.host},
    )


def _page(edition: EventEdition) -> str:
    return str(settings.SITE_URL + reverse("mice:event", args=[edition.public_id]))


def linked(editions: Iterable[EventEdition]) -> str:
    """The editions as schema.org events; ``<`` escaped, for it stands inside a script element."""
    data = {"@context": "https://schema.org", "@graph": [_event(edition) for edition in editions]}
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def _event(edition: EventEdition) -> dict[str, Any]:
    moved = {"previousStartDate": edition.moved_from.isoformat()} if edition.moved_from else {}
    state = "Cancelled" if edition.is_off else "Rescheduled" if moved else "Scheduled"
    name = naming.edition(edition)
    return {
        "@type": "Event",
        "@id": _page(edition),
        "name": name,
        "description": f"{name}, {naming.days(edition)}, {edition.venue}",
        "startDate": edition.starts_on.isoformat(),
        "endDate": edition.ends_on.isoformat(),
        **moved,
        "eventStatus": f"https://schema.org/Event{state}",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": edition.venue,
            "address": {"@type": "PostalAddress", "streetAddress": edition.venue, "addressCountry": "KR"},
        },
        "organizer": {"@type": "Organization", "name": str(edition.host)},
        "inLanguage": get_language() or "ko",
        "url": _page(edition),
    }
