"""Every worked example of the design: each through its door, or through the rule it is about."""

from decimal import Decimal

import pytest

from fund import capital, duties, performance, statements
from tests.fund.doors import EXAMPLES, day, follow

CASES = EXAMPLES["cases"]
THROUGH_DOORS = [case for case in CASES if "rule" not in case]
RULES = {case["id"]: case for case in CASES if "rule" in case}


def test_none_is_left_out():
    assert [case["id"] for case in CASES] == [f"fund-{n:02}" for n in range(1, 47)]
    assert sorted(RULES) == [f"fund-{n}" for n in range(39, 47)]


@pytest.mark.parametrize("case", THROUGH_DOORS, ids=lambda case: case["id"])
def test_example(case):
    for step in case.get("steps", [case]):
        follow(step)


@pytest.mark.parametrize("key", ["fund-39", "fund-41", "fund-42"])
def test_roll_forwards_end_where_they_are_printed(key):
    given, expected = RULES[key]["input"], RULES[key]["expect"]
    assert {name: statements.roll_forward(*period) for name, period in given.items()} == expected
    assert statements.endings(given.values()) == expected["YTD"]


def test_fund_40_fees_net_of_offsets():
    given, expected = RULES["fund-40"]["input"], RULES["fund-40"]["expect"]
    net = statements.net_fees(**given)
    assert {name: getattr(net, name) for name in expected} == expected


def test_fund_43_duty_amounts():
    given, expected = RULES["fund-43"]["input"], RULES["fund-43"]["expect"]
    assert [duties.required(row["city"], row["bp"]) for row in given] == expected


def test_fund_44_before_and_after():
    given, expected = RULES["fund-44"]["input"], RULES["fund-44"]["expect"]
    result = statements.before_after(**given)
    assert {
        "companies": result.companies,
        "before": result.before,
        "after": result.after,
        "change": result.change,
        "change_percent": str(result.change_percent),
        "by_row_percent": [str(percent) for percent in result.by_row_percent],
    } == expected


def test_fund_45_a_dollar_holding_in_won():
    given, expected = RULES["fund-45"]["input"], RULES["fund-45"]["expect"]
    dollars = [(day(on), amount) for on, amount in given["usd"]]
    rates = {day(on): Decimal(rate) for on, rate in given["krw_per_usd"]}
    assert performance.xirr(dollars).rate == pytest.approx(expected["usd_irr"], abs=1e-12)
    assert performance.xirr(performance.converted(dollars, rates)).rate == pytest.approx(expected["krw_irr"], abs=1e-10)


def test_fund_46_the_figures_announced():
    given, expected = RULES["fund-46"]["input"], RULES["fund-46"]["expect"]
    city, total = given["city_amount"], given["target_total"]
    assert str(capital.share_bp(city, total)) == expected["city_share_bp_of_target"]
    smallest = capital.smallest_total(city, given["cap_bp"])
    assert smallest == expected["smallest_total_within_cap"]
    assert capital.city_share_ok(city, smallest, given["cap_bp"])
    assert not capital.city_share_ok(city, smallest - 1, given["cap_bp"])
