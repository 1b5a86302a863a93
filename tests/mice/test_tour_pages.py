"""The tour's pages: who may open them, what they say, and what a visitor does behind the secret link."""

import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import translation
from icalendar import Calendar

from portal.accounts import feedkeys
from portal.mice import services
from portal.mice.models import TourBooking
from tests.factories.tour import NOW, STARTS
from tests.mice.doors import address, booked, browser, publish, secret

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
OFFICE = {"officer"}
GUIDES = {"officer", "guide"}
ALL = {"anonymous", "stranger", "elsewhere", *GUIDES}


@pytest.fixture(autouse=True)
def _in_korean():
    with translation.override("ko"):
        yield


def send(client, session, **fields):
    """Fill in the booking form as it is shown."""
    there = address("book", session.public_id)
    token = re.search(r'name="token" value="([^"]+)"', client.get(there).content.decode())
    given = {
        "party": 2,
        "name": "김하늘",
        "email": "sky@example.com",
        "consent": "on",
        "token": token[1] if token else "",
    }
    return client.post(there, {**given, **fields})


def allowed(response):
    refused = response.status_code in (401, 403, 404) or "/login/" in response.get("Location", "")
    assert response.status_code < 500
    return not refused


def test_who_gets_in(session, people):
    code, key = session.version.course.code, session.public_id
    booking = booked(session)
    for name, args, may in [
        ("courses", [], ALL),
        ("course", [code], ALL),
        ("feed", [code], ALL),
        ("book", [key], ALL),
        ("ticket", [secret(booking)], ALL),
        ("ticket", ["guessed"], set()),
        ("change", [secret(booking)], ALL),
        ("change", ["guessed"], set()),
        ("cancel", [secret(booking)], ALL),
        ("cancel", ["guessed"], set()),
        ("booking-feed", [secret(booking)], ALL),
        ("booking-feed", ["guessed"], set()),
        ("desk", [], GUIDES | {"elsewhere"}),
        ("new-session", [code], OFFICE),
        ("session", [key], GUIDES),
        ("sheet", [key], GUIDES),
        ("cancel-session", [key], OFFICE),
        ("keep-places", [key], OFFICE),
        ("scanned", [booking.public_id, services.check_in_mac(booking.public_id)], GUIDES),
        ("scanned", [booking.public_id, "A" * 22], set()),
        ("guide-feed", [feedkeys.key_of(people["guide"], "tours")], ALL),
        ("guide-feed", ["guessed"], set()),
    ]:
        got = {role for role, user in people.items() if allowed(browser(user).get(address(name, *args)))}
        assert got == may, name


def test_who_may_act(session, people, at):
    at(STARTS - 10 * MINUTE)
    booking = booked(session, 3)
    for name, args, data, may in [
        ("answer", ["guessed", "accept"], {}, set()),
        ("answer", [secret(booking), "nonsense"], {}, set()),
        ("check-in", [session.public_id], {"came": str(booking.public_id)}, GUIDES),
        ("step", [session.public_id, "start"], {}, GUIDES),
        ("step", [session.public_id, "nonsense"], {}, set()),
    ]:
        got = {role for role, user in people.items() if allowed(browser(user).post(address(name, *args), data))}
        assert got == may, name


def test_a_visitor_without_account_books_and_reads_the_ticket(session):
    client = browser()
    response = send(client, session, access_needs="휠체어")
    booking = TourBooking.objects.get()
    assert response["Location"] == address("ticket", secret(booking))
    page = client.get(response["Location"])
    assert "3명부터 진행, 현재 2명" in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex"
    assert page["Referrer-Policy"] == "no-referrer"
    assert (booking.party, booking.access_needs, booking.language) == (2, "휠체어", "ko")


def test_the_letter_carries_the_link(session):
    booking = booked(session, language="en")
    deliver()
    (letter,) = mail.outbox
    with translation.override("en"):
        assert address("ticket", secret(booking)) in letter.body


def deliver():
    from portal.core.models import OutboxMessage
    from portal.mice.mail import send as post

    for message in OutboxMessage.objects.filter(topic="tour.letter"):
        post(message)


def test_the_same_form_sent_twice_books_once(session):
    client = browser()
    there = address("book", session.public_id)
    token = re.search(r'name="token" value="([^"]+)"', client.get(there).content.decode())[1]
    given = {"party": 2, "name": "김하늘", "phone": "010-1234-5678", "consent": "on", "token": token}
    first, second = client.post(there, given), client.post(there, given)
    assert first["Location"] == second["Location"]
    assert TourBooking.objects.get().phone == "01012345678"


