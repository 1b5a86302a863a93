from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fund.statements import before_after, endings, net_fees, roll_forward

AMOUNTS = st.integers(-(10**12), 10**12)


@settings(deadline=None)
@given(AMOUNTS, st.lists(AMOUNTS, min_size=1, max_size=6))
def test_a_year_of_quarters_ends_where_the_last_quarter_does(beginning, changes):
    before = roll_forward(beginning, *changes[:-1])
    assert endings([[beginning, *changes], [before, changes[-1]]]) == roll_forward(beginning, *changes)


@pytest.mark.parametrize("periods", [[[0, 1], [0, 2]], []])
def test_roll_forwards_that_do_not_meet_are_refused(periods):
    with pytest.raises(ValueError):
        endings(periods)


def test_floats_are_refused():
    with pytest.raises(TypeError):
        roll_forward(1, 0.5)
    with pytest.raises(TypeError):
        net_fees(gross=1.0, rebate=0, waiver=0, offset=0, related_person=0, external=0, income=0)


@settings(deadline=None)
@given(st.lists(AMOUNTS, min_size=7, max_size=7))
def test_every_line_reaches_the_net_operating_result(lines):
    names = ["gross", "rebate", "waiver", "offset", "related_person", "external", "income"]
    net = net_fees(**dict(zip(names, lines, strict=True)))
    assert net.net_operating == sum(lines)
    assert net.net_operating - net.net_fee_and_expenses == lines[6]
    assert net.net_fee_and_expenses - net.net_fee == lines[4] + lines[5]


def test_nothing_before_has_no_percentage():
    result = before_after([1, 2], [0, 100], [50, 125])
    assert result.by_row_percent == (None, Decimal("25.0"))
    assert result.change_percent == Decimal("75.0")
    assert before_after([], [], []).change_percent is None


@pytest.mark.parametrize(
    ("before", "after", "percent"), [(2000, 2001, "0.1"), (2000, 1999, "-0.1"), (3000, 3001, "0.0")]
)
def test_halves_are_rounded_away_from_zero(before, after, percent):
    assert before_after([1], [before], [after]).change_percent == Decimal(percent)


@pytest.mark.parametrize(
    ("companies", "before", "after"), [([1], [1, 2], [1, 2]), ([1], [1], [1, 2]), ([-1], [1], [1]), ([1], [-1], [1])]
)
def test_tables_that_are_refused(companies, before, after):
    with pytest.raises(ValueError):
        before_after(companies, before, after)
