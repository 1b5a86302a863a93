"""What machines read: the timetable of a run as a calendar."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from college import tables
from college.enums import SessionStatus
from college.feeds import Entry, calendar
from college.views.shared import found_run
from portal.core.clock import database_now


@require_safe
def timetable(request: HttpRequest, code: str) -> HttpResponse:
    """``/college/runs/<code>.ics``: every lesson with a lasting id; cancelled ones say so."""
    run = found_run(code)
    host = urlsplit(settings.SITE_URL).hostname
    entries = [
        Entry(
            f"{lesson.public_id}@{host}",
            lesson.starts_at,
            lesson.ends_at,
            f"{tables.name(run)} {lesson.number}",
            lesson.room or tables.campus(run.campus),
            cancelled=lesson.status == SessionStatus.CANCELLED,
        )
        for lesson in run.lessons.order_by("starts_at", "id")
    ]
    text = calendar(tables.name(run), entries, stamped_at=database_now())
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")
