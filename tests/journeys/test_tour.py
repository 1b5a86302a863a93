"""The tour, from the course's page on a phone to the guide's list; a group of its own; a tour called off, as calendars see it.

Nobody of the visitors has an account. What takes days (the way from booking to the tour's hour) the test brings forward.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar

from portal.core.clock import database_now
from portal.core.periods import SEOUL
from portal.mice.models import TourBooking, TourCourse, TourSession
from tests.factories import tour
from tests.journeys import story

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]

TICKET = r"http\S+/tours/bookings/[\w-]+/"
DESK = "/{lang}/tours/desk/"


@pytest.fixture
def course(at_site) -> TourCourse:
    """A course open at every hour, with places for a group."""
    version = tour.course(capacities=(20, 15))
    for stop in version.stops.all():
        stop.hours = {str(day): [0, 1440] for day in range(7)}
        stop.address_ko, stop.address_en = "서울특별시 마포구 백범로 31길 21", "21 Baekbeom-ro 31-gil, Mapo-gu, Seoul"
        stop.save()
    return version.course


@pytest.fixture
def office(visit):
    found = visit()
    found.enter_as("event")
    return found


def noon(days: int):
    return (database_now() + timedelta(days=days)).astimezone(SEOUL).replace(hour=12, minute=0, second=0, microsecond=0)


def open_session(office, course, language: str, days: int) -> TourSession:
    """The office opens a tour that it guides itself."""
    page = office.page
    office.go(DESK + f"{course.code}/new/")
    office.check()
    page.fill("[name=starts_at]", f"{noon(days):%Y-%m-%dT%H:%M}")
    page.select_option("[name=language]", language)
    page.fill("[name=guide]", story.staff("event").email)
    office.submit()
    office.check()
    return TourSession.objects.get(version__course=course, starts_at=noon(days))


def fill(visitor, *, party: int, email: str) -> None:
    visitor.page.fill("[name=party]", str(party))
    visitor.page.fill("[name=name]", visitor.word("김하늘", "Ada Stone"))
    visitor.page.fill("[name=email]", email)
    visitor.page.check("[name=consent]")


def choose(visitor, course) -> None:
    """From the list of courses to the first session's form."""
    visitor.go("/{lang}/tours/")
    visitor.check()
    visitor.follow(visitor.page.locator(f"a[href$='/tours/{course.code}/']"))
    visitor.check()
    visitor.follow(visitor.page.locator("a[href$='/book/']").first)
    visitor.check()


def entries(visitor, address: str) -> list:
    """What a calendar program reads there."""
    answer = visitor.page.request.get(address)
    assert answer.headers["content-type"].startswith("text/calendar")
    return Calendar.from_ical(answer.body()).walk("VEVENT")


def bring_forward(session: TourSession) -> None:
    """The tour's hour has come."""
    now = database_now()
    starts = now + timedelta(minutes=20)
    length = session.ends_at - session.starts_at
    TourSession.objects.filter(pk=session.pk).update(
        starts_at=starts, ends_at=starts + length, cutoff_at=now - timedelta(minutes=1), changed_at=now
    )


def test_a_participant_books_on_a_phone_and_is_checked_in(visit, site, office, course):
    session = open_session(office, course, "ko", 10)
    phone = visit(width=360)
    choose(phone, course)
    fill(phone, party=3, email="")
    phone.submit()
    assert phone.page.locator("[data-errors]").is_visible(), "without any address nobody can be told"
    assert phone.page.input_value("[name=name]") == "김하늘"
    phone.check()
    phone.page.fill("[name=email]", "sky@tour.example")
    phone.submit()
    phone.sees("확정", "3명")
    phone.check()
    phone.go_to(story.in_mail(site.var, to="sky@tour.example", pattern=TICKET))
    assert phone.page.locator("img.ticket__code").is_visible()
    bring_forward(session)
    office.go(DESK + f"sessions/{session.public_id}/")
    office.check()
    office.submit(within="form[action$='/step/start/']")
    office.page.check("[name=came]")
    office.submit(within="form[action$='/check-in/']")
    office.sees("3명이 입장했습니다")
    phone.page.reload()
    phone.sees("입장하셨습니다")
    phone.check()
    TourSession.objects.filter(pk=session.pk).update(starts_at=database_now() - timedelta(minutes=1))
    office.submit(within="form[action$='/step/finish/']")
    office.sees("종료")
    assert TourBooking.objects.get(session=session).status == "CHECKED_IN"


def test_a_group_of_eleven_is_led_to_its_own_session(visit, site, office, course):
    open_session(office, course, "en", 15)
    group = visit(language="en")
    choose(group, course)
    fill(group, party=11, email="group@tour.example")
    group.submit()
    assert urlsplit(group.page.url).path.endswith(f"/tours/{course.code}/group/")
    assert group.page.input_value("[name=party]") == "11"
    group.check()
    fill(group, party=11, email="group@tour.example")
    group.page.fill("[name=wished_at]", f"{noon(12):%Y-%m-%dT%H:%M}")
    group.submit()
    group.check()
    office.go(DESK)
    office.check()
    office.follow(office.page.locator("a[href*='/desk/groups/']").first)
    office.check()
    office.submit()
    office.sees("11 / 11")
    group.go_to(story.in_mail(site.var, to="group@tour.example", pattern=TICKET))
    group.sees("Confirmed", "11 people")
    group.check()
    own = TourSession.objects.get(version__course=course, group__isnull=False)
    stranger = visit(width=360, language="en")
    stranger.go("/{lang}/tours/" + course.code + "/")
    assert str(own.public_id) not in stranger.page.content(), "the group stays among itself"


def test_a_tour_called_off_reaches_calendars_as_cancelled(visit, site, office, course):
    session = open_session(office, course, "en", 20)
    visitor = visit(width=360, language="en")
    choose(visitor, course)
    fill(visitor, party=3, email="ada@tour.example")
    visitor.submit()
    public = f"{site.url}/en/tours/{course.code}.ics"
    own = visitor.page.locator("a[href$='/calendar.ics']").get_attribute("href")
    own = site.url + urlsplit(own).path
    before = [entries(visitor, feed)[0] for feed in (public, own)]
    office.go(DESK + f"sessions/{session.public_id}/cancel/")
    office.check()
    office.page.fill("[name=reason]", "해설사가 아픕니다.")
    office.submit()
    office.sees("취소")
    for feed, old in zip((public, own), before, strict=True):
        (new,) = entries(visitor, feed)
        assert new["UID"] == old["UID"]
        assert (old["STATUS"], new["STATUS"]) == ("CONFIRMED", "CANCELLED")
        assert new["SEQUENCE"] > old["SEQUENCE"]
        assert new["SUMMARY"] == "A blockchain walk"
    story.in_mail(site.var, to="ada@tour.example", pattern="We are sorry")
    visitor.page.reload()
    visitor.sees("does not go ahead")
    visitor.check()
