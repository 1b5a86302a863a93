"""Reads ``examples.json`` as its own ``reading`` says: which door, which types."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from pathlib import Path

from portal.intake.scoring import Criterion, Ranked, Rule, Sheet
from portal.intake.selection import Selection

EXAMPLES = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))


def call(door, raw):
    module, name = door.rsplit(".", 1)
    arguments = {READ_AS.get(key, key): read(key, value) for key, value in raw.items()}
    return getattr(import_module(module), name)(**arguments)


def read(key, value):
    return READERS.get(key, lambda given: given)(value)


def plain(result):
    """The result in the words of the examples."""
    if isinstance(result, list):
        return [plain(row) for row in result]
    if isinstance(result, tuple):
        return [plain(value) for value in result]
    if isinstance(result, Ranked):
        return {name: plain(getattr(result, name)) for name in Ranked.__dataclass_fields__}
    if isinstance(result, Selection):
        return {name: plain(getattr(result, name)) for name in Selection.__dataclass_fields__}
    if isinstance(result, dict):
        return {key: plain(value) for key, value in result.items()}
    if isinstance(result, Fraction):
        return str(result)
    return result.isoformat() if isinstance(result, date) else result


def _rule(raw):
    exact = {key: Fraction(value) for key, value in raw.items() if key in ("pass_mark", "bonus_cap")}
    return Rule(**{**raw, **exact, "tie_break": tuple(raw.get("tie_break", ()))})


def _ranked(row):
    exact = {key: None if row[key] is None else Fraction(row[key]) for key in ("base", "bonus", "total")}
    return Ranked(**{**row, **exact})


READ_AS = {"seed_hex": "seed"}
READERS = {
    "area_m2": Decimal,
    "start": date.fromisoformat,
    "end": date.fromisoformat,
    "criteria": lambda rows: [Criterion(**row) for row in rows],
    "sheets": lambda rows: [Sheet(*row) for row in rows],
    "rule": _rule,
    "bonuses": lambda raw: {key: Fraction(value) for key, value in raw.items()},
    "seed_hex": bytes.fromhex,
    "ranked": lambda raw: {track: [_ranked(row) for row in rows] for track, rows in raw.items()},
}
