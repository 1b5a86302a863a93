"""Where the site has a page about something of a room; rooms ask by a fact, since pages stand above them."""

from __future__ import annotations

from django.utils.translation import get_language

from portal.pages.models import CoursePage


def of_course(*, course: int) -> str | None:
    """The page about a course: in the reader's language, else in another; None when nobody has written one."""
    live = list(CoursePage.objects.live().public().filter(course=course).select_related("locale").order_by("pk"))
    here = [page for page in live if page.locale.language_code == get_language()] or live
    return here[0].url if here else None
