from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import split, split_cumulative, won, won_in_words

WEIGHTS = st.lists(st.integers(0, 10**12), min_size=1, max_size=12).filter(any)


@given(st.integers(-(10**13), 10**13), WEIGHTS)
def test_split_loses_no_won_and_stays_within_one_of_exact(total, weights):
    shares = split(total, weights)
    assert sum(shares) == total
    assert all(abs(share - Fraction(total * w, sum(weights))) < 1 for share, w in zip(shares, weights, strict=True))


@given(st.integers(0, 10**9), WEIGHTS)
def test_a_reversal_cancels_to_the_won(total, weights):
    assert split(-total, weights) == [-share for share in split(total, weights)]


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=20), WEIGHTS)
def test_instalments_never_drift(instalments, weights):
    already, paid = [0] * len(weights), 0
    for amount in instalments:
        shares = split_cumulative(amount, weights, already)
        assert sum(shares) == amount
        already = [a + b for a, b in zip(already, shares, strict=True)]
        paid += amount
        assert all(abs(a - Fraction(paid * w, sum(weights))) < 1 for a, w in zip(already, weights, strict=True))


def test_a_tie_goes_to_the_first():
    assert split(1, [1, 1, 1]) == [1, 0, 0]
    assert split(5, [1, 1]) == [3, 2]


def test_weights_may_be_areas():
    assert split(100, [Decimal("20.00"), Decimal("40.00")]) == [33, 67]


def test_four_small_calls():
    assert split_cumulative(2, [2, 1], [2, 1]) == [1, 1]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_weights_that_cannot_be_split_by(weights):
    with pytest.raises(ValueError):
        split(10, weights)


def test_lengths_must_agree():
    with pytest.raises(ValueError):
        split_cumulative(10, [1, 2], [0])


@pytest.mark.parametrize(("total", "weights"), [(1.0, [1]), (True, [1]), (1, [1.5])])
def test_no_floats_near_money(total, weights):
    with pytest.raises(TypeError):
        split(total, weights)


def test_written_for_people():
    assert won(29032) == "29,032원"
    assert won(29032, "en") == "KRW 29,032"
    assert won_in_words(0) == "0원"
    assert won_in_words(13_645_000_000) == "136억 4,500만 원"
    assert won_in_words(123_456_789) == "1억 2,345만 6,789원"
    assert won_in_words(-1_0000_0000_0000) == "-1조 원"
