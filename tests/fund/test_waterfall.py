from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fund.waterfall import KINDS, TIERS, Flow, Terms, clawback, distribute

START, ON = date(2019, 1, 15), date(2024, 6, 30)
AMOUNTS = st.integers(1, 10**11)
FLOWS = st.lists(
    st.builds(Flow, st.dates(START, ON), st.sampled_from(KINDS[:3]), AMOUNTS, st.sampled_from(["A", "B"])), max_size=8
)


@st.composite
def terms(draw):
    carry_bp = draw(st.integers(0, 3000))
    return Terms(
        waterfall=draw(st.sampled_from(["european", "deal_by_deal"])),
        hurdle_bp=draw(st.integers(0, 2000)),
        compounding=draw(st.sampled_from(["annual", "act365", "simple"])),
        carry_bp=carry_bp,
        catch_up_bp=draw(st.one_of(st.just(0), st.just(10_000), st.integers(carry_bp + 1, 10_000))),
    )


def cells(result):
    return [cell for line in result.lines for cell in (line.lp, line.gp)]


@settings(deadline=None)
@given(terms(), FLOWS, st.integers(0, 10**12))
def test_tiers_sum_to_the_distributable(terms, flows, distributable):
    result = distribute(terms, flows, distributable, ON, "A")
    assert tuple(line.tier for line in result.lines) == TIERS
    assert result.lp_total + result.gp_total == sum(cells(result)) == distributable
    assert min(cells(result)) >= 0
    assert [line.gp for line in result.lines[:2]] == [0, 0]


@settings(deadline=None)
@given(terms(), FLOWS, st.integers(0, 10**12), st.integers(0, 10**12))
def test_no_cell_falls_as_more_is_distributed(terms, flows, some, more):
    less = distribute(terms, flows, some, ON, "A")
    assert all(a <= b for a, b in zip(cells(less), cells(distribute(terms, flows, some + more, ON, "A")), strict=True))


@settings(deadline=None)
@given(terms(), FLOWS, st.integers(0, 10**12))
def test_no_carry_before_capital_and_preferred_return(terms, flows, distributable):
    result = distribute(terms, flows, distributable, ON, "A")
    everything = distribute(terms, flows, 10**14, ON, "A")
    if result.gp_total:
        assert [line.lp for line in result.lines[:2]] == [line.lp for line in everything.lines[:2]]


@settings(deadline=None)
@given(terms(), FLOWS, st.integers(0, 10**12), st.randoms())
def test_rows_come_in_any_order(terms, flows, distributable, random):
    shuffled = random.sample(flows, len(flows))
    assert distribute(terms, shuffled, distributable, ON, "A") == distribute(terms, flows, distributable, ON, "A")


@settings(deadline=None)
@given(terms(), FLOWS, AMOUNTS, AMOUNTS)
def test_two_payments_on_one_day_give_the_carry_of_one(terms, flows, first, second):
    assume(all(flow.kind != "carry" for flow in flows))
    once = distribute(terms, flows, first + second, ON, "A")
    begun = distribute(terms, flows, first, ON, "A")
    paid = [Flow(ON, "distribution", begun.lp_total, "A"), Flow(ON, "carry", begun.gp_total, "A")]
    later = distribute(terms, flows + [row for row in paid if row.amount], second, ON, "A")
    assert abs(begun.gp_total + later.gp_total - once.gp_total) <= 4


@settings(deadline=None)
@given(terms().filter(lambda terms: terms.carry_bp), st.integers(1, 10**11), st.integers(0, 10**12))
def test_a_full_catch_up_ends_at_the_carry_of_all_profit(terms, capital, profit):
    terms = replace(terms, catch_up_bp=10_000)
    flows = [Flow(START, "contribution", capital, "A")]
    result = distribute(terms, flows, capital + profit, ON, "A")
    if result.lines[3].lp:
        assert abs(result.gp_total - Fraction(profit * terms.carry_bp, 10_000)) < 2


