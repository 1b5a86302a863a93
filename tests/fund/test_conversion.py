from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fund.conversion import Redemption, converted_units, part_of_cost, redeem, safe_shares

COSTS, UNITS = st.integers(0, 10**12), st.integers(1, 10**6)


@settings(deadline=None)
@given(
    st.integers(0, 10**11), st.integers(0, 10**12), st.integers(0, 9999), st.integers(1, 10**12), st.integers(1, 10**8)
)
def test_shares_at_the_better_price_cost_no_more_than_was_put_in(amount, cap, discount_bp, pre_money, shares):
    got = safe_shares(amount, cap, discount_bp, pre_money, shares)
    prices = [Fraction(pre_money, shares) * Fraction(10_000 - discount_bp, 10_000)]
    prices += [Fraction(cap, shares)] if cap else []
    assert got * min(prices) <= amount < (got + 1) * min(prices)


@settings(deadline=None)
@given(st.integers(0, 10**11), st.integers(1, 10**12), st.integers(0, 9998), st.integers(1, 10**12), UNITS)
def test_a_lower_cap_or_a_higher_discount_never_gives_less(amount, cap, discount_bp, pre_money, shares):
    got = safe_shares(amount, cap, discount_bp, pre_money, shares)
    assert safe_shares(amount, max(1, cap // 2), discount_bp, pre_money, shares) >= got
    assert safe_shares(amount, cap, discount_bp + 1, pre_money, shares) >= got
    assert safe_shares(amount, 0, discount_bp, pre_money, shares) <= got


@pytest.mark.parametrize(
    "wrong",
    [{"amount": -1}, {"cap": -1}, {"discount_bp": -1}, {"discount_bp": 10_000}, {"pre_money": 0}, {"shares": 0}],
)
def test_rounds_that_are_refused(wrong):
    with pytest.raises(ValueError):
        safe_shares(**{"amount": 1, "cap": 1, "discount_bp": 0, "pre_money": 1, "shares": 1} | wrong)


def test_a_float_amount_is_refused():
    with pytest.raises(TypeError):
        safe_shares(1.0, 0, 0, 1, 1)


@settings(deadline=None)
@given(COSTS, st.lists(UNITS, min_size=1, max_size=8))
def test_a_lot_given_away_in_parts_gives_all_its_cost(cost, parts):
    left, units = cost, sum(parts)
    for taken in parts:
        part = part_of_cost(left, units, taken)
        assert abs(part - Fraction(left * taken, units)) < 1
        assert 0 <= part <= left
        left, units = left - part, units - taken
    assert (left, units) == (0, 0)


@settings(deadline=None)
@given(COSTS, UNITS, st.data())
def test_a_redemption_splits_its_proceeds(cost, units, data):
    taken, proceeds = data.draw(st.integers(1, units)), data.draw(COSTS)
    result = redeem(cost, units, taken, proceeds)
    assert result.cost + result.gain == proceeds
    assert result.cost == part_of_cost(cost, units, taken)


def test_a_redemption_below_cost_is_a_loss():
    assert redeem(1000, 10, 5, 300) == Redemption(500, -200)


@settings(deadline=None)
@given(st.integers(0, 10**9), st.fractions(Fraction(1, 100), 100))
def test_conversion_gives_whole_shares(units, ratio):
    new = converted_units(units, ratio)
    assert new <= units * ratio < new + 1


@pytest.mark.parametrize(("units", "ratio"), [(-1, Fraction(1)), (1, Fraction(0)), (1, Fraction(-1, 2))])
def test_conversions_that_are_refused(units, ratio):
    with pytest.raises(ValueError):
        converted_units(units, ratio)


def test_a_float_ratio_is_refused():
    with pytest.raises(TypeError):
        converted_units(1, 1.5)


@pytest.mark.parametrize(("cost", "units", "taken"), [(1, 10, 11), (1, 10, 0), (-1, 10, 1), (1, 10, -1)])
def test_parts_that_are_refused(cost, units, taken):
    with pytest.raises(ValueError):
        part_of_cost(cost, units, taken)
