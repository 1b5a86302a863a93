"""What the search finds of events and tours: supported editions that were made public, courses with an itinerary."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy

from portal.mice import event_queries, naming, queries
from portal.search.registry import TIMELESS, Entry, Source


def _events(now: datetime, keys: Collection[str] | None) -> Iterator[Entry]:
    found = event_queries.public_editions().filter(same_as=None)
    for edition in found if keys is None else found.filter(public_id__in=[UUID(key) for key in keys]):
        yield Entry(
            str(edition.public_id),
            edition.title_ko,
            edition.title_en,
            reverse("mice:event", args=[edition.public_id]),
            edition.starts_on,
            f"{edition.event.name_ko} · {edition.venue}",
            f"{edition.event.name_en or edition.event.name_ko} · {edition.venue}",
            naming.days(edition),
        )


def _tours(now: datetime, keys: Collection[str] | None) -> Iterator[Entry]:
    found = queries.courses_with_stops()
    for course in found if keys is None else found.filter(code__in=keys):
        href = reverse("tour:course", args=[course.code])
        titles, texts = (course.title_ko, course.title_en), (course.summary_ko, course.summary_en)
        yield Entry(course.code, *titles, href, TIMELESS, *texts, str(course.cluster))


EVENTS = Source("events", gettext_lazy("행사"), _events, order=30)
TOURS = Source("tours", gettext_lazy("투어"), _tours, order=40)
