"""A crowd that asks together: decided as if each had asked alone, in one transaction; what is not plain is done alone."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from college import queries, services
from college.enums import RequestStatus
from college.models import Enrolment, PersonAccount, Run, SeatRequest
from college.services import crowd
from college.services.crowd import Asking
from ledger.models import Record
from portal.core.errors import Late, NotAllowed
from portal.notices.models import Notice
from tests.college.test_races import counted
from tests.factories.college import ENDED, NOW, account, college
from tests.factories.people import leaves, person
from tests.tenancy.test_races import at_once

SECOND = timedelta(seconds=1)
SEATED, QUEUED = "college.request.seated/1", "college.request.queued/1"


@pytest.fixture(autouse=True)
def quiet():
    """No crowd is left over from another test."""
    crowd._asked.clear()


def asked(place, *users, now=NOW):
    """Asked together, in one process and one transaction."""
    return crowd._ask_for_all(place.run.code, [Asking(user, now + n * SECOND) for n, user in enumerate(users)])


def students(place, number):
    found = [place.student(f"학생 {n}") for n in range(number)]
    for user in found:
        services.person_for(user=user)
    return found


def beside_leaves(asked_for):
    """How many statements there were; leaves are written one by one, in one round trip."""
    return sum("ledger_write" not in query["sql"] for query in asked_for)


@contextmanager
def nothing_written():
    before = SeatRequest.objects.count(), Record.objects.count()
    yield
    assert (SeatRequest.objects.count(), Record.objects.count()) == before


@pytest.mark.django_db
def test_seats_go_to_who_asked_first_and_the_others_stand_in_their_order():
    place = college(capacity=2)
    users = students(place, 5)
    got = asked(place, *users)
    assert [one.status for one in got] == ["SEATED"] * 2 + ["WAITING"] * 3
    assert place.counters() == (2, 3)
    assert Enrolment.objects.filter(holds_seat=True).count() == 2
    assert list(queries.in_order(place.run)) == got[2:]
    assert [leaf["type"] for one in got for leaf in leaves(one)] == [SEATED] * 2 + [QUEUED] * 3
    told = Notice.objects.filter(topic="college.waiting").values_list("user", flat=True)
    assert sorted(told) == sorted(user.pk for user in users[2:])


@pytest.mark.django_db
def test_a_crowd_asks_no_more_of_the_database_than_one():
    place = college(capacity=1)
    first, *users = students(place, 9)
    services.ask_for_seat(code=place.run.code, by=first, now=NOW)
    asked(place, users.pop())
    with CaptureQueriesContext(connection) as few:
        asked(place, users.pop())
    with CaptureQueriesContext(connection) as many:
        asked(place, *users)
    assert beside_leaves(many) == beside_leaves(few)


@pytest.mark.django_db
def test_two_tabs_and_two_accounts_of_one_human_are_one_request():
    place = college(capacity=1)
    mine, other = students(place, 2)
    second = person()
    PersonAccount.objects.create(person=account(mine), user=second)
    asked(place, other)
    got = asked(place, mine, mine, second)
    assert {one.pk for one in got} == {got[0].pk}
    assert place.counters() == (1, 1)
    assert [one.pk for one in asked(place, second)] == [got[0].pk]


@pytest.mark.django_db
def test_each_is_told_their_own_refusal():
    place = college(capacity=1)
    late, busy, plain = students(place, 3)
    limit = place.run.rules.seats.live_requests
    for _ in range(limit):
        full = college(capacity=1)
        full.ask()
        full.ask(busy)
    got = crowd._ask_for_all(place.run.code, [Asking(late, place.run.closes_at), Asking(busy, NOW), Asking(plain, NOW)])
    assert [type(one) for one in got] == [Late, NotAllowed, SeatRequest]
    assert place.counters() == (1, 0)


@pytest.mark.django_db
def test_a_newcomer_a_closed_run_and_an_unknown_one_are_left_to_asking_alone():
    place = college(capacity=1)
    assert asked(place, person()) == [None]
    with nothing_written():
        assert crowd._ask_for_all("no-such-run", [Asking(person(), NOW)]) == [None]
    (user,) = students(place, 1)
    with pytest.raises(Run.DoesNotExist):
        services.ask_for_seat(code="no-such-run", by=user, now=NOW)


@pytest.mark.django_db
def test_a_seat_that_came_free_for_the_line_is_not_passed_by():
    place = college(capacity=1)
    users = students(place, 3)
    asked(place, *users[:2])
    services.drop(enrolment=Enrolment.objects.get(), by=users[0], now=NOW)
    assert SeatRequest.objects.get(person=account(users[1])).status == RequestStatus.OFFERED
    crowd._asked[place.run.code] = float("inf")
    got = services.ask_for_seat(code=place.run.code, by=users[2], now=NOW + 9 * SECOND)
    assert got.status == RequestStatus.WAITING
    assert place.counters() == (1, 1)


@pytest.mark.django_db
def test_an_ended_run_refuses_politely():
    place = college(capacity=1)
    (user,) = students(place, 1)
    crowd._asked[place.run.code] = float("inf")
    with pytest.raises(Late):
        services.ask_for_seat(code=place.run.code, by=user, now=ENDED)


@pytest.mark.usefixtures("committed_db")
def test_many_threads_with_two_tabs_each_at_once():
    place = college(capacity=5)
    users = students(place, 20)
    crowd._asked[place.run.code] = float("inf")
    acts = [
        lambda user=user, n=n: services.ask_for_seat(code=place.run.code, by=user, now=NOW + n * SECOND).status
        for n, user in enumerate(users)
        for _tab in range(2)
    ]
    assert counted(at_once(*acts)) == {"done": 40}
    assert place.counters() == (5, 15)
    assert SeatRequest.objects.count() == 20
    told = [leaf["type"] for one in SeatRequest.objects.all() for leaf in leaves(one)]
    assert sorted(told) == [QUEUED] * 15 + [SEATED] * 5
    line = list(queries.in_order(place.run).values_list("requested_at", flat=True))
    assert line == sorted(line)


@pytest.mark.usefixtures("committed_db")
def test_crowds_of_several_processes_and_people_alone_at_once():
    """The same people in crowds that do not know of each other, forwards and backwards, and each alone besides."""
    place = college(capacity=3)
    users = students(place, 12)
    code = place.run.code
    wishes = [Asking(user, NOW + n * SECOND) for n, user in enumerate(users)]
    run = place.fresh()

    def a_process(some):
        for wish, told in zip(some, crowd._ask_for_all(code, some), strict=True):
            assert told or crowd._ask_alone(code, wish.by, wish.now)

    acts = [
        *(lambda some=some: a_process(some) for some in (wishes, wishes[::-1], wishes[::2])),
        *(
            lambda user=user: services.request_seat(run=run, person=services.person_for(user=user), by=user, now=NOW)
            for user in users[:6]
        ),
    ]
    outcomes = at_once(*acts)
    assert counted(outcomes) == {"done": len(acts)}
    assert place.counters() == (3, 9)
    assert SeatRequest.objects.count() == 12
