"""Waiting for a meeting room in order, and the time in which one is cleaned."""

from datetime import timedelta

import pytest

from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.notices.models import Notice
from tenancy import queries, services
from tenancy.models import Booking, BookingRule, QuotaUse, RoomWait
from tests.factories.people import company, leaves, person
from tests.factories.space import NOW, in_seoul, resident
from tests.tenancy.test_bookings import TOMORROW, book, place  # noqa: F401  (the fixture)
from tests.tenancy.test_constraints import refused
from tests.tenancy.test_views import address, enter

pytestmark = pytest.mark.django_db
TEN = timedelta(minutes=10)


def hours(first, last):
    return {"starts_at": in_seoul(TOMORROW, first), "ends_at": in_seoul(TOMORROW, last)}


def waits(place, code="802", first=10, last=11, now=NOW):  # noqa: F811
    """Another resident asks to be told."""
    lease = resident(place, code)
    by = lease.organisation.memberships.get().user
    return services.ask_for_room(room=place.room, organisation=lease.organisation, by=by, now=now, **hours(first, last))


def state(row):
    return type(row).objects.get(pk=row.pk).status


@pytest.fixture
def queue(place):  # noqa: F811
    """Booked from ten to eleven; two companies wait for it, a third for the hour after it too."""
    place.booking = book(place)
    place.first = waits(place)
    outsider = person()
    place.late = services.ask_for_room(
        room=place.room, organisation=company(outsider), by=outsider, now=NOW + TEN, **hours(10, 11)
    )
    return place


def test_freed_it_is_held_for_the_first_alone_then_for_the_next(queue):
    services.cancel_booking(booking=queue.booking, by=queue.master, now=NOW)
    assert (state(queue.first), state(queue.late)) == ("OFFERED", "WAITING")
    with pytest.raises(Overtaken):
        book(queue, by=queue.master)
    assert Notice.objects.filter(topic="space.room_wait").count() == 1
    assert services.pass_on_waits(now=NOW + TEN - timedelta(seconds=1)) == 0
    assert services.pass_on_waits(now=NOW + TEN) == 1
    assert (state(queue.first), state(queue.late)) == ("PASSED", "OFFERED")
    assert [leaf["type"].split(".")[2] for leaf in leaves(queue.first)] == ["asked/1", "offered/1", "passed/1"]
    assert Booking.objects.filter(kind="HOLD", status="CONFIRMED").get().organisation == queue.late.organisation


def test_taken_within_the_ten_minutes_it_is_a_booking_that_counts(queue):
    services.cancel_booking(booking=queue.booking, by=queue.master, now=NOW)
    wait, by = RoomWait.objects.get(pk=queue.first.pk), queue.first.asked_by
    with pytest.raises(NotAllowed):
        services.take_offered_room(wait=wait, purpose="회의", people=2, by=queue.master, now=NOW)
    made = services.take_offered_room(wait=wait, purpose="회의", people=2, by=by, now=NOW + timedelta(minutes=9))
    assert (state(wait), made.status, wait.hold.kind) == ("TAKEN", "CONFIRMED", "HOLD")
    assert QuotaUse.objects.get(organisation=wait.organisation).used_minutes == 60
    assert state(queue.late) == "WAITING"
    with pytest.raises(Overtaken):
        services.take_offered_room(wait=wait, purpose="회의", people=2, by=by, now=NOW)


def test_too_late_to_take_and_giving_way_to_the_next(queue):
    services.cancel_booking(booking=queue.booking, by=queue.master, now=NOW)
    wait = RoomWait.objects.select_related("organisation", "hold", "room__hub").get(pk=queue.first.pk)
    with pytest.raises(Overtaken, match="10분"):
        services.take_offered_room(wait=wait, purpose="회의", people=2, by=wait.asked_by, now=NOW + TEN)
    services.leave_wait(wait=wait, by=wait.asked_by, now=NOW)
    assert (state(wait), state(queue.late)) == ("LEFT", "OFFERED")


def test_a_room_nobody_came_to_and_one_refused_are_offered_too(queue):
    type(queue.room).objects.update(needs_approval=True)
    queue.room.needs_approval = True
    asked = book(queue, 14)
    afternoon = services.ask_for_room(
        room=queue.room, organisation=queue.first.organisation, by=queue.first.asked_by, now=NOW, **hours(14, 15)
    )
    services.refuse_booking(booking=asked, reason="행사", by=queue.officer, now=NOW)
    assert (asked.status, state(afternoon)) == ("REFUSED", "OFFERED")
    later = services.ask_for_room(
        room=queue.room, organisation=queue.company, by=queue.master, now=NOW,
        starts_at=in_seoul(TOMORROW, 10, 30), ends_at=in_seoul(TOMORROW, 11),
    )  # fmt: skip
    assert services.release_no_shows(now=in_seoul(TOMORROW, 10, 15)) == 1
    assert state(later) == "OFFERED"
    assert services.pass_on_waits(now=in_seoul(TOMORROW, 10, 31)) == 4
    assert {state(one) for one in (queue.first, queue.late, later, afternoon)} == {"PASSED"}


