"""What courses, stops and moments are called in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from portal.mice.models import TourCourse, TourSession


def said(korean: str, english: str) -> str:
    """The text in the reader's language, or the other one where there is none."""
    return korean if (get_language() or "ko").startswith("ko") or not english else english


def title(course: TourCourse) -> str:
    return said(course.title_ko, course.title_en)


def stop_name(stop: Mapping[str, Any]) -> str:
    """The name of a stop of a frozen itinerary."""
    return said(stop["name_ko"], stop["name_en"])


def stop_address(stop: Mapping[str, Any]) -> str:
    return said(stop["address_ko"], stop["address_en"])


def meeting_point(session: TourSession) -> str:
    """Where the tour begins: its first stop, with the address."""
    first = session.itinerary["stops"][0]
    return ", ".join(filter(None, [stop_name(first), stop_address(first)]))


def instant(at: datetime | None) -> str:
    """Day and time in Seoul."""
    return date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else ""


def clock(at: datetime) -> str:
    return timezone.localtime(at).strftime("%H:%M")


def span(session: TourSession) -> str:
    return f"{instant(session.starts_at)} ~ {clock(session.ends_at)}"


def people(count: int) -> str:
    return _("%(count)s명") % {"count": count}
