"""The content policy: strict for everybody, an exception only at the editor's addresses."""

import pytest

from tests.factories import people


def policy(response):
    return dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))


@pytest.mark.parametrize("path", ["/ko/", "/en/style/", "/ko/nowhere/", "/ko/accounts/login/", "/cmsx/"])
def test_no_page_of_the_public_site_allows_inline_script_or_eval(client, pages, path):
    rules = policy(client.get(path))
    assert "unsafe" not in str(rules)
    assert rules["frame-ancestors"] == "'none'"
    assert rules["object-src"] == "'none'"


def test_the_editor_may_what_its_screens_need_and_still_no_eval(client, pages):
    rules = policy(client.get("/cms/login/"))
    assert rules["script-src"] == "'self' 'unsafe-inline'"
    assert "unsafe-eval" not in str(rules)


def test_the_editor_is_closed_to_the_public(client, pages):
    client.force_login(people.person())
    response = client.get("/cms/")
    assert response.status_code == 302
    assert "/cms/login/" in response.headers["Location"] or "/accounts/" in response.headers["Location"]
