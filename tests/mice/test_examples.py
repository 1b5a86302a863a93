"""Every worked example of the design through its door."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from portal.mice.budget import Position, cap_left
from portal.mice.itinerary import Leg, Stop, capacity, problems, visits
from portal.mice.settlement import Cut, Line, Rules, Settlement, recognise, settle
from portal.mice.turnout import CheckIn, Turnout, TurnoutPolicy, pay_rate_bp, turnout

EXAMPLES = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))


def examples(door):
    return pytest.mark.parametrize("example", EXAMPLES[door], ids=lambda one: one.get("name"))


@examples("settle")
def test_settle(example):
    assert settle(**example["in"]) == Settlement(**example["out"])


@examples("cap_left")
def test_cap_left(example):
    positions = [Position(**row) for row in example["positions"]]
    left = cap_left(example["cap"], positions, edition=example["edition"], but=example["but"])
    assert left == example["cap_left"]


@examples("recognise")
def test_recognise(example):
    lines = [Line(**{**row, "paid_on": date.fromisoformat(row["paid_on"])}) for row in example["lines"]]
    given = example["rules"]
    start, end = map(date.fromisoformat, given["period"])
    rules = Rules((start, end), given["budget"], given["move_bp"], frozenset(given["seen"]))
    found = recognise(lines, rules)
    assert (found.total, found.cuts) == (example["total"], tuple(Cut(**cut) for cut in example["cuts"]))


@examples("turnout")
def test_turnout(example):
    checkins = [CheckIn(*row) for row in example["checkins"]]
    assert turnout(checkins, TurnoutPolicy(**example["policy"])) == Turnout(**example["turnout"])


@examples("pay_rate_bp")
def test_pay_rate(example):
    assert pay_rate_bp(example["required"], example["actual"], example["table"]) == example["pay_bp"]


@examples("itinerary")
def test_itinerary(example):
    start = datetime.fromisoformat(example["start"])
    stops = [stop(row) for row in example["stops"]]
    legs = [Leg(*row) for row in example["legs"]]
    seen = [[one.stop, one.arrive.isoformat(), one.leave.isoformat()] for one in visits(start, stops, legs)]
    assert seen == example["visits"]
    assert problems(start, stops, legs) == example["problems"]
    assert capacity(example["session_max"], stops) == example["capacity"]


def stop(row):
    hours = {int(day): tuple(span) for day, span in row["hours"].items()}
    closed = frozenset(map(date.fromisoformat, row["closed"]))
    return Stop(row["code"], row["dwell_min"], row["capacity"], hours, closed)
