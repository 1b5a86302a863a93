"""Page types of the public site. Calls, runs and events are not pages: they live in their rooms.

About a course or a hub editors write a page; what can be asked for comes from the room by itself.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from portal.core.ui.parts import Card
from portal.pages import checks, linked
from portal.plan.wording import day

FEATURES = ["h2", "h3", "bold", "ol", "ul", "link", "document-link", "image", "hr"]
#: How many news stand on one page of their list, and on the first page.
NEWS_PER_PAGE, NEWS_AT_HOME = 10, 3


def _check(page: Page, *names: str) -> None:
    """Refuse to publish rich texts that a person who does not see them could not follow; a draft may have such faults."""
    found = {name: checks.faults(getattr(page, name) or "") for name in names}
    if wrong := {name: faults for name, faults in found.items() if faults}:
        raise ValidationError(wrong)


def _address(page: Page, request: HttpRequest) -> str:
    """The page's absolute address, as the reader has asked for it."""
    return request.build_absolute_uri(page.get_url(request) or request.path)


class HomePage(Page):
    """The front door: what is open now, for whom, until when; then hubs, promises kept, and the ledger."""

    lead = models.TextField(_("한 줄 안내"), blank=True)
    body = RichTextField(_("아래 본문"), blank=True, features=FEATURES)

    max_count_per_parent = 1
    template = "pages/home.html"
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]

    class Meta:
        verbose_name = _("첫 화면")

    def clean(self) -> None:
        super().clean()
        _check(self, "body")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from portal.pages import front

        news = [page.card() for page in NewsPage.latest(NEWS_AT_HOME)]
        return {**super().get_context(request, *args, **kwargs), **front.context(request), "news": news}


class StandardPage(Page):
    """A page of text: a guide, a programme."""

    lead = models.TextField(_("요약"), blank=True)
    body = RichTextField(_("본문"), features=FEATURES)

    template = "pages/standard.html"
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]

    class Meta:
        verbose_name = _("안내 화면")

    def clean(self) -> None:
        super().clean()
        _check(self, "body")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        data = linked.spelled(linked.article(self, _address(self, request)))
        return {**super().get_context(request, *args, **kwargs), "linked": data}


class IndexPage(Page):
    """A list of the pages below it: guides, programmes, hubs."""

    lead = models.TextField(_("요약"), blank=True)

    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    subpage_types: ClassVar[list[str]] = ["pages.StandardPage", "pages.HubPage"]
    template = "pages/index.html"
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = _("묶음 화면")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        below = self.get_children().live().public().specific()
        cards = [Card(page.title, page.get_url(request) or "", page.lead) for page in below]
        return {**super().get_context(request, *args, **kwargs), "cards": cards}


class NewsIndexPage(Page):
    """The news, the newest first."""

    lead = models.TextField(_("요약"), blank=True)

    max_count_per_parent = 1
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    subpage_types: ClassVar[list[str]] = ["pages.NewsPage"]
    template = "pages/news_index.html"
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = _("소식 목록")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        found = NewsPage.objects.child_of(self).live().public().order_by("-published_date", "-pk")
        listed = Paginator(found, NEWS_PER_PAGE).get_page(request.GET.get("page"))
        context = {"listed": listed, "cards": [page.card() for page in listed]}
        return {**super().get_context(request, *args, **kwargs), **context}


class NewsPage(Page):
    """One piece of news."""

    published_date = models.DateField(_("날짜"), default=timezone.localdate)
    lead = models.TextField(_("요약"))
    body = RichTextField(_("본문"), features=FEATURES)

    parent_page_types: ClassVar[list[str]] = ["pages.NewsIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "pages/news.html"
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("published_date"),
        FieldPanel("lead"),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("소식")

    def clean(self) -> None:
        super().clean()
        _check(self, "body")

    @classmethod
    def latest(cls, most: int) -> models.QuerySet[NewsPage]:
        """The newest news in the reader's language."""
        here = cls.objects.live().public().filter(locale__language_code=get_language() or "ko")
        found: models.QuerySet[NewsPage] = here.select_related("locale").order_by("-published_date", "-pk")[:most]
        return found

    def card(self) -> Card:
        """The news as lists show it."""
        return Card(self.title, self.url or "", self.lead, above=day(self.published_date))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        data = linked.spelled(linked.article(self, _address(self, request), kind="NewsArticle"))
        return {**super().get_context(request, *args, **kwargs), "linked": data}


class FaqPage(Page):
    """Questions that are asked often, with their answers."""

    lead = models.TextField(_("요약"), blank=True)
    questions = StreamField(
        [
            (
                "question",
                blocks.StructBlock(
                    [
                        ("question", blocks.CharBlock(label=_("질문"), max_length=200)),
                        ("answer", blocks.RichTextBlock(label=_("답변"), features=["bold", "ol", "ul", "link"])),
                    ],
                    label=_("질문과 답변"),
                ),
            )
        ],
        verbose_name=_("질문과 답변"),
    )

    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    template = "pages/faq.html"
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("lead"), FieldPanel("questions")]

    class Meta:
        verbose_name = _("자주 묻는 질문")

    def clean(self) -> None:
        super().clean()
        if wrong := [fault for _question, answer in self.pairs() for fault in checks.faults(answer)]:
            raise ValidationError({"questions": wrong})

    def pairs(self) -> list[tuple[str, str]]:
        """Every question with its answer as the database keeps it."""
        return [(block.value["question"], block.value["answer"].source) for block in self.questions]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        data = linked.spelled(linked.questions(self.pairs(), _address(self, request)))
        return {**super().get_context(request, *args, **kwargs), "linked": data}


class ResourcesPage(Page):
    """Files to take along: forms and guides as HWP, PDF and others."""

    lead = models.TextField(_("요약"), blank=True)
    files = StreamField(
        [
            (
                "file",
                blocks.StructBlock(
                    [
                        ("file", DocumentChooserBlock(label=_("파일"))),
                        ("note", blocks.CharBlock(label=_("설명"), max_length=200, required=False)),
                    ],
                    label=_("파일"),
                ),
            )
        ],
        verbose_name=_("자료"),
        blank=True,
    )

    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    template = "pages/resources.html"
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("lead"), FieldPanel("files")]

    class Meta:
        verbose_name = _("자료실")


class HubPage(Page):
    """About a hub; its rooms by floor draw themselves from the room's tables."""

    hub_code = models.SlugField(_("거점 코드"), max_length=30)
    lead = models.TextField(_("한 줄 소개"), blank=True)
    body = RichTextField(_("본문"), features=FEATURES)

    parent_page_types: ClassVar[list[str]] = ["pages.IndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "pages/hub.html"
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("hub_code"),
        FieldPanel("lead"),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("거점 소개")

    def clean(self) -> None:
        super().clean()
        _check(self, "body")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from portal.pages import hubs

        return {**super().get_context(request, *args, **kwargs), **hubs.context(self, _address(self, request))}


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
        _check(self, "audience", "body")
        others = CoursePage.objects.filter(course=self.course_id, locale=self.locale_id).exclude(pk=self.pk)
        if self.course_id and others.exists():
            raise ValidationError({"course": _("이 과정은 이 언어로 쓴 소개가 이미 있습니다.")})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from portal.pages import courses

        return {**super().get_context(request, *args, **kwargs), **courses.context(self.course, self.full_url or "")}
