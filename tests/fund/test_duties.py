from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fund.duties import required, standing

START, DEADLINE = date(2021, 1, 1), date(2024, 1, 1)
DAYS = st.dates(date(2020, 1, 1), date(2025, 1, 1))


@settings(deadline=None)
@given(st.integers(0, 10**13), st.integers(0, 100_000))
def test_what_is_owed_is_rounded_up(base, bp):
    owed = required(base, bp)
    assert owed - 1 < Fraction(base * bp, 10_000) <= owed


@pytest.mark.parametrize(
    ("progress", "on", "expected"),
    [
        (0, START - timedelta(1), "not_started"),
        (1000, START - timedelta(1), "met"),
        (0, START, "on_track"),
        (0, START + timedelta(1), "at_risk"),
        (500, START + timedelta(547), "on_track"),
        (499, START + timedelta(547), "at_risk"),
        (999, DEADLINE - timedelta(1), "at_risk"),
        (999, DEADLINE, "breached"),
        (1000, DEADLINE, "met"),
    ],
)
def test_standing(progress, on, expected):
    assert standing(progress, 1000, START, DEADLINE, on) == expected


@settings(deadline=None)
@given(st.integers(0, 2000), DAYS)
def test_a_waiver_stands_before_all(progress, on):
    assert standing(progress, 1000, START, DEADLINE, on, waived=True) == "waived"


@settings(deadline=None)
@given(st.integers(0, 2000), st.integers(0, 2000), DAYS)
def test_more_progress_is_never_worse(progress, more, on):
    order = ["breached", "at_risk", "not_started", "on_track", "met"]
    less, better = (standing(amount, 1000, START, DEADLINE, on) for amount in (progress, progress + more))
    assert order.index(less) <= order.index(better)


def test_nothing_owed_is_met():
    assert standing(0, 0, START, DEADLINE, START) == "met"


@pytest.mark.parametrize(("progress", "owed", "deadline"), [(-1, 1, DEADLINE), (1, -1, DEADLINE), (1, 1, START)])
def test_clocks_that_are_refused(progress, owed, deadline):
    with pytest.raises(ValueError):
        standing(progress, owed, START, deadline, START)


@pytest.mark.parametrize(("base", "bp"), [(-1, 1), (1, -1)])
def test_duties_that_are_refused(base, bp):
    with pytest.raises(ValueError):
        required(base, bp)
