"""The opening rush: one place each, equal before the opening, never worse after it."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from college import waitingroom
from college.waitingroom import Place

KEY = b"k" * 32
OPENS = datetime(2026, 12, 1, 0, tzinfo=UTC)
SECRET = bytes(range(32))
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


def test_the_gate_opens_at_the_opening_and_rises_every_second():
    moments = [-1, 0, 0.999, 1, 20]
    gates = [waitingroom.gate(OPENS, OPENS + timedelta(seconds=moment), 50) for moment in moments]
    assert gates == [0, 50, 50, 100, 1050]


@given(st.integers(1, 5_000), st.integers(1, 200))
def test_ten_minutes_from_the_moment_the_gate_came_by(position, rate):
    until = waitingroom.admitted_until(OPENS, position, rate)
    reached = until - timedelta(minutes=10)
    assert waitingroom.gate(OPENS, reached, rate) >= position
    assert waitingroom.gate(OPENS, reached - timedelta(seconds=1), rate) < position


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 500))
def test_ask_again_within_bounds(position, gate, rate):
    assert 2 <= waitingroom.ask_again_s(position, gate, rate) <= 15


def test_not_everybody_asks_in_the_same_second():
    answers = Counter(waitingroom.ask_again_s(position, 0, 50) for position in range(501, 601))
    assert len(answers) > 2
