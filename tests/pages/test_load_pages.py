"""The first pages: made once, in both languages; what an editor changed stays."""

from io import StringIO

from django.core.management import call_command
from wagtail.models import Site

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
