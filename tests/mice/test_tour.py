"""The tour's places: booked, confirmed together, given back, waited for, offered, closed by the clock."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from ledger.models import Record
from portal.core import outbox
from portal.core.errors import Invalid, Late, NotAllowed, Overtaken
from portal.core.models import OutboxMessage
from portal.mice import queries, services
from portal.mice.models import TourBooking, TourSession
from tests.factories import tour
from tests.factories.people import person, with_role
from tests.factories.tour import CUTOFF, NOW, STARTS

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def kept():
    """Whatever a test did, the deferred triggers agree with it."""
    yield
    settle()


def settle():
    """Let the deferred triggers speak, as a commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture
def officer():
    version = tour.course()
    return with_role("event.officer", cluster=version.course.cluster)


def publish(by, version=None, **fields):
    given = {"version": version or tour.course(), "starts_at": STARTS, "language": "ko", "now": NOW}
    return services.publish_session(by=by, **{**given, **fields})


@pytest.fixture
def session(officer):
    return publish(officer)


def book(session, party=2, now=NOW, **fields):
    return services.book(
        session=session, party=party, now=now, **{"name": "김하늘", "email": "sky@example.com", **fields}
    )


def state(session):
    session.refresh_from_db()
    kept = dict(session.bookings.order_by("requested_at", "id").values_list("pk", "status"))
    return session.status, session.taken, list(kept.values())


def leaves(row):
    found = Record.objects.filter(subject_table=row._meta.db_table, subject_pk=str(row.pk))
    return [json.loads(bytes(record.leaf))["type"] for record in found.order_by("id")]


def told():
    found = OutboxMessage.objects.filter(topic="tour.letter").order_by("id")
    return [message.payload["word"] for message in found]


def test_a_session_is_published_with_a_copy_of_its_itinerary(session):
    assert (session.status, session.capacity, session.min_people, session.cutoff_at) == ("OPEN", 8, 3, CUTOFF)
    assert [visit.stop for visit in session.visits()] == ["stop-1", "stop-2", "stop-3"]
    assert session.ends_at == STARTS + timedelta(minutes=3 * 40 + 2 * 10)
    assert leaves(session) == ["event.tour.published/1"]


@pytest.mark.parametrize(
    ("starts_at", "sentence"),
    [
        (STARTS + 3 * DAY, "거점 1: 그날 문을 닫습니다. 거점 2: 그날 문을 닫습니다."),
        (STARTS - timedelta(hours=6), "거점 1: 문을 열기 전에 도착합니다."),
        (STARTS + timedelta(hours=2), "거점 3: 문을 닫은 뒤에 끝납니다."),
        (NOW + 2 * DAY, "그날|마감이 이미"),
    ],
)
def test_a_session_that_cannot_be_is_refused_with_what_stands_against_it(officer, starts_at, sentence):
    with pytest.raises(Invalid, match=sentence):
        publish(officer, starts_at=starts_at)
    assert not TourSession.objects.exists()


def test_leaving_a_stop_on_the_minute_of_closing_is_in_time(officer):
    length = timedelta(minutes=3 * 40 + 2 * 10)
    closing = STARTS.replace(hour=9)
    assert publish(officer, starts_at=closing - length).ends_at == closing
    with pytest.raises(Invalid, match="닫은 뒤"):
        publish(officer, starts_at=closing - length + MINUTE)


def test_who_may_publish_and_what_else_is_refused(officer):
    with pytest.raises(NotAllowed):
        publish(person())
    with pytest.raises(Invalid, match="최소 인원"):
        publish(officer, min_people=9)
    guide = person()
    publish(officer, guide=guide)
    with pytest.raises(Invalid, match="해설사"):
        publish(officer, guide=guide, starts_at=STARTS + MINUTE)
    version = tour.course()
    version.stops.get(place=2).leg.delete()
    with pytest.raises(Invalid, match="이동이 빠져"):
        publish(officer, version)


