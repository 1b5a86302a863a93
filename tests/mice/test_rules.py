"""What holds for any award, any settlement sheet, any turnout, any tour."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.mice.budget import CANCELLED, OPEN, SETTLED, Position, cap_left, net
from portal.mice.itinerary import Leg, Stop, problems, visits
from portal.mice.settlement import Line, Rules, recognise, settle
from portal.mice.turnout import CheckIn, TurnoutPolicy, pay_rate_bp, turnout

WON = st.integers(0, 200_000_000)
RATE = st.integers(0, 10_000)
DAY = st.dates(date(2019, 8, 1), date(2019, 12, 31))
PERIOD = (date(2019, 9, 1), date(2019, 12, 1))
LINE = st.builds(
    Line,
    code=st.sampled_from(["VENUE", "SPEAKERS", "DINNER"]),
    supply=st.integers(0, 10_000_000),
    vat=st.integers(0, 1_000_000),
    vat_reclaimable=st.booleans(),
    paid_on=DAY,
    evidence=st.sampled_from([letter * 64 for letter in "0123456789"]),
)
BUDGET = st.fixed_dictionaries({"VENUE": st.integers(0, 20_000_000), "SPEAKERS": st.integers(0, 20_000_000)})
SCAN = st.builds(
    CheckIn,
    person=st.sampled_from("abcdefgh"),
    origin=st.sampled_from(["DOMESTIC", "FOREIGN"]),
    mode=st.sampled_from(["ONSITE", "ONLINE"]),
    day=st.sampled_from(["2019-10-01", "2019-10-02"]),
    country=st.sampled_from(["KR", "SG", "US"]),
)


@given(WON, WON, WON, RATE, st.none() | WON, WON, st.integers(0, 10_000))
def test_a_settlement_never_passes_a_limit_and_every_won_is_explained(
    award, left, recognised, rate, tariff, paid, interest
):
    found = settle(award, left, recognised, rate, tariff, paid, interest)
    limits = [award, left, recognised * rate // 10_000, *([] if tariff is None else [tariff])]
    assert found.final == min(limits)
    assert limits[["award", "cap", "recognised", "tariff"].index(found.binding)] == found.final
    assert paid + found.balance - (found.repayment - interest) == found.final
    assert found.balance == 0 or found.repayment == interest
    assert found.interest == interest


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"award": True}, TypeError),
        ({"recognised": 1.0}, TypeError),
        ({"paid": -1}, ValueError),
        ({"support_rate_bp": 10_001}, ValueError),
        ({"tariff": -1}, ValueError),
        ({"interest": 0.5}, TypeError),
    ],
)
def test_a_settlement_of_wrong_figures_is_refused(given, error):
    right = {"award": 1, "cap_left": 1, "recognised": 1, "support_rate_bp": 1}
    with pytest.raises(error):
        settle(**right | given)


def test_the_first_limit_decides_on_a_tie():
    assert settle(100, 100, 100, 10_000, 100).binding == "award"
    assert settle(200, 100, 100, 10_000, 100).binding == "cap"


@given(
    st.lists(LINE, max_size=12), BUDGET, st.integers(0, 10_000), st.frozensets(st.sampled_from(["0" * 64, "1" * 64]))
)
def test_recognised_and_cut_make_what_was_handed_in(lines, budget, move, seen):
    found = recognise(lines, Rules(PERIOD, budget, move, seen))
    assert found.total + sum(cut.amount for cut in found.cuts) == sum(line.supply + line.vat for line in lines)
    assert found.total <= sum(amount + amount * move // 10_000 for amount in budget.values())
    assert [cut.line for cut in found.cuts] == sorted(cut.line for cut in found.cuts)
    for cut in found.cuts:
        line = lines[cut.line - 1]
        above = seen | {one.evidence for one in lines[: cut.line - 1]}
        assert (cut.reason == "duplicate") == (line.evidence in above)
    counted = {cut.line for cut in found.cuts if cut.reason in ("duplicate", "category", "period")}
    kept = [line.evidence for number, line in enumerate(lines, start=1) if number not in counted]
    assert len(kept) == len(set(kept)), "no evidence counts twice"


def test_the_end_of_the_period_is_outside_and_its_start_within():
    lines = [Line("VENUE", 1, 0, False, day, str(day)) for day in PERIOD]
    assert [(cut.line, cut.reason) for cut in recognise(lines, Rules(PERIOD, {"VENUE": 9})).cuts] == [(2, "period")]


POSITION = st.builds(
    Position,
    award=st.sampled_from(["A1", "A2", "A3"]),
    edition=st.sampled_from(["E1", "E2"]),
    programme=st.sampled_from(["conference", "promotion"]),
    state=st.sampled_from(sorted(OPEN | SETTLED | {CANCELLED})),
    amount=WON,
    paid=WON,
    repaid=WON,
    final=WON,
)


@given(WON, st.lists(POSITION, max_size=6))
def test_the_programme_plays_no_part_and_another_edition_neither(cap, positions):
    used = sum(net(one) for one in positions if one.edition == "E1")
    assert cap_left(cap, positions, edition="E1") == max(cap - used, 0)
    assert cap_left(cap, positions, edition="E1", but="A1") >= cap_left(cap, positions, edition="E1")


def test_an_award_in_no_known_state_or_settled_without_an_amount_is_refused():
    with pytest.raises(ValueError, match="state"):
        net(Position("A", "E", "P", "LOST", 1))
    with pytest.raises(ValueError, match="final"):
        net(Position("A", "E", "P", "CLOSED", 1))


@given(st.lists(SCAN, max_size=30))
def test_a_person_counts_once_however_often_scanned(scans):
    policy = TurnoutPolicy()
    found = turnout(scans, policy)
    assert found == turnout([*scans, *scans], policy)
    assert found.onsite + found.online == len({one.person for one in scans})
    assert found.onsite == found.domestic + found.foreign
    assert found.foreign <= found.recognised <= min(found.onsite, 2 * found.foreign)


def test_who_came_and_then_watched_counts_as_having_come_and_the_country_of_a_viewer_does_not_count():
    scans = [
        CheckIn("a", "FOREIGN", "ONLINE", "2019-10-01", "US"),
        CheckIn("a", "FOREIGN", "ONSITE", "2019-10-02", "SG"),
    ]
    found = turnout(scans, TurnoutPolicy())
    assert (found.onsite, found.online, found.countries, found.days) == (1, 0, 1, 1)


@given(st.integers(0, 500), st.integers(0, 500))
def test_more_who_came_never_pay_less(required, actual):
    table = TurnoutPolicy().pay_table
    assert pay_rate_bp(required, actual, table) <= pay_rate_bp(required, actual + 1, table)
    assert pay_rate_bp(required, max(required, actual), table) == 10_000


def test_a_table_without_a_last_row_pays_nothing_below_it():
    assert pay_rate_bp(100, 79, ((8_000, 8_000),)) == 0


MORNING = dict.fromkeys(range(5), (540, 1080))


def test_leaving_on_the_minute_of_closing_is_in_time_and_a_minute_later_is_not():
    start = datetime(2020, 5, 6, 17, 0)
    assert problems(start, [Stop("a", 60, 9, MORNING)], []) == []
    assert problems(start, [Stop("a", 61, 9, MORNING)], []) == ["after_closing:a"]
    assert problems(start.replace(hour=8), [Stop("a", 20, 9, MORNING)], []) == ["before_opening:a"]


def test_a_closed_stop_has_no_other_problem_and_hours_are_those_of_seoul():
    saturday = datetime(2020, 5, 9, 3, 0)
    shut = Stop("b", 900, 9, MORNING, frozenset({date(2020, 5, 6)}))
    assert problems(saturday, [shut], []) == ["closed:b"]
    assert problems(datetime(2020, 5, 6, 12, 0), [shut], []) == ["closed:b"]
    assert problems(datetime(2020, 5, 5, 0, 30, tzinfo=UTC), [Stop("c", 30, 9, MORNING)], []) == []


def test_stay_past_midnight_is_after_closing():
    assert problems(datetime(2020, 5, 6, 23, 0), [Stop("a", 120, 9, {2: (0, 1440)})], []) == ["after_closing:a"]


@given(st.lists(st.integers(1, 120), min_size=1, max_size=6), st.lists(st.integers(0, 90), min_size=5, max_size=5))
def test_the_time_of_a_tour_is_its_stays_and_its_ways(stays, ways):
    stops, legs = (
        [Stop(str(n), stay, 9, {}) for n, stay in enumerate(stays)],
        [Leg(way) for way in ways[: len(stays) - 1]],
    )
    start = datetime(2020, 5, 6, 10, 0)
    found = visits(start, stops, legs)
    assert found[-1].leave - start == timedelta(minutes=sum(stays) + sum(leg.minutes for leg in legs))


def test_a_way_too_few_is_refused():
    with pytest.raises(ValueError, match="legs"):
        visits(datetime(2020, 5, 6, 10, 0), [Stop("a", 1, 1, {}), Stop("b", 1, 1, {})], [])
