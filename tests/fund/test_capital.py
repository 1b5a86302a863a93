from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fund import capital

AMOUNTS = st.integers(0, 10**12)
UNITS = st.lists(st.integers(1, 10**6), min_size=1, max_size=6)
CLOSE = date(2021, 6, 1)
CALLS = st.lists(st.tuples(st.dates(date(2018, 1, 1), CLOSE), AMOUNTS), max_size=5)


@settings(deadline=None)
@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, st.integers(-(10**9), 10**9))
def test_unfunded_is_the_sum_or_a_refusal(commitment, called, recallable, returned, released, adjustment):
    left = commitment - called + recallable + returned - released + adjustment
    given = (commitment, called, recallable, returned, released, adjustment)
    if 0 <= left <= commitment:
        assert capital.unfunded(*given) == left
    else:
        with pytest.raises(ValueError):
            capital.unfunded(*given)


@pytest.mark.parametrize(
    ("wrong", "left"),
    [({"called_inside": 101}, -1), ({"recallable": 1}, 101), ({"adjustment": -101}, -1), ({"released": 101}, -1)],
)
def test_unfunded_says_what_it_would_be(wrong, left):
    given = {"commitment": 100, "called_inside": 0, "recallable": 0, "returned_excess": 0, "released": 0} | wrong
    with pytest.raises(ValueError, match=rf"^unfunded of {left} is outside 0\.\.100$"):
        capital.unfunded(**given)


def test_money_recalled_is_called_twice():
    assert capital.unfunded(100, 105, 10, 0, 0) == 5
    assert capital.unfunded(100, 105, 0, 10, 0) == 5


def test_all_released_leaves_nothing():
    assert capital.unfunded(100, 40, 0, 0, 60) == 0


@pytest.mark.parametrize("amount", [1.0, True, "1", Fraction(1)])
def test_unfunded_takes_whole_numbers(amount):
    with pytest.raises(TypeError, match="commitment"):
        capital.unfunded(amount, 0, 0, 0, 0)


@settings(deadline=None)
@given(st.lists(st.integers(10**4, 10**9), min_size=1, max_size=8), st.data())
def test_calls_on_the_same_units_never_drift(amounts, data):
    units = data.draw(st.lists(st.integers(1, 1000), min_size=1, max_size=8))
    already, called = [0] * len(units), 0
    for amount in amounts:
        shares = capital.call_shares(amount, units, already)
        assert sum(shares) == amount
        assert min(shares) >= 0
        already, called = [a + b for a, b in zip(already, shares, strict=True)], called + amount
        assert all(abs(a - Fraction(called * u, sum(units))) < 1 for a, u in zip(already, units, strict=True))


def test_a_call_of_one_won_each_is_the_smallest():
    assert capital.call_shares(3, [2, 1], [0, 0]) == [2, 1]
    with pytest.raises(ValueError, match="less than one won"):
        capital.call_shares(2, [2, 1], [0, 0])


@pytest.mark.parametrize(("amount", "units"), [(10, []), (10, [1, 0]), (10, [1, -1]), (-10, [1, 1])])
def test_a_call_that_cannot_be_shared(amount, units):
    with pytest.raises(ValueError):
        capital.call_shares(amount, units, [0] * len(units))


@settings(deadline=None)
@given(st.integers(0, 10**12), st.integers(1, 10**13), st.integers(0, 10_000))
def test_the_city_keeps_its_cap_by_integers(city, total, cap_bp):
    assert capital.city_share_ok(city, total, cap_bp) == (Fraction(city, total) <= Fraction(cap_bp, 10_000))


@settings(deadline=None)
@given(st.integers(0, 10**12), st.integers(1, 10_000))
def test_the_smallest_total_is_the_smallest(city, cap_bp):
    smallest = capital.smallest_total(city, cap_bp)
    assert capital.city_share_ok(city, smallest, cap_bp)
    assert city == 0 or not capital.city_share_ok(city, smallest - 1, cap_bp)


def test_no_total_keeps_a_cap_of_nothing():
    with pytest.raises(ValueError):
        capital.smallest_total(1, 0)


def test_no_share_before_anybody_committed():
    assert capital.share_bp(0, 0) is None
    assert capital.city_share_ok(0, 0, 1400)


@settings(deadline=None)
@given(UNITS, st.lists(st.integers(0, 10**6), max_size=4), CALLS, st.integers(0, 2000))
def test_late_closers_pay_the_earlier_ones(earlier, joining, calls, rate_bp):
    result = capital.equalise(earlier, joining, calls, CLOSE, rate_bp)
    called, whole = sum(amount for _, amount in calls), sum(earlier) + sum(joining)
    assert len(result.principal) == len(result.interest) == len(joining)
    assert sum(result.principal) == sum(result.principal_back)
    assert sum(result.interest) == sum(result.interest_back)
    for units, principal, interest in zip(joining, result.principal, result.interest, strict=True):
        assert abs(principal - Fraction(called * units, whole)) < 1
        exact = sum(
            Fraction(amount * units, whole) * Fraction(rate_bp, 10_000) * Fraction((CLOSE - due).days, 365)
            for due, amount in calls
        )
        assert 0 <= exact - interest < 1
    for units, back in zip(earlier, result.principal_back, strict=True):
        assert abs(back - Fraction(sum(result.principal) * units, sum(earlier))) < 1


@settings(deadline=None)
@given(UNITS, UNITS, CALLS)
def test_all_stand_where_they_would_from_the_first_close(earlier, joining, calls):
    called, whole = sum(amount for _, amount in calls), sum(earlier) + sum(joining)
    result = capital.equalise(earlier, joining, calls, CLOSE, 0)
    for units, back in zip(earlier, result.principal_back, strict=True):
        paid = Fraction(called * units, sum(earlier))
        drift = sum(result.principal) - Fraction(called * sum(joining), whole)
        assert abs(paid - back - Fraction(called * units, whole) + drift * Fraction(units, sum(earlier))) < 1


def test_interest_runs_from_each_due_date_with_one_floor():
    calls = [(date(2021, 1, 1), 1000), (date(2021, 3, 1), 1000)]
    result = capital.equalise([1], [1], calls, date(2021, 4, 1), 800)
    assert result.interest == (13,)  # 500 × 8 % × (90 + 31) / 365 = 13.26; floors of each would give 9 + 3


def test_nobody_joins():
    assert capital.equalise([1, 2], [], [(CLOSE, 90)], CLOSE, 800) == capital.Equalisation((), (), (0, 0), (0, 0))


@pytest.mark.parametrize(
    "wrong",
    [
        {"calls": [(CLOSE + timedelta(1), 10)]},
        {"calls": [(CLOSE, -10)]},
        {"earlier": []},
        {"earlier": [0]},
        {"earlier": [2, -1]},
        {"joining": [-1]},
        {"rate_bp": -1},
    ],
)
def test_equalisations_that_are_refused(wrong):
    given = {"earlier": [1], "joining": [1], "calls": [(CLOSE, 10)], "on": CLOSE, "rate_bp": 0} | wrong
    with pytest.raises(ValueError):
        capital.equalise(**given)


def test_a_float_call_is_refused():
    with pytest.raises(TypeError):
        capital.equalise([1], [1], [(CLOSE, 10.0)], CLOSE, 0)
