"""What machines read: the timetable of a run as a calendar."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from college import tables
from college.enums import SessionStatus
from college.views.shared import found_run
from portal.core import ical
from portal.core.clock import database_now


@require_safe
def timetable(request: HttpRequest, code: str) -> HttpResponse:
    """``/college/runs/<code>.ics``: every lesson with a lasting id; cancelled ones say so."""
    run = found_run(code)
    host, now = urlsplit(settings.SITE_URL).hostname, database_now()
    entries = [
        ical.Entry(
            uid=f"{lesson.public_id}@{host}",
            title=f"{tables.name(run)} {lesson.number}",
            starts_at=lesson.starts_at,
            ends_at=lesson.ends_at,
            changed_at=now,
            place=str(lesson.room or tables.campus(run.campus)),
            cancelled=lesson.status == SessionStatus.CANCELLED,
        )
        for lesson in run.lessons.order_by("starts_at", "id")
    ]
    return HttpResponse(ical.feed(tables.name(run), entries), content_type=ical.MIME)
