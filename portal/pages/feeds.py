"""The news for feed readers, and the addresses of everything public for search engines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from wagtail.models import Page

from portal.core.periods import SEOUL
from portal.intake import queries as intake
from portal.intake.models import Call
from portal.pages.models import NewsPage

#: How many news a feed holds.
KEPT = 20


class NewsFeed(Feed[Any, Any]):
    """RSS 2.0 of the news."""

    def title(self) -> str:
        return _("마당 소식")

    def description(self) -> str:
        return _("창업 클러스터 포털의 새 소식입니다.")

    def link(self) -> str:
        return reverse("wagtail_serve", args=["news/"])

    def items(self) -> QuerySet[NewsPage]:
        return NewsPage.latest(KEPT)

    def item_title(self, item: Any) -> str:
        return str(item.title)

    def item_description(self, item: Any) -> str:
        return str(item.lead)

    def item_link(self, item: Any) -> str:
        return item.url or ""

    def item_pubdate(self, item: Any) -> datetime:
        return timezone.make_aware(datetime.combine(item.published_date, time()), SEOUL)


class NewsAtomFeed(NewsFeed):
    """The same as Atom 1.0."""

    feed_type = Atom1Feed

    def subtitle(self) -> str:
        return self.description()


class PagesMap(Sitemap[Any]):
    """Pages that editors wrote."""

    def items(self) -> QuerySet[Page]:
        return Page.objects.live().public().filter(depth__gt=1).select_related("locale").order_by("path")

    def location(self, item: Any) -> str:
        return item.url or "/"

    def lastmod(self, item: Any) -> datetime | None:
        found: datetime | None = item.last_published_at
        return found


class RoomsMap(Sitemap[Any]):
    """The lists of the rooms, in both languages."""

    i18n = alternates = True

    def items(self) -> Sequence[str]:
        return ("intake:calls", "tenancy:hubs", "tenancy:directory", "college:courses", "mice:events", "tour:courses",
                "fund:public", "plan:progress", "ledger:index")  # fmt: skip

    def location(self, item: Any) -> str:
        return reverse(item)


class CallsMap(Sitemap[Any]):
    """Every public call, in both languages."""

    i18n = alternates = True

    def items(self) -> QuerySet[Call]:
        return intake.public_calls().order_by("pk")

    def location(self, item: Any) -> str:
        return reverse("intake:call", args=[item.code])


MAPS = {"pages": PagesMap, "rooms": RoomsMap, "calls": CallsMap}
