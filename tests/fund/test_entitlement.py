"""What carry the whole fund entitles to: worked by hand, and as rules over random histories."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from fund.entitlement import entitled
from fund.waterfall import Flow, Terms, clawback, distribute

START = date(2019, 1, 1)
END = date(2025, 1, 1)
TERMS = Terms(hurdle_bp=0, carry_bp=2000)


def test_without_a_payment_there_is_no_carry():
    assert entitled(TERMS, [Flow(START, "contribution", 100)], 0, END) == 0


def test_what_is_left_counts_as_paid_out():
    assert entitled(TERMS, [Flow(START, "contribution", 100)], 150, END) == 10


def test_a_later_loss_takes_the_carry_back():
    paid = [
        Flow(START, "contribution", 100),
        Flow(date(2020, 1, 1), "distribution", 140),
        Flow(date(2020, 1, 1), "carry", 10),
    ]
    assert entitled(TERMS, paid, 0, END) == 10
    called = [*paid, Flow(date(2021, 1, 1), "contribution", 6)]
    assert entitled(TERMS, called, 0, END) == 4
    assert entitled(TERMS, [*called, Flow(date(2021, 1, 1), "contribution", 90)], 0, END) == 0
    assert entitled(TERMS, called, 6, END) == 10


def test_carry_paid_deal_by_deal_is_measured_over_the_whole_fund():
    """The first deal paid 50 of profit, the second is lost: over both there is no profit."""
    terms = Terms(waterfall="deal_by_deal", hurdle_bp=0, carry_bp=2000)
    flows = [
        Flow(START, "contribution", 100, "a"),
        Flow(START, "contribution", 100, "b"),
        Flow(date(2021, 1, 1), "distribution", 140, "a"),
        Flow(date(2021, 1, 1), "carry", 10, "a"),
    ]
    assert entitled(terms, flows, 0, END) == 0
    assert clawback(terms, 10, entitled(terms, flows, 0, END)) == 10


def test_what_was_given_back_and_passed_on_is_not_counted_twice():
    day = date(2020, 1, 1)
    flows = [
        Flow(START, "contribution", 100),
        Flow(day, "distribution", 140),
        Flow(day, "carry", 10),
        Flow(date(2021, 1, 1), "contribution", 6),
        Flow(date(2022, 1, 1), "carry_returned", 6),
        Flow(date(2022, 2, 1), "distribution", 6),
    ]
    assert entitled(TERMS, flows, 0, END) == 4


terms = st.builds(
    Terms, hurdle_bp=st.sampled_from([0, 600, 800]), carry_bp=st.sampled_from([1000, 2000]),
    catch_up_bp=st.sampled_from([0, 5000, 10_000]), compounding=st.sampled_from(["simple", "annual"]),
)  # fmt: skip


@settings(max_examples=60)
@given(terms, st.lists(st.tuples(st.booleans(), st.integers(1, 10**9)), min_size=1, max_size=8), st.integers(0, 10**9))
def test_who_paid_by_european_terms_owes_back_only_what_later_calls_ask_for(terms, steps, nav):
    """No payment after a call is left short: then the replay is what was paid, and never more than profit allows."""
    flows, day = [Flow(START, "contribution", 10**9)], START
    for calls, amount in steps:
        day += timedelta(days=200)
        if calls:
            flows.append(Flow(day, "contribution", amount))
            continue
        shared = distribute(terms, flows, amount, day)
        parts = (("distribution", shared.lp_total), ("carry", shared.gp_total))
        flows += [Flow(day, kind, part) for kind, part in parts if part]
    held = sum(flow.amount for flow in flows if flow.kind == "carry")
    on = day + timedelta(days=100)
    due = entitled(terms, flows, nav, on)
    last = distribute(terms, flows, nav, on)
    assert 0 <= due <= held + last.gp_total
    owed = distribute(
        terms, [*flows, *([Flow(on, "distribution", last.lp_total)] if last.lp_total else [])], 10**30, on
    )
    if not owed.lines[0].lp + owed.lines[1].lp:
        assert due == held + last.gp_total
    assert 0 <= clawback(terms, held, due) <= held
