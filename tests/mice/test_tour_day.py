"""The day of the tour: who is let in, who was not there, when it can begin and end."""

from datetime import timedelta

import pytest
from django.utils import translation

from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.mice import services
from tests.factories.people import person
from tests.factories.tour import CUTOFF, NOW, STARTS
from tests.mice.doors import address, booked, browser, publish

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
DOOR = STARTS - 20 * MINUTE


@pytest.fixture(autouse=True)
def _in_korean():
    with translation.override("ko"):
        yield


def test_guide_starts_checks_in_and_finishes(session, people):
    came, missed = booked(session, 2), booked(session, 1)
    guide = people["guide"]
    services.start_session(session=session, by=guide, now=DOOR)
    assert services.check_in(booking=came, by=guide, now=DOOR)
    assert not services.check_in(booking=came, by=guide, now=DOOR), "scanned twice it counts once"
    assert services.finish_session(session=session, by=guide, now=STARTS + DAY) == 1
    for row in (came, missed, session):
        row.refresh_from_db()
    assert (came.status, missed.status, session.status) == ("CHECKED_IN", "NO_SHOW", "DONE")


def test_nobody_is_let_in_too_early_or_with_a_booking_that_does_not_hold(session, people):
    booking, guide = booked(session, 3), people["guide"]
    with pytest.raises(Invalid, match="한 시간 전"):
        services.check_in(booking=booking, by=guide, now=STARTS - 120 * MINUTE)
    services.cancel(booking=booking, now=CUTOFF)
    with pytest.raises(Invalid, match="취소"):
        services.check_in(booking=booking, by=guide, now=DOOR)


def test_before_the_cutoff_nobody_is_in(session, people):
    """A course whose booking ends with its start: numbers may still turn, so the door opens with the cutoff."""
    version = session.version
    version.course.closes_days = 0
    version.course.save()
    late = publish(people, version, starts_at=STARTS + DAY)
    booking = booked(late, 3)
    with pytest.raises(Invalid):
        services.check_in(booking=booking, by=people["guide"], now=late.starts_at - MINUTE)
    assert services.check_in(booking=booking, by=people["guide"], now=late.starts_at)


def test_a_tour_begins_and_ends_in_its_order(session, people):
    guide = people["guide"]
    with pytest.raises(Overtaken):
        services.start_session(session=session, by=guide, now=DOOR)
    booked(session, 3)
    with pytest.raises(Invalid):
        services.start_session(session=session, by=guide, now=NOW)
    with pytest.raises(Overtaken):
        services.finish_session(session=session, by=guide, now=STARTS)
    services.start_session(session=session, by=guide, now=DOOR)
    with pytest.raises(Invalid):
        services.finish_session(session=session, by=guide, now=DOOR)


def test_only_its_guide_and_the_office_open_the_door(session, people):
    booking = booked(session, 3)
    for somebody in (person(), people["elsewhere"]):
        with pytest.raises(NotAllowed):
            services.check_in(booking=booking, by=somebody, now=DOOR)
    assert services.check_in(booking=booking, by=people["officer"], now=DOOR)


def test_the_guide_scans_a_ticket(session, people, at):
    at(DOOR)
    booking, client = booked(session, 3, access_needs="휠체어"), browser(people["guide"])
    there = address("scanned", booking.public_id, services.check_in_mac(booking.public_id))
    page = client.get(there).content.decode()
    assert "휠체어" in page
    assert "입장 처리" in page
    assert "3명이 입장했습니다" in client.post(there, follow=True).content.decode()
    assert "들어갈 수 없습니다" in client.get(there).content.decode()


def test_a_ticket_that_does_not_let_in_says_why(session, people):
    booking = booked(session, 2)
    there = address("scanned", booking.public_id, services.check_in_mac(booking.public_id))
    page = browser(people["guide"]).get(there).content.decode()
    assert "지금 상태: 인원대기" in page


def test_the_guide_checks_in_by_name(session, people, at):
    at(DOOR)
    first, second, client = booked(session, 3), booked(session, 1, name="이나무"), browser(people["guide"])
    there = address("check-in", session.public_id)
    assert client.post(there, {}).status_code == 422
    client.post(there, {"came": [str(first.public_id), str(second.public_id)]})
    page = client.get(address("session", session.public_id)).content.decode()
    assert "4명이 입장했습니다" in page


def test_the_sheet_is_a_pdf(session, people):
    booked(session, 3, access_needs="수어")
    response = browser(people["guide"]).get(address("sheet", session.public_id))
    assert response["Content-Type"] == "application/pdf"
    assert response.getvalue().startswith(b"%PDF")


def test_the_office_opens_a_session(session, people):
    client, code = browser(people["officer"]), session.version.course.code
    given = {"starts_at": "2020-05-14T14:00", "language": "en", "guide": people["guide"].email}
    assert client.post(address("new-session", code), given).status_code == 302
    closed = client.post(address("new-session", code), {**given, "starts_at": "2020-05-16T14:00"})
    assert closed.status_code == 422
    assert "문을 닫습니다" in closed.content.decode()
    nobody = client.post(address("new-session", code), {**given, "guide": "nobody@example.com"})
    assert "가입한 사람이 없습니다" in nobody.content.decode()
    taken = client.post(address("new-session", code), given)
    assert "다른 회차를 맡고 있습니다" in taken.content.decode()


def test_the_office_calls_a_tour_off(session, people):
    client = browser(people["officer"])
    assert client.post(address("cancel-session", session.public_id), {"reason": ""}).status_code == 422
    client.post(address("cancel-session", session.public_id), {"reason": "해설사가 아픕니다."})
    session.refresh_from_db()
    assert session.status == "CANCELLED"


def test_the_office_keeps_places_for_an_event(session, people):
    client = browser(people["officer"])
    given = {"event": "블록체인 주간", "places": "3", "release_at": "2020-05-05T09:00"}
    page = client.post(address("keep-places", session.public_id), given, follow=True).content.decode()
    assert "행사 코드는 지금만 보입니다" in page
    assert "행사 코드" in browser().get(address("book", session.public_id)).content.decode()
    refused = client.post(address("keep-places", session.public_id), {**given, "places": "9"})
    assert "남은 자리보다 많이" in refused.content.decode()
