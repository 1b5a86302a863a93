from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fund.lookthrough import exposures

FUNDS = ["A", "B", "C", "D"]
STAKES = st.dictionaries(
    st.sampled_from(["city", *FUNDS]),
    st.dictionaries(st.sampled_from(FUNDS), st.fractions(0, Fraction(1, 5), max_denominator=50)),
)
ASSETS = st.dictionaries(
    st.sampled_from(FUNDS), st.dictionaries(st.sampled_from(["x", "y", "z"]), st.integers(0, 10**10))
)


def plus(*rows):
    return {name: sum(row.get(name, 0) for row in rows) for name in sorted({name for row in rows for name in row})}


def without_zeros(row):
    return {name: value for name, value in row.items() if value}


@settings(deadline=None)
@given(STAKES, ASSETS)
def test_what_one_owns_is_its_own_and_its_part_of_what_its_funds_own(stakes, assets):
    """Holds for every holder at once, circles or none, and for no other figures."""
    for holder in ["city", *FUNDS]:
        of_funds = [
            {company: part * value for company, value in exposures(fund, stakes, assets).items()}
            for fund, part in stakes.get(holder, {}).items()
        ]
        whole = plus(assets.get(holder, {}), *of_funds)
        assert without_zeros(exposures(holder, stakes, assets)) == without_zeros(whole)


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 5), min_size=6, max_size=6), min_size=4, max_size=4), ASSETS)
def test_nothing_is_lost_where_every_fund_is_owned_whole(parts, assets):
    holders = ["city", "private", *FUNDS]
    stakes = {holder: {} for holder in holders}
    for fund, weights in zip(FUNDS, parts, strict=True):
        assume(weights[0] + weights[1])  # somebody outside owns a part of each
        for holder, weight in zip(holders, weights, strict=True):
            stakes[holder][fund] = Fraction(weight, sum(weights))
    outside = plus(exposures("city", stakes, assets), exposures("private", stakes, assets))
    assert without_zeros(outside) == without_zeros(plus(*assets.values()))


def test_funds_nobody_reaches_do_not_count():
    assert exposures("city", {"city": {"A": Fraction(0)}, "X": {"A": Fraction(1)}}, {"A": {"x": 10}}) == {}


def test_a_company_worth_nothing_is_still_held():
    assert exposures("city", {"city": {"A": Fraction(1, 2)}}, {"A": {"x": 0}}) == {"x": 0}


def test_two_hundred_funds_of_funds():
    names = [f"f{n}" for n in range(200)]
    stakes = {a: {b: Fraction(1, 2)} for a, b in pairwise(names)}
    assert exposures("f0", stakes, {"f199": {"x": 2**199}}) == {"x": 1}


@pytest.mark.parametrize(
    "stakes",
    [
        {"A": {"B": Fraction(11, 10)}},
        {"A": {"B": Fraction(-1, 10)}},
        {"A": {"A": Fraction(1)}},
        {"A": {"B": Fraction(1)}, "B": {"A": Fraction(1)}},
        {"A": {"B": Fraction(1, 2)}, "B": {"C": Fraction(1)}, "C": {"B": Fraction(1)}},
        {"A": {"B": Fraction(1), "C": Fraction(1)}, "B": {"A": Fraction(1, 2)}, "C": {"A": Fraction(1, 2)}},
    ],
)
def test_stakes_that_are_refused(stakes):
    with pytest.raises(ValueError):
        exposures("A", stakes, {})


@pytest.mark.parametrize(("stake", "value"), [(0.5, 10), (Fraction(1, 2), 10.0)])
def test_floats_are_refused(stake, value):
    with pytest.raises(TypeError):
        exposures("A", {"A": {"B": stake}}, {"B": {"x": value}})
