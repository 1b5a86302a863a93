"""Page types of the public site. Calls, runs and events are not pages: they live in their rooms.

About a course editors write a page; what can be asked for comes from the room by itself.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

FEATURES = ["h2", "h3", "bold", "ol", "ul", "link", "document-link", "image", "hr"]


class HomePage(Page):
    """The front door: what is open now, for whom, until when; then hubs, promises kept, and the ledger."""

    lead = models.TextField(_("한 줄 안내"), blank=True)
    body = RichTextField(_("아래 본문"), blank=True, features=FEATURES)

    max_count_per_parent = 1
    template = "pages/home.html"
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]

    class Meta:
        verbose_name = _("첫 화면")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from portal.pages import front

        return {**super().get_context(request, *args, **kwargs), **front.context(request)}


class StandardPage(Page):
    """A page of text: guides, notices, copyright."""

    lead = models.TextField(_("요약"), blank=True)
    body = RichTextField(_("본문"), features=FEATURES)

    template = "pages/standard.html"
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]

    class Meta:
        verbose_name = _("안내 화면")


class CoursePage(Page):
    """About a course: for whom, what one learns, written by editors; its runs show themselves from the room's tables."""

    course = models.ForeignKey("college.Course", models.PROTECT, related_name="+", verbose_name=_("과정"))
    lead = models.TextField(_("한 줄 소개"), blank=True)
    audience = RichTextField(_("누구를 위한 과정인가요"), blank=True, features=FEATURES)
    body = RichTextField(_("무엇을 배우나요"), features=FEATURES)

    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    template = "pages/course.html"
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("course"),
        FieldPanel("lead"),
        FieldPanel("audience"),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("과정 소개")

    def clean(self) -> None:
        """One page for each course and language: two would say different things."""
        super().clean()
        others = CoursePage.objects.filter(course=self.course_id, locale=self.locale_id).exclude(pk=self.pk)
        if self.course_id and others.exists():
            raise ValidationError({"course": _("이 과정은 이 언어로 쓴 소개가 이미 있습니다.")})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from portal.pages import courses

        return {**super().get_context(request, *args, **kwargs), **courses.context(self.course, self.full_url or "")}
