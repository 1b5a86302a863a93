"""How a page is written: editors draft, look and ask; another person publishes; faults are named on the form."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from portal.accounts.second_factor import CONFIRMED
from portal.pages.models import StandardPage
from tests.factories import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pages")]


def browser_of(role):
    """A browser of a person with the role, past the second factor."""
    user, client = people.with_role(role), Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[CONFIRMED] = user.pk
    session.save()
    return client


def guide():
    return StandardPage.objects.get(slug="apply", locale__language_code="ko")


def sent(page, body="<h2>새 제목</h2><p>고친 글</p>", **action):
    """What the editor's form sends; the body as the rich text editor keeps it."""
    blocks = [
        {"key": "a", "type": "header-two", "text": "새 제목"},
        {"key": "b", "type": "unstyled", "text": "고친 글"},
    ]
    if "h3" in body:
        blocks = [{"key": "a", "type": "header-three", "text": "너무 작은 제목"}]
    raw = [{**block, "depth": 0, "inlineStyleRanges": [], "entityRanges": [], "data": {}} for block in blocks]
    return {
        "title": page.title,
        "slug": page.slug,
        "lead": page.lead,
        "body": json.dumps({"blocks": raw, "entityMap": {}}),
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
        **action,
    }


def edit(client, page, **action):
    return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), sent(page, **action))


# Wagtail's own letters still ask Django for a connection in the old way.
@pytest.mark.filterwarnings("ignore:get_connection\\(\\) is deprecated")
def test_an_editor_asks_and_another_person_publishes():
    page, editor, admin = guide(), browser_of("editor"), browser_of("admin")
    before = page.body
    edit(editor, page, **{"action-submit": "1"})
    page.refresh_from_db()
    assert page.body == before
    state = page.current_workflow_state
    assert state.status == "in_progress"
    task = state.current_task_state
    edit(editor, page, **{"action-publish": "1"})
    page.refresh_from_db()
    assert page.body == before
    admin.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk]), {"comment": "x"})
    page.refresh_from_db()
    assert "고친 글" in page.body


def test_an_editor_cannot_publish_alone():
    page, editor = guide(), browser_of("editor")
    edit(editor, page, **{"action-publish": "1"})
    page.refresh_from_db()
    assert "고친 글" not in page.body


def test_a_fault_is_named_on_the_form_and_nothing_is_published():
    page, admin = guide(), browser_of("admin")
    answer = edit(admin, page, body="<h3>", **{"action-publish": "1"})
    assert answer.status_code == 200
    assert "한 단계를 건너뜁니다" in answer.content.decode()
    page.refresh_from_db()
    assert "너무 작은 제목" not in page.body


def test_every_page_can_be_looked_at_before_it_is_public(client):
    editor = browser_of("editor")
    for page in Page.objects.filter(depth__gt=1, locale__language_code="ko"):
        answer = editor.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
        assert answer.status_code == 200, page
