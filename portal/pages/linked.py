"""Pages as schema.org reads them; ``<`` is escaped, for the text stands inside a script element."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils.html import strip_tags
from django.utils.translation import gettext as _


def spelled(data: Mapping[str, Any]) -> str:
    """The data as JSON that cannot leave its script element."""
    return json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False).replace("<", "\\u003c")


def publisher() -> dict[str, str]:
    return {"@type": "Organization", "name": str(_("마당")), "url": settings.SITE_URL}


def article(page: Any, address: str, *, kind: str = "Article") -> dict[str, Any]:
    """A text with its dates; ``kind``: a subtype of schema.org's ``Article``."""
    first = getattr(page, "published_date", None) or page.first_published_at
    data = {
        "@type": kind,
        "@id": address,
        "headline": page.title,
        "description": page.lead,
        "inLanguage": page.locale.language_code,
        "mainEntityOfPage": address,
        "publisher": publisher(),
    }
    if first:
        data["datePublished"] = first.isoformat()
    if page.last_published_at:
        data["dateModified"] = page.last_published_at.isoformat()
    return data


def questions(pairs: Iterable[tuple[str, str]], address: str) -> dict[str, Any]:
    """Questions with their answers."""
    asked = [
        {"@type": "Question", "name": question, "acceptedAnswer": {"@type": "Answer", "text": strip_tags(answer)}}
        for question, answer in pairs
    ]
    return {"@type": "FAQPage", "@id": address, "mainEntity": asked}


def place(page: Any, hub: Any, address: str) -> dict[str, Any]:
    """A hub as a place; its address where the room knows it."""
    data: dict[str, Any] = {"@type": "Place", "@id": address, "name": page.title, "description": page.lead}
    if hub is not None and hub.address:
        data["address"] = hub.address
    return data
