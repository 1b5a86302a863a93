"""Every worked example through its door, and every rule that has no door of its own."""

from datetime import date
from decimal import Decimal

import pytest

from portal.core import periods
from tenancy import rent
from tests.intake.doors import EXAMPLES, call, plain

RULES = {row["id"]: row for row in EXAMPLES["rules"]}


@pytest.mark.parametrize("case", EXAMPLES["cases"], ids=lambda case: case["id"])
def test_example(case):
    expected = case["expect"]
    if isinstance(expected, dict) and "raises" in expected:
        with pytest.raises(Exception) as caught:
            call(case["door"], case["input"])
        assert expected["raises"] in {kind.__name__ for kind in type(caught.value).__mro__[:2]}
        return
    result = plain(call(case["door"], case["input"]))
    if isinstance(expected, dict) and "violations" in expected:
        assert (result == []) == (expected["violations"] == 0)
    else:
        assert result == expected


def test_every_rule_has_its_test():
    assert sorted(RULES) == ["I1", "I2", "I3", "I4", "I5", "L1", "L2", "L3"]


def test_i1_credit_note_for_a_month_billed_whole():
    given, expected = RULES["I1"]["input"], RULES["I1"]["expect"]
    used = [date.fromisoformat(given[key]) for key in ("used_from", "used_to")]
    [(_, due)] = rent.charge(Decimal(given["area_m2"]), given["rate"], *used)
    credit = rent.credit(given["billed"], Decimal(given["area_m2"]), given["rate"], *used)
    assert {"due": due, "credit": credit} == expected


def test_i2_vat_added():
    given, expected = RULES["I2"]["input"], RULES["I2"]["expect"]
    vat = rent.vat(given["supply"], given["mode"])
    assert {"vat": vat.vat, "total": vat.total} == expected


def test_i3_vat_inside():
    given, expected = RULES["I3"]["input"], RULES["I3"]["expect"]
    vat = rent.vat(given["total"], given["mode"])
    assert {"vat": vat.vat, "supply": vat.supply} == expected
    assert vat.total == given["total"]


def test_i4_holdover():
    given, expected = RULES["I4"]["input"], RULES["I4"]["expect"]
    amount = rent.holdover(Decimal(given["area_m2"]), given["rate"], 12_000, given["days"], given["days_in_month"])
    assert amount == expected["amount"]
    [line] = rent.lines(Decimal("20.00"), 5000, date(2021, 3, 1), date(2021, 3, 4), bp=12_000)
    assert line.amount == expected["amount"]


def test_i5_late_interest():
    given, expected = RULES["I5"]["input"], RULES["I5"]["expect"]
    assert rent.late_interest(given["open"], given["bp"], given["days"]) == expected["amount"]


@pytest.mark.parametrize("key", ["L1", "L2"])
def test_years_run_to_the_same_day(key):
    given, expected = RULES[key]["input"], RULES[key]["expect"]
    opened, last = date.fromisoformat(given["opened_on"]), date.fromisoformat(expected["last_day_inside"])
    assert periods.last_day_within(opened, given["years"]) == last


def test_l3_appeal_filed_by():
    given, expected = RULES["L3"]["input"], RULES["L3"]["expect"]
    last = periods.last_day(date.fromisoformat(given["notified_on"]), given["days"])
    assert last.isoformat() == expected["last_day"]
