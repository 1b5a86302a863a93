"""The waiting room: one place a person, the early ones in random order, claims only in one's turn, places nobody can forge."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import DatabaseError, OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from college import queries, services, waitingroom
from college.models import QueuePlace, QueueWindow, SeatRequest
from portal.core import lottery
from portal.core.errors import Late, NotAllowed
from tests.college.test_doors import browser
from tests.college.test_guards import refused
from tests.factories.college import NOW, OPENS, account, college
from tests.factories.people import leaves, person
from tests.tenancy.test_races import at_once

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
EARLY = OPENS - 10 * MINUTE
GATE = OPENS + waitingroom.HEAD_START_S * SECOND


def rush(capacity=2, rate=10):
    policy = {"version": "2020-1", "seats": {"waiting_room": True, "admit_per_s": rate}}
    return college(capacity=capacity, policy=policy)


def enter(place, user=None, at=EARLY):
    user = user or place.student()
    return services.take_place(run=place.fresh(), person=account(user), by=user, now=at)


def window():
    return QueueWindow.objects.get()


@pytest.fixture
def place(db):
    return rush()


# --- The order ----------------------------------------------------------------------------------------------------------


def test_publishing_commits_to_the_secret_and_opening_tells_it(place):
    refs = [str(enter(place).ref) for _ in range(12)]
    assert [leaf["type"] for leaf in leaves(window())] == ["college.waiting_room.committed/1"]
    services.order_due_places(now=OPENS)
    made = window()
    assert lottery.commitment(bytes(made.secret)) == made.commitment
    told = leaves(made)[1]["data"]
    assert (told["count"], told["secret"]) == (12, bytes(made.secret).hex())
    placed = {str(row.ref): row.position for row in QueuePlace.objects.all()}
    assert placed == waitingroom.positions(bytes(made.secret), refs)
    assert services.order_due_places(now=OPENS + SECOND) == 0


def test_later_ones_are_appended_in_the_order_they_came(place):
    for _ in range(3):
        enter(place)
    late = [enter(place, at=OPENS + n * SECOND).position for n in range(3)]
    assert late == [4, 5, 6]
    assert window().last_position == 6


def test_the_room_has_its_hours(place):
    with pytest.raises(Late, match="아직 대기실을"):
        enter(place, at=OPENS - 31 * MINUTE)
    with pytest.raises(Late, match="닫았습니다"):
        enter(place, at=OPENS + 30 * MINUTE)
    with pytest.raises(Late, match="아직 신청"):
        services.order_places(window=window(), now=OPENS - SECOND)


def test_a_second_tab_gets_the_same_place(place):
    user = place.student()
    assert enter(place, user).pk == enter(place, user, at=EARLY + MINUTE).pk
    services.order_due_places(now=OPENS)
    assert enter(place, user, at=OPENS + SECOND).position == 1


def test_nobody_takes_a_place_for_another(place):
    with pytest.raises(NotAllowed):
        services.take_place(run=place.fresh(), person=account(person()), by=place.student(), now=EARLY)


def test_other_runs_have_no_waiting_room(db):
    made = college()
    assert QueueWindow.objects.count() == 0
    with pytest.raises(Late):
        enter(made)
    assert made.ask().status == "SEATED"


# --- The turn -----------------------------------------------------------------------------------------------------------


def test_only_whom_the_gate_has_reached_may_ask(place):
    for _ in range(11):
        enter(place)
    services.order_due_places(now=OPENS)
    first, eleventh = (
        next(user for user in place.students if queries.place_of(window(), account(user)).position == position)
        for position in (1, 11)
    )
    with pytest.raises(Late, match="번호를 받은 뒤"):
        place.ask(now=GATE)
    with pytest.raises(Late, match="아직 순서가"):
        place.ask(first, now=GATE - SECOND)
    with pytest.raises(Late, match="아직 순서가"):
        place.ask(eleventh, now=GATE)
    asked = place.ask(first, now=GATE)
    assert asked.status == "SEATED"
    assert place.ask(first, now=OPENS + 20 * MINUTE).pk == asked.pk
    assert place.ask(eleventh, now=GATE + SECOND).status == "SEATED"


def test_a_turn_lasts_ten_minutes_also_for_who_comes_later(place):
    user, later = place.student(), place.student()
    enter(place, user)
    services.order_due_places(now=OPENS)
    enter(place, later, at=OPENS + 5 * MINUTE)
    with pytest.raises(Late, match="10분이 지났습니다"):
        place.ask(user, now=GATE + 10 * MINUTE)
    assert place.ask(later, now=OPENS + 14 * MINUTE).status == "SEATED"
    assert place.ask(user, now=OPENS + 30 * MINUTE).status == "SEATED"


# --- What the database refuses ------------------------------------------------------------------------------------------


def test_the_database_lets_nobody_jump(place):
    user = place.student()
    enter(place, user)
    services.order_due_places(now=OPENS)
    stranger, row = account(place.student()), {"run": place.run, "requested_at": OPENS}
    refused(
        lambda: SeatRequest.objects.create(person=stranger, canonical=stranger, **row),
        "has not let this person in",
    )
    mine = account(user)
    row["requested_at"] = GATE + 10 * MINUTE
    refused(lambda: SeatRequest.objects.create(person=mine, canonical=mine, **row), "has not let this person in")


def test_the_database_gives_the_positions(place):
    enter(place), enter(place)
    newcomer = account(person())
    row = {"window": window(), "canonical": newcomer}
    refused(lambda: QueuePlace.objects.create(position=1, came_at=EARLY, **row), "nobody chooses")
    refused(lambda: QueuePlace.objects.create(came_at=OPENS - 31 * MINUTE, **row), "not open")
    refused(lambda: QueuePlace.objects.create(came_at=OPENS + 30 * MINUTE, **row), "not open")
    twice = {**row, "canonical": account(place.students[0])}
    refused(lambda: QueuePlace.objects.create(came_at=EARLY, **twice), "one_place_per_person")
    services.order_due_places(now=OPENS)
    refused(lambda: QueuePlace.objects.filter(position=2).update(position=3), "stays as it was given")
    refused(lambda: QueuePlace.objects.update(came_at=OPENS), "stays as it was given")
    refused(lambda: QueuePlace.objects.filter(position=2).delete(), "DELETE of college_queueplace is forbidden")
    assert QueuePlace.objects.create(came_at=OPENS, **row).position is None
    assert QueuePlace.objects.get(canonical=newcomer).position == 3


def test_an_order_leaves_nobody_out_and_is_sealed(place):
    enter(place), enter(place)
    root = {"list_root": "0" * 64}
    refused(lambda: QueueWindow.objects.update(ordered_at=OPENS, **root), "leaves somebody out")
    refused(lambda: QueueWindow.objects.update(ordered_at=EARLY, **root), "window_orders_at_the_opening")
    refused(lambda: QueueWindow.objects.update(last_position=2), "window_orders_at_the_opening")
    refused(lambda: QueueWindow.objects.update(secret=b"x" * 32), "sealed")
    refused(lambda: QueueWindow.objects.update(rate_per_s=500), "sealed")
    services.order_due_places(now=OPENS)
    refused(lambda: QueueWindow.objects.update(ordered_at=NOW), "sealed")
    refused(lambda: QueueWindow.objects.update(last_position=1), "sealed")


def test_two_people_never_share_a_position(place):
    enter(place), enter(place)
    refused(lambda: QueuePlace.objects.update(position=1), "one_person_per_position")
    refused(
        lambda: QueuePlace.objects.filter(pk=QueuePlace.objects.first().pk).update(position=0), "positions_from_one"
    )


@pytest.mark.usefixtures("committed_db")
def test_opening_a_room_needs_its_leaf():
    place = rush()

    def by_hand():
        rows = list(QueuePlace.objects.all())
        for position, row in enumerate(rows, start=1):
            QueuePlace.objects.filter(pk=row.pk).update(position=position)
        QueueWindow.objects.update(ordered_at=OPENS, list_root="0" * 64, last_position=len(rows))

    enter(place)
    refused(by_hand, "leaf")


def test_the_database_and_the_pure_rules_agree_to_the_second(place):
    for _ in range(25):
        enter(place)
    services.order_due_places(now=OPENS)
    for row in QueuePlace.objects.select_related("canonical"):
        reached = waitingroom.reached_at(OPENS, row.position, 10)
        ask = {"run": place.run, "person": row.canonical, "canonical": row.canonical}
        with pytest.raises(DatabaseError, match="has not let"), translation.override("ko"):
            _insert(**ask, requested_at=reached - timedelta(microseconds=1))
        assert _insert(**ask, requested_at=reached)


def _insert(**row):
    from django.db import transaction

    with transaction.atomic():
        return SeatRequest.objects.create(**row)


# --- Races --------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("committed_db")
def test_tabs_latecomers_and_the_opening_at_one_moment():
    place = rush(capacity=5)
    people = [(user, account(user)) for user in (place.student() for _ in range(16))]
    run = place.fresh()

    def entering(user, one, at):
        return lambda: services.take_place(run=run, person=one, by=user, now=at)

    at = [EARLY if n % 2 else OPENS for n in range(16)]
    tabs = [entering(user, one, moment) for (user, one), moment in zip(people, at, strict=True) for _tab in range(2)]
    opening = [lambda: services.order_due_places(now=OPENS) for _ in range(3)]
    outcomes = at_once(*tabs, *opening)
    assert Counter(kind for kind, _ in outcomes) == {"done": 35}
    positions = list(QueuePlace.objects.values_list("position", flat=True))
    assert sorted(positions) == list(range(1, 17))
    assert len(leaves(window())) == 2


@pytest.mark.usefixtures("committed_db")
def test_everybody_asks_when_the_gate_is_at_half():
    place = rush(capacity=3)
    people = [place.student() for _ in range(20)]
    for user in people:
        enter(place, user)
    services.order_due_places(now=OPENS)
    run = place.fresh()
    pairs = [(user, account(user)) for user in people for _tab in range(2)]
    acts = [
        (lambda user=user, one=one: services.request_seat(run=run, person=one, by=user, now=GATE))
        for user, one in pairs
    ]
    assert Counter(kind for kind, _ in at_once(*acts)) == {"done": 20, "refused": 20}
    assert place.counters() == (3, 7)
    asked = set(SeatRequest.objects.values_list("canonical", flat=True))
    assert asked == set(QueuePlace.objects.filter(position__lte=10).values_list("canonical", flat=True))


# --- Pages --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch):
    """The instant that pages and cached sights read; move it with ``clock.at = …``."""

    class Clock:
        at = EARLY

    for module in ("views.queue", "views.public", "views.student", "views.office", "queries.queue"):
        monkeypatch.setattr(f"college.{module}.database_now", lambda: Clock.at)
    monkeypatch.setattr("college.queries.queue.SIGHT_S", 0.0)
    with translation.override("ko"):
        yield Clock


def asked(ticket):
    return Client().get(reverse("college-machine:place", args=[ticket]))


def test_the_page_from_the_door_to_the_seat(place, clock):
    user = place.student()
    mine, address = browser(user), reverse("college:queue", args=[place.run.code])
    assert "대기실로 가기" in mine.get(reverse("college:run", args=[place.run.code])).content.decode()
    assert "대기실에 들어가기" in mine.get(address).content.decode()
    page = mine.post(address, follow=True).content.decode()
    assert "대기실에 계십니다" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    for _ in range(15):
        enter(place)
    clock.at = GATE
    page = mine.get(address).content.decode()
    turn = queries.place_of(window(), account(user)).position <= 10
    assert ("순서가 되었습니다" if turn else "순서를 기다리고 계십니다") in page
    clock.at = GATE + 2 * SECOND
    assert "순서가 되었습니다" in mine.get(address).content.decode()
    mine.post(reverse("college:ask", args=[place.run.code]))
    assert mine.get(address).status_code == 302
    assert SeatRequest.objects.get().status == "SEATED"
    desk = browser(place.officer).get(reverse("college:office-run", args=[place.run.code])).content.decode()
    assert "번호를 받은 사람" in desk
    assert "16명" in desk


def test_before_its_time_and_after_the_turn_the_page_says_so(place, clock):
    user = place.student()
    mine, address = browser(user), reverse("college:queue", args=[place.run.code])
    clock.at = OPENS - 40 * MINUTE
    assert "에 엽니다" in mine.get(address).content.decode()
    assert QueuePlace.objects.count() == 0
    mine.post(address)
    assert QueuePlace.objects.count() == 0
    clock.at = EARLY
    mine.post(address)
    clock.at = GATE + 11 * MINUTE
    assert "순서가 지났습니다" in mine.get(address).content.decode()
    assert Client().get(address).status_code == 302
    clock.at = OPENS + 30 * MINUTE
    assert mine.get(address).status_code == 302
    assert "수강 신청하기" in mine.get(reverse("college:run", args=[place.run.code])).content.decode()


def test_the_place_as_data_changes_with_the_opening(place, clock):
    ticket = queries.ticket_of(window(), enter(place))
    told = asked(ticket).json()
    assert (told["phase"], told["position"], told["again_s"]) == ("before", 0, 15)
    clock.at = OPENS
    told = asked(ticket).json()
    assert (told["phase"], told["position"], told["again_s"]) == ("waiting", 1, waitingroom.HEAD_START_S)
    clock.at = GATE
    assert asked(ticket).json()["phase"] == "admitted"
    assert told["next"] != reverse("college-machine:place", args=[ticket])


def test_asking_for_the_place_reads_no_session_and_no_database(place, clock, monkeypatch, django_assert_num_queries):
    for _ in range(30):
        enter(place)
    services.order_due_places(now=OPENS)
    clock.at = GATE
    monkeypatch.setattr("college.queries.queue.SIGHT_S", 60.0)
    ticket = queries.ticket_of(window(), QueuePlace.objects.get(position=30))
    asked(ticket)
    with django_assert_num_queries(0):
        told = asked(ticket).json()
    assert (told["phase"], told["ahead"]) == ("waiting", 19)
    assert told["again_s"] == 2


def test_the_first_questions_after_the_opening_read_all_positions_at_once(
    place, clock, monkeypatch, django_assert_num_queries
):
    early = [queries.ticket_of(window(), enter(place)) for _ in range(5)]
    clock.at = OPENS
    asked(early[0])
    monkeypatch.setattr("college.queries.queue.SIGHT_S", 60.0)
    asked(early[1])
    with django_assert_num_queries(0):
        told = [asked(ticket).json()["position"] for ticket in early]
    assert sorted(told) == [1, 2, 3, 4, 5]
    late = enter(place, at=OPENS + SECOND)
    unplaced = waitingroom.Place(str(window().public_id), str(late.ref), waitingroom.UNPLACED)
    assert asked(waitingroom.ticket(queries.queue.queue_key(), unplaced)).json()["position"] == 6


def test_a_guessed_or_forged_place_is_refused(place, clock):
    row = enter(place)
    mine = queries.ticket_of(window(), row)
    services.order_due_places(now=OPENS)
    reference, owner, _position, mac = mine.split(".")
    assert asked(f"{reference}.{owner}.1.{mac}").status_code == 404
    made = waitingroom.ticket(b"guessed key", waitingroom.Place(reference, owner, 1))
    assert asked(made).status_code == 404
    assert asked("nonsense").status_code == 404
    # And a true ticket in another's hands claims nothing: the claim asks who is signed in.
    thief = place.student()
    clock.at = OPENS
    browser(thief).post(reverse("college:ask", args=[place.run.code]))
    assert SeatRequest.objects.count() == 0


def test_the_place_as_data_is_answered_past_every_page_machinery(place, clock, monkeypatch):
    ticket = queries.ticket_of(window(), enter(place))
    answer = asked(ticket)
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "max-age=0, no-cache, no-store, must-revalidate, private")  # fmt: skip
    assert not answer.cookies
    assert "Content-Security-Policy" not in answer, "it came past the pages' middleware"
    nothing = asked("not-a-ticket")
    assert (nothing.status_code, nothing.json()) == (404, {"status": 404})

    def away(*_given, **_named):
        raise OperationalError("the database is away")

    monkeypatch.setattr("college.queries.sight", away)
    later = asked(ticket)
    assert (later.status_code, later["Retry-After"]) == (503, "5")
