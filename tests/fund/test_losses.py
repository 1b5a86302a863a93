from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fund.waterfall import excess_transfer, first_loss

STAKES = st.dictionaries(st.sampled_from(["fof", "city", "gp", "private"]), st.integers(0, 10**11), min_size=1)


@settings(deadline=None)
@given(STAKES, st.data())
def test_the_loss_is_borne_and_nobody_bears_more_than_its_stake(stakes, data):
    bearer = data.draw(st.sampled_from(sorted(stakes)))
    loss = data.draw(st.integers(0, sum(stakes.values())))
    limit_bp, shares_rest = data.draw(st.integers(0, 10_000)), data.draw(st.booleans())
    borne = first_loss(loss, stakes, bearer, limit_bp, shares_rest)
    assert list(borne) == list(stakes)
    assert sum(borne.values()) == loss
    assert all(0 <= borne[name] <= stakes[name] for name in stakes)
    limit = min(sum(stakes.values()) * limit_bp // 10_000, stakes[bearer])
    assert borne[bearer] >= min(loss, limit)
    if not shares_rest and borne[bearer] > min(loss, limit):
        assert all(borne[name] == stakes[name] for name in stakes if name != bearer)


@settings(deadline=None)
@given(STAKES, st.data())
def test_without_a_limit_it_is_a_plain_split(stakes, data):
    loss = data.draw(st.integers(0, sum(stakes.values())))
    borne = first_loss(loss, stakes, next(iter(stakes)), 0, True)
    for name, stake in stakes.items():
        assert stake == 0 or abs(borne[name] - Fraction(loss * stake, sum(stakes.values()))) < 1


def test_what_the_bearer_cannot_bear_passes_to_the_others():
    stakes = {"gp": 100, "city": 300, "private": 600}
    assert first_loss(400, stakes, "gp", 1000, True) == {"gp": 100, "city": 100, "private": 200}
    assert first_loss(400, stakes, "gp", 500, True) == {"gp": 85, "city": 105, "private": 210}


def test_what_the_others_cannot_bear_comes_back_to_the_bearer():
    stakes = {"gp": 500, "city": 300}
    assert first_loss(700, stakes, "gp", 1250, False) == {"gp": 400, "city": 300}


@pytest.mark.parametrize(
    ("loss", "stakes", "bearer", "limit_bp"),
    [
        (11, {"a": 10}, "a", 100),
        (-1, {"a": 10}, "a", 100),
        (1, {"a": 10, "b": -1}, "a", 100),
        (1, {"a": 10}, "b", 100),
        (1, {"a": 10}, "a", -1),
    ],
)
def test_losses_that_are_refused(loss, stakes, bearer, limit_bp):
    with pytest.raises(ValueError):
        first_loss(loss, stakes, bearer, limit_bp, True)


def test_a_float_loss_is_refused():
    with pytest.raises(TypeError):
        first_loss(1.0, {"a": 10}, "a", 100, True)


@settings(deadline=None)
@given(st.integers(-(10**12), 10**12), st.integers(0, 10_000), STAKES.filter(lambda stakes: any(stakes.values())))
def test_the_excess_passed_on_is_floored_then_split(excess, rate_bp, receivers):
    passed = excess_transfer(excess, rate_bp, receivers)
    assert list(passed) == list(receivers)
    assert sum(passed.values()) == max(0, excess) * rate_bp // 10_000


@pytest.mark.parametrize(("rate_bp", "receivers"), [(-1, {"a": 1}), (10_001, {"a": 1}), (1, {}), (1, {"a": 0})])
def test_transfers_that_are_refused(rate_bp, receivers):
    with pytest.raises(ValueError):
        excess_transfer(100, rate_bp, receivers)
