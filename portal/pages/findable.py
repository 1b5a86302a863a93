"""What the search finds of the site: every page that is live and open to all, once, in whichever languages it has."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import get_language, gettext_lazy
from wagtail.models import Page

from portal.search.registry import TIMELESS, Entry, Source


def _pages(now: datetime, keys: Collection[str] | None) -> Iterator[Entry]:
    found = Page.objects.live().public().filter(depth__gt=1).select_related("locale").order_by("translation_key", "pk")
    if keys is not None:
        found = found.filter(translation_key__in=keys)
    for key, same in groupby(found.specific(), key=lambda page: str(page.translation_key)):
        entry = _entry(key, list(same))
        if entry is not None:
            yield entry


def _entry(key: str, same: Sequence[Any]) -> Entry | None:
    """A page and its translations; None for what no site serves."""
    by_language = {page.locale.language_code: page for page in same}
    shown = by_language.get(get_language() or "ko", same[0])
    if not shown.url:
        return None
    korean, english = by_language.get("ko"), by_language.get("en")
    at = shown.last_published_at
    return Entry(
        key,
        korean.title if korean else "",
        english.title if english else "",
        shown.url,
        timezone.localtime(at).date() if at else TIMELESS,
        _text(korean),
        _text(english),
    )


def _text(page: Any) -> str:
    """What a page says, without its markup."""
    parts = [getattr(page, "lead", ""), strip_tags(str(getattr(page, "body", "")).replace("<", " <"))]
    return " ".join(str(part) for part in parts if part)


PAGES = Source("pages", gettext_lazy("안내"), _pages, order=90)
