"""Policy as data, read into types: rules of a stage, places to go on, and what a call's definition must hold. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from portal.core.errors import Invalid
from portal.intake import blocks, scoring
from portal.intake.scoring import Criterion, Rule

CODE = re.compile(r"[A-Z][A-Z0-9_]{0,29}")
#: What holds where a call's policy says nothing.
DEFAULTS: Mapping[str, Any] = {
    #: Whether a company may enter once in each track, and not once in the whole call.
    "per_track": False,
    "conflict_scope": "APPLICATION",
    "appeal_days": 30,
    "answer_days": 14,
    "extension_days": 10,
    "challenge_days": 14,
    #: Whether companies whose files a panel has may read who sits on it, so that they can challenge a member.
    "announce_panel": True,
    "share_bp": 0,
    "case_days": 10,
    "reserve_days": 180,
    #: How long those who go on to a stage have for the questions that are asked only then.
    "later_days": 7,
    "tied_enter": False,
    "panel": {"least_size": 1, "least_market_bp": 0, "least_women_bp": 0, "one_employer": False, "rest_days": 0},
    "match_block": "",
    #: Days after closing a never-sent draft is kept; after the last result what was not, and what was selected; and a law
    #: that makes us keep a copy of the selected apart: ``{"law": …, "days": …}``.
    "retention": {"draft_days": 90, "ended_days": 365, "kept_days": 1825, "statute": None},
}


def retention(version: Any) -> dict[str, Any]:
    """How long a call keeps what, by its version or by default."""
    given = version.term("retention", {}) if version is not None else {}
    return {**DEFAULTS["retention"], **given}


def read_rule(data: Mapping[str, Any]) -> Rule:
    """The rule of a stage; marks and caps are exact fractions in text (``"60"``, ``"119/2"``)."""
    exact: dict[str, Any] = {
        name: Fraction(data[name]) for name in ("pass_mark", "bonus_cap") if data.get(name) is not None
    }
    plain = {name: data[name] for name in ("combine", "trim_from", "min_sheets", "pass_on") if name in data}
    return Rule(**plain, **exact, tie_break=tuple(data.get("tie_break", ())))


def read_criteria(rows: Sequence[Any]) -> list[Criterion]:
    """Criteria from rows of the database."""
    return [Criterion(row.code, row.max_points, row.weight_bp, row.counted) for row in rows]


def uses_lottery(rules: Sequence[Mapping[str, Any]]) -> bool:
    """Whether any of the rules ends ties by the draw."""
    return any("lottery" in rule.get("tie_break", ()) for rule in rules)


def check_definition(data: Mapping[str, Any], known_rules: Sequence[str], own_blocks: Mapping[str, Any]) -> None:
    """Whether a call's definition holds together. Raises ``Invalid`` with a sentence that names the place."""
    _check_tracks(data.get("tracks", ()))
    _check_stages(data.get("stages", ()), data.get("policy", {}))
    check_version(data, known_rules, own_blocks, stages=len(data.get("stages", ())))
    _check_bonuses(data.get("bonuses", ()), blocks.parse_form(data.get("form", {}), own_blocks))


def check_version(
    data: Mapping[str, Any], known_rules: Sequence[str], own_blocks: Mapping[str, Any], *, stages: int
) -> None:
    """Whether eligibility and form of a version hold together in a call of so many stages. Raises ``Invalid``."""
    for row in data.get("eligibility", ()):
        if row.get("rule") not in known_rules:
            raise Invalid(
                _("자격요건 “%(rule)s”을(를) 알 수 없습니다.") % {"rule": row.get("rule")}, field="eligibility"
            )
    try:
        form = blocks.parse_form(data.get("form", {}), own_blocks)
    except (blocks.InvalidForm, KeyError, TypeError) as error:
        raise Invalid(_("신청서식이 올바르지 않습니다: %(error)s") % {"error": error}, field="form") from error
    if beyond := [block for block in form.blocks() if block.from_stage > stages]:
        words = {"question": beyond[0].label_text, "n": beyond[0].from_stage}
        raise Invalid(_("“%(question)s”: %(n)s번째 평가단계가 없습니다.") % words, field="form")


def _check_tracks(tracks: Sequence[Mapping[str, Any]]) -> None:
    codes = [track.get("code", "") for track in tracks]
    if not codes or len(set(codes)) != len(codes) or not all(CODE.fullmatch(code) for code in codes):
        raise Invalid(_("모집부문의 코드가 없거나 겹칩니다."), field="tracks")
    if any(set(track.get("spill", ())) - set(codes) for track in tracks):
        raise Invalid(_("이월할 모집부문을 알 수 없습니다."), field="tracks")


def _check_bonuses(rows: Sequence[Mapping[str, Any]], form: blocks.Form) -> None:
    """Each has points and a question that takes its paper."""
    codes = [row.get("code", "") for row in rows]
    if len(set(codes)) != len(codes) or not all(CODE.fullmatch(code) for code in codes):
        raise Invalid(_("가점 항목의 코드가 없거나 겹칩니다."), field="bonuses")
    for row in rows:
        block = form.block(row.get("block", ""))
        if block is None or block.kind != "file":
            raise Invalid(
                _("가점 %(code)s: 증빙을 받을 파일 문항이 없습니다.") % {"code": row["code"]}, field="bonuses"
            )
        if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", str(row.get("points", ""))) or not Fraction(row["points"]):
            raise Invalid(
                _("가점 %(code)s: 점수는 0보다 큰 수로 적어 주십시오.") % {"code": row["code"]}, field="bonuses"
            )


def _check_stages(stages: Sequence[Mapping[str, Any]], terms: Mapping[str, Any]) -> None:
    if not stages or sum(stage.get("share_bp", 0) for stage in stages) != scoring.WHOLE_WEIGHT_BP:
        raise Invalid(_("평가단계의 반영 비율은 합이 100%여야 합니다."), field="stages")
    for stage in stages:
        criteria = [
            Criterion(row["code"], row["max_points"], row["weight_bp"], row.get("counted", True))
            for row in stage.get("criteria", ())
        ]
        try:
            scoring.rank([], criteria, read_rule(stage.get("rule", {})), seed=bytes(32))
        except (scoring.InvalidScores, ValueError, TypeError) as error:
            where = {"stage": stage.get("code"), "error": error}
            raise Invalid(_("평가단계 %(stage)s: %(error)s") % where, field="stages") from error
        breaks = stage.get("rule", {}).get("tie_break", ())
        if not (breaks and breaks[-1] == "lottery") and not terms.get("tied_enter"):
            raise Invalid(_("동점 처리의 마지막은 추첨이어야 합니다."), field="stages")
