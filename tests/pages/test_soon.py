"""The front door beside the calls: what waits for the reader, courses and dates, and how little it asks the database."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import translation

from portal.core.clock import database_now
from portal.notices.models import Notice
from portal.pages import front, soon
from tests.factories import people, tour
from tests.factories.college import NOW, college

#: What a visitor's first page asks, with three runs and tours as with one; an English address looks up its tree first.
QUERIES = {"ko": 15, "en": 16}


@pytest.fixture
def tours():
    """``tours(count)``: so many sessions of one course that can be booked now."""

    def make(count):
        version, begins = tour.course(), database_now() + timedelta(days=10)
        return [tour.session(version, starts_at=begins + timedelta(days=day)) for day in range(count)]

    return make


@pytest.mark.django_db
def test_courses_that_can_be_asked_for_now_come_before_those_to_come():
    coming = college(opens_at=NOW + timedelta(days=1), closes_at=NOW + timedelta(days=2))
    here = college()
    cards = soon.courses(NOW)
    assert [card.href.split("/")[-2] for card in cards] == [here.run.code, coming.run.code]
    assert [card.status for card in cards] == ["신청 중", "신청 예정"]


@pytest.mark.django_db
def test_a_tour_leads_to_its_course_and_says_what_is_left(tours):
    tours(4)
    cards = soon.dates(database_now())
    assert len(cards) == soon.DATES
    assert {card.title for card in cards} == {"블록체인 산책"}
    assert "8명 가운데 8명 자리" in str(cards[0].facts[1].value)


@pytest.mark.django_db
def test_nothing_waits_for_a_visitor_or_for_whoever_is_new():
    assert soon.waiting(AnonymousUser(), NOW) == []
    assert soon.waiting(people.person(), NOW) == []


@pytest.mark.django_db
def test_what_is_unread_and_the_desk_wait_for_staff():
    officer = people.with_role("college.officer", cluster=people.cluster())
    Notice.objects.create(user=officer, topic="call", title="x", body="x")
    assert [str(task.label) for task in soon.waiting(officer, NOW)] == ["읽지 않은 알림", "업무 화면"]


@pytest.mark.django_db
@pytest.mark.usefixtures("pages")
def test_what_waits_stands_above_what_is_open(client):
    reader = people.person()
    Notice.objects.create(user=reader, topic="call", title="x", body="x")
    client.force_login(reader)
    html = client.get("/ko/").content.decode()
    assert html.index("나를 기다리는 일") < html.index("열려 있는 모집")
    assert "나를 기다리는 일" not in Client().get("/ko/").content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_first_page_asks_little_of_the_database(client, tours, django_assert_num_queries, count, language):
    opens = database_now() - timedelta(days=1)
    closes = opens + timedelta(days=5)
    days = {"starts_date": (closes + timedelta(days=9)).date(), "ends_date": (closes + timedelta(days=40)).date()}
    for _number in range(count):
        college(opens_at=opens, closes_at=closes, late_join_until=closes + timedelta(days=20), **days)
    tours(count)
    client.get(f"/{language}/")
    with django_assert_num_queries(QUERIES[language]):
        client.get(f"/{language}/")


@pytest.mark.django_db
def test_a_figure_leads_to_what_it_means(monkeypatch):
    from portal.plan.models import Target
    from portal.plan.queries import Count, Line
    from portal.plan.registry import Metric

    metric = Metric("tenancy.companies", "기업", "companies", lambda *_: 3)
    line = Line(
        Target(name_ko="기업", target=200, unit="companies"), Count(metric, 3, date(2020, 1, 1), "/ko/x/"), None
    )
    with translation.override("ko"):
        kept = front._kept(line, "/ko/plan/seoul/")
    assert kept.defined == "/ko/plan/seoul/#metric-tenancy.companies"
    assert (kept.counted, kept.value, kept.maximum) == ("/ko/x/", 3, 200)