@settings(deadline=None)
@given(AMOUNTS, st.integers(0, 2000), st.integers(0, 2000), st.integers(0, 3))
def test_simple_and_daily_against_the_formula(capital, hurdle_bp, days, years):
    flows = [Flow(START, "contribution", capital)]
    simple = Terms(hurdle_bp=hurdle_bp, compounding="simple")
    exact = Fraction(capital * hurdle_bp * days, 10_000 * 365)
    assert distribute(simple, flows, 10**13, START + timedelta(days)).lines[1].lp == exact // 1
    daily = Terms(hurdle_bp=hurdle_bp, compounding="act365")
    exact = capital * (1 + Fraction(hurdle_bp, 10_000)) ** years - capital
    assert distribute(daily, flows, 10**13, START + timedelta(365 * years)).lines[1].lp == exact // 1


@settings(deadline=None)
@given(st.dates(START + timedelta(1), START + timedelta(364)))
def test_a_row_in_between_does_not_cost_a_won(middle):
    terms = Terms(hurdle_bp=800, compounding="act365")
    flows = [Flow(START, "contribution", 10**10), Flow(middle, "carry", 1), Flow(middle, "carry_returned", 1)]
    assert distribute(terms, flows, 2 * 10**10, START + timedelta(365)).lines[1].lp == 800_000_000


def test_annual_interest_is_brought_in_at_the_anniversary_of_29_february():
    terms = Terms(hurdle_bp=1000)
    flows = [Flow(date(2020, 2, 29), "contribution", 1000)]
    due = [distribute(terms, flows, 10**6, day).lines[1].lp for day in (date(2021, 2, 27), date(2021, 2, 28))]
    assert due == [99, 100]
    assert distribute(terms, flows, 10**6, date(2022, 2, 28)).lines[1].lp == 210
    assert distribute(terms, flows, 10**6, date(2024, 2, 28)).lines[1].lp == 463  # 331 + 1331 × 10 % × 365 / 366
    assert distribute(terms, flows, 10**6, date(2024, 2, 29)).lines[1].lp == 464


def test_annual_interest_paid_out_of_the_brought_in_part_first():
    flows = [
        Flow(date(2021, 1, 1), "contribution", 100_000),
        Flow(date(2022, 7, 2), "distribution", 105_000),  # capital, then 5,000 of the 10,000 brought in
    ]
    result = distribute(Terms(hurdle_bp=1000), flows, 10**6, date(2023, 1, 1))
    # 5,000 brought in + 110,000 × 10 % × 182/365 + 5,000 × 10 % × 183/365 = 10,735.6
    assert result.lines[1].lp == 10_735


def test_profit_is_no_credit_against_a_later_call():
    flows = [
        Flow(date(2021, 1, 1), "contribution", 100),
        Flow(date(2021, 1, 1), "distribution", 500),
        Flow(date(2021, 6, 1), "contribution", 50),
    ]
    result = distribute(Terms(), flows, 60, date(2022, 1, 1))
    assert cells(result) == [50, 0, 0, 0, 0, 0, 8, 2]


def test_on_one_day_money_comes_in_before_it_goes_out():
    day = date(2021, 1, 1)
    flows = [Flow(day, "distribution", 100), Flow(day, "contribution", 100)]
    assert distribute(Terms(hurdle_bp=800), flows, 10, date(2022, 1, 1)).lines[0].lp == 0


def test_carry_given_back_is_caught_up_again():
    terms = Terms(hurdle_bp=0, catch_up_bp=10_000)
    day = date(2021, 1, 1)
    flows = [
        Flow(day, "contribution", 1000),
        Flow(day, "distribution", 1800),
        Flow(day, "carry", 200),
        Flow(day, "carry_returned", 150),
    ]
    assert cells(distribute(terms, flows, 150, day)) == [0, 0, 0, 0, 0, 150, 0, 0]
    assert cells(distribute(terms, flows[:3], 150, day)) == [0, 0, 0, 0, 0, 0, 120, 30]


