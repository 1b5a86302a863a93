"""The public pages: promised beside counted, three numbers apart, unknown never shown as 0."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django.asserts import assertNumQueries

from portal.accounts.second_factor import CONFIRMED
from portal.plan.models import Progress


def text_of(response) -> str:
    """What a reader sees, in one line."""
    body = re.sub(r"<(script|style)\b.*?</\1>", "", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def seoul(client, language="ko"):
    response = client.get(f"/{language}/plan/seoul/")
    assert response.status_code == 200
    return text_of(response)


def test_each_of_the_three_numbers_stands_under_its_own_name(client, plans):
    page = seoul(client)
    assert "시 출자 비율" in page
    assert "목표 14 % 금액 136억 원 “약”" in page
    assert "행사당 상한 1억 원 “최대”" in page
    assert "목표 73곳 “모두”" in page
    assert "1,200억 원 “투자” 120,000,000,000원" in page


def test_what_no_room_counts_yet_is_said_and_not_shown_as_nothing(client, plans, metric):
    metric("tenancy.company_places", None)
    page = seoul(client)
    assert "알 수 없음" in page
    assert "아직 집계하지 않습니다" in page
    assert "아직 입력된 실적이 없습니다" in page
    assert not re.search(r"(?<!\d)0곳", page)


def test_counted_stands_beside_promised_with_its_day_and_is_asked_for_the_promised_hubs(client, plans, metric):
    asked = metric("tenancy.company_places", lambda scope: {"mapo": 40}.get(scope[0], 0))
    page = seoul(client)
    today = timezone.localdate()
    assert "40곳 / 73곳 (54 %)" in page
    assert "0곳 / 120곳 (0 %)" in page
    assert f"40곳 {today.year}. {today.month}. {today.day}." in page
    assert asked[:3] == [
        ("seoul", today, ["mapo", "gaepo"]),
        ("seoul", today, ["gbc"]),
        ("seoul", today, ["mapo", "gaepo", "gbc"]),
    ]
    assert [scope for _, _, scope in asked[3:]] == [["mapo"], ["gaepo"], ["support-center"]]


def test_a_figure_is_counted_once_for_the_readers_of_a_minute(client, plans, metric):
    asked = metric("tenancy.company_places", lambda scope: 40)
    first = seoul(client)
    counted = len(asked)
    assert seoul(client) == first
    assert len(asked) == counted


def test_a_bar_stops_at_full_while_the_words_do_not(client, plans, metric):
    metric("tenancy.company_places", 146)
    response = client.get("/ko/plan/seoul/")
    assert "146곳 / 73곳 (200 %)" in text_of(response)
    widths = [int(width) for width in re.findall(r'bars__fill" x="\d+" y="0" width="(\d+)"', response.content.decode())]
    assert widths == [1000, 1000, 730, 1000, 502, 113]


def test_a_figure_in_another_unit_than_its_target_is_shown_but_not_compared(client, plans, metric):
    metric("college.experts", 12, unit="courses")
    page = seoul(client)
    assert "12개 코스" in page
    assert "/ 760명" not in page


def test_a_figure_opens_to_what_it_was_counted_from(client, plans, metric):
    metric("college.experts", 12, unit="persons", drill=lambda cluster, on, scope: f"/ko/people/{cluster.code}/")
    assert '<a href="/ko/people/seoul/">12명</a>' in client.get("/ko/plan/seoul/").content.decode()


def test_incheon_shows_measures_without_inventing_numbers(client, plans):
    page = text_of(client.get("/ko/plan/incheon/"))
    assert "133억 원" in page
    assert page.count("수치는 발표되지 않음") == 8
    assert "금융, 바이오, 환경, 항만, 물류" in page
    assert "디지털 기업 비율 6 % “약”" in page


def test_the_same_page_in_english_is_english(client, plans, metric):
    metric("tenancy.company_places", 1)
    page = seoul(client, "en")
    assert "1 place of 73 places (1 %)" in page
    assert "Target: 14 % Money: KRW 13.6 bn “about”" in page
    assert "basement 2 to floor 5" in page
    assert "online voting, used-car history" in page
    main = re.search(r"<main.*?</main>", client.get("/en/plan/seoul/").content.decode(), re.S)[0]
    marked = re.sub(r'<(\w+) lang="ko">.*?</\1>', "", main)
    assert re.findall("[가-힣]+", re.sub(r"<[^>]+>", "", marked)) == []


def test_the_list_leads_to_every_city(client, plans):
    response = client.get("/en/plan/")
    page = text_of(response)
    assert "Five-year plan for the blockchain industry" in page
    assert "KRW 120 bn" in page
    assert "KRW 13.3 bn" in page
    for cluster in ("seoul", "incheon"):
        assert f'href="/en/plan/{cluster}/"' in response.content.decode()


def test_a_portal_without_plans_says_so(client, db):
    assert "아직 공개된 계획이 없습니다." in text_of(client.get("/ko/plan/"))


def test_a_city_without_a_plan_is_not_found(client, plans):
    assert client.get("/ko/plan/busan/").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_plan(client, plans, metric):
    metric("tenancy.company_places", 1)
    with assertNumQueries(10):
        client.get("/ko/plan/seoul/")
    with assertNumQueries(10):
        client.get("/ko/plan/incheon/")


@pytest.fixture
def desk(client, publisher):
    """The publisher's browser, past the second factor."""
    client.force_login(publisher, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[CONFIRMED] = publisher.pk
    session.save()
    return client


def form(**changes):
    answers = {
        "state": "DONE",
        "on_date": "2020-01-06",
        "text_ko": "열었습니다.",
        "text_en": "It was held.",
        "source_title": "보도자료",
    }
    return {**answers, **changes}


ADDRESS = "/ko/plan/incheon/progress/summit/"


def test_a_publisher_states_progress_and_everybody_reads_it_with_its_source(desk, client):
    assert "추진 상황 입력" in text_of(desk.get("/ko/plan/incheon/"))
    response = desk.post(ADDRESS, form(source_url="https://example.org/press"))
    assert response.status_code == 302
    assert response["Location"] == "/ko/plan/incheon/"
    client.logout()
    page = client.get("/en/plan/incheon/")
    assert "Done It was held. Source: 보도자료 as of Mon 6 Jan 2020" in text_of(page)
    assert '<a href="https://example.org/press">보도자료</a>' in page.content.decode()
    assert "State progress" not in text_of(page)


def test_a_day_ahead_is_refused_and_the_answers_stay(desk):
    tomorrow = timezone.localdate() + timedelta(days=1)
    response = desk.post(ADDRESS, form(on_date=tomorrow.isoformat(), text_ko="아직 쓰는 중"))
    assert response.status_code == 422
    assert "기준일은 오늘보다 늦을 수 없습니다." in text_of(response)
    assert "아직 쓰는 중" in response.content.decode()
    assert not Progress.objects.exists()


def test_a_link_that_is_no_address_is_refused(desk):
    response = desk.post(ADDRESS, form(source_url="javascript:alert(1)"))
    assert response.status_code == 422
    assert not Progress.objects.exists()


def test_who_may_not_publish_there_gets_no_form(desk, client):
    assert desk.get("/ko/plan/seoul/progress/college/").status_code == 403
    assert desk.get("/ko/plan/incheon/progress/nothing/").status_code == 404
    client.logout()
    assert client.get(ADDRESS).status_code == 302
    assert client.post(ADDRESS, form()).status_code == 302
    assert not Progress.objects.exists()


def test_addresses_carry_the_language():
    with translation.override("en"):
        assert reverse("plan:progress") == "/en/plan/"
