"""Coming into a waiting room together with others: decided as if each had come alone; what is not plain is done alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from college import services
from college.models import PersonAccount, QueuePlace, Run
from college.services import entering
from college.services.entering import CALM, Entering
from portal.core.errors import Late, NotAllowed
from tests.college.test_queue import EARLY, GATE, MINUTE, rush, window
from tests.factories.college import OPENS, account, college
from tests.factories.people import person
from tests.tenancy.test_races import at_once

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def quiet():
    """No crowd is left over from another test."""
    entering._came.clear()


@pytest.fixture
def place(db):
    return rush()


def came(place, *users, at=EARLY):
    """Came in together, a second after one another by the clock, in one process and one transaction."""
    return entering._enter_all(place.run.code, [Entering(user, at + n * SECOND) for n, user in enumerate(users)])


def known(place, number):
    found = [place.student(f"학생 {n}") for n in range(number)]
    for user in found:
        services.person_for(user=user)
    return found


def test_everybody_has_one_place_and_the_time_they_came(place):
    users = known(place, 3)
    got = came(place, *users, users[0])
    assert [one.canonical_id for one in got] == [account(user).one.pk for user in (*users, users[0])]
    assert got[3].pk == got[0].pk
    assert [one.came_at for one in got[:3]] == [EARLY, EARLY + SECOND, EARLY + 2 * SECOND]
    assert [one.pk for one in came(place, *users, at=EARLY + MINUTE)] == [one.pk for one in got[:3]]
    assert QueuePlace.objects.count() == 3


def test_many_ask_no_more_of_the_database_than_one(place):
    first, *others = known(place, 8)
    with CaptureQueriesContext(connection) as few:
        came(place, first)
    with CaptureQueriesContext(connection) as many:
        came(place, *others)
    assert len(many) == len(few)


def test_after_the_opening_positions_go_in_the_order_of_coming(place):
    early, *late = known(place, 5)
    came(place, early)
    services.order_due_places(now=OPENS)
    came(place, *reversed(late), at=GATE)
    at = dict(QueuePlace.objects.values_list("canonical", "position"))
    assert [at[account(user).one.pk] for user in (early, *reversed(late))] == [1, 2, 3, 4, 5]


def test_each_hears_their_own_refusal(place):
    late, busy, plain = known(place, 3)
    for _ in range(place.run.rules.seats.live_requests):
        full = college(capacity=1)
        full.ask()
        full.ask(busy)
    ends = window().ends_at
    services.order_due_places(now=OPENS)
    wishes = [Entering(late, ends), Entering(busy, GATE), Entering(plain, GATE)]
    assert [type(one) for one in entering._enter_all(place.run.code, wishes)] == [Late, NotAllowed, QueuePlace]
    assert QueuePlace.objects.count() == 1


def test_a_newcomer_and_a_room_that_is_to_be_ordered_are_left_to_coming_alone(place):
    (user,) = known(place, 1)
    assert came(place, person()) == [None]
    assert came(place, user, at=GATE) == [None]
    assert entering._enter_all("no-such-run", [Entering(user, EARLY)]) == [None]
    assert QueuePlace.objects.count() == 0
    entering._came[place.run.code] = float("inf")
    assert services.enter_room(code=place.run.code, by=user, now=GATE).position == 1


def test_a_run_without_a_waiting_room_has_none_to_come_into(db):
    plain = college(capacity=1)
    for code in (plain.run.code, "no-such-run"):
        with pytest.raises(Run.DoesNotExist):
            services.enter_room(code=code, by=plain.student(), now=EARLY)


def test_nobody_waits_for_a_crowd_just_before_the_draw(place):
    """Who gathers when the room is ordered would stand behind everybody who was drawn."""
    one, other = known(place, 2)
    services.enter_room(code=place.run.code, by=one, now=OPENS - CALM)
    assert not entering._came.saw(place.run.code)
    services.enter_room(code=place.run.code, by=other, now=OPENS - CALM - SECOND)
    assert entering._came.saw(place.run.code)


@pytest.mark.usefixtures("committed_db")
def test_two_accounts_tabs_crowds_and_single_ones_at_one_moment():
    """Crowds of two processes hold the same people in opposite orders, while each of them also comes alone."""
    place = rush()
    users = known(place, 8)
    twin = person()
    PersonAccount.objects.create(person=account(users[0]), user=twin)
    services.order_due_places(now=OPENS)
    run = place.fresh()
    crowds = [lambda order=order: came(place, *order, at=GATE) for order in (users, users[::-1], [twin, *users[4:]])]
    alone = [lambda user=user: services.take_place(run=run, person=account(user), by=user, now=GATE) for user in users]
    assert {kind for kind, _ in at_once(*crowds, *alone)} == {"done"}
    assert sorted(QueuePlace.objects.values_list("position", flat=True)) == list(range(1, 9))
