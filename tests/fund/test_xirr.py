import math
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fund.performance import Xirr, xirr
from tests.fund.oracles import FIRST, count_roots, net_present_value, polynomial, yearly

DAYS = st.dates(FIRST, date(2025, 12, 31))
AMOUNTS = st.integers(-(10**12), 10**12)
LOWEST, HIGHEST = Fraction(1, 10**6), Fraction(1000)


def is_root(flows, rate):
    """As near zero as a float rate can bring it: below one minor unit, or no worse than the floats next to it."""
    residual = abs(net_present_value(flows, rate))
    beside = [abs(net_present_value(flows, math.nextafter(rate, to))) for to in (-1.0, 1e4)]
    return residual < 1 or residual <= min(beside)


@settings(deadline=None)
@given(st.lists(st.tuples(DAYS, AMOUNTS), max_size=12))
def test_every_rate_told_is_a_root(flows):
    result = xirr(flows)
    assert all(is_root(flows, rate) for rate in result.roots if rate > -0.7)
    assert list(result.roots) == sorted(set(result.roots))
    assert result.rate is None or not math.isnan(result.rate)
    assert (result.status == "OK") == (len(result.roots) == 1) == (result.rate is not None)
    assert result.rate is None or result.roots == (result.rate,)
    assert result.status != "MULTIPLE" or len(result.roots) > 1


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 10**12), min_size=1, max_size=6), st.lists(st.integers(1, 10**12), min_size=1, max_size=6)
)
def test_one_change_of_sign_is_one_rate(paid, back):
    amounts = [*(-amount for amount in paid), *back]
    result = xirr(yearly(amounts))
    if count_roots(amounts[::-1], LOWEST, HIGHEST):
        assert result.status == "OK"
        assert result.rate < -0.7 or is_root(yearly(amounts), result.rate)
    else:
        assert result.status == "NO_SOLUTION"


@settings(deadline=None)
@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=10))
def test_as_many_roots_as_sturm_counts(amounts):
    nonzero = [amount for amount in amounts if amount]
    assume(nonzero and min(nonzero) < 0 < max(nonzero))
    while amounts[0] == 0:
        amounts = amounts[1:]
    result = xirr(yearly(amounts))
    assert len(result.roots) == count_roots(amounts[::-1], LOWEST, HIGHEST)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-900, 3000), min_size=1, max_size=4, unique=True))
def test_roots_a_tenth_of_a_point_apart_are_told_apart(thousandths):
    """Roots anywhere on a grid of 0.1 percentage points, neighbours included."""
    growths = sorted(1 + Fraction(n, 1000) for n in thousandths)
    scale = 10 ** (3 * len(growths))
    flows = yearly([int(value) for value in polynomial(growths, scale)][::-1])
    result = xirr(flows)
    assert result.status == ("OK" if len(growths) == 1 else "MULTIPLE")
    assert result.roots == pytest.approx([float(growth - 1) for growth in growths], abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.integers(-800, 2000), st.integers(6, 60))
def test_a_close_pair_in_short_time_is_told_apart(thousandths, days):
    growths = [1 + Fraction(thousandths, 1000), 1 + Fraction(thousandths + 1, 1000)]
    a, b = (float(growth) ** (days / 365) for growth in growths)
    flows = [(FIRST, 1e9), (FIRST + timedelta(days), -(a + b) * 1e9), (FIRST + timedelta(2 * days), a * b * 1e9)]
    assert xirr(flows).roots == pytest.approx([float(growth - 1) for growth in growths], abs=1e-7)


@settings(max_examples=20, deadline=None)
@given(st.integers(-900, 2000), st.integers(3, 5))
def test_a_row_of_close_roots_is_told_apart(thousandths, count):
    growths = [1 + Fraction(thousandths + n, 1000) for n in range(count)]
    flows = yearly([int(value) for value in polynomial(growths, 1000**count)][::-1])
    assert xirr(flows).roots == pytest.approx([float(growth - 1) for growth in growths], abs=1e-15)


@settings(max_examples=30, deadline=None)
@given(st.integers(-900, 3000))
def test_a_root_that_only_touches_zero_is_one(thousandths):
    growth = 1 + Fraction(thousandths, 1000)
    result = xirr(yearly([int(value) for value in polynomial([growth, growth], -(10**6))][::-1]))
    assert result.status == "OK"
    assert result.rate == pytest.approx(float(growth - 1), abs=1e-15)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(DAYS, st.integers(-1000, 1000)), min_size=2, max_size=8))
