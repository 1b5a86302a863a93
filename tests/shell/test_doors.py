"""Small doors of the shell: contrast and size, the session, the pages for things gone wrong."""

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from portal.core.ui import display
from tests.factories import people


def test_contrast_and_size_are_kept_in_a_cookie(client):
    response = client.post("/ko/display/", {"mode": "contrast", "size": "large", "next": "/ko/style/"})
    assert response.headers["Location"] == "/ko/style/"
    assert response.cookies["display"].value == "contrast.large"


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_it_never_leads_to_another_site(client, target):
    assert client.post("/ko/display/", {"mode": "light", "size": "large", "next": target}).headers["Location"] == "/"


@pytest.mark.parametrize("value", ["", "contrast", "evil.larger", "contrast.huge", "<b>.<b>"])
def test_an_unknown_cookie_is_the_default(value):
    request = RequestFactory().get("/")
    request.COOKIES["display"] = value
    mode, size = display.chosen(request)
    assert (mode in display.MODES, size in display.SIZES) == (True, True)
    assert display.chosen(request) in {("auto", "normal"), ("contrast", "normal"), ("auto", "larger")}


def test_nothing_is_kept_that_is_not_offered(client):
    assert "display" not in client.post("/ko/display/", {"mode": "evil", "size": "large"}).cookies


def test_staying_signed_in_starts_the_time_anew(client, db):
    client.force_login(people.person())
    answer = client.post("/ko/stay/", headers={"Accept": "application/json"})
    assert answer.json() == {"seconds": 60 * 60 * 8}
    assert "sessionid" in answer.cookies


def test_staying_signed_in_needs_a_sign_in(client, db):
    assert client.post("/ko/stay/").status_code == 302


@pytest.mark.parametrize("name", ["400.html", "403_csrf.html", "429.html", "500.html", "503.html"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_worst_pages_need_no_database_and_no_request(name, language):
    with translation.override(language):
        html = render_to_string(name)
    assert f'<html lang="{language}">' in html
    assert ("처음 화면으로" in html or "다시 열기" in html) == (language == "ko")


@pytest.mark.parametrize(("path", "language"), [("/ko/nowhere/", "ko"), ("/en/nowhere/", "en")])
def test_an_unknown_address_is_answered_in_the_language_of_the_address(client, db, path, language):
    response = client.get(path)
    assert response.status_code == 404
    assert f'<html lang="{language}">' in response.content.decode()


def test_the_frame_asks_nothing_for_a_page_that_does_not_show_it(django_assert_num_queries):
    from portal.desk.context import shell

    request = RequestFactory().get("/ko/")
    with django_assert_num_queries(0):
        assert shell(request)["shell"].session_seconds == 0
