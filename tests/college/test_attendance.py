"""Rules of attendance that the examples leave open, and what holds for every day."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from college.attendance import KINDS, Day, Event, Policy, Session, day_status, meets, tally

SEOUL = ZoneInfo("Asia/Seoul")
NINE = datetime(2020, 3, 2, 9, tzinfo=SEOUL)
SIX = datetime(2020, 3, 2, 18, tzinfo=SEOUL)
WHOLE = Session(NINE, SIX)


def scans(*pairs, day=NINE):
    """Events from ``("IN", "09:00")``; numbered in the order given, a third word names what a VOID takes back."""
    made = []
    for seq, (kind, clock, *voids) in enumerate(pairs, start=1):
        hour, minute, *second = (int(part) for part in clock.split(":"))
        at = day.replace(hour=hour, minute=minute, second=second[0] if second else 0)
        made.append(Event(kind, at, seq, *voids))
    return made


def status(*pairs, session=WHOLE, policy=None):
    return day_status(scans(*pairs), session, policy or Policy())


def test_a_microsecond_is_cut_off():
    late = NINE.replace(minute=9, second=59, microsecond=999_999)
    day = day_status([Event("IN", late, 1), Event("OUT", SIX, 2)], WHOLE, Policy())
    assert day == Day("PRESENT", 0, 32_400, 1, 1)


def test_exactly_ten_minutes_early_is_no_mark():
    assert status(("IN", "09:00"), ("OUT", "17:50")).status == "PRESENT"
    assert status(("IN", "09:00"), ("OUT", "17:49:59")).status == "EARLY"


def test_late_early_and_out_are_three_marks_under_the_first_name():
    day = status(("IN", "09:20"), ("LEAVE", "12:00"), ("RETURN", "13:00"), ("OUT", "17:00"))
    assert day == Day("LATE", 3, 9_600 + 14_400, 1, 1)


def test_leaving_and_returning_in_one_second_is_no_mark():
    assert status(("IN", "09:00"), ("LEAVE", "12:00"), ("RETURN", "12:00"), ("OUT", "18:00")).status == "PRESENT"


def test_a_leave_is_no_checkout():
    assert status(("IN", "09:00"), ("LEAVE", "18:00")) == Day("ABSENT", 0, 0, 1, 0)


def test_return_without_checkout_is_absent():
    day = status(("IN", "09:00"), ("OUT", "12:00"), ("RETURN", "13:00"))
    assert day == Day("ABSENT", 0, 0, 1, 0)


def test_an_open_return_lasts_to_the_end_where_no_checkout_is_asked():
    open_ended = Policy(checkout_required=False)
    day = status(("IN", "09:00"), ("OUT", "12:00"), ("RETURN", "13:00"), policy=open_ended)
    assert day == Day("OUT", 1, 10_800 + 18_000, 1, 1)


def test_a_second_in_does_not_shorten_presence():
    assert status(("IN", "09:00"), ("IN", "12:00"), ("OUT", "18:00")).present_s == 32_400


def test_presence_before_the_session_counts_from_its_start():
    day = status(("IN", "07:00"), ("LEAVE", "08:00"), ("RETURN", "09:30"), ("OUT", "18:00"))
    assert day == Day("LATE", 1, 30_600, 1, 1)


def test_scans_of_another_time_are_absence():
    assert status(("IN", "19:00"), ("OUT", "20:00")) == Day("ABSENT", 0, 0, 1, 0)
    assert status() == Day("ABSENT", 0, 0, 1, 0)


def test_a_void_that_is_taken_back_takes_back_nothing():
    day = status(("IN", "09:00"), ("OUT", "14:00"), ("VOID", "19:00", 2), ("VOID", "19:05", 3))
    assert day == Day("EARLY", 1, 18_000, 1, 1)


def test_an_excuse_taken_back_is_no_excuse():
    assert status(("EXCUSE", "20:00"), ("VOID", "21:00", 1)) == Day("ABSENT", 0, 0, 1, 0)


def test_hours_round_down_and_keep_their_marks():
    session = Session(NINE, NINE.replace(hour=13), units=4)
    day = status(("IN", "09:00"), ("OUT", "11:59:59"), session=session, policy=Policy(count_by="HOUR"))
    assert day == Day("EARLY", 1, 10_799, 4, 2)


def test_no_tolerance_makes_one_second_late():
    assert status(("IN", "09:00:01"), ("OUT", "18:00"), policy=Policy(late_after_min=0)).status == "LATE"
    assert status(("IN", "09:00"), ("OUT", "18:00"), policy=Policy(late_after_min=0)).status == "PRESENT"


@pytest.mark.parametrize(
    ("events", "session"),
    [
        ([Event("IN", NINE.replace(tzinfo=None), 1)], WHOLE),
        ([Event("NAP", NINE, 1)], WHOLE),
        ([], Session(NINE.replace(tzinfo=None), SIX)),
        ([], Session(NINE, NINE)),
        ([], Session(NINE, NINE + timedelta(microseconds=9))),
        ([], Session(SIX, NINE)),
        ([], Session(NINE, SIX, units=0)),
        ([], Session(NINE, NINE, cancelled=True)),
    ],
)
def test_refused(events, session):
    with pytest.raises(ValueError):
        day_status(events, session, Policy())


def test_unknown_way_of_counting():
    with pytest.raises(ValueError, match="DAY or HOUR"):
        Policy(count_by="WEEK")


def test_marks_never_take_more_than_was_attended():
    days = [Day("OUT", 3, 0, 1, 0)] * 2 + [Day("LATE", 3, 0, 1, 1)]
    assert tally(days, Policy()).attended_units == 0


def test_marks_convert_nothing_by_the_hour_or_when_told_never():
    days = [Day("LATE", 3, 0, 4, 4)] * 2
    assert tally(days, Policy(count_by="HOUR")).converted == 0
    assert tally(days, Policy(n_to_absence=0)).converted == 0


@pytest.mark.parametrize("numbers", [(1.0, 2, 80), (True, 2, 80), (1, 2, "80"), (1, None, 80)])
def test_meets_takes_whole_numbers_only(numbers):
    with pytest.raises(TypeError):
        meets(*numbers)


@pytest.mark.parametrize("numbers", [(-1, 2, 80), (3, 2, 80), (1, 2, 101), (1, 2, -1), (0, -1, 80)])
def test_meets_refuses_what_cannot_be(numbers):
    with pytest.raises(ValueError):
        meets(*numbers)


times = st.integers(-3_600, 36_000).map(lambda second: NINE + timedelta(seconds=second))
kinds = st.sampled_from(sorted(KINDS - {"VOID"}))
policies = st.builds(
    Policy,
    count_by=st.sampled_from(["DAY", "HOUR"]),
    late_after_min=st.integers(0, 60),
    early_before_min=st.integers(0, 60),
    min_ratio_bp=st.integers(0, 10_000),
    checkout_required=st.booleans(),
)


@st.composite
def histories(draw):
    plain = [Event(draw(kinds), draw(times), seq) for seq in range(1, draw(st.integers(0, 8)) + 1)]
    voids = [
        Event("VOID", SIX, seq, draw(st.integers(1, seq)))
        for seq in range(len(plain) + 1, len(plain) + draw(st.integers(0, 3)) + 1)
    ]
    return plain + voids


@given(histories(), st.randoms(), policies)
def test_the_order_of_events_never_matters(events, random, policy):
    shuffled = list(events)
    random.shuffle(shuffled)
    assert day_status(shuffled, WHOLE, policy) == day_status(events, WHOLE, policy)


@given(histories(), policies, st.integers(-12, 14))
def test_the_zone_times_are_written_in_never_matters(events, policy, hours):
    zone = timezone(timedelta(hours=hours))
    moved = [Event(event.kind, event.at.astimezone(zone), event.seq, event.voids) for event in events]
    session = Session(NINE.astimezone(UTC), SIX.astimezone(zone))
    assert day_status(moved, session, policy) == day_status(events, WHOLE, policy)


@given(histories(), policies, st.integers(1, 9))
def test_a_day_stays_within_its_session(events, policy, units):
    day = day_status(events, Session(NINE, SIX, units), policy)
    assert 0 <= day.present_s <= 32_400
    assert 0 <= day.attended_units <= day.scheduled_units == units
    assert 0 <= day.marks <= 3
    assert (day.status in {"LATE", "EARLY", "OUT"}) == (day.marks > 0)


@given(histories(), policies)
def test_what_a_void_takes_back_might_as_well_never_have_been(events, policy):
    last = max((event.seq for event in events), default=0)
    scan = Event("IN", NINE, last + 1)
    undone = [*events, scan, Event("VOID", SIX, last + 2, last + 1)]
    assert day_status(undone, WHOLE, policy) == day_status(events, WHOLE, policy)


@given(st.lists(st.tuples(histories(), st.booleans()), max_size=6), policies, st.integers(0, 4))
def test_a_tally_can_always_be_judged(days, policy, cap):
    policy = Policy(policy.count_by, excused_cap_units=cap)
    judged = [day_status(events, Session(NINE, SIX, cancelled=cancelled), policy) for events, cancelled in days]
    result = tally(judged, policy)
    assert result.excused_units <= cap
    assert meets(result.attended_units, result.scheduled_units, 0) is (result.scheduled_units > 0)
