"""Changes of tour bookings at the same second, on real connections: two who change places never wait for each other."""

from datetime import timedelta
from uuid import uuid4

import pytest

from portal.mice import services
from portal.mice.models import TourBooking
from tests.factories import tour
from tests.factories.tour import NOW, STARTS
from tests.mice.test_races import book, counted, held
from tests.tenancy.test_races import at_once

pytestmark = pytest.mark.usefixtures("committed_db")


def change(booking, session):
    return lambda: services.change(booking=booking, session=session, party=booking.party, now=NOW).status


def test_two_who_change_days_with_each_other():
    version = tour.course()
    one = tour.session(version)
    other = tour.session(version, starts_at=STARTS + timedelta(days=1))
    for _attempt in range(3):
        here, there = book(one, 3), book(other, 3)
        outcomes = at_once(change(here, other), change(there, one))
        assert counted(outcomes) == {"done": 2}
        assert (held(one), held(other)) == ((3, 3), (3, 3))
        for booking in TourBooking.objects.filter(status="CONFIRMED"):
            services.cancel(booking=booking, now=NOW)


def test_one_booking_changed_twice_at_once_is_changed_once():
    session = tour.session()
    other = tour.session(session.version, starts_at=STARTS + timedelta(days=1))
    booking = book(session, 3)
    outcomes = at_once(change(booking, other), change(booking, other))
    assert counted(outcomes)["done"] == 1
    assert (held(session), held(other)) == ((0, 0), (3, 3))


def test_the_same_form_twice_at_once_books_once():
    session, key = tour.session(), uuid4()
    send = lambda: services.book(session=session, party=2, name="김하늘", email="a@example.com", key=key, now=NOW).pk  # noqa: E731
    outcomes = at_once(send, send)
    assert counted(outcomes) == {"done": 2}
    assert held(session) == (2, 2)
