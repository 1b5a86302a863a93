"""Every address × every role, from the URLconf itself."""

from __future__ import annotations

from http.cookies import SimpleCookie

import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import translation

from portal.accounts.second_factor import CONFIRMED
from portal.core.errors import NotAllowed
from tests.house import access, world


def addresses(resolver=None, path="", names=()):
    """Name and path of every address that is ours."""
    for entry in (resolver or get_resolver()).url_patterns:
        where = path + str(entry.pattern)
        if isinstance(entry, URLPattern):
            name = ":".join([*names, entry.name or where])
            if not any(name.startswith(start) or where.startswith(start) for start in access.OF_LIBRARIES):
                yield name
        else:
            yield from addresses(entry, where, (*names, entry.namespace) if entry.namespace else names)


def test_every_address_has_its_row_and_every_row_its_address():
    assert set(addresses()) == access.TABLE.keys() | access.ELSEWHERE.keys()
    assert access.TABLE.keys() & access.ELSEWHERE.keys() == set()


@pytest.fixture
def refusals(monkeypatch):
    """The sentences of every ``NotAllowed`` since the last look: a view may show one and send the person on."""
    said: list[str] = []
    init = NotAllowed.__init__

    def noting(self, message=None):
        init(self, message)
        said.append(str(self.message))

    monkeypatch.setattr(NotAllowed, "__init__", noting)
    return said


def test_who_gets_in(db, refusals):
    """All roles in one test: what they try is undone each time, and building their world is the dear part."""
    made = world.build()
    signed_in = {role: browser_of(person).cookies for role, person in made.people.items()}
    tables = (access.TABLE, access.ACTS)
    found = {role: [wrong(table, made, role, signed_in[role], refusals) for table in tables] for role in world.ROLES}
    assert found == {role: [{}, {}] for role in world.ROLES}


def wrong(table, made, role, cookies, refusals) -> dict[str, tuple[str, str]]:
    """What came out other than the table says."""
    got = {name: outcome(row, name, made, cookies, refusals) for name, row in table.items()}
    wanted = {name: "in" if role in row.may else "out" for name, row in table.items()}
    return {name: (got[name], f"should be {wanted[name]}") for name in got if got[name].split()[0] != wanted[name]}


def outcome(row, name, made, cookies, refusals) -> str:
    """``in`` or ``out`` with the status; what the request changed is undone, in the browser too."""
    with translation.override("ko"):
        address = reverse(name, args=made.things[row.thing] if row.thing else [])
    browser = Client()
    browser.cookies = SimpleCookie(cookies)
    refusals.clear()
    with transaction.atomic():
        response = getattr(browser, row.method)(address, row.data)
        transaction.set_rollback(True)
    body = response.getvalue().decode(errors="replace")  # to its end: that closes the file behind it
    refused = response.status_code in (401, 403, 404, 409) or "/login/" in response.get("Location", "")
    if row.method == "post":
        told = [str(message) for message in get_messages(response.wsgi_request)] + [body]
        refused |= any(sentence in text for sentence in refusals for text in told)
    assert response.status_code != 405, f"{name} is not asked with {row.method}"
    assert response.status_code < 500, name
    return f"{'out' if refused else 'in'} {response.status_code}"


def browser_of(user) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session[CONFIRMED] = user.pk
        session.save()
    return client


@pytest.mark.parametrize(
    "path", ["", "pages/", "users/", "settings/", "images/", "documents/", "reports/locked/", "snippets/"]
)
def test_only_editors_reach_the_editors_side(path, db):
    from tests.factories import people

    for role in (None, "space.officer", "auditor"):
        user = people.with_role(role) if role else None
        response = browser_of(user).get(f"/cms/{path}")
        assert response.status_code in (302, 403, 404)
        assert "/login/" in response.get("Location", "/login/") or response.status_code == 302
    editor = people.with_role("editor")
    assert browser_of(editor).get("/cms/").status_code == 200
