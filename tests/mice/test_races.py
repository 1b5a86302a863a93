"""Two at the same second, on real connections with real commits: never overbooked, one answer wins, the job runs twice."""

from collections import Counter
from datetime import timedelta

import pytest

from portal.mice import services
from portal.mice.models import TourBooking, TourSession
from tests.factories import tour
from tests.factories.tour import CUTOFF, NOW
from tests.tenancy.test_races import at_once

pytestmark = pytest.mark.usefixtures("committed_db")
MINUTE = timedelta(minutes=1)


def counted(outcomes):
    return Counter(kind for kind, _ in outcomes)


def book(session, party, now=NOW):
    return services.book(session=session, party=party, name="김하늘", email="sky@example.com", now=now)


def booking(session, party):
    return lambda: book(session, party).status


def held(session):
    """Places by the counter, and by the bookings."""
    rows = TourBooking.objects.filter(session=session, status__in=["PENDING", "CONFIRMED", "OFFERED"])
    return TourSession.objects.get(pk=session.pk).taken, sum(rows.values_list("party", flat=True))


def test_twenty_parties_for_eight_places():
    session = tour.session()
    outcomes = at_once(*[booking(session, 1 + n % 3) for n in range(20)])
    assert counted(outcomes) == {"done": 20}
    counter, parties = held(session)
    assert counter == parties
    assert counter in (7, 8)
    said = TourBooking.objects.filter(session=session).values_list("status", flat=True)
    assert set(said) == {"CONFIRMED", "WAITING"}


def test_the_one_that_reaches_the_minimum_confirms_all_however_close_they_come():
    for _attempt in range(3):
        session = tour.session()
        outcomes = at_once(booking(session, 1), booking(session, 1), booking(session, 1))
        assert counted(outcomes) == {"done": 3}
        assert set(TourBooking.objects.filter(session=session).values_list("status", flat=True)) == {"CONFIRMED"}


def test_a_booking_against_the_cancellation_that_takes_it_below_the_minimum():
    for _attempt in range(3):
        session = tour.session()
        leaver = book(session, 3)
        outcomes = at_once(lambda leaver=leaver: services.cancel(booking=leaver, now=NOW), booking(session, 2))
        assert counted(outcomes) == {"done": 2}
        session.refresh_from_db()
        assert (session.status, held(session)) == ("OPEN", (2, 2))


def offered():
    session = tour.session()
    leaver, _stays = book(session, 2), book(session, 6)
    first, second = (book(session, 2, now=NOW + n * MINUTE) for n in (1, 2))
    services.cancel(booking=leaver, now=NOW + 3 * MINUTE)
    first.refresh_from_db()
    assert first.status == "OFFERED"
    return session, first, second


def test_an_acceptance_against_the_clock():
    for _attempt in range(3):
        session, first, _second = offered()
        due = first.offer_expires_at
        outcomes = at_once(
            lambda first=first, due=due: services.accept(booking=first, now=due - MINUTE),
            lambda first=first, due=due: services.lapse_offer(booking=first, now=due),
        )
        assert counted(outcomes) == {"done": 1, "refused": 1}
        assert held(session) == (8, 8)


def test_the_job_twice_at_once():
    session, first, second = offered()
    due = first.offer_expires_at
    lapse = at_once(*[lambda: services.lapse_due_offers(now=due)] * 3)
    assert sorted(count for _, count in lapse) == [0, 0, 1]
    second.refresh_from_db()
    assert (second.status, held(session)) == ("OFFERED", (8, 8))
    close = at_once(*[lambda: services.close_due_sessions(now=CUTOFF)] * 3)
    assert counted(close) == {"done": 3}
    assert held(session) == (6, 6)
    assert TourBooking.objects.filter(session=session, status="LAPSED").count() == 2
