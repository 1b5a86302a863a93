"""What the database refuses of the tour whoever asks; each goes around the services."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from ledger import log
from portal.core.transition import advance
from portal.mice.models import Leg, TourBooking, TourSession, TourStop
from portal.mice.workflow import BOOKING, TOUR_SESSION
from tests.factories import tour
from tests.factories.people import person
from tests.factories.tour import CUTOFF, NOW, STARTS

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def refused(action, match):
    with pytest.raises(DatabaseError, match=match):
        commit(action)


@transaction.atomic
def commit(action):
    """Do it and let the deferred triggers speak, as a commit would."""
    action()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def change(rows=TourSession, **values):
    return lambda: rows.objects.update(**values)


def move(row, to, now=NOW, data=None):
    """A step of a session as a service makes it, without asking whether it may be."""
    return lambda: advance(row, to, by=log.SYSTEM, steps=TOUR_SESSION, changes={"changed_at": now}, data=data)


def step(row, to, data=None, **changes):
    """A step of a booking with its leaf, and nothing else."""
    said = {"session": str(row.session.public_id), "party": row.party, **(data or {})}
    return lambda: advance(row, to, by=log.SYSTEM, steps=BOOKING, changes=changes, data=said)


def confirm(session):
    """All its bookings and the session, as the booking that reaches the minimum does."""
    with transaction.atomic():
        for row in TourBooking.objects.filter(session=session, status="PENDING"):
            step(row, "CONFIRMED")()
        move(session, "CONFIRMED", data={"joined": session.taken})()


@pytest.fixture
def session():
    return tour.session()


@pytest.fixture
def confirmed(session):
    with transaction.atomic():
        tour.booked(session, 3)
        confirm(session)
        commit(lambda: None)
    session.refresh_from_db()
    return session


def test_a_tour_is_never_overbooked(session):
    assert session.capacity == 8
    for values in ({"taken": 9}, {"taken": -1}, {"reserved": 9}, {"reserved": -1}, {"taken": 5, "reserved": 4}):
        refused(change(**values), "tour_session_never_overbooked")


def test_the_smallest_stop_says_how_many_can_go():
    for capacity in (7, 9, 10):
        refused(tour.draft(capacity=capacity).save, f"takes 8 people, not {capacity}")
    commit(lambda: tour.session(tour.course(capacities=(20,))))
    assert TourSession.objects.get().capacity == 10


def test_an_itinerary_has_a_leg_between_each_two_stops():
    made = tour.draft()
    made.itinerary["legs"].pop()
    refused(made.save, "a leg between each two")
    refused(tour.draft(itinerary={"stops": [], "legs": []}).save, "has stops")


def test_the_counter_and_the_bookings_agree(session):
    commit(lambda: tour.booked(session, 2))
    refused(change(taken=3), "counts 3 places, its bookings hold 2")
    refused(change(taken=0), "counts 0 places")
    refused(lambda: tour.booked(session, 1, count=False), "counts 2 places, its bookings hold 3")
    refused(step(TourBooking.objects.get(), "CANCELLED"), "counts 2 places, its bookings hold 0")


def test_offers_hold_their_places_and_waiting_holds_none(confirmed):
    commit(lambda: tour.booked(confirmed, 6, "WAITING"))
    row, times = TourBooking.objects.get(status="WAITING"), {"offered_at": NOW, "offer_expires_at": CUTOFF}
    refused(step(row, "OFFERED", {"expires_at": CUTOFF}), "tour_offer_has_deadline")
    row.refresh_from_db()
    refused(step(row, "OFFERED", {"expires_at": CUTOFF}, **times), "counts 3 places, its bookings hold 9")


def test_below_the_minimum_all_wait_and_from_it_on_all_are_confirmed(session):
    commit(lambda: tour.booked(session, 2))
    refused(lambda: tour.booked(session, 1), "is OPEN with 2 pending")
    refused(lambda: tour.booked(session, 1, "CONFIRMED"), "is OPEN")
    refused(lambda: confirm(session), "is CONFIRMED with 0 pending, 1 confirmed and 2 people")


def test_who_comes_to_a_confirmed_tour_is_confirmed(confirmed):
    refused(lambda: tour.booked(confirmed, 1), "is CONFIRMED with 1 pending")
    commit(lambda: tour.booked(confirmed, 1, "CONFIRMED"))


def test_what_was_published_stays(session):
    for values in (
        {"itinerary": {}},
        {"min_people": 2},
        {"max_people": 9},
        {"capacity": 9},
        {"language": "en"},
        {"public_id": "0f5a8a1e-6a0b-4c8e-9a55-0d1b62f3c111"},
    ):
        refused(change(**values), "keeps its itinerary and its sizes")


def test_stops_and_legs_of_a_published_itinerary_stay(session):
    stop = TourStop.objects.first()
    refused(change(TourStop, dwell_min=50), "stays as it is")
    refused(change(Leg, minutes=5), "stays as it is")
    refused(Leg.objects.all().delete, "stays as it is")
    refused(stop.delete, "stays as it is")
    free = tour.course()
    commit(lambda: TourStop.objects.filter(version=free).update(dwell_min=50))


def test_a_session_is_cancelled_and_never_deleted(session):
    refused(session.delete, "DELETE of mice_toursession is forbidden")
    commit(lambda: tour.booked(session, 1))
    refused(TourBooking.objects.all().delete, "DELETE of mice_tourbooking is forbidden")


def test_the_sequence_rises_with_every_change_of_time_or_state_and_never_falls(confirmed):
    assert confirmed.sequence == 1
    commit(change(starts_at=STARTS + MINUTE))
    commit(change(sequence=0, changed_at=NOW + MINUTE))
    confirmed.refresh_from_db()
    assert (confirmed.sequence, confirmed.changed_at) == (2, NOW + MINUTE)


def test_after_its_cutoff_a_confirmed_session_is_a_promise(confirmed):
    row = TourBooking.objects.get()

    def fall(to, now):
        def act():
            step(TourBooking.objects.get(), "CANCELLED")()
            TourSession.objects.update(taken=0)
            move(TourSession.objects.get(), to, now=now, data={"joined": 0})()

        return act

    assert row.status == "CONFIRMED"
    refused(fall("OPEN", CUTOFF), "runs after its cutoff")
    refused(change(status="CANCELLED_MIN", changed_at=CUTOFF), "runs after its cutoff")
    commit(fall("OPEN", CUTOFF - MINUTE))


def test_for_want_of_people_no_session_is_given_up_before_its_cutoff(session):
    lapse = {"data": {"joined": 0}}
    refused(move(session, "CANCELLED_MIN", now=CUTOFF - MINUTE, **lapse), "until its cutoff")
    session.refresh_from_db()
    commit(move(session, "CANCELLED_MIN", now=CUTOFF, **lapse))


def test_time_does_not_run_back(session):
    refused(change(changed_at=NOW - MINUTE), "forward in time")


def test_a_cancelled_session_holds_nobody(session):
    commit(lambda: tour.booked(session, 2))
    refused(move(TourSession.objects.get(), "CANCELLED"), "is cancelled and holds bookings")


def test_a_guide_is_in_one_place():
    guide = person()
    first = tour.session(guide=guide)
    again = tour.draft(guide=guide, starts_at=first.ends_at - MINUTE)
    refused(again.save, "guide_in_one_place")
    commit(lambda: tour.session(guide=guide, starts_at=first.ends_at))
    commit(move(TourSession.objects.get(pk=first.pk), "CANCELLED"))
    commit(lambda: tour.session(guide=guide, starts_at=STARTS - MINUTE - (first.ends_at - STARTS)))


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"min_people": 9}, "tour_session_sizes_in_order"),
        ({"min_people": 0}, "tour_session_sizes_in_order"),
        ({"cutoff_at": STARTS + MINUTE}, "tour_session_times_in_order"),
        ({"ends_at": STARTS}, "tour_session_times_in_order"),
        ({"language": "xx"}, "tour_session_language_known"),
        ({"status": "DRAFT"}, "tour_session_status_known"),
    ],
)
def test_a_session_makes_sense(values, rule):
    refused(tour.draft(**values).save, rule)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"size": 0}, "tour_booking_has_people"),
        ({"status": "NEW"}, "tour_booking_status_known"),
        ({"language": "xx"}, "tour_booking_language_known"),
        ({"link_hash": "open-sesame"}, "tour_booking_link_is_a_hash"),
        ({"email": ""}, "tour_booking_is_reachable_or_erased"),
        ({"name": ""}, "tour_booking_is_reachable_or_erased"),
        ({"erased_at": NOW}, "tour_booking_is_reachable_or_erased"),
    ],
)
def test_a_booking_makes_sense(session, values, rule):
    refused(tour.party(session, **values).save, rule)


def test_a_booking_keeps_its_session_and_its_party(session):
    commit(lambda: tour.booked(session, 2))
    refused(change(TourBooking, party=1), "keeps its session and its party")
    refused(change(TourBooking, session=tour.session()), "keeps its session and its party")


def test_a_session_and_a_booking_need_their_leaves(session):
    refused(tour.draft().save, "leaf")
    refused(tour.party(session, 1, "WAITING").save, "leaf")
    refused(change(status="CANCELLED"), "leaf")


def test_a_course_makes_sense():
    version = tour.course()
    refused(lambda: type(version.course).objects.update(min_people=11), "tour_course_sizes_in_order")
    refused(change(TourStop, capacity=0), "tour_stop_takes_people")
    refused(change(Leg, mode="FLY"), "leg_mode_known")
    refused(change(TourStop, place=1), "tour_stops_are_in_order")
    refused(change(TourStop, code="same"), "tour_stop_once_in_a_version")
    again = type(version)(course=version.course, number=1)
    refused(again.save, "course_versions_are_numbered")
