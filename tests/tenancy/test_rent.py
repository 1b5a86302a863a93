from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenancy import rent

AREAS = st.decimals(0, 5000, places=2)
STARTS = st.dates(date(2019, 1, 1), date(2030, 1, 1))


@given(AREAS, st.integers(0, 100_000), STARTS, st.integers(0, 800), st.sampled_from(rent.ROUNDINGS))
def test_one_rounding_per_month(area, rate, start, days, rounding):
    unit = {"won": 1, "ten_won": 10, "half_up": 1}[rounding]
    for line in rent.lines(area, rate, start, start + timedelta(days=days), rounding):
        exact = Fraction(area) * rate * line.days / line.days_in_month
        assert line.exact == exact
        assert line.amount % unit == 0
        lost = exact - line.amount
        assert abs(lost) <= Fraction(1, 2) if rounding == "half_up" else 0 <= lost < unit


@given(AREAS, st.integers(0, 100_000), st.integers(1, 36))
def test_whole_months_cost_area_times_rate(area, rate, months):
    pairs = rent.charge(area, rate, date(2020, 1, 1), date(2020 + months // 12, months % 12 + 1, 1))
    assert [amount for _, amount in pairs] == [int(area * rate)] * months


@given(AREAS, st.integers(0, 100_000), STARTS, st.integers(0, 90), st.integers(0, 90))
def test_a_period_cut_in_two_never_costs_more(area, rate, start, first, second):
    middle, end = start + timedelta(days=first), start + timedelta(days=first + second)
    whole = sum(amount for _, amount in rent.charge(area, rate, start, end))
    parts = sum(amount for cut in ((start, middle), (middle, end)) for _, amount in rent.charge(area, rate, *cut))
    assert 0 <= whole - parts <= 1


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (date(2020, 2, 29), [3225, 96_551]),
        (date(2020, 3, 1), [3225, 100_000]),
        (date(2020, 2, 1), [3225]),
    ],
)
def test_from_the_last_of_january(end, expected):
    assert [amount for _, amount in rent.charge(Decimal("20.00"), 5000, date(2020, 1, 31), end)] == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"area_m2": 20.0},
        {"rate_won_per_m2": 5000.0},
        {"rate_won_per_m2": True},
        {"start": datetime(2020, 1, 1)},
    ],
)
def test_wrong_types(wrong):
    with pytest.raises(TypeError):
        rent.charge(**{**GOOD, **wrong})


@pytest.mark.parametrize(
    "wrong",
    [
        {"area_m2": Decimal("-0.01")},
        {"area_m2": Decimal("NaN")},
        {"rate_won_per_m2": -1},
        {"rounding": "up"},
        {"end": date(2019, 12, 31)},
    ],
)
def test_wrong_values(wrong):
    with pytest.raises(ValueError):
        rent.charge(**{**GOOD, **wrong})


GOOD = {"area_m2": Decimal("20.00"), "rate_won_per_m2": 5000, "start": date(2020, 1, 1), "end": date(2020, 2, 1)}


def test_every_line_opens_to_its_sum_in_words():
    december, january = rent.lines(Decimal("20.00"), 5000, date(2019, 12, 23), date(2020, 2, 1))
    assert rent.in_words(december) == "20.00㎡ × 5,000원 × 9일/31일 = 29,032.25… → 29,032원(원 미만 버림)"
    assert rent.in_words(december, "en") == "20.00㎡ × KRW 5,000 × 9/31 days = 29,032.25… → KRW 29,032 (won dropped)"
    assert rent.in_words(january) == "20.00㎡ × 5,000원 = 100,000원"


def test_holding_over_shows_its_percentage():
    [line] = rent.lines(Decimal("20.00"), 5000, date(2021, 3, 1), date(2021, 3, 4), bp=12_000)
    assert rent.in_words(line) == "20.00㎡ × 5,000원 × 120% × 3일/31일 = 11,612.90… → 11,612원(원 미만 버림)"


@given(st.integers(0, 10**12))
def test_vat_inside_and_added_agree_with_the_total(amount):
    inside = rent.vat(amount, "INSIDE")
    assert inside.total == amount
    assert rent.vat(amount, "NONE") == rent.Vat(amount, 0)
    assert rent.vat(amount, "ADD").vat == amount // 10


@pytest.mark.parametrize(("amount", "mode"), [(-1, "ADD"), (1, "OFTEN")])
def test_vat_refused(amount, mode):
    with pytest.raises(ValueError):
        rent.vat(amount, mode)


def test_a_credit_never_exceeds_what_was_billed():
    with pytest.raises(ValueError):
        rent.credit(10, Decimal("20.00"), 5000, date(2020, 2, 1), date(2020, 2, 10))


@pytest.mark.parametrize("days", [-1, 32])
def test_holdover_stays_within_the_month(days):
    with pytest.raises(ValueError):
        rent.holdover(Decimal("20.00"), 5000, 12_000, days, 31)


def test_interest_needs_time_and_money():
    assert rent.late_interest(0, 800, 12) == 0
    with pytest.raises(ValueError):
        rent.late_interest(-1, 800, 12)
