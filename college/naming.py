"""What courses, runs and campuses are called in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from college.models import Course, Draw, Run

#: The public value a lottery waits for unless another is named.
PUBLIC_VALUE = "신청 마감 뒤 첫 로또 6/45 당첨번호"


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
title_later = lazy(title, str)


def campus(code: str) -> str:
    known = {"mapo": _("마포"), "gaepo": _("개포")}
    return known.get(code, code)


def public_name(draw: Draw) -> str:
    """The value a lottery waits for, in the reader's language where it is the usual one."""
    return _("신청 마감 뒤 첫 로또 6/45 당첨번호") if draw.public_name == PUBLIC_VALUE else draw.public_name