def test_a_partial_catch_up_shares_with_the_partners():
    terms = Terms(hurdle_bp=1000, catch_up_bp=6000)
    flows = [Flow(date(2021, 1, 1), "contribution", 1000)]
    result = distribute(terms, flows, 1200, date(2022, 1, 1))
    assert cells(result) == [1000, 0, 100, 0, 20, 30, 40, 10]  # 50 × 60 %; then 30 of 150 is a fifth


@pytest.mark.parametrize(("deal", "expected"), [("A", [100, 0, 0, 0, 0, 0, 40, 10]), ("B", [150, 0, 0, 0, 0, 0, 0, 0])])
def test_deal_by_deal_counts_the_rows_of_its_deal(deal, expected):
    flows = [Flow(START, "contribution", 100, "A"), Flow(START, "contribution", 900, "B")]
    assert cells(distribute(Terms(waterfall="deal_by_deal"), flows, 150, ON, deal)) == expected
    assert cells(distribute(Terms(), flows, 150, ON, deal)) == [150, 0, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"waterfall": "american"},
        {"waterfall": "deal_by_deal"},
        {"compounding": "monthly"},
        {"hurdle_bp": -1},
        {"carry_bp": -1},
        {"carry_bp": 10_001},
        {"catch_up_bp": 1},
        {"catch_up_bp": 2000},
        {"catch_up_bp": 10_001},
        {"carry_bp": 0, "catch_up_bp": -1},
    ],
)
def test_terms_that_are_refused(wrong):
    with pytest.raises(ValueError):
        distribute(Terms(**wrong), [Flow(START, "contribution", 100)], 1, ON)


@pytest.mark.parametrize(
    "row",
    [
        Flow(ON + timedelta(1), "contribution", 100, "A"),
        Flow(ON + timedelta(1), "carry", 100, "B"),
        Flow(START, "fee", 100),
        Flow(START, "contribution", 0),
        Flow(START, "contribution", -1),
    ],
)
@pytest.mark.parametrize("waterfall", ["european", "deal_by_deal"])
def test_rows_that_are_refused(row, waterfall):
    with pytest.raises(ValueError):
        distribute(Terms(waterfall=waterfall), [row], 1, ON, "A")


def test_a_negative_distributable_is_refused():
    with pytest.raises(ValueError, match="distributable"):
        distribute(Terms(), [], -1, ON)


@pytest.mark.parametrize(("amount", "distributable"), [(1.0, 1), (1, 1.0)])
def test_floats_are_refused(amount, distributable):
    with pytest.raises(TypeError):
        distribute(Terms(), [Flow(START, "contribution", amount)], distributable, ON)


@settings(deadline=None)
@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 10_000), st.booleans())
def test_clawback_stays_within_the_carry_after_tax(paid, entitled, tax_bp, agreed):
    back = clawback(Terms(clawback=agreed, clawback_tax_bp=tax_bp), paid, entitled)
    assert 0 <= back <= paid * (10_000 - tax_bp) // 10_000
    assert back <= max(0, paid - entitled)
    assert back == 0 or agreed
    if agreed and tax_bp == 0:
        assert back == max(0, paid - entitled)


@settings(deadline=None)
@given(FLOWS, st.integers(0, 10**12), st.integers(0, 2000))
def test_what_deals_overpaid_comes_back_by_the_whole_fund(flows, distributable, hurdle_bp):
    by_deal = Terms(waterfall="deal_by_deal", hurdle_bp=hurdle_bp)
    paid = distribute(by_deal, flows, distributable, ON, "A").gp_total
    entitled = distribute(replace(by_deal, waterfall="european"), flows, distributable, ON).gp_total
    assert paid - clawback(by_deal, paid, entitled) == min(paid, entitled)


@pytest.mark.parametrize(("paid", "entitled", "tax_bp"), [(-1, 0, 0), (0, -1, 0), (1, 0, -1), (1, 0, 10_001)])
def test_clawbacks_that_are_refused(paid, entitled, tax_bp):
    with pytest.raises(ValueError):
        clawback(Terms(clawback_tax_bp=tax_bp), paid, entitled)
