"""The pages of the meeting rooms, without JavaScript: what is free, booking, the feed, the door, the officer."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation
from icalendar import Calendar

from portal.accounts.second_factor import CONFIRMED
from portal.core.clock import database_now
from portal.core.periods import SEOUL
from tenancy import services
from tenancy.models import Booking, BookingRule, MeetingRoom
from tests.factories.people import company, person
from tests.factories.space import meeting_room, space

pytestmark = pytest.mark.django_db
WORDS = re.compile(r"<[^>]+>")


def address(name, *args):
    with translation.override("ko"):
        return reverse(f"tenancy:{name}", args=args)


def words(response):
    return " ".join(WORDS.sub(" ", response.content.decode()).split())


@pytest.fixture
def place():
    found = space("801")
    found.room = meeting_room(found.hub)
    found.by = person()
    found.company = company(found.by, name="회의기업")
    found.day = (database_now() + timedelta(days=2)).astimezone(SEOUL).date()
    return found


def enter(client, user):
    """Signed in, with the second factor shown."""
    client.force_login(user)
    session = client.session
    session[CONFIRMED] = user.pk
    session.save()


def asked(place, **fields):
    return {
        "book-on": place.day.isoformat(), "book-start": "10:00", "book-minutes": "60", "book-purpose": "비밀 회의",
        "book-people": "3", "book-times": "1", **fields,
    }  # fmt: skip


def book(client, place, **fields):
    client.force_login(place.by)
    url = address("book", "mapo", "small") + "?act=book"
    return client.post(url, asked(place, **fields), follow=True)


def test_a_free_time_leads_to_its_form_filled_in(client, place):
    day = client.get(address("meeting_day", "mapo"), {"on": place.day.isoformat()})
    href = re.search(r'href="([^"]+start=[^"]+T10:00)"', day.content.decode())[1]
    client.force_login(place.by)
    page = client.get(href.replace("&amp;", "&")).content.decode()
    assert f'value="{place.day.isoformat()}"' in page
    assert re.search(r'<option value="10:00" selected>', page)


def test_booked_by_the_page_and_named_only_to_ones_own(client, place):
    assert "예약했습니다" in words(book(client, place))
    on = {"on": place.day.isoformat()}
    assert "비밀 회의" in words(client.get(address("meeting_day", "mapo"), on))
    client.logout()
    public = words(client.get(address("meeting_day", "mapo"), on))
    assert "예약됨" in public
    assert "비밀 회의" not in public
    assert "회의기업" not in public


def test_a_form_with_a_fault_keeps_what_was_typed(client, place):
    page = book(client, place, **{"book-people": "99"})
    assert page.status_code == 422
    assert "6명까지" in words(page)
    assert 'value="비밀 회의"' in page.content.decode()
    assert book(client, place, **{"book-start": "25:00"}).status_code == 422
    assert book(client, place, **{"book-on": "2020-02-30"}).status_code == 422
    assert Booking.objects.count() == 0


def test_a_taken_time_is_told_and_nothing_breaks(client, place):
    book(client, place)
    assert "방금 다른 예약이 들어왔습니다" in words(book(client, place))
    assert Booking.objects.count() == 1


def test_whoever_acts_for_nobody_is_told_what_to_do(client, place):
    client.force_login(person())
    response = client.get(address("book", "mapo", "small"))
    assert response.status_code == 403
    assert "먼저 내 기업을 등록" in words(response)


def test_odd_addresses(client, place):
    client.force_login(place.by)
    assert client.get(address("book", "mapo", "small"), {"start": "yesterday\x00"}).status_code == 200
    assert client.get(address("book", "mapo", "none")).status_code == 404
    assert client.get(address("meeting_day", "none")).status_code == 404
    assert client.get(address("meeting_day", "mapo"), {"on": "2019-02-30", "room": "none"}).status_code == 200
    BookingRule.objects.all().delete()
    assert client.get(address("meeting_day", "mapo")).status_code == 200
    assert client.get(address("book", "mapo", "small")).status_code == 404


def test_the_day_takes_as_many_queries_for_many_rooms_as_for_one(client, place, django_assert_num_queries):
    url, on = address("meeting_day", "mapo"), {"on": place.day.isoformat()}
    client.get(url, on)
    with django_assert_num_queries(6):
        client.get(url, on)
    for code in ("two", "three", "four"):
        meeting_room(place.hub, code)
    book(client, place)
    client.logout()
    with django_assert_num_queries(6):
        client.get(url, on)


def test_a_calendar_reads_its_own_persons_bookings(client, place):
    book(client, place)
    page = client.get(address("bookings")).content.decode()
    feed = re.search(r'href="(http://testserver[^"]+\.ics)"', page)[1]
    client.logout()
    found = client.get(feed)
    assert found["Content-Type"].startswith("text/calendar")
    [event] = Calendar.from_ical(found.content).walk("VEVENT")
    assert (event["SUMMARY"], event["STATUS"]) == ("회의실 small: 비밀 회의", "TENTATIVE")
    assert event["DTSTART"].dt.astimezone(SEOUL).hour == 10
    services.cancel_booking(booking=Booking.objects.get(), by=place.by, now=database_now())
    [event] = Calendar.from_ical(client.get(feed).content).walk("VEVENT")
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1), "kept, so that calendars take it out"
    place.by.set_password("다른-비밀번호-7")
    place.by.save()
    assert client.get(feed).status_code == 404, "a changed password ends the address"
    for token in ("nobody", "0" * 32 + "-" + "0" * 40, "-"):
        assert client.get(address("booking_feed", token)).status_code == 404


def test_the_sign_at_the_door_names_nobody(client, place):
    empty = words(client.get(address("door_sign", "mapo", "small")))
    assert "비어 있음" in empty
    book(client, place)
    client.logout()
    assert "회의기업" not in words(client.get(address("door_sign", "mapo", "small")))


def test_the_officer_answers_closes_and_opens_rooms(client, place):
    book(client, place)
    booking = Booking.objects.get()
    enter(client, place.officer)
    desk = address("room_desk", "mapo")
    assert "비밀 회의" in words(client.get(desk))
    client.post(address("booking", booking.public_id) + "?act=confirm")
    booking.refresh_from_db()
    assert booking.status == "CONFIRMED"
    night = {"close-starts_at": f"{place.day}T09:00", "close-ends_at": f"{place.day}T22:00", "close-note": "점검"}
    client.post(desk + "?act=close", {"close-room": "small", **night})
    booking.refresh_from_db()
    assert booking.status == "CANCELLED"
    room = {"room-code": "big", "room-name_ko": "큰방", "room-name_en": "Big", "room-seats": "20"}
    client.post(desk + "?act=room", {**room, "room-from_date": "2020-01-01", "room-needs_approval": "on"})
    assert MeetingRoom.objects.get(code="big").needs_approval is True
    rule = {
        "from_date": place.day.isoformat(), "opens_minute": "480", "closes_minute": "1200", "quota_hours": "10",
        "longest_hours": "2", "ahead_days": "30", "cancel_minutes": "60", "check_in_minutes": "15", "no_show_limit": "2",
    }  # fmt: skip
    client.post(desk + "?act=rule", {f"rule-{name}": value for name, value in rule.items()})
    assert BookingRule.objects.get(from_date=place.day).quota_minutes == 600
