"""The opening rush: one place each, equal before the opening, never worse after it."""

import math
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from college import waitingroom
from college.waitingroom import Place

KEY = b"k" * 32
OPENS = datetime(2026, 12, 1, 0, tzinfo=UTC)
SECRET = bytes(range(32))
moments = st.datetimes(datetime(2026, 12, 1), datetime(2026, 12, 1, 1), timezones=st.just(UTC))
people = st.lists(st.text("abcdefghij", min_size=1, max_size=4), unique=True, max_size=30)


def test_every_device_gets_the_same_ticket():
    place = Place("W-1", "p-7", 12)
    assert waitingroom.ticket(KEY, place) == waitingroom.ticket(KEY, Place("W-1", "p-7", 12))
    assert waitingroom.read(KEY, waitingroom.ticket(KEY, place)) == place


def test_a_better_position_cannot_be_written_in():
    text = waitingroom.ticket(KEY, Place("W-1", "p-7", 12))
    assert waitingroom.read(KEY, text.replace(".12.", ".1.")) is None
    assert waitingroom.read(KEY, text.replace(".12.", ".012.")) is None
    assert waitingroom.read(b"another key", text) is None
    assert waitingroom.read(KEY, text + "x") is None


@pytest.mark.parametrize("place", [Place("W.1", "p", 1), Place("", "p", 1), Place("W", "p\n", 1), Place("W", "p", -1)])
def test_a_place_that_could_pass_for_another_has_no_ticket(place):
    with pytest.raises(ValueError):
        waitingroom.ticket(KEY, place)


@given(st.text(max_size=80))
def test_a_made_up_ticket_is_none(text):
    assert waitingroom.read(KEY, text) is None


@given(people, st.randoms())
def test_it_does_not_matter_who_came_first_before_the_opening(early, random):
    shuffled = list(early)
    random.shuffle(shuffled)
    assert waitingroom.positions(SECRET, shuffled) == waitingroom.positions(SECRET, early)


@given(people, st.data())
def test_later_people_change_nobodys_position(everybody, data):
    cut, seen = sorted((data.draw(st.integers(0, len(everybody))), data.draw(st.integers(0, len(everybody)))))
    before = waitingroom.positions(SECRET, everybody[:cut], everybody[cut:seen])
    after = waitingroom.positions(SECRET, everybody[:cut], everybody[cut:])
    assert before.items() <= after.items()
    assert sorted(after.values()) == list(range(1, len(everybody) + 1))


def test_a_person_twice_is_refused():
    with pytest.raises(ValueError):
        waitingroom.positions(SECRET, ["a", "a"])
    with pytest.raises(ValueError):
        waitingroom.positions(SECRET, ["a"], ["a"])


def test_the_gate_waits_until_everybody_knows_a_position_and_rises_every_second():
    moments = [-1, 5.999, 6, 6.999, 7, 26]
    gates = [waitingroom.gate(OPENS, OPENS + timedelta(seconds=moment), 50) for moment in moments]
    assert gates == [0, 0, 50, 50, 100, 1050]


@given(st.integers(1, 5_000), st.integers(1, 200))
def test_ten_minutes_from_the_moment_the_gate_came_by(position, rate):
    until = waitingroom.admitted_until(OPENS, position, rate)
    reached = until - timedelta(minutes=10)
    assert waitingroom.gate(OPENS, reached, rate) >= position
    assert waitingroom.gate(OPENS, reached - timedelta(seconds=1), rate) < position


@given(st.integers(1, 10**6), moments, st.integers(1, 500))
def test_ask_again_within_bounds(position, now, rate):
    assert 2 <= waitingroom.ask_again_s(OPENS, now, position, rate) <= 15


@given(st.integers(1, 10**4), moments, st.integers(1, 500))
def test_who_asks_when_told_learns_of_the_turn_within_two_seconds(position, now, rate):
    reached = waitingroom.reached_at(OPENS, position, rate)
    assume(now < reached)
    while now < reached:
        now += timedelta(seconds=waitingroom.ask_again_s(OPENS, now, position, rate))
    assert now - reached < timedelta(seconds=2)


@given(st.floats(0.001, 1_800), st.uuids())
def test_everybody_knows_a_position_before_anybody_is_let_in(left_s, person):
    while left_s > 0:
        left_s -= waitingroom.ask_at_opening_s(math.ceil(left_s), str(person))
    assert -left_s < waitingroom.HEAD_START_S


def test_the_first_questions_after_the_opening_are_spread():
    seconds = Counter(waitingroom.ask_at_opening_s(5, str(n)) for n in range(1_000))
    assert set(seconds) == {5, 6, 7, 8, 9}
    assert max(seconds.values()) < 300


def test_not_everybody_asks_in_the_same_second():
    answers = Counter(waitingroom.ask_again_s(OPENS, OPENS, position, 50) for position in range(1_001, 1_101))
    assert len(answers) > 2
