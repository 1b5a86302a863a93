from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fund.performance import Multiples, converted, direct_alpha, ks_pme, multiples, xirr
from tests.fund.oracles import FIRST, yearly

AMOUNTS = st.integers(0, 10**12)


@st.composite
def series(draw):
    count = draw(st.integers(2, 8))
    rows = [draw(st.lists(st.integers(0, 10**9), min_size=count, max_size=count)) for _ in range(2)]
    index = draw(st.lists(st.integers(1, 5000), min_size=count, max_size=count))
    return {
        "contributions": [draw(st.integers(1, 10**9)), *rows[0][1:]],
        "distributions": rows[1],
        "index": index,
        "nav": draw(st.integers(1, 10**9)),
    }


@settings(deadline=None)
@given(st.integers(1, 10**12), AMOUNTS, AMOUNTS, st.integers(1, 10**12))
def test_total_is_distributed_and_residual(paid_in, distributed, nav, committed):
    result = multiples(paid_in, distributed, nav, committed)
    assert result.tvpi == result.dpi + result.rvpi
    assert result.pic == Fraction(paid_in, committed)


def test_nothing_paid_in_has_no_multiple():
    assert multiples(0, 0, 0, 100) == Multiples(Fraction(0), None, None, None)
    assert multiples(10, 0, 5, 0) == Multiples(None, Fraction(0), Fraction(1, 2), Fraction(1, 2))


def test_multiples_take_no_floats():
    with pytest.raises(TypeError):
        multiples(100.0, 10, 10, 100)


@settings(deadline=None)
@given(series(), st.integers(1, 1000))
def test_the_level_of_the_index_does_not_matter(given, factor):
    scaled = given | {"index": [factor * level for level in given["index"]]}
    assert ks_pme(**scaled) == ks_pme(**given)


@settings(deadline=None)
@given(series())
def test_a_flat_index_leaves_the_multiple(given):
    flat = given | {"index": [100] * len(given["index"])}
    total = multiples(sum(given["contributions"]), sum(given["distributions"]), given["nav"], 1).tvpi
    assert ks_pme(**flat) == float(total)


@settings(deadline=None)
@given(series())
def test_over_a_flat_index_alpha_is_the_rate_of_return(given):
    flat = given | {"index": [100] * len(given["index"])}
    net = [back - paid for paid, back in zip(given["contributions"], given["distributions"], strict=True)]
    net[-1] += given["nav"]
    rate = xirr(yearly(net))
    if rate.status == "OK":
        assert direct_alpha(**flat) == rate.rate
    else:
        with pytest.raises(ValueError):
            direct_alpha(**flat)


@settings(deadline=None)
@given(st.integers(1, 10**9), st.integers(1, 5000), st.integers(1, 5000))
def test_money_that_did_as_the_index_has_no_alpha(amount, before, after):
    given = {"contributions": [amount * before, 0], "distributions": [0, 0], "index": [before, after]}
    assert ks_pme(**given, nav=amount * after) == 1
    assert direct_alpha(**given, nav=amount * after) == pytest.approx(0, abs=1e-12)


def test_dates_count_days_over_365():
    given = {"contributions": [100, 0], "distributions": [0, 0], "index": [100, 100], "nav": 121}
    assert direct_alpha(**given) == pytest.approx(0.21)
    assert direct_alpha(**given, dates=[FIRST, FIRST + timedelta(730)]) == pytest.approx(0.1)


def test_numbers_of_any_exact_kind():
    given = {"contributions": [Decimal(25), 0, 0], "distributions": [0, Fraction(15), 0], "nav": 20.0}
    assert ks_pme(**given, index=[100, Decimal("115"), 130.0]) == pytest.approx(1.1371237458194, abs=1e-13)


@pytest.mark.parametrize("door", [ks_pme, direct_alpha])
@pytest.mark.parametrize(
    "wrong",
    [
        {"contributions": [100]},
        {"index": [100, 110, 120]},
        {"contributions": [], "distributions": [], "index": []},
        {"contributions": [100, -1]},
        {"distributions": [-1, 0]},
        {"nav": -1},
        {"index": [100, 0]},
        {"index": [-100, 100]},
        {"nav": float("nan")},
        {"contributions": [0, 0]},
    ],
)
def test_comparisons_that_are_refused(door, wrong):
    given = {"contributions": [100, 0], "distributions": [0, 10], "index": [100, 110], "nav": 100} | wrong
    with pytest.raises(ValueError):
        door(**given)


@pytest.mark.parametrize(
    "dates", [[FIRST], [FIRST, FIRST], [FIRST + timedelta(1), FIRST], [FIRST, FIRST + timedelta(1), FIRST]]
)
def test_dates_that_are_refused(dates):
    with pytest.raises(ValueError, match="date"):
        direct_alpha([100, 0], [0, 0], [1, 1], 110, dates)


def test_two_alphas_are_none():
    with pytest.raises(ValueError, match="2 rates"):
        direct_alpha([100, 0, 132], [0, 230, 0], [1, 1, 1], 0)


def test_a_currency_is_converted_at_the_rate_of_its_day():
    rates = {date(2021, 1, 1): Decimal("1088.0"), date(2022, 1, 1): 1186}
    flows = [(date(2021, 1, 1), -100), (date(2022, 1, 1), 120)]
    assert converted(flows, rates) == [(date(2021, 1, 1), Decimal("-108800.0")), (date(2022, 1, 1), 142_320)]
    with pytest.raises(ValueError, match="2023-01-01"):
        converted([(date(2023, 1, 1), 1)], rates)
