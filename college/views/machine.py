"""What machines read: the timetable of a run as a calendar."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from college import queries, tables
from college.enums import DrawStatus, SessionStatus
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


@require_safe
def draw(request: HttpRequest, code: str) -> JsonResponse:
    """``/college/runs/<code>/draw.json``: all that anybody needs to draw again; the secret only once it was used."""
    row = queries.draw_of(found_run(code))
    if row is None:
        raise Http404
    told = {
        "run": code,
        "status": row.status,
        "commitment": row.commitment,
        "public_name": row.public_name,
        "ids": row.ids,
        "root": row.list_root or None,
    }
    if row.status == DrawStatus.DRAWN:
        told |= {
            "secret": bytes(row.secret).hex(),
            "public_value": row.public_value,
            "seed": row.seed,
            "order": row.result,
        }
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