def test_a_free_time_is_booked_not_waited_for_and_asking_twice_finds_the_first(queue):
    ask = {"room": queue.room, "organisation": queue.first.organisation, "by": queue.first.asked_by, "now": NOW}
    with pytest.raises(Invalid, match="비어 있는"):
        services.ask_for_room(**ask, **hours(15, 16))
    with pytest.raises(Invalid, match="지난 시간"):
        services.ask_for_room(**{**ask, "now": in_seoul(TOMORROW, 10)}, **hours(10, 11))
    assert services.ask_for_room(**ask, **hours(10, 11)) == queue.first
    with pytest.raises(NotAllowed):
        services.ask_for_room(**{**ask, "by": person()}, **hours(10, 11))
    assert [queries.ahead_of(one) for one in (queue.first, queue.late)] == [0, 1]


def cleaned(place, minutes=30):  # noqa: F811
    BookingRule.objects.update(cleaning_minutes=minutes)
    return book(place)


def test_after_a_meeting_the_room_is_cleaned_by_a_row_of_its_own(place):  # noqa: F811
    booking = cleaned(place)
    gap = Booking.objects.get(kind="CLEANING")
    assert (gap.follows, gap.status, gap.period.lower) == (booking, "CONFIRMED", booking.period.upper)
    with pytest.raises(Overtaken):
        book(place, 11)
    with pytest.raises(Overtaken):
        book(place, 9, 60)  # it could not be cleaned before the next begins
    services.cancel_booking(booking=booking, by=place.master, now=NOW)
    assert state(gap) == "CANCELLED"
    assert book(place, 11).status == "CONFIRMED"


def test_a_blackout_over_bookings_tells_the_holders_and_takes_their_cleaning_away(place):  # noqa: F811
    """§15 case 15."""
    booking = cleaned(place)
    made = services.black_out(room=place.room, note="누수", by=place.officer, now=NOW, **hours(10, 12))
    assert (state(booking), made.kind, made.status) == ("CANCELLED", "BLACKOUT", "CONFIRMED")
    assert not Booking.objects.filter(kind="CLEANING", status="CONFIRMED").exists()
    assert QuotaUse.objects.get().used_minutes == 0
    assert Notice.objects.filter(topic="space.booking").exists()


def test_a_blackout_over_the_cleaning_alone_leaves_the_meeting(place):  # noqa: F811
    booking = cleaned(place)
    services.black_out(room=place.room, note="누수", by=place.officer, now=NOW, **hours(11, 12))
    assert state(booking) == "CONFIRMED"


def test_the_rule_bounds_the_cleaning(place):  # noqa: F811
    values = {"opens_minute": 540, "closes_minute": 1320, "quota_minutes": 60, "longest_minutes": 60}
    when = {"hub": place.hub, "from_date": TOMORROW + timedelta(days=9), "by": place.officer, "now": NOW}
    with pytest.raises(Invalid, match="60분"):
        services.set_booking_rule(**when, **values, cleaning_minutes=65)
    assert services.set_booking_rule(**when, **values, cleaning_minutes=15).cleaning_minutes == 15


def test_around_the_services(queue):
    rows = RoomWait.objects.all()
    refused(lambda: rows.update(status="X"), "room_wait_status_known")
    refused(lambda: rows.update(status="OFFERED"), "room_wait_offered_until_a_time")
    refused(lambda: rows.update(status="TAKEN"), "room_wait_taken_has_booking")
    first = RoomWait.objects.get(pk=queue.first.pk)
    first.pk = None
    first.public_id = queue.booking.public_id
    refused(first.save, "one_wait_per_company_and_time")
    bookings = Booking.objects.filter(pk=queue.booking.pk)
    refused(lambda: bookings.update(kind="CLEANING"), "cleaning_follows_a_meeting")
    refused(lambda: bookings.update(kind="HOLD", organisation=None), "hold_is_for_somebody")
    refused(lambda: BookingRule.objects.update(cleaning_minutes=90), "booking_rule_cleans_within_an_hour")


def test_by_its_pages(queue, client):
    tenant = enter(client, queue.first.asked_by)
    page = address("room_wait", queue.first.public_id)
    assert "앞에 기다리는 요청" in tenant.get(page).content.decode()
    services.cancel_booking(booking=queue.booking, by=queue.master, now=NOW)
    assert "예약하기" in tenant.get(page).content.decode()
    assert "비면 알려 달라고 한 시간" in tenant.get(address("bookings")).content.decode()
    tenant.post(f"{page}?act=leave")
    assert state(queue.first) == "LEFT"
    assert "비면 알려 달라고 한 시간" not in tenant.get(address("bookings")).content.decode()
    asked = tenant.get(address("ask_room", "mapo", "small") + "?start=2019-12-24T10:00").content.decode()
    assert "비면 알려 주세요" in asked
