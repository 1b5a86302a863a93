"""From stored inputs to a result: the whole computation of a run, repeatable without a database. Pure.

Inputs and results are plain JSON; fractions are text such as ``230/3``. Groups are tracks, or ``ALL`` where a stage has
one common number of places to go on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from portal.intake import policy, scoring, selection
from portal.intake.scoring import Criterion, Ranked, Sheet

MODULE = "portal.intake.tally/1"
ALL = "ALL"

type Json = Mapping[str, Any]


def stage_result(inputs: Json) -> dict[str, Any]:
    """Rank a stage group by group, and who goes on. Raises ``InvalidScores``, ``TieAtCutoff``."""
    ranked = {group: _rank(inputs, keys) for group, keys in inputs["groups"].items()}
    result: dict[str, Any] = {"groups": {group: [_row(row) for row in rows] for group, rows in ranked.items()}}
    if inputs["go_on"] is not None:
        chosen = selection.choose(ranked, inputs["go_on"], {}, {})
        result["selection"] = _selection(chosen)
    return result


def final_result(inputs: Json) -> dict[str, Any]:
    """Rank over all stages (Σ share × base ÷ 10,000) by track, then choose by quota, spill and reserve."""
    ranked = {group: _rank_finals(inputs, keys) for group, keys in inputs["groups"].items()}
    chosen = selection.choose(ranked, inputs["quotas"], inputs["spill"], inputs["reserves"])
    bases: Mapping[str, Mapping[str, str | None]] = inputs["bases"]
    return {
        # With what each stage gave, so that nobody has to read the inputs of a large run to show it.
        "groups": {
            group: [_row(row) | {"bases": dict(bases.get(row.application, {}))} for row in rows]
            for group, rows in ranked.items()
        },
        "selection": _selection(chosen),
    }


def _rank(inputs: Json, keys: Sequence[str]) -> list[Ranked]:
    return scoring.rank(
        _sheets(inputs, keys),
        _criteria(inputs),
        policy.read_rule(inputs["rule"]),
        applications=keys,
        seed=_seed(inputs),
    )


def _rank_finals(inputs: Json, keys: Sequence[str]) -> list[Ranked]:
    """Those judged in every stage; the others follow without a place."""
    shares: Mapping[str, int] = inputs["shares"]
    bases = {
        key: scoring.final_base((share, Fraction(inputs["bases"][key][stage])) for stage, share in shares.items())
        for key in keys
        if all(inputs["bases"].get(key, {}).get(stage) is not None for stage in shares)
    }
    rule = policy.read_rule(inputs["rule"])
    bonuses = {key: Fraction(points) for key, points in inputs.get("bonuses", {}).items() if key in bases}
    ranked = scoring.rank_finals(
        bases, _criteria(inputs), rule, _sheets(inputs, list(bases)), bonuses=bonuses, seed=_seed(inputs)
    )
    rest = [Ranked(key, None, None, Fraction(0), None, 0, False, None) for key in sorted(set(keys) - set(bases))]
    return ranked + rest


def _sheets(inputs: Json, keys: Sequence[str]) -> list[Sheet]:
    wanted = set(keys)
    return [Sheet(who, file, scores) for who, file, scores in inputs["sheets"] if file in wanted]


def _criteria(inputs: Json) -> list[Criterion]:
    return [Criterion(**row) for row in inputs["criteria"]]


def _seed(inputs: Json) -> bytes | None:
    return bytes.fromhex(inputs["seed"]) if inputs["seed"] else None


def _row(row: Ranked) -> dict[str, Any]:
    return {
        "application": row.application,
        "place": row.place,
        "base": _text(row.base),
        "bonus": _text(row.bonus),
        "total": _text(row.total),
        "sheets": row.sheets,
        "passed": row.passed,
        "tie": row.tie or "",
    }


def _selection(chosen: selection.Selection) -> dict[str, Any]:
    return {
        "selected": [list(row) for row in chosen.selected],
        "reserved": chosen.reserved,
        "refused": chosen.refused,
        "cutoffs": {track: _text(total) for track, total in chosen.cutoffs.items()},
    }


def _text(number: Fraction | None) -> str | None:
    return None if number is None else str(number)
