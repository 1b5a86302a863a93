from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fund.fees import Slice, management_fee

STARTS = st.dates(date(2018, 1, 1), date(2026, 12, 31))
BASES, RATES = st.integers(0, 10**12), st.integers(0, 500)


@settings(deadline=None)
@given(STARTS, st.integers(0, 900), BASES, RATES)
def test_act_act_day_by_day(start, days, base, rate_bp):
    exact = Fraction(0)
    for day in (start + timedelta(n) for n in range(days)):
        year = date(day.year + 1, 1, 1) - date(day.year, 1, 1)
        exact += Fraction(base * rate_bp, 10_000 * year.days)
    assert management_fee([Slice(start, start + timedelta(days), base, rate_bp)], "act/act") == exact // 1


@settings(deadline=None)
@given(STARTS, st.integers(0, 900), st.integers(0, 900), BASES, RATES, st.sampled_from(["act/365F", "act/act"]))
def test_a_slice_cut_in_two_costs_the_same(start, first, second, base, rate_bp, day_count):
    middle, end = start + timedelta(first), start + timedelta(first + second)
    cut = [Slice(start, middle, base, rate_bp), Slice(middle, end, base, rate_bp)]
    assert management_fee(cut, day_count) == management_fee([Slice(start, end, base, rate_bp)], day_count)


def test_one_floor_on_the_sum():
    day = Slice(date(2023, 1, 1), date(2023, 1, 2), 7300, 250)  # half a won
    assert management_fee([day]) == 0
    assert management_fee([day, day]) == 1


def test_a_leap_year_costs_a_day_more_only_over_365():
    year = [Slice(date(2024, 1, 1), date(2025, 1, 1), 3_650_000, 10_000)]
    assert management_fee(year) == 3_660_000
    assert management_fee(year, "act/act") == 3_650_000


def test_nothing_costs_nothing():
    assert management_fee([]) == 0


@pytest.mark.parametrize(
    ("end", "base", "rate_bp"),
    [(date(2022, 12, 31), 1, 1), (date(2024, 1, 1), -1, 1), (date(2024, 1, 1), 1, -1)],
)
def test_slices_that_are_refused(end, base, rate_bp):
    with pytest.raises(ValueError):
        management_fee([Slice(date(2023, 1, 1), end, base, rate_bp)])


def test_an_unknown_day_count_is_refused():
    with pytest.raises(ValueError, match="30/360"):
        management_fee([], "30/360")


def test_a_float_base_is_refused():
    with pytest.raises(TypeError):
        management_fee([Slice(date(2023, 1, 1), date(2024, 1, 1), 1.5, 250)])