def test_the_booking_that_reaches_the_minimum_confirms_all(session):
    first = book(session, 2)
    assert (first.status, state(session)) == ("PENDING", ("OPEN", 2, ["PENDING"]))
    second = book(session, 1)
    assert (second.status, state(session)) == ("CONFIRMED", ("CONFIRMED", 3, ["CONFIRMED", "CONFIRMED"]))
    assert told() == ["pending", "pending", "confirmed", "confirmed"]
    assert book(session, 1).status == "CONFIRMED"
    assert session.sequence == 1


def test_booking_closes_by_the_clock_and_has_its_bounds(session):
    for party, refusal in ((0, "1명 이상"), (9, "단체")):
        with pytest.raises(Invalid, match=refusal):
            book(session, party)
    with pytest.raises(Late, match="마감"):
        book(session, now=CUTOFF)
    assert book(session, 8, now=CUTOFF - MINUTE).status == "CONFIRMED"


def test_a_fall_below_the_minimum_before_the_cutoff_opens_it_again(session):
    book(session, 1)
    leaver = book(session, 2)
    services.cancel(booking=leaver, now=CUTOFF - MINUTE)
    assert state(session) == ("OPEN", 1, ["PENDING", "CANCELLED"])
    assert told()[-2:] == ["cancelled", "unconfirmed"]
    with pytest.raises(Overtaken):
        services.cancel(booking=leaver, now=CUTOFF - MINUTE)


def test_after_the_cutoff_a_confirmed_session_runs_with_fewer(session):
    book(session, 1)
    leaver = book(session, 2)
    settle()
    services.cancel(booking=leaver, now=CUTOFF)
    assert state(session) == ("CONFIRMED", 1, ["CONFIRMED", "CANCELLED"])
    assert services.close_due_sessions(now=CUTOFF + DAY) == 0
    assert state(session)[0] == "CONFIRMED"


def test_a_tour_that_began_is_not_cancelled_by_link(session):
    booking = book(session, 3)
    with pytest.raises(Late, match="이미 시작"):
        services.cancel(booking=booking, now=STARTS)


def test_at_the_cutoff_too_few_people_cancel_it_and_everybody_is_told(session):
    book(session, 2)
    with pytest.raises(Invalid):
        services.close_session(session=session, now=CUTOFF - MINUTE)
    assert services.close_due_sessions(now=CUTOFF) == 1
    assert state(session) == ("CANCELLED_MIN", 0, ["CANCELLED"])
    assert (told()[-1], services.close_due_sessions(now=CUTOFF)) == ("too_few", 0)


def test_a_party_too_large_is_passed_over_and_keeps_its_place(session):
    leaver, _stays = book(session, 2), book(session, 6)
    large, small = book(session, 3, now=NOW + MINUTE), book(session, 1, now=NOW + 2 * MINUTE)
    assert (large.status, queries.rank(large), queries.rank(small)) == ("WAITING", 1, 2)
    services.cancel(booking=leaver, now=NOW + DAY)
    assert state(session) == ("CONFIRMED", 7, ["CANCELLED", "CONFIRMED", "WAITING", "OFFERED"])
    assert (queries.rank(large), queries.rank(small)) == (1, 0)


@pytest.fixture
def offered(session):
    leaver, _stays = book(session, 2), book(session, 6)
    line = [book(session, 2, now=NOW + n * MINUTE) for n in (1, 2)]
    services.cancel(booking=leaver, now=NOW + MINUTE * 3)
    first, second = (TourBooking.objects.get(pk=booking.pk) for booking in line)
    assert (first.status, second.status) == ("OFFERED", "WAITING")
    return first, second


def test_an_offer_is_accepted_in_time(offered, session):
    first, _second = offered
    with pytest.raises(Late):
        services.accept(booking=first, now=first.offer_expires_at)
    assert services.accept(booking=first, now=first.offer_expires_at - MINUTE).status == "CONFIRMED"
    with pytest.raises(Overtaken):
        services.accept(booking=first, now=NOW + DAY)
    assert state(session)[1] == 8


