"""Refunds: never less than the law's share, never more than was paid."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from college.refunds import LIFELONG_2024, Band, by_month, by_period, by_session, due_date, pro_rata

fees = st.integers(0, 10**9)
totals = st.integers(1, 10_000)


def test_one_hour_past_a_boundary_has_the_worse_share():
    assert by_period(100_000, 100, 300) == 66_667
    assert by_period(100_000, 101, 300) == 50_000
    assert by_period(100_000, 150, 300) == 50_000
    assert by_period(100_000, 151, 300) == 0


def test_past_months_are_spent_and_later_ones_go_back_whole():
    assert by_month([100_000, 90_000, 80_000], 1, 6, 12) == 45_000 + 80_000
    assert by_month([100_000], 0, 0, 12) == 100_000


def test_another_table_is_another_row_of_data():
    assert by_period(1000, 3, 10, (Band(3, 10, 9, 10),)) == 900


def test_a_free_course_gives_nothing_back():
    assert by_period(0, 0, 30) == by_session(0, 5, 12) == by_month([0, 0], 0, 0, 1) == 0


def test_due_five_days_after_the_cause():
    assert due_date(date(2026, 11, 28)) == date(2026, 12, 3)


@pytest.mark.parametrize(
    "call",
    [
        lambda: by_period(-1, 0, 1),
        lambda: by_period(1, -1, 1),
        lambda: by_period(1, 0, 0),
        lambda: pro_rata(1, 2, 1),
        lambda: by_month([1], 1, 0, 1),
        lambda: by_month([1], -1, 0, 1),
        lambda: by_month([], 0, 0, 1),
    ],
)
def test_refused(call):
    with pytest.raises(ValueError):
        call()


@pytest.mark.parametrize("fee", [1000.0, True, "1000", None])
def test_whole_won_only(fee):
    with pytest.raises(TypeError):
        by_period(fee, 0, 1)


@given(fees, st.integers(0, 12_000), totals)
def test_between_the_share_and_what_was_paid(fee, used, total):
    ratio = Fraction(used, total)
    share = 1 if ratio == 0 else Fraction(2, 3) if ratio <= Fraction(1, 3) else Fraction(ratio <= Fraction(1, 2), 2)
    refund = by_period(fee, used, total, LIFELONG_2024)
    assert fee * share <= refund < fee * share + 1
    assert refund <= fee


@given(fees, totals, st.data())
def test_whoever_used_more_never_gets_more(fee, total, data):
    used = data.draw(st.integers(0, total - 1))
    assert by_period(fee, used + 1, total) <= by_period(fee, used, total)
    assert pro_rata(fee, used, total) <= pro_rata(fee, used + 1, total) <= fee
