"""Groups larger than a session of their course: they ask, are led to a session of their own, or are told why not."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import translation

from portal.core import outbox
from portal.core.errors import Invalid, Late, NotAllowed, Overtaken
from portal.mice import services
from portal.mice.models import TourBooking, TourGroup
from tests.factories import tour
from tests.factories.tour import NOW, STARTS
from tests.mice.doors import address, booked, browser, publish, secret, settle

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_korean():
    with translation.override("ko"):
        yield


@pytest.fixture
def version():
    return tour.course(capacities=(20, 15))


def asked(version, party=11, **fields):
    given = {"wished_at": STARTS, "name": "한뜰", "email": "group@example.com", "now": NOW, **fields}
    return services.ask_for_group(course=version.course, party=party, **given)


def led(group, version, people, **fields):
    given = {"starts_at": STARTS, "language": "ko", "by": people["officer"], "now": NOW, **fields}
    booking = services.lead_group(group=group, version=version, **given)
    settle()
    return booking


def test_a_group_of_eleven_has_a_session_for_itself(at, version, people):
    booking = led(asked(version), version, people)
    session = booking.session
    session.refresh_from_db()
    assert (session.status, session.taken, session.capacity, booking.status) == ("CONFIRMED", 11, 11, "CONFIRMED")
    with pytest.raises(Late, match="한 단체"):
        booked(session, 1)
    page = browser().get(address("course", version.course.code)).content.decode()
    assert str(session.public_id) not in page, "nobody else is led there"
    assert b"VEVENT" not in browser().get(address("feed", version.course.code)).content


def test_ten_book_for_themselves(version):
    with pytest.raises(Invalid, match="10명까지"):
        asked(version, 10)
    with pytest.raises(Invalid):
        asked(version, wished_at=NOW - DAY)


def test_a_way_too_small_for_the_group_is_told(version, people):
    group = asked(version, 16)
    with pytest.raises(Invalid, match="일정이 받을 수 있는 인원"):
        led(group, version, people)
    group.refresh_from_db()
    assert group.status == "ASKED"


def test_a_group_is_answered_once_and_by_the_office(version, people):
    group = asked(version)
    with pytest.raises(NotAllowed):
        led(group, version, people, by=people["elsewhere"])
    services.decline_group(group=group, by=people["officer"], now=NOW, reason="거점이 쉽니다.")
    with pytest.raises(Overtaken):
        led(group, version, people)


def test_a_group_is_written_to(version, people):
    group = asked(version)
    services.decline_group(group=group, by=people["officer"], now=NOW, reason="거점이 쉽니다.")
    outbox.drain()
    assert [letter.to for letter in mail.outbox] == [["group@example.com"]] * 2
    assert "11명" in mail.outbox[0].body


def test_the_database_keeps_others_out_of_a_groups_session(version, people):
    booking = led(asked(version), version, people)
    with pytest.raises(IntegrityError, match="for itself"), transaction.atomic():
        tour.party(booking.session, 1).save()
    other = publish(people, version, starts_at=STARTS + DAY)
    with pytest.raises(IntegrityError, match="for itself"), transaction.atomic():
        tour.party(other, 1, group=booking.group).save()


@pytest.mark.parametrize(
    "fields",
    [{"status": "LED"}, {"status": "LOST"}, {"party": 1}, {"name": ""}, {"email": ""}],
)
def test_the_database_refuses_half_groups(version, fields):
    given = {
        "course": version.course,
        "party": 11,
        "wished_at": STARTS,
        "asked_at": NOW,
        "name": "한뜰",
        "email": "a@example.com",
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        TourGroup.objects.create(**{**given, **fields})


@pytest.mark.parametrize("change", [{"party": 12}, {"session": None}])
def test_a_group_keeps_its_wish_and_its_session(version, people, change):
    group = asked(version)
    led(group, version, people)
    with pytest.raises(IntegrityError), transaction.atomic():
        TourGroup.objects.filter(pk=group.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        TourGroup.objects.filter(pk=group.pk).delete()


def test_names_of_groups_go_thirty_days_after(version, people):
    group = asked(version)
    led(group, version, people)
    services.erase_due_names(now=STARTS + 20 * DAY)
    group.refresh_from_db()
    assert group.name == "한뜰"
    services.erase_due_names(now=STARTS + 31 * DAY)
    group.refresh_from_db()
    assert (group.name, group.email) == ("", "")


def test_who_books_for_eleven_is_led_to_the_groups_form(session, version):
    client, there = browser(), address("book", session.public_id)
    page = client.get(there).content.decode()
    token = page.split('name="token" value="')[1].split('"')[0]
    given = {"party": 11, "name": "한뜰", "email": "group@example.com", "consent": "on", "token": token}
    response = client.post(there, given)
    assert response["Location"].startswith(address("group", session.version.course.code))
    assert 'value="11"' in client.get(response["Location"]).content.decode()


def test_the_group_asks_and_the_office_leads_in_the_browser(at, version, people):
    given = {"party": 12, "name": "한뜰", "phone": "010-1234-5678", "consent": "on", "wished_at": "2020-05-13T14:00"}
    there = address("group", version.course.code)
    assert browser().post(there, {**given, "party": 3}).status_code == 422
    assert browser().post(there, given).status_code == 302
    group, office = TourGroup.objects.get(), browser(people["officer"])
    assert "한뜰" in office.get(address("desk")).content.decode()
    lead = address("lead-group", group.public_id)
    assert office.get(lead).status_code == 200
    office.post(lead, {"starts_at": "2020-05-13T14:00", "language": "ko", "guide": people["guide"].email})
    booking = TourBooking.objects.get()
    assert (booking.party, booking.session.guide) == (12, people["guide"])
    ticket = browser().get(address("ticket", secret(booking))).content.decode()
    assert "확정" in ticket
    changed = browser().post(
        address("change", secret(booking)), {"session": str(booking.session.public_id), "party": 11}
    )
    assert changed.status_code == 422


def test_who_may_answer_groups(at, version, people):
    group = asked(version)
    for name in ("lead-group", "decline-group"):
        got = {
            role
            for role, user in people.items()
            if browser(user).get(address(name, group.public_id)).status_code == 200
        }
        assert got == {"officer"}, name


def test_the_office_says_why_not(at, version, people):
    group, office = asked(version), browser(people["officer"])
    there = address("decline-group", group.public_id)
    assert office.post(there, {"reason": ""}).status_code == 422
    office.post(there, {"reason": "거점이 쉽니다."})
    group.refresh_from_db()
    assert group.status == "DECLINED"
