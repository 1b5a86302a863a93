"""Who may open which address of the college, and what its pages say."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from college import services
from college.models import SeatRequest
from portal.accounts.second_factor import CONFIRMED
from tests.factories.college import NOW, college
from tests.factories.people import cluster, person, with_role

pytestmark = pytest.mark.django_db
OFFICE = {"officer", "approver"}
ALL = {"anonymous", "stranger", "student", "instructor", "elsewhere", "officer", "approver"}


def browser(user):
    client = Client()
    if user is not None:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session[CONFIRMED] = user.pk
        session.save()
    return client


@pytest.fixture
def place(monkeypatch):
    """A run of one seat with one student in it and one offered; the clock stands at its opening."""
    made = college(capacity=1)
    for module in ("public", "student", "office"):
        monkeypatch.setattr(f"college.views.{module}.database_now", lambda: NOW)
    return made


def people(place):
    place.ask(place.student())
    return {
        "anonymous": None,
        "stranger": person(),
        "student": place.students[0],
        "instructor": place.instructor,
        "elsewhere": with_role("college.officer", cluster=cluster("incheon")),
        "officer": place.officer,
        "approver": place.approver,
    }


def allowed(response):
    refused = response.status_code in (401, 403, 404) or "/login/" in response.get("Location", "")
    assert response.status_code < 500
    return not refused


def test_who_gets_in(place):
    code, everybody = place.run.code, people(place)
    for name, args, may in [
        ("courses", [], ALL),
        ("run", [code], ALL),
        ("mine", [], ALL - {"anonymous"}),
        ("office", [], OFFICE | {"elsewhere"}),
        ("office-run", [code], OFFICE),
    ]:
        address = reverse(f"college:{name}", args=args)
        assert {role for role, user in everybody.items() if allowed(browser(user).get(address))} == may, name


def test_who_may_act(place):
    code, everybody = place.run.code, people(place)
    acts = {
        "capacity": (["capacity", [code]], {"capacity": 3}, OFFICE),
        "cancel": (["cancel", [code]], {}, OFFICE),
        "step": (["office-step", [code, "confirm"]], {}, OFFICE),
        "drop": (["drop", [code]], {}, {"student"}),
    }
    for (name, args), data, may in acts.values():
        address = reverse(f"college:{name}", args=args)
        got_in = {role for role, user in everybody.items() if allowed(browser(user).post(address, data))}
        assert got_in == may, name


def test_a_seat_from_the_page_to_the_answer(place):
    first, second = place.student(), place.student()
    page = browser(first).post(reverse("college:ask", args=[place.run.code]), follow=True)
    assert "수강을 신청했습니다" in page.content.decode()
    browser(second).post(reverse("college:ask", args=[place.run.code]))
    assert "대기 1번째(앞에 0명)" in browser(second).get(reverse("college:mine")).content.decode()
    browser(first).post(reverse("college:drop", args=[place.run.code]))
    request = SeatRequest.objects.get(status="OFFERED")
    assert "수락하기" in browser(second).get(reverse("college:mine")).content.decode()
    answer = reverse("college:answer", args=[request.public_id, "accept"])
    assert browser(first).post(answer).status_code == 403
    browser(second).post(answer)
    request.refresh_from_db()
    assert request.status == "SEATED"


def test_pages_speak_english(place):
    with translation.override("en"):
        addresses = [reverse("college:courses"), reverse("college:run", args=[place.run.code])]
    for address in addresses:
        page = browser(None).get(address).content.decode()
        assert "Blockchain expert course" in page


def test_too_few_seats_are_told_and_the_form_stays(place):
    place.ask()
    page = browser(place.officer).post(reverse("college:capacity", args=[place.run.code]), {"capacity": "0"})
    assert page.status_code == 422


def test_lists_ask_the_database_equally_often_for_few_and_many(place, django_assert_num_queries):
    user = place.student()
    place.ask(user)
    client = browser(user)
    for _ in range(2):
        other = college(capacity=1)
        other.ask()
        other.ask(user)
        services.withdraw_request(request=SeatRequest.objects.latest("id"), by=user, now=NOW)
    address = reverse("college:mine")
    client.get(address)
    with django_assert_num_queries(8):
        client.get(address)
