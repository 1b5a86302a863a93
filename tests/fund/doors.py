"""Reads ``examples.json`` as its own ``reading`` says: which door, which types, which tolerance."""

import json
from dataclasses import fields, is_dataclass
from datetime import date
from fractions import Fraction
from importlib import import_module
from pathlib import Path

import pytest

from fund.fees import Slice
from fund.waterfall import Flow, Terms

EXAMPLES = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))
REFUSALS = {"ValueError": ValueError, "TypeError": TypeError}


def follow(step):
    """Call the door of the step and hold its answer against what is expected."""
    module, name = step["door"].rsplit(".", 1)
    door, expected = getattr(import_module(module), name), step["expect"]
    if isinstance(expected, dict) and "raises" in expected:
        with pytest.raises(REFUSALS[expected["raises"]]):
            door(**read(step["door"], step["input"]))
        return
    compare(door(**read(step["door"], step["input"])), expected, step.get("tolerance", {}))


def read(door, raw):
    return {key: READERS.get((door, key), READERS.get(key, _as_is))(value) for key, value in raw.items()}


def compare(result, expected, tolerance):
    if not is_dataclass(result):
        assert same(result, expected, tolerance.get("value"))
        return
    known = {field.name for field in fields(result)}
    assert set(expected) <= known
    for name, value in expected.items():
        assert same(getattr(result, name), value, tolerance.get(name)), name


def same(got, expected, within):
    if isinstance(got, tuple) and got and hasattr(got[0], "tier"):
        return {line.tier: [line.lp, line.gp] for line in got} == expected
    if isinstance(got, tuple | list):
        return len(got) == len(expected) and all(same(a, b, within) for a, b in zip(got, expected, strict=True))
    if isinstance(got, dict):
        return list(got) == list(expected) and all(same(got[key], expected[key], within) for key in got)
    if isinstance(got, Fraction):
        return got == Fraction(expected)
    if within is None or got is None or expected is None:
        return type(got) is type(expected) and got == expected
    return abs(got - expected) <= within


def day(text):
    return date.fromisoformat(text)


def _as_is(value):
    return value


def _flows(rows):
    return [(day(on), amount) for on, amount in rows]


READERS = {
    "on": day,
    "terms": lambda raw: Terms(**raw),
    ("fund.waterfall.distribute", "flows"): lambda rows: [Flow(day(on), *rest) for on, *rest in rows],
    ("fund.performance.xirr", "flows"): _flows,
    "calls": _flows,
    "slices": lambda rows: [Slice(day(start), day(end), *rest) for start, end, *rest in rows],
    ("fund.lookthrough.exposures", "stakes"): lambda raw: {
        holder: {fund: Fraction(part) for fund, part in row.items()} for holder, row in raw.items()
    },
}
