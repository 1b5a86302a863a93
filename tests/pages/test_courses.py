"""About a course editors write; its runs come by themselves, and machines read the same."""

import json
import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation
from wagtail.models import Locale

from college import services
from college.catalogue import linked
from portal.pages.models import CoursePage, HomePage
from tests.factories.college import CLOSES, NOW, college, course

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pages")]


@pytest.fixture
def place(monkeypatch):
    """A course with one run that can be asked for now."""
    monkeypatch.setattr("portal.pages.courses.database_now", lambda: NOW)
    monkeypatch.setattr("college.views.public.database_now", lambda: NOW)
    return college(capacity=3, at=course(summary_ko="블록체인을 만드는 사람", hours=40))


def written(about, language="ko", **fields):
    """A page about the course, published."""
    home = HomePage.objects.get(locale__language_code=language)
    given = {
        "title": "블록체인 전문가" if language == "ko" else "Blockchain expert",
        "slug": f"{about.code}-{language}",
        "course": about,
        "lead": "현장에서 바로 쓰는 과정",
        "body": "<p>스마트계약과 합의 알고리즘</p>",
        "locale": Locale.objects.get(language_code=language),
    }
    return home.add_child(instance=CoursePage(**{**given, **fields}))


def shown(page):
    answer = Client().get(page.url)
    assert answer.status_code == 200
    return answer.content.decode()


def read(html):
    (found,) = re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', html)
    return json.loads(found)


def test_what_editors_wrote_stands_beside_what_the_room_knows(place):
    page = shown(written(place.run.course, audience="<p>개발 경험 2년 이상</p>"))
    for text in (
        "현장에서 바로 쓰는",
        "합의 알고리즘",
        "개발 경험 2년",
        "3석 가운데 3석",
        f"/college/runs/{place.run.code}/",
    ):
        assert text in page, text


def test_runs_come_and_go_by_themselves(place):
    about = place.run.course
    page = written(about)
    draft = college(publish=False, at=about)
    assert draft.run.code not in shown(page)
    place.seat()
    assert "3석 가운데 2석" in shown(page)
    services.cancel_run(run=place.fresh(), by=place.officer, now=NOW, reason="사유")
    after = shown(page)
    assert "지금 신청을 받는 기수가 없습니다" in after
    assert "신청이 끝난 기수" in after


def test_the_list_and_the_run_lead_to_the_page_once_it_is_public(place):
    addresses = ("/ko/college/", f"/ko/college/runs/{place.run.code}/")
    page = written(place.run.course, live=False)
    for address in addresses:
        assert page.slug not in Client().get(address).content.decode()
    page.save_revision().publish()
    for address in addresses:
        assert page.url in Client().get(address).content.decode()


def test_each_language_leads_to_its_own_page_or_to_the_other(place):
    korean = written(place.run.course)
    with translation.override("en"):
        assert korean.url in Client().get("/en/college/").content.decode()
        english = written(place.run.course, "en")
        listed = Client().get("/en/college/").content.decode()
    assert english.url in listed
    assert korean.url not in listed
    page = shown(english)
    assert "What you will learn" in page
    assert "Runs you can apply for" in page or "3 of 3 seats" in page


def test_one_page_for_each_course_and_language(place):
    written(place.run.course)
    twin = CoursePage(
        title="x", slug="x", course=place.run.course, body="<p>x</p>", locale=Locale.objects.get(language_code="ko")
    )
    with pytest.raises(ValidationError) as told:
        twin.clean()
    assert "이미 있습니다" in str(told.value.message_dict["course"])
    twin.locale = Locale.objects.get(language_code="en")
    twin.clean()


def test_machines_read_the_course_and_its_runs(place):
    told = read(shown(written(place.run.course)))
    assert (told["@type"], told["timeRequired"], told["courseCode"]) == ("Course", "PT40H", place.run.course.code)
    (run,) = told["hasCourseInstance"]
    assert (run["startDate"], run["endDate"], run["courseMode"]) == ("2020-04-06", "2020-05-01", "Onsite")
    assert run["offers"]["availability"] == "https://schema.org/InStock"
    assert (run["offers"]["price"], run["offers"]["category"]) == (0, "Free")
    for _n in range(4):
        place.ask()
    (run,) = read(shown(CoursePage.objects.get()))["hasCourseInstance"]
    assert run["offers"]["availability"] == "https://schema.org/SoldOut"


def test_nothing_is_offered_after_closing_and_a_cancelled_run_is_left_out(place):
    about = place.run.course
    told = json.loads(linked(about, [place.fresh()], page="https://x/", now=CLOSES + timedelta(seconds=1)))
    assert "offers" not in told["hasCourseInstance"][0]
    off = place.fresh()
    off.status = "CANCELLED"
    assert json.loads(linked(about, [off], page="https://x/", now=NOW))["hasCourseInstance"] == []


def test_a_title_cannot_leave_the_script(place):
    about = place.run.course
    about.title_ko = "</script><script>alert(1)</script>"
    about.save()
    html = shown(written(about))
    assert "<script>alert" not in html
    assert read(html)["name"] == about.title_ko