def test_no_crossing_is_missed(flows):
    """Wherever the sum changes its sign between two of 400 rates, a root is told."""
    dates = [day for day, _ in flows]
    assume(len(set(dates)) == len(dates) and all(amount for _, amount in flows))
    growths = [10 ** (-6 + 9 * n / 400) for n in range(401)]
    signs = [_float_value(flows, growth) > 0 for growth in growths]
    found = [1 + rate for rate in xirr(flows).roots]
    for low, high, before, after in zip(growths, growths[1:], signs, signs[1:], strict=False):
        if before != after:
            assert any(low * (1 - 1e-9) <= growth <= high * (1 + 1e-9) for growth in found)


def _float_value(flows, growth):
    middle = FIRST + timedelta(2900)  # discounting to the middle keeps the largest powers within floats
    return math.fsum(amount * growth ** ((middle - day).days / 365) for day, amount in flows)


@settings(deadline=None)
@given(st.lists(st.tuples(DAYS, st.decimals(-(10**9), 10**9, places=2)), max_size=8), st.randoms())
def test_order_and_cutting_do_not_matter(flows, random):
    cut = [(day, part) for day, amount in flows for part in (amount - 1, Decimal(1))]
    assert xirr(random.sample(cut, len(cut))) == xirr(flows)


@settings(deadline=None)
@given(st.integers(-600, 3000), st.integers(1, 364))
def test_under_a_year_the_period_return_is_shown(thousandths, days):
    result = xirr([(FIRST, -1_000_000), (FIRST + timedelta(days), 1_000_000 + 1000 * thousandths)])
    if result.status == "OK":
        assert not result.annualised
        assert result.period_return == pytest.approx(thousandths / 1000, abs=1e-9)


def test_a_year_to_the_day_is_annualised():
    assert xirr([(date(2023, 1, 1), -100), (date(2024, 1, 1), 110)]).annualised
    assert not xirr([(date(2023, 1, 1), -100), (date(2023, 12, 31), 110)]).annualised


def test_the_edges_of_the_range_belong_to_it():
    year = timedelta(365)
    assert xirr([(FIRST, -1), (FIRST + year, 1000)]).rate == pytest.approx(999)
    assert xirr([(FIRST, -(10**6)), (FIRST + year, 1)]).rate == pytest.approx(1e-6 - 1)
    assert xirr([(FIRST, -1), (FIRST + year, 1001)]).status == "NO_SOLUTION"
    assert xirr([(FIRST, -(10**6) - 1), (FIRST + year, 1)]).status == "NO_SOLUTION"


def test_three_changes_of_sign_may_have_one_root():
    flows = yearly([-1000, 500, -10, 900])
    assert xirr(flows).status == "OK"


def test_a_trillion_over_fifteen_years_is_zero_to_a_unit():
    flows = yearly([-(10**12)] * 5 + [0] * 8 + [10**12, 10**12, 3 * 10**12])
    assert abs(net_present_value(flows, xirr(flows).rate)) < 1


def test_sixty_years_do_not_overflow():
    flows = [(date(1960, 1, 1), -(10**12)), (date(2025, 1, 1), 1)]
    result = xirr(flows)
    assert result.rate == pytest.approx(10 ** (-12 * 365 / (date(2025, 1, 1) - date(1960, 1, 1)).days) - 1)


@pytest.mark.parametrize(
    ("flows", "period_return"),
    [
        ([], None),
        ([(FIRST, 0)], None),
        ([(FIRST, 100)], None),
        ([(FIRST, -100)], -1.0),
        ([(FIRST, -100), (FIRST, 70)], -1.0),
        ([(FIRST, -100), (date(2015, 1, 1), -1), (date(2016, 1, 1), 0)], -1.0),
        ([(FIRST, -100), (date(2015, 1, 1), -50), (date(2015, 1, 1), 50)], -1.0),
        ([(FIRST, 100), (date(2015, 1, 1), 1)], None),
    ],
)
def test_flows_without_a_rate(flows, period_return):
    result = xirr(flows)
    assert (result.status, result.rate, result.roots) == ("UNDEFINED", None, ())
    assert result.period_return == period_return


def test_sums_of_a_date_are_exact():
    tenths = [(FIRST, Decimal("0.1")), (FIRST, Decimal("0.2")), (FIRST, Decimal("-0.3"))]
    later = [(FIRST + timedelta(365), -100), (FIRST + timedelta(730), 110)]
    assert xirr([*tenths, *later]) == xirr(later)
    assert xirr(later) == Xirr("OK", pytest.approx(0.1), (pytest.approx(0.1),), True, None)


@pytest.mark.parametrize("amount", [math.nan, math.inf, -math.inf, Decimal("NaN"), Decimal("Infinity")])
def test_what_is_not_a_number_is_refused(amount):
    with pytest.raises(ValueError, match="not a finite number"):
        xirr([(FIRST, -100), (date(2015, 1, 1), amount)])
