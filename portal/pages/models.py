"""Page types of the public site. Calls, courses and events are not pages: they live in their rooms."""

from __future__ import annotations

from typing import Any, ClassVar

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
