"""What the office and students see of a selection run."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from college.models import Run
from college.services import publish_run
from portal.core.clock import database_now
from portal.intake import services as intake
from portal.intake.models import Application
from tests.college.test_doors import browser
from tests.college.test_drafting import TYPED
from tests.factories.college import course
from tests.factories.people import company, person, with_role
from tests.factories.selection import draft_call, selecting

pytestmark = pytest.mark.django_db
SELECTION = {**TYPED, "admission": "SELECTION", "waiting_room": ""}


@pytest.fixture(autouse=True)
def _in_korean():
    with translation.override("ko"):
        yield


def text(client, name, *args):
    return client.get(reverse(name, args=args)).content.decode()


def open_now():
    """A selection run whose call takes applications at this moment."""
    now = database_now()
    times = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=7)}
    last = now + timedelta(days=60)
    place = selecting(publish=False, call_times=times, late_join_until=last, **times)
    intake.publish_call(call=place.call, by=place.approver, now=now)
    publish_run(
        run=Run.objects.select_related("course__cluster", "call").get(pk=place.run.pk), by=place.officer, now=now
    )
    return place


def test_the_office_links_a_call_to_a_run():
    officer, made = with_role("college.officer", cluster=course().cluster), course()
    client, call = browser(officer), draft_call(officer)
    assert "시험 공고" in text(client, "college:new-run")
    answer = client.post(reverse("college:new-run"), {**SELECTION, "course": made.code, "call": call.code})
    assert answer.status_code == 302
    run = Run.objects.get()
    assert (run.admission, run.call) == ("SELECTION", call)
    assert f"{call.code}" in text(client, "college:office-run", run.code)
    assert f'value="{call.code}" selected' in text(client, "college:edit-run", run.code)
    answer = client.post(
        reverse("college:new-run"), {**SELECTION, "number": "8", "course": made.code, "call": call.code}
    )
    assert answer.status_code == 422
    first_come = {**TYPED, "course": made.code, "call": call.code}
    answer = client.post(reverse("college:edit-run", args=[run.code]), first_come)
    assert "선발로 모집할 때만" in answer.content.decode()


def test_a_student_finds_the_call_on_the_run_and_applies_in_their_own_name():
    place, student = open_now(), person("김하늘")
    client = browser(student)
    page = text(client, "college:run", place.run.code)
    assert "까지 신청해 주십시오" in page
    assert reverse("intake:call", args=[place.call.code]) in page
    start = reverse("intake:start", args=[place.call.code])
    assert "신청자: 김하늘" in client.get(start).content.decode()
    answer = client.post(start, {"track": place.call.tracks.get().pk})
    application = Application.objects.get(organisation__person=student)
    assert answer.url == reverse("intake:application", args=[application.public_id])
    assert "선발 신청서: 작성 중" in text(client, "college:run", place.run.code)
    assert "내 신청" in text(client, "intake:call", place.call.code)


def test_an_account_without_a_name_is_told_where_to_enter_it():
    place = open_now()
    answer = browser(person("")).post(
        reverse("intake:start", args=[place.call.code]), {"track": place.call.tracks.get().pk}
    )
    assert answer.status_code == 422
    assert "이름을 적어" in answer.content.decode()


def test_a_company_is_not_asked_for_and_the_list_of_companies_stays_what_it_was():
    place, master = open_now(), person("박대표")
    company(master, name="가온체인")
    client = browser(master)
    start = reverse("intake:start", args=[place.call.code])
    assert "가온체인" not in client.get(start).content.decode()
    client.post(start, {"track": place.call.tracks.get().pk})
    assert "박대표</a>" not in text(client, "accounts:organisations")


def test_the_selected_read_until_when_to_answer_and_accept_on_my_page():
    place = selecting()
    place.publish({"가람": 25, "나래": 24, "다솜": 23})
    page = text(browser(place.students["가람"]), "college:mine")
    assert "수락 기한이 지났습니다" in page  # of 2019
    assert "수락하기" in page
    assert "선발로 모집하는 기수입니다" in text(browser(None), "college:run", place.run.code)
