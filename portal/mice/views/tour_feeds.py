"""The tour as calendars: a course's for everybody, a booking's behind its link."""

from __future__ import annotations

from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts import feedkeys
from portal.core import ical
from portal.core.clock import database_now
from portal.mice import naming, queries, tour_calendar
from portal.mice.models import HOLDING
from portal.mice.views.tour_shared import GUIDE_FEED, found_booking, found_course, kept_since


def answered(
    request: HttpRequest, body: str, *, changed: float | None = None, private: bool = False, name: str = "tours.ics"
) -> HttpResponse:
    """The calendar, or 304 to a reader who has it; ``changed``: when its newest entry last changed, Unix seconds."""
    etag = f'"{sha256(body.encode()).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type=ical.MIME)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, no-store" if private else "public, max-age=300"
    response["ETag"] = etag
    if changed is not None:
        response["Last-Modified"] = http_date(changed)
    # An entry may leave the feed without a change of the others: only the fingerprint says that it is the same.
    return get_conditional_response(request, etag=etag, response=response) or response


@require_safe
def course(request: HttpRequest, code: str) -> HttpResponse:
    """``/tours/<course>.ics``: every session with a lasting id; one called off says so for ninety days."""
    found = found_course(code)
    sessions = list(queries.in_calendar(kept_since(database_now()), version__course=found, group=None))
    changed = max((session.changed_at.timestamp() for session in sessions), default=None)
    return answered(request, tour_calendar.calendar(naming.title(found), sessions), changed=changed)


@require_safe
def booking(request: HttpRequest, secret: str) -> HttpResponse:
    """One booking for the visitor's own calendar; given up it stays in it as cancelled."""
    found = found_booking(secret)
    here = request.build_absolute_uri(reverse("tour:ticket", args=[secret]))
    off = found.status not in HOLDING
    entry = tour_calendar.entry(found.session, name=f"tour-booking-{found.public_id}", off=off, url=here)
    return answered(request, ical.feed(_("투어 예약"), [entry]), private=True)


@require_safe
def guide(request: HttpRequest, key: str) -> HttpResponse:
    """A guide's own tours, under an address that only the guide knows."""
    user = feedkeys.user_of(key, GUIDE_FEED)
    if user is None:
        raise Http404
    sessions = list(queries.in_calendar(kept_since(database_now()), guide=user))
    return answered(request, tour_calendar.calendar(_("내 투어"), sessions), private=True)
