"""Count the seats, then insert: how others do it sells too many; written against our tables the database refuses it."""

from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction

from college.models import Enrolment, SeatRequest
from tests.college.test_races import asking, counted
from tests.factories.college import NOW, account, college
from tests.tenancy.test_races import at_once

pytestmark = pytest.mark.usefixtures("committed_db")
PEOPLE, SEATS = 24, 5


def count_then_insert(people, *, held, sell):
    """Everybody has counted before anybody inserts: what a crowd at the opening does within a few milliseconds."""
    everybody_counted = Barrier(len(people))

    def claim(one):
        def act():
            taken = held()
            connection.close()
            everybody_counted.wait(timeout=30)
            if taken < SEATS:
                sell(one)

        return act

    return at_once(*(claim(one) for one in people))


def test_counting_and_then_inserting_oversells_and_our_claim_does_not():
    place = college(capacity=SEATS)
    people = [place.student(f"학생 {n}") for n in range(PEOPLE)]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE naive_seat (person bigint UNIQUE)")

    def held():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM naive_seat")
            return cursor.fetchone()[0]

    def sell(user):
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO naive_seat VALUES (%s)", [user.pk])

    count_then_insert(people, held=held, sell=sell)
    assert held() == PEOPLE
    outcomes = at_once(*(asking(place, user, NOW) for user in people for _tab in range(2)))
    assert counted(outcomes) == {"done": 2 * PEOPLE}
    assert place.counters() == (SEATS, PEOPLE - SEATS)
    assert Enrolment.objects.filter(run=place.run, holds_seat=True).count() == SEATS


def test_the_database_refuses_that_pattern_on_our_tables():
    place = college(capacity=SEATS)
    people = [account(place.student(f"학생 {n}")) for n in range(PEOPLE)]
    run, refusals = place.fresh(), []

    def sell(one):
        seat = {"run": run, "person": one, "canonical": one}
        try:
            with transaction.atomic():
                asked = SeatRequest.objects.create(requested_at=NOW, **seat)
                Enrolment.objects.create(request=asked, status="ACTIVE", policy_version="1", enrolled_at=NOW, **seat)
        except DatabaseError as refusal:
            refusals.append(str(refusal))

    def held():
        return Enrolment.objects.filter(run=run, holds_seat=True).count()

    count_then_insert(people, held=held, sell=sell)
    assert held() == 0
    assert len(refusals) == PEOPLE
