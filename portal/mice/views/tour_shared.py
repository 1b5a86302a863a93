"""What the tour's pages have in common."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from portal.accounts.models import User
from portal.core.errors import Invalid
from portal.mice import queries, services
from portal.mice.models import TourBooking, TourCourse, TourSession

#: How long what is over stays in calendars.
KEPT = timedelta(days=90)
#: What a guide's secret calendar address is good for.
GUIDE_FEED = "tours"


class SignedIn(HttpRequest):
    """A request behind ``login_required``."""

    user: User


def found_course(code: str) -> TourCourse:
    return get_object_or_404(queries.courses_with_stops(), code=code)


def found_session(public_id: UUID) -> TourSession:
    session = queries.session_of(public_id)
    if session is None:
        raise Http404
    return session


def found_booking(secret: str) -> TourBooking:
    """The booking whose visitor holds this link."""
    booking = queries.booking_by_link(services.link_hash(secret))
    if booking is None:
        raise Http404
    return booking


def put_error(form: forms.Form, refusal: Invalid) -> None:
    """What the service refused, at the field it is about."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))


def kept_since(now: datetime) -> datetime:
    return now - KEPT
