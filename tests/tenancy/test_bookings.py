"""Booking a meeting room: rules, quotas, approval, cancelling, using, freeing, closing."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from portal.core.errors import Invalid, Late, NotAllowed, Overtaken
from portal.notices.models import Notice
from portal.plan import registry
from tenancy import services
from tenancy.models import Booking, BookingRule, QuotaUse
from tenancy.services import Wish
from tests.factories.people import company, leaves, person
from tests.factories.space import NOW, START, in_seoul, meeting_room, resident, space

pytestmark = pytest.mark.django_db
TOMORROW = START + timedelta(days=1)


@pytest.fixture
def place():
    found = space("801 802")
    found.lease = resident(found, "801")
    found.company = found.lease.organisation
    found.master = found.company.memberships.get().user
    found.room = meeting_room(found.hub)
    return found


def wish(place, **fields):
    return Wish(**{"room": place.room, "organisation": place.company, "purpose": "주간 회의", "people": 3, **fields})


def book(place, hour=10, minutes=60, *, on=TOMORROW, by=None, now=NOW, **fields):
    start = in_seoul(on, hour)
    return services.book(
        wish=wish(place, **fields), starts_at=start, ends_at=start + timedelta(minutes=minutes),
        by=by or place.master, now=now,
    )  # fmt: skip


def quota(place):
    return QuotaUse.objects.get(organisation=place.company)


def test_a_tenant_books_at_once_and_it_counts(place):
    booking = book(place, minutes=90)
    assert (booking.status, booking.counted_minutes) == ("CONFIRMED", 90)
    assert (quota(place).used_minutes, quota(place).month) == (90, date(2019, 12, 1))
    [leaf] = leaves(booking)
    assert leaf["type"] == "space.booking.booked/1"
    assert (leaf["data"]["to"], leaf["data"]["room"]) == ("CONFIRMED", "mapo.small")


def test_the_same_time_is_taken_and_the_next_is_free(place):
    book(place, 10)
    other = resident(place, "802")
    with pytest.raises(Overtaken, match="방금 다른 예약이"):
        book(place, 10, 15, organisation=other.organisation, by=other.organisation.memberships.get().user)
    assert book(place, 11).status == "CONFIRMED"
    assert QuotaUse.objects.filter(organisation=other.organisation).count() == 0


@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        ({"hour": 8}, "start", "이용 시간 안에서"),
        ({"hour": 21, "minutes": 75}, "start", "이용 시간 안에서"),
        ({"minutes": 50}, "start", "15분 단위"),
        ({"minutes": 255}, "minutes", "4시간까지"),
        ({"on": START - timedelta(days=1)}, "start", "지난 시간"),
        ({"on": START + timedelta(days=61)}, "on", "60일 뒤까지만"),
        ({"people": 7}, "people", "6명까지"),
        ({"purpose": "  "}, "purpose", "사용 목적"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(place, asked, field, words):
    with pytest.raises(Invalid, match=words) as refusal:
        book(place, **asked)
    assert refusal.value.field == field
    assert Booking.objects.count() == 0


def test_a_month_is_used_up_and_given_back_in_time(place):
    BookingRule.objects.update(quota_minutes=90)
    first = book(place, 10)
    with pytest.raises(Invalid, match="남은 이용 시간은 30분"):
        book(place, 12)
    assert services.cancel_booking(booking=first, by=place.master, now=NOW) is True
    assert quota(place).used_minutes == 0
    assert book(place, 12, 90).status == "CONFIRMED"


def test_cancelled_too_late_the_time_stays_counted(place):
    booking = book(place, 10)
    assert services.cancel_booking(booking=booking, by=place.master, now=in_seoul(TOMORROW, 9, 30)) is False
    assert quota(place).used_minutes == 60
    assert book(place, 10).status == "CONFIRMED", "the room is free all the same"


def test_what_has_begun_is_not_cancelled(place):
    booking = book(place, 10)
    with pytest.raises(Late):
        services.cancel_booking(booking=booking, by=place.master, now=in_seoul(TOMORROW, 10))


def test_the_month_is_that_of_the_start_and_a_night_passes_midnight(place):
    BookingRule.objects.update(opens_minute=0, closes_minute=1440)
    booking = book(place, 23, 120, on=date(2019, 12, 31))
    assert booking.quota.month == date(2019, 12, 1)
    assert booking.counted_minutes == 120


def test_large_rooms_and_outsiders_wait_for_the_officer(place):
    place.room.needs_approval = True
    place.room.save()
    booking = book(place, 10)
    assert booking.status == "REQUESTED"
    services.confirm_booking(booking=booking, by=place.officer, now=NOW)
    assert booking.status == "CONFIRMED"
    outsider = person()
    guest = company(outsider, name="바깥기업")
    asked = book(place, 14, organisation=guest, by=outsider)
    assert (asked.status, asked.counted_minutes) == ("REQUESTED", 0)
    services.refuse_booking(booking=asked, reason="입주기업만", by=place.officer, now=NOW)
    assert asked.status == "REFUSED"
    assert Notice.objects.filter(user=outsider, topic="space.booking").count() == 2


def test_three_times_nobody_came_and_the_next_needs_an_approval(place):
    for hour in (9, 10, 11):
        book(place, hour)
    assert services.release_no_shows(now=in_seoul(TOMORROW, 9, 14)) == 0
    assert services.release_no_shows(now=in_seoul(TOMORROW, 11, 15)) == 3
    assert services.release_no_shows(now=in_seoul(TOMORROW, 11, 15)) == 0
    assert quota(place).used_minutes == 180, "what nobody used stays counted"
    assert book(place, 15).status == "REQUESTED"


def test_checking_in_keeps_the_room(place):
    booking = book(place, 10)
    with pytest.raises(Invalid, match="10분 전부터"):
        services.check_in(booking=booking, by=place.master, now=in_seoul(TOMORROW, 9, 49))
    services.check_in(booking=booking, by=place.master, now=in_seoul(TOMORROW, 9, 50))
    assert services.release_no_shows(now=in_seoul(TOMORROW, 10, 30)) == 0
    late = book(place, 13)
    with pytest.raises(Late):
        services.check_in(booking=late, by=place.master, now=in_seoul(TOMORROW, 13, 15))


def test_weeks_are_taken_together_or_not_at_all(place):
    start = in_seoul(TOMORROW, 10)
    taken = book(place, 10, on=TOMORROW + timedelta(weeks=2))
    weekly = {"wish": wish(place), "starts_at": start, "ends_at": start + timedelta(hours=1), "by": place.master}
    with pytest.raises(Invalid, match=r"2020\. 1\. 7"):
        services.book_weekly(**weekly, times=3, now=NOW)
    assert Booking.objects.count() == 1
    services.cancel_booking(booking=taken, by=place.master, now=NOW)
    made = services.book_weekly(**weekly, times=3, now=NOW)
    assert len({row.series for row in made}) == 1
    assert [row.status for row in made] == ["CONFIRMED"] * 3


def test_a_blackout_over_bookings_cancels_gives_back_and_tells(place):
    booking = book(place, 10)
    services.black_out(
        room=place.room, starts_at=in_seoul(TOMORROW, 9), ends_at=in_seoul(TOMORROW, 12), note="누수 공사",
        by=place.officer, now=NOW,
    )  # fmt: skip
    booking.refresh_from_db()
    assert (booking.status, quota(place).used_minutes) == ("CANCELLED", 0)
    assert Notice.objects.filter(user=place.master, topic="space.booking").count() == 1
    with pytest.raises(Overtaken):
        book(place, 11)


def test_strangers_neither_book_for_a_company_nor_handle(place):
    with pytest.raises(NotAllowed):
        book(place, by=person())
    booking = book(place)
    for action in (services.cancel_booking, services.check_in, services.confirm_booking):
        with pytest.raises(NotAllowed):
            action(booking=booking, by=person(), now=NOW)
    with pytest.raises(NotAllowed):
        services.set_booking_rule(hub=place.hub, from_date=TOMORROW, by=place.master, now=NOW)


def test_rules_change_from_tomorrow_and_old_bookings_keep_theirs(place):
    booking = book(place)
    values = {"opens_minute": 600, "closes_minute": 1080, "quota_minutes": 600, "longest_minutes": 60}
    with pytest.raises(Invalid, match="내일부터"):
        services.set_booking_rule(hub=place.hub, from_date=START, by=place.officer, now=NOW, **values)
    services.set_booking_rule(hub=place.hub, from_date=TOMORROW, by=place.officer, now=NOW, **values)
    with pytest.raises(Invalid, match="이용 시간"):
        book(place, 9)
    assert booking.rule.opens_minute == 540


def test_whoever_leaves_has_nothing_booked_from_that_day(place):
    booking = book(place, on=START + timedelta(days=50))
    leave = START + timedelta(days=30)
    gone = services.give_notice(lease=place.lease, leave_date=leave, by=place.master, now=NOW)
    services.schedule_inspection(move_out=gone, inspect_at=NOW, by=place.officer)
    found = {item.code: (True, "", 0, False) for item in gone.items.all()}
    services.inspect(move_out=gone, found=found, by=place.officer)
    services.return_keys(move_out=gone, on=leave, by=place.officer, now=NOW + timedelta(days=31))
    booking.refresh_from_db()
    assert booking.status == "CANCELLED"


def test_other_rooms_of_the_house_book_by_facts(place):
    asked = {"hub": "mapo", "room": "small", "starts_at": in_seoul(TOMORROW, 10), "ends_at": in_seoul(TOMORROW, 11)}
    assert registry.fact("tenancy.room_free", **asked) is True
    taken = registry.fact("tenancy.book_room", **asked, note="교육")
    assert registry.fact("tenancy.room_free", **asked) is False
    with pytest.raises(Overtaken):
        book(place, 10)
    assert registry.fact("tenancy.release_room", booking=taken) is True
    assert registry.fact("tenancy.room_free", **asked) is True
    assert registry.fact("tenancy.room_free", **{**asked, "room": "none"}) is None


def row(place, **fields):
    start = in_seoul(TOMORROW, 10)
    values = {
        "room": place.room, "period": DateTimeTZRange(start, start + timedelta(hours=1)), "status": "CONFIRMED",
        "kind": "HOUSE", "purpose": "x", "made_at": NOW,
    }  # fmt: skip
    return Booking.objects.create(**{**values, **fields})


def around(place, **fields):
    """The database refuses a row that went around the service."""
    start = in_seoul(TOMORROW, 10)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        row(place, **{"period": DateTimeTZRange(start, start + timedelta(hours=1)), **fields})
    return str(error.value)


@transaction.atomic
def at_commit(write):
    """What the deferred triggers say of a write."""
    write()
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_around_the_service_the_database_refuses(place):
    start = in_seoul(TOMORROW, 10)
    booking = book(place, 15)
    assert "booking_in_quarter_hours" in around(place, period=DateTimeTZRange(start, start + timedelta(minutes=20)))
    assert "one_booking_per_room_and_time" in around(place, period=booking.period)
    assert "not_empty" in around(place, period=DateTimeTZRange(start, start))
    assert "booking_status_known" in around(place, status="MAYBE")
    assert "booking_kind_known" in around(place, kind="PARTY")
    assert "booking_has_holder" in around(place, kind="MEETING")
    assert "booking_counts_against_a_quota" in around(place, counted_minutes=15)
    assert "booking_checked_in_at_a_time" in around(place, status="CHECKED_IN")
    with pytest.raises(IntegrityError, match="quota_not_overused"), transaction.atomic():
        QuotaUse.objects.update(used_minutes=100_000)
    with pytest.raises(IntegrityError, match="not the sum"):
        at_commit(lambda: QuotaUse.objects.update(used_minutes=15))


def test_no_booking_without_its_leaf(place):
    with pytest.raises(DatabaseError, match="leaf"):
        at_commit(lambda: row(place))
