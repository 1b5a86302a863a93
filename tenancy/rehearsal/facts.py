"""The round of 2019 as reported, read from ``tenancy/data``, and the call that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from portal.core.periods import SEOUL

DATA = Path(__file__).resolve().parents[1] / "data"
_ENGLISH = {
    "조직역량": "Organisation",
    "기술성": "Technology",
    "시장성": "Market",
    "성장성": "Growth",
    "사업수행역량": "Delivery",
    "발전성": "Prospects",
    "서면평가": "Document review",
    "대면평가": "Presentation",
    "국내기업": "Domestic companies",
    "국외기업": "Foreign companies",
}


def plain(facts: Any) -> Any:
    """The values alone: every ``{value, source, …}`` becomes its value."""
    if isinstance(facts, Mapping):
        return plain(facts["value"]) if "value" in facts else {key: plain(value) for key, value in facts.items()}
    return [plain(item) for item in facts] if isinstance(facts, list) else facts


@dataclass(frozen=True)
class Round:
    """Everything the rehearsal needs to know; ``play`` numbers the rehearsals of one installation, from 1."""

    facts: Mapping[str, Any]
    play: int

    @classmethod
    def read(cls, *, play: int) -> Round:
        return cls(plain(yaml.safe_load((DATA / "round-2019.yaml").read_text())), play)

    @property
    def made_up(self) -> Mapping[str, Any]:
        """What the press did not say."""
        found: Mapping[str, Any] = self.facts["synthetic"]
        return found

    def name(self, stem: str) -> str:
        """``stem``, with the number of the play from the second one on."""
        return stem if self.play == 1 else f"{stem}-{self.play}"

    def at(self, day: str, clock: str) -> datetime:
        """A day of the calendar at a synthetic time of day, in Seoul."""
        found: date = self.facts["call"]["calendar"][day]
        return datetime.combine(found, time.fromisoformat(self.made_up[clock]), SEOUL)

    @property
    def opens_at(self) -> datetime:
        return self.at("published_date", "opens_time")

    @property
    def closes_at(self) -> datetime:
        return self.at("closes_date", "closes_time")

    @property
    def start_date(self) -> date:
        found: date = self.facts["call"]["calendar"]["move_in_from_date"]
        return found

    def quota(self, track: str) -> int:
        return int(self.facts["call"]["tracks"][track]["quota"])


def call_data(round_: Round) -> dict[str, Any]:
    """The definition of the call, as an officer would have written it."""
    place = round_.facts["place"]
    return {
        "code": round_.name("space-2019"),
        "prefix": round_.name("SP2019"),
        "hubs": [round_.name("support-center")],
        "opens_at": round_.opens_at,
        "closes_at": round_.closes_at,
        "title": {
            "ko": f"2019년 {place['name_ko']} 입주기업 모집",
            "en": f"{place['name_en']}: call for resident companies 2019",
        },
        "summary": {
            "ko": "블록체인 기술을 보유하거나 활용하는 7년 이내 창업기업 40곳에 입주공간을 드립니다.",
            "en": "Rooms for 40 companies up to seven years old that hold or use blockchain technology.",
        },
        "tracks": [_track(round_, code) for code in round_.facts["call"]["tracks"]],
        "stages": [_stage(round_, row) for row in round_.facts["call"]["stages"]],
        "eligibility": _eligibility(round_),
        "form": yaml.safe_load((DATA / "space-form.yaml").read_text()),
        "policy": {
            "start_date": round_.start_date.isoformat(),
            "appeal_days": round_.made_up["appeal_days"],
            # The shortlist was told on the 16th and heard from the 18th on: its companies had one day.
            "later_days": 1,
            "panel": {"least_size": 5, "least_market_bp": 0, "one_employer": False},
        },
    }


def _track(round_: Round, code: str) -> dict[str, Any]:
    return {
        "code": code,
        "name": _both(round_.facts["call"]["tracks"][code]["name_ko"]),
        "quota": round_.quota(code),
        "reserve": round_.made_up["reserve_size"][code],
        "spill": round_.made_up["spill"][code],
    }


def _stage(round_: Round, row: Mapping[str, Any]) -> dict[str, Any]:
    code, made_up = row["code"], round_.made_up
    panel = made_up["panel"]
    rule = {name: panel[name] for name in ("combine", "trim_from", "min_sheets")}
    last = code == "PRESENTATION"
    names = {name: f"C{number}" for number, name in enumerate(row["criteria"], start=1)}
    return {
        "code": code,
        "name": _both(row["name_ko"]),
        "share_bp": made_up["stage_share_bp"][code],
        "go_on": None if last else made_up["shortlist_size"],
        "per_file": panel["sheets_per_file"],
        "rule": rule
        | ({"pass_mark": made_up["pass_mark"]} if last else {})
        | {"tie_break": [names.get(item, item) for item in made_up["tie_break"][code]]},
        "criteria": [
            {"code": names[name], "name": _both(name), "max_points": made_up["max_points"], "weight_bp": weight}
            for name, weight in zip(row["criteria"], made_up["weight_bp"][code], strict=True)
        ],
    }


def _eligibility(round_: Round) -> list[dict[str, Any]]:
    years = round_.facts["call"]["eligibility"]["company_age_max_years"]
    return [
        {"rule": "company_age", "parameters": {"years": years, "counted_at": "NOTICE"}},
        {"rule": "excluded_business", "parameters": {"block": "field", "excluded": ["exchange"]}},
        {"rule": "other_public_space", "parameters": {"block": "other_space_until", "accept_declaration": True}},
        {"rule": "tax_clear", "parameters": {"block": "tax", "accept_declaration": True}},
        {"rule": "no_default", "parameters": {"block": "credit", "accept_declaration": True}},
    ]


def _both(korean: str) -> dict[str, str]:
    return {"ko": korean, "en": _ENGLISH[korean]}
