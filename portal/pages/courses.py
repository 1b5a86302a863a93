"""What a course's page takes from the room: facts, runs to ask for, runs gone by."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from college import catalogue, queries
from college.models import Course
from portal.core.clock import database_now
from portal.core.ui.parts import Row

#: How many runs gone by are listed.
PAST = 6


def context(course: Course, page: str) -> dict[str, Any]:
    """The runs of the course as of one instant, and the course as schema.org reads it on the ``page`` of that address."""
    now = database_now()
    runs = list(queries.runs_of(course))
    asked = [run for run in runs if catalogue.is_asked_for(run, now)]
    return {
        "facts": [
            Row(_("난이도"), str(course.get_level_display())),
            Row(_("교육 시간"), _("%(hours)s시간") % {"hours": course.hours}),
            Row(_("운영"), str(course.cluster)),
        ],
        "open": [catalogue.run_card(run, now) for run in sorted(asked, key=lambda run: run.closes_at)],
        "past": [catalogue.past_card(run) for run in runs if run not in asked][:PAST],
        "linked": catalogue.linked(course, runs, page=page, now=now),
    }
