"""Creates the first pages of the public site in Korean and English, and leaves alone what an editor has changed since."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from wagtail.models import Locale, Page, Site

from portal.pages.models import HomePage

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
    help = "Create the home pages (ko, en) and the site, once."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        korean = Locale.objects.get_or_create(language_code="ko")[0]
        english = Locale.objects.get_or_create(language_code="en")[0]
        home = _korean_home(korean)
        if not home.has_translation(english):
            _translate(home, english)
        self.stdout.write(f"home pages: {HomePage.objects.count()}")


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