def test_nobody_names_the_booking_of_another(session):
    other = booked(session)
    response = send(browser(), session, token=str(other.public_id))
    assert response.status_code == 422
    assert secret(other) not in response.content.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"email": ""}, "전자우편이나 휴대전화를 적어 주십시오"),
        ({"phone": "내 번호"}, "전화번호를 숫자로 적어 주십시오"),
        ({"party": "0"}, "1"),
        ({"party": "9"}, "이 회차의 정원보다 많은 인원입니다"),
        ({"consent": ""}, "data-errors"),
        ({"name": ""}, "data-errors"),
    ],
)
def test_bad_input_is_told_and_kept(session, given, said):
    response = send(browser(), session, **given)
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert TourBooking.objects.count() == 0
    assert "sky@example.com" in page or given.get("email") == ""


def test_a_full_session_takes_the_line_and_its_offer_is_answered(session):
    first = booked(session, 8)
    client = browser()
    response = send(client, session)
    waiting = TourBooking.objects.get(status="WAITING")
    assert "1번째" in client.get(response["Location"]).content.decode()
    services.cancel(booking=first, now=NOW)
    assert "자리 받기" in client.get(response["Location"]).content.decode()
    client.post(address("answer", secret(waiting), "accept"))
    waiting.refresh_from_db()
    assert waiting.status == "PENDING"


def test_a_visitor_changes_the_number_and_the_day(session, people):
    other = publish(people, session.version, starts_at=STARTS + DAY)
    booking, client = booked(session, 2), browser()
    response = client.post(address("change", secret(booking)), {"session": str(session.public_id), "party": 4})
    more = TourBooking.objects.get(status="CONFIRMED")
    assert response["Location"] == address("ticket", secret(more))
    client.post(address("change", secret(more)), {"session": str(other.public_id), "party": 4})
    moved = TourBooking.objects.get(status="CONFIRMED")
    assert (moved.session, moved.name) == (other, "김하늘")
    session.refresh_from_db()
    other.refresh_from_db()
    assert (session.status, session.taken, other.status, other.taken) == ("OPEN", 0, "CONFIRMED", 4)


def test_a_change_that_finds_no_places_leaves_the_booking(session, people):
    other = publish(people, session.version, starts_at=STARTS + DAY)
    booked(other, 7)
    booking, client = booked(session, 3), browser()
    response = client.post(address("change", secret(booking)), {"session": str(other.public_id), "party": 3})
    assert response.status_code == 422
    assert "그대로 두었습니다" in response.content.decode()
    booking.refresh_from_db()
    assert booking.status == "CONFIRMED"


def test_a_visitor_cancels_after_a_look(session):
    booking, client = booked(session, 3), browser()
    assert "예약 취소하기" in client.get(address("cancel", secret(booking))).content.decode()
    client.post(address("cancel", secret(booking)))
    booking.refresh_from_db()
    assert booking.status == "CANCELLED"
    assert "취소한 예약입니다" in client.get(address("ticket", secret(booking))).content.decode()


def test_the_course_tells_machines_what_it_tells_people(session):
    booked(session, 3)
    page = browser().get(address("course", session.version.course.code)).content.decode()
    assert "8명 가운데 5명 자리" in page
    (event,) = json.loads(re.search(r"ld\+json[^>]*>(.*?)</script>", page)[1])["@graph"]
    assert event["startDate"] == "2020-05-13T14:00:00+09:00"
    assert (event["maximumAttendeeCapacity"], event["remainingAttendeeCapacity"]) == (8, 5)
    assert event["eventStatus"] == "https://schema.org/EventScheduled"


def test_a_cancelled_session_stays_in_the_feeds_with_a_higher_sequence(session, people):
    booking = booked(session, 3)
    feeds = [
        address("feed", session.version.course.code),
        address("guide-feed", feedkeys.key_of(people["guide"], "tours")),
        address("booking-feed", secret(booking)),
    ]
    before = [entries(feed) for feed in feeds]
    services.cancel_session(session=session, by=people["officer"], now=NOW, reason="해설사가 아픕니다.")
    for (old,), (new,) in zip(before, map(entries, feeds), strict=True):
        assert new["UID"] == old["UID"]
        assert (old["STATUS"], new["STATUS"]) == ("CONFIRMED", "CANCELLED")
        assert new["SEQUENCE"] > old["SEQUENCE"]


def entries(feed):
    return Calendar.from_ical(browser().get(feed).content).walk("VEVENT")


def test_the_feed_answers_304_to_who_has_it(session):
    feed = address("feed", session.version.course.code)
    first = browser().get(feed)
    again = browser().get(feed, headers={"if-none-match": first["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)


def test_a_tentative_session_says_so(session):
    (entry,) = entries(address("feed", session.version.course.code))
    assert entry["STATUS"] == "TENTATIVE"
