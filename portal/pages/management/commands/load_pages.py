"""Creates the first pages of the public site in Korean and English, and leaves alone what an editor has changed since."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import yaml
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from wagtail.models import Locale, Page, Site

from portal.pages import models
from portal.pages.models import HomePage

CONTENT = Path(models.__file__).parent / "data" / "pages.yaml"
TYPES: dict[str, type[Page]] = {
    "index": models.IndexPage,
    "standard": models.StandardPage,
    "hub": models.HubPage,
    "faq": models.FaqPage,
    "news_index": models.NewsIndexPage,
    "news": models.NewsPage,
    "resources": models.ResourcesPage,
}
HOME = {
    "ko": {
        "title": "지금 무엇을 신청할 수 있나요?",
        "lead": "창업기업의 입주, 교육, 투자와 행사 지원을 한곳에서 신청하고 어디까지 왔는지 확인하십시오.",
    },
    "en": {
        "title": "What can I apply for now?",
        "lead": "Apply for space, training, investment and event support in one place, and see where you stand.",
    },
}


class Command(BaseCommand):
    help = "Create the first pages (ko, en) and the site, once."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        korean = Locale.objects.get_or_create(language_code="ko")[0]
        english = Locale.objects.get_or_create(language_code="en")[0]
        home = _korean_home(korean)
        if not home.has_translation(english):
            _translate(home, english)
        for entry in yaml.safe_load(CONTENT.read_text("utf-8")):
            _make(entry, home, english)
        self.stdout.write(f"pages: {Page.objects.filter(depth__gt=1).count()}")


def _korean_home(locale: Locale) -> HomePage:
    home = HomePage.objects.filter(locale=locale).first()
    if home is None:
        root = Page.get_first_root_node()
        for welcome in root.get_children().filter(slug="home", content_type__model="page"):
            welcome.delete()
        root.refresh_from_db()
        home = root.add_child(instance=HomePage(slug="home", locale=locale, **HOME["ko"]))
    _serve(home)
    return home


def _serve(home: HomePage) -> None:
    """The installation's one site shows this home; both clusters share it."""
    site = Site.objects.filter(is_default_site=True).first() or Site(hostname="localhost", is_default_site=True)
    if site.root_page_id != home.pk:
        site.root_page, site.site_name = home, site.site_name or "마당"
        site.save()


def _translate(home: HomePage, locale: Locale) -> None:
    translated = home.copy_for_translation(locale)
    for field, text in HOME[locale.language_code].items():
        setattr(translated, field, text)
    translated.slug = f"home-{locale.language_code}"
    translated.save_revision().publish()


def _make(entry: dict[str, Any], above: Page, english: Locale) -> None:
    """A page below another in both languages, then those below it; one that is there already is left as it is."""
    made = above.get_children().filter(slug=entry["slug"]).first()
    made = made or _add(entry, above, uuid4())
    if not made.has_translation(english):
        _add(entry, above.get_translation(english), made.translation_key)
    for below in entry.get("children", []):
        _make(below, made, english)


def _add(entry: dict[str, Any], above: Page, key: UUID) -> Page:
    """A published page in the language of the one above; ``key`` joins it to its translation."""
    at = timezone.now()
    said = _said(entry, above.locale.language_code)
    page = TYPES[entry["type"]](
        slug=entry["slug"],
        locale=above.locale,
        translation_key=key,
        first_published_at=at,
        last_published_at=at,
        **said,
    )
    above.refresh_from_db()
    added: Page = above.add_child(instance=page)
    return added


def _said(entry: dict[str, Any], language: str) -> dict[str, Any]:
    """What the content file says of a page in that language, as the fields of its type."""
    said = {name: _spoken(value, language) for name, value in entry[language].items()}
    if "questions" in said:
        said["questions"] = [
            {"type": "question", "value": {"question": question, "answer": _spoken(answer, language)}}
            for question, answer in said["questions"]
        ]
    return said


def _spoken(value: Any, language: str) -> Any:
    return value.replace("{lang}", language) if isinstance(value, str) else value
