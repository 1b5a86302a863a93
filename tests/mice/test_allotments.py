"""Places kept for an event's registrants: booked with a code, given back to them, released to everybody in time."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.mice import services
from portal.mice.models import EventAllotment, TourBooking, TourSession
from tests.factories import tour
from tests.factories.people import person, with_role
from tests.factories.tour import CUTOFF, NOW
from tests.tenancy.test_races import at_once

pytestmark = pytest.mark.usefixtures("committed_db")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
RELEASE = CUTOFF - 2 * DAY


@pytest.fixture
def session():
    return tour.session()


@pytest.fixture
def officer(session):
    return with_role("event.officer", cluster=session.version.course.cluster)


def keep(session, officer, places=5, release_at=RELEASE):
    given = {"session": session, "event": "블록체인 주간", "by": officer, "now": NOW}
    return services.keep_places(places=places, release_at=release_at, **given)


def book(session, party, code="", now=NOW):
    return services.book(session=session, party=party, name="김하늘", email="sky@example.com", code=code, now=now)


def counters(session):
    session.refresh_from_db()
    return session.taken, session.reserved


def test_a_code_opens_kept_places_and_others_do_not_get_them(session, officer):
    _allotment, code = keep(session, officer)
    assert (book(session, 4).status, book(session, 3).status) == ("WAITING", "CONFIRMED")
    assert counters(session) == (3, 5)
    assert book(session, 4, code).status == "CONFIRMED"
    assert counters(session) == (7, 1)
    assert book(session, 2, code).status == "WAITING"
    with pytest.raises(Invalid, match="행사 코드"):
        book(session, 1, "guessed")


def test_what_registrants_give_back_stays_theirs_until_the_release(session, officer):
    _allotment, code = keep(session, officer)
    booking = book(session, 4, code)
    services.cancel(booking=booking, now=NOW)
    assert counters(session) == (0, 5)
    booking = book(session, 4, code)
    waiting = book(session, 4, now=NOW + MINUTE)
    assert services.release_due_allotments(now=RELEASE - MINUTE) == 0
    assert services.release_due_allotments(now=RELEASE) == 1
    waiting.refresh_from_db()
    assert (waiting.status, counters(session)) == ("OFFERED", (8, 0))
    services.cancel(booking=booking, now=RELEASE)
    assert counters(session) == (4, 0)


def test_after_the_release_a_code_opens_nothing_more(session, officer):
    allotment, code = keep(session, officer)
    book(session, 3)
    booking = book(session, 2, code, now=RELEASE)
    assert (booking.status, booking.allotment, counters(session)) == ("WAITING", None, (3, 5))
    assert services.release(allotment=allotment, now=RELEASE) == 5
    with pytest.raises(Overtaken):
        services.release(allotment=allotment, now=RELEASE)


def test_what_cannot_be_kept(session, officer):
    for change, refusal in (
        ({"places": 9}, "남은 자리"),
        ({"places": 0}, "남은 자리"),
        ({"release_at": NOW}, "예약 마감 전"),
        ({"release_at": CUTOFF + MINUTE}, "예약 마감 전"),
    ):
        with pytest.raises(Invalid, match=refusal):
            keep(session, officer, **change)
    with pytest.raises(NotAllowed):
        keep(session, person())


def test_a_session_called_off_gives_back_what_registrants_had(session, officer):
    _allotment, code = keep(session, officer)
    book(session, 4, code)
    services.cancel_session(session=session, by=officer, now=NOW, reason="태풍")
    assert counters(session) == (0, 5)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("UPDATE mice_toursession SET reserved = 4", "keeps 4 places, its allotments say 5"),
        ("UPDATE mice_eventallotment SET used = 1", "its allotments say 4"),
        ("UPDATE mice_eventallotment SET used = 6", "allotment_never_overused"),
        ("UPDATE mice_eventallotment SET places = 6", "stays as it was given"),
        ("UPDATE mice_eventallotment SET released_at = release_at", "leaf"),
        ("UPDATE mice_eventallotment SET released_at = release_at - interval '1 day'", "allotment_released_in_time"),
        ("DELETE FROM mice_eventallotment", "DELETE of mice_eventallotment is forbidden"),
    ],
)
def test_the_database_refuses_whoever_goes_around(session, officer, change, rule):
    keep(session, officer)
    with pytest.raises(DatabaseError, match=rule):
        around(change)


@transaction.atomic
def around(statement):
    """Execute it and let the deferred triggers speak, as the commit does."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_registrant_books_while_the_places_are_released(session, officer):
    for _attempt in range(3):
        session = tour.session()
        allotment, code = keep(session, officer)
        outcomes = at_once(
            lambda session=session, code=code: book(session, 4, code, now=RELEASE - MINUTE).status,
            lambda allotment=allotment: services.release(allotment=allotment, now=RELEASE),
            lambda session=session: book(session, 4, now=RELEASE).status,
        )
        assert Counter(kind for kind, _ in outcomes) == {"done": 3}
        rows = TourBooking.objects.filter(session=session, status__in=["CONFIRMED", "PENDING", "OFFERED"])
        taken, reserved = counters(session)
        assert (taken, reserved) == (sum(rows.values_list("party", flat=True)), 0)
        assert taken == TourSession.objects.get(pk=session.pk).capacity
        assert EventAllotment.objects.get(pk=allotment.pk).used in (0, 4)
