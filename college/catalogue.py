"""A course as the catalogue shows it: its runs as cards, and the same as schema.org reads it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from college import tables
from college.enums import Admission, RunStatus
from college.models import Course, Run
from portal.core.ui.parts import Card, Row
from portal.plan.registry import fact

#: A run in these states may still be asked for.
_ASKED = (RunStatus.PUBLISHED, RunStatus.CONFIRMED)


def address(course: Course) -> str:
    """Where editors have written about the course, in the reader's language or another; empty when they have not."""
    return str(fact("pages.course_address", course=course.pk) or "")


def run_card(run: Run, now: datetime) -> Card:
    """A run that takes requests now or will: when, where, how many seats."""
    opened = run.opens_at <= now
    return Card(
        tables.name(run),
        reverse("college:run", args=[run.code]),
        status=_("신청 중") if opened else _("신청 예정"),
        tone="success" if opened else "info",
        above=tables.campus(run.campus),
        facts=[
            Row(_("신청 기간"), f"{tables.instant(run.opens_at)} ~ {tables.instant(run.closes_at)}"),
            Row(_("교육 기간"), f"{tables.day(run.starts_date)} ~ {tables.day(run.ends_date)}"),
            Row(_("남은 자리"), seats(run)),
        ],
    )


def past_card(run: Run) -> Card:
    """A run that can no longer be asked for, in short."""
    return Card(
        tables.name(run),
        reverse("college:run", args=[run.code]),
        f"{tables.day(run.starts_date)} ~ {tables.day(run.ends_date)}",
        status=_("신청 마감") if run.status in _ASKED else str(run.get_status_display()),
        tone="" if run.status in _ASKED else tables.TONES.get(run.status, ""),
        above=tables.campus(run.campus),
    )


def is_asked_for(run: Run, now: datetime) -> bool:
    """Whether requests for the run are open or will be."""
    return run.status in _ASKED and now < run.closes_at


def seats(run: Run) -> str:
    """How many seats are left, or how they are given out."""
    if run.admission != Admission.FIRST_COME:
        return _("정원 %(capacity)s명, %(mode)s") % {"capacity": run.capacity, "mode": run.get_admission_display()}
    if run.waiting or not run.free:
        return _("대기 %(waiting)s명") % {"waiting": run.waiting}
    return _("%(capacity)s석 가운데 %(free)s석") % {"capacity": run.capacity, "free": run.free}


def linked(course: Course, runs: Sequence[Run], *, page: str, now: datetime) -> str:
    """The course with its runs as schema.org's ``Course``; ``<`` escaped, for it stands inside a script element.

    ``page``: the absolute address of the page that says this. Only runs that may be asked for are offered; one that was
    called off is left out.
    """
    data = {
        "@context": "https://schema.org",
        "@type": "Course",
        "@id": page,
        "url": page,
        "courseCode": course.code,
        "name": tables.title(course),
        "description": tables.said(course.summary_ko, course.summary_en) or tables.title(course),
        "inLanguage": get_language() or "ko",
        "educationalLevel": str(course.get_level_display()),
        "timeRequired": f"PT{course.hours}H",
        "provider": {"@type": "Organization", "name": str(course.cluster), "url": settings.SITE_URL},
        "hasCourseInstance": [_instance(run, now) for run in runs if run.status != RunStatus.CANCELLED],
    }
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def _instance(run: Run, now: datetime) -> dict[str, Any]:
    url = settings.SITE_URL + reverse("college:run", args=[run.code])
    made: dict[str, Any] = {
        "@type": "CourseInstance",
        "@id": url,
        "url": url,
        "name": tables.name(run),
        "courseMode": "Onsite",
        "startDate": run.starts_date.isoformat(),
        "endDate": run.ends_date.isoformat(),
        "location": {"@type": "Place", "name": tables.campus(run.campus), "address": {"@type": "PostalAddress", "addressCountry": "KR"}},
        "maximumAttendeeCapacity": run.capacity,
    }  # fmt: skip
    if is_asked_for(run, now):
        made["offers"] = {
            "@type": "Offer",
            "category": "Paid" if run.fee_won else "Free",
            "price": run.fee_won,
            "priceCurrency": "KRW",
            "availability": f"https://schema.org/{'InStock' if run.free > 0 and not run.waiting else 'SoldOut'}",
            "validFrom": run.opens_at.isoformat(),
            "validThrough": run.closes_at.isoformat(),
            "url": url,
        }
    return made
