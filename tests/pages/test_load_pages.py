"""The first pages: made once, in both languages; what an editor changed stays."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from wagtail.models import Page, Site

from portal.pages.models import HomePage, StandardPage


def test_both_languages_have_a_home_joined_as_translations(client, pages):
    korean, english = HomePage.objects.order_by("id")
    assert (korean.locale.language_code, english.locale.language_code) == ("ko", "en")
    assert korean.translation_key == english.translation_key
    assert Site.objects.get(is_default_site=True).root_page_id == korean.pk
    assert "지금 무엇을 신청할 수 있나요?" in client.get("/ko/").content.decode()
    assert "What can I apply for now?" in client.get("/en/").content.decode()


def test_loading_again_changes_nothing_an_editor_wrote(pages):
    home = HomePage.objects.order_by("id").first()
    home.title = "편집자가 고친 제목"
    home.save_revision().publish()
    call_command("load_pages", stdout=StringIO())
    home.refresh_from_db()
    assert home.title == "편집자가 고친 제목"
    assert HomePage.objects.count() == 2


def test_a_page_without_translation_says_so_and_names_its_language(client, pages):
    korean, english = HomePage.objects.order_by("id")
    page = korean.add_child(
        instance=StandardPage(title="입주 안내", slug="guide", body="<p>본문</p>", locale=korean.locale)
    )
    page.copy_for_translation(english.locale, alias=True)
    html = client.get("/en/guide/").content.decode()
    assert "This page has not been translated yet" in html
    assert '<article class="read rich" lang="ko">' in html
    assert "This page has not been translated yet" not in client.get("/ko/guide/").content.decode()


def test_every_page_of_the_first_content_has_its_english(pages):
    tree = Page.objects.filter(depth__gt=1)
    korean = set(tree.filter(locale__language_code="ko").values_list("translation_key", flat=True))
    english = set(tree.filter(locale__language_code="en").values_list("translation_key", flat=True))
    assert korean == english
    assert len(korean) == 18


def test_the_first_content_keeps_the_rules_for_texts(pages):
    for page in Page.objects.filter(depth__gt=1).specific():
        page.full_clean()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_first_page_opens_and_its_links_lead_somewhere(client, pages, language):
    here = Page.objects.filter(depth__gt=2, locale__language_code=language)
    linked = set()
    for page in here:
        html = client.get(page.url).content.decode()
        assert page.title in html
        linked |= set(re.findall(rf'href="(/{language}/[^"#?]*)"', html.split("<main")[1].split("</main>")[0]))
    for address in sorted(linked - {f"/{language}/plan/seoul/"}):
        assert client.get(address).status_code == 200, address


def test_a_deleted_word_of_an_editor_does_not_come_back(pages):
    page = StandardPage.objects.filter(slug="apply").order_by("id").first()
    page.lead = "고친 요약"
    page.save_revision().publish()
    page.refresh_from_db()
    call_command("load_pages", stdout=StringIO())
    page.refresh_from_db()
    assert page.lead == "고친 요약"
    assert StandardPage.objects.filter(slug="apply").count() == 2