def test_an_offer_nobody_answers_goes_to_the_next(offered, session):
    first, second = offered
    with pytest.raises(Invalid):
        services.lapse_offer(booking=first, now=first.offer_expires_at - MINUTE)
    assert services.lapse_due_offers(now=first.offer_expires_at) == 1
    assert state(session) == ("CONFIRMED", 8, ["CANCELLED", "CONFIRMED", "LAPSED", "OFFERED"])
    second.refresh_from_db()
    services.leave(booking=second, now=NOW + DAY)
    assert state(session) == ("CONFIRMED", 6, ["CANCELLED", "CONFIRMED", "LAPSED", "LEFT"])
    with pytest.raises(Overtaken):
        services.leave(booking=second, now=NOW + DAY)


def test_no_offer_outlives_the_cutoff_and_the_line_goes_home(offered, session):
    first, _second = offered
    assert first.offer_expires_at <= CUTOFF
    assert services.close_due_sessions(now=CUTOFF) == 1
    assert state(session) == ("CONFIRMED", 6, ["CANCELLED", "CONFIRMED", "LAPSED", "LEFT"])
    assert told()[-2:] == ["lapsed", "line_closed"]


def test_an_offer_counts_as_nobody_for_the_minimum(officer):
    session = publish(officer, tour.course(capacities=(3,)))
    leaver, waiter = book(session, 3), book(session, 3, now=NOW + MINUTE)
    services.cancel(booking=leaver, now=NOW + DAY)
    assert state(session) == ("OPEN", 3, ["CANCELLED", "OFFERED"])
    assert services.accept(booking=waiter, now=NOW + DAY).status == "CONFIRMED"
    assert state(session)[0] == "CONFIRMED"


def test_the_office_calls_a_session_off(officer, session):
    book(session, 8)
    book(session, 1, now=NOW + MINUTE)
    with pytest.raises(NotAllowed):
        services.cancel_session(session=session, by=person(), now=NOW, reason="태풍")
    services.cancel_session(session=session, by=officer, now=NOW + DAY, reason="태풍")
    assert state(session) == ("CANCELLED", 0, ["CANCELLED", "LEFT"])
    with pytest.raises(Late, match="받지 않는"):
        book(session)


def test_names_are_forgotten_thirty_days_after_the_tour(session):
    booking = book(session, 3, phone="010-0000-0000", access_needs="휠체어")
    late = session.ends_at + 30 * DAY
    assert services.erase_due_names(now=late - MINUTE) == 0
    assert (services.erase_due_names(now=late), services.erase_due_names(now=late)) == (1, 0)
    booking.refresh_from_db()
    assert (booking.name, booking.email, booking.phone, booking.access_needs) == ("", "", "", "")
    assert (booking.party, booking.status, booking.erased_at) == (3, "CONFIRMED", late)


def test_a_link_finds_its_booking_and_the_row_does_not_know_it(session):
    booking = book(session)
    secret = services.link_secret(booking.public_id)
    assert TourBooking.objects.get(link_hash=services.link_hash(secret)) == booking
    assert secret not in str(TourBooking.objects.values().get())


@pytest.mark.parametrize(
    ("language", "subject", "day"), [("ko", "예약을 받았습니다", "2020"), ("ja", "A blockchain walk", "2020")]
)
def test_a_letter_is_written_in_the_language_of_the_visitor(session, language, subject, day):
    book(session, 1, language=language)
    book(session, 1, email="", phone="010-0000-0000")
    assert told() == ["pending"]
    outbox.drain()
    (letter,) = mail.outbox
    assert (subject in letter.subject, day in letter.body, letter.to) == (True, True, ["sky@example.com"])
    assert "{" not in letter.subject + letter.body
    assert timezone.is_aware(session.starts_at)
