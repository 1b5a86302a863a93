"""A call as one piece of data that an officer edits: read from its rows, begun from nothing, changed part by part."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from portal.intake.models import Call, CallVersion, Stage

_STAGE = ("code", "name", "share_bp", "go_on", "per_file", "blind", "hidden_blocks", "rule", "due_at", "discussion")
_CRITERION = ("code", "name", "guide", "max_points", "weight_bp", "counted")
_VERSION = ("title", "summary", "form", "eligibility", "policy", "closes_at")


def version_in_work(call: Call) -> CallVersion:
    """The text being written: the one not yet published, else the one that holds."""
    version = call.versions.filter(published_at__isnull=True).first() or call.current
    assert version is not None
    version.call = call
    return version


def definition_of(call: Call) -> dict[str, Any]:
    """All that ``create_call`` takes, as it stands now in the text being written."""
    version = version_in_work(call)
    found: dict[str, Any] = {name: deepcopy(getattr(version, name)) for name in _VERSION}
    return found | {
        "code": call.code,
        "prefix": call.prefix,
        "hubs": list(call.hubs),
        "opens_at": call.opens_at,
        "tracks": list(call.tracks.values("code", "name", "quota", "reserve", "spill").order_by("order")),
        "bonuses": [
            {"code": b.code, "name": b.name, "points": f"{b.points:f}", "paper": b.paper, "block": b.block}
            for b in call.bonus_items.all()
        ],
        "stages": [_stage(stage) for stage in call.stages.prefetch_related("criteria").order_by("number")],
    }


def _stage(stage: Stage) -> dict[str, Any]:
    criteria = [{name: getattr(item, name) for name in _CRITERION} for item in stage.criteria.all()]
    return {name: deepcopy(getattr(stage, name)) for name in _STAGE} | {"criteria": criteria}


def starter() -> dict[str, Any]:
    """The least that holds together: one track, one stage with one criterion, one page with the company card."""
    return {
        "tracks": [{"code": "GENERAL", "name": {"ko": "일반", "en": "General"}, "quota": 1, "reserve": 0, "spill": []}],
        "stages": [new_stage("DOCUMENT", "서면평가", "Document review", share_bp=10_000)],
        "eligibility": [],
        "form": {
            "sections": [
                {
                    "code": "company",
                    "name": {"ko": "기업", "en": "Company"},
                    "blocks": [
                        {"code": "card", "kind": "company_card", "label": {"ko": "신청 기업", "en": "Applicant"}},
                    ],
                }
            ]
        },
        "summary": {},
        "policy": {},
    }


def new_stage(code: str, name_ko: str, name_en: str, *, share_bp: int) -> dict[str, Any]:
    """A stage with one criterion, decided by the mean and at last by the draw."""
    return {
        "code": code,
        "name": {"ko": name_ko, "en": name_en},
        "share_bp": share_bp,
        "go_on": None,
        "per_file": 3,
        "blind": False,
        "hidden_blocks": [],
        "due_at": None,
        "rule": {"combine": "mean", "min_sheets": 1, "pass_mark": "60", "tie_break": ["lottery"]},
        "criteria": [
            {
                "code": "C1",
                "name": {"ko": "사업성", "en": "Business"},
                "guide": {},
                "max_points": 100,
                "weight_bp": 10_000,
                "counted": True,
            }
        ],
    }


def page(data: Mapping[str, Any], code: str) -> dict[str, Any] | None:
    """A page of the form, to be changed in place."""
    return next((row for row in data["form"].get("sections", []) if row["code"] == code), None)


def find(data: Mapping[str, Any], block: str) -> tuple[dict[str, Any], int] | None:
    """The page of a question, and where on it the question stands."""
    for row in data["form"].get("sections", []):
        for position, one in enumerate(row["blocks"]):
            if one["code"] == block:
                return row, position
    return None


def move(data: Mapping[str, Any], block: str, *, by: int) -> None:
    """Up or down on its page, or over its edge to the neighbouring page."""
    found = find(data, block)
    if found is None:
        return
    here, position = found
    target = position + by
    if 0 <= target < len(here["blocks"]):
        here["blocks"].insert(target, here["blocks"].pop(position))
        return
    pages = data["form"]["sections"]
    beside = pages.index(here) + by
    if 0 <= beside < len(pages):
        pages[beside]["blocks"].insert(0 if by > 0 else len(pages[beside]["blocks"]), here["blocks"].pop(position))
