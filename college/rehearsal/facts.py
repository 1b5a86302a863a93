"""What was announced and what is invented, read from ``college/data/experts.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from portal.core.periods import SEOUL

DATA = Path(__file__).resolve().parents[1] / "data" / "experts.yaml"


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """That hour of the day in Seoul."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SEOUL)


@dataclass(frozen=True)
class Term:
    """Runs that begin in the same week: seats by the place of the run in ``runs``, and what happens afterwards."""

    starts: date
    seats: list[int]
    affairs: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Facts:
    """One way to play; ``made_up`` is all that was never announced."""

    variant: str
    announced: Mapping[str, Any]
    made_up: Mapping[str, Any]
    terms: list[Term]

    @classmethod
    def read(cls, variant: str) -> Facts:
        facts = yaml.safe_load(DATA.read_text("utf-8"))
        terms = [Term(**term) for term in facts["variants"][variant]["terms"]]
        return cls(variant, facts["announced"], facts["synthetic"], terms)

    def many(self, what: str) -> int:
        """How many people of a run something befalls."""
        return int(self.made_up["befalls"][what])

    @property
    def first(self) -> date:
        found: date = self.announced["period"]["from"]
        return found

    @property
    def until(self) -> date:
        """The day after the last one of the plan."""
        found: date = self.announced["period"]["to"]
        return found


def variants() -> tuple[str, ...]:
    """All of them, the whole plan first."""
    return tuple(yaml.safe_load(DATA.read_text("utf-8"))["variants"])
