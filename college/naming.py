"""What courses, runs and campuses are called in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from college.models import Course, Run


def said(korean: str, english: str) -> str:
    """The text in the reader's language, or the other one where there is none."""
    return korean if (get_language() or "ko").startswith("ko") or not english else english


def title(course: Course) -> str:
    return said(course.title_ko, course.title_en)


def name(run: Run) -> str:
    """Course and number of a run, as people call it."""
    return _("%(course)s %(number)s기") % {"course": title(run.course), "number": run.number}


#: The same, in the language of whoever reads it in the end.
name_later = lazy(name, str)


def campus(code: str) -> str:
    known = {"mapo": _("마포"), "gaepo": _("개포")}
    return known.get(code, code)
