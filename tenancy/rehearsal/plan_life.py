"""What the rehearsal of the plan is told: hubs as announced, the rest invented (``tenancy/data/plan-seoul.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).resolve().parents[1] / "data" / "plan-seoul.yaml"
_WHOLE_BP = 10_000


@dataclass(frozen=True)
class Life:
    """The data of one play."""

    facts: Mapping[str, Any]
    variant: str

    @classmethod
    def read(cls, variant: str) -> Life:
        return cls(yaml.safe_load(DATA.read_text("utf-8")), variant)

    @property
    def made_up(self) -> Mapping[str, Any]:
        """What the press did not say."""
        found: Mapping[str, Any] = self.facts["synthetic"]
        return found

    @property
    def first(self) -> date:
        found: date = self.facts["period"]["from"]
        return found

    @property
    def until(self) -> date:
        """The day on which the play ends, not lived any more."""
        found: date = self.facts["period"]["to"]
        return found

    @property
    def floors(self) -> Mapping[str, Mapping[int, int]]:
        """By hub the rooms of each level: as planned, or in a small play fewer."""
        found: Mapping[str, Mapping[int, int]] = self._own.get("floors", self.made_up["floors"])
        return found

    def places(self, code: str) -> int:
        """How many companies a hub holds: what was announced, unless this play is small."""
        if "floors" in self._own:
            return sum(self.floors[code].values())
        return int(self.facts["hubs"][code]["places"])

    @property
    def inside_at_the_end(self) -> tuple[int, int]:
        """How many companies are in residence on the last day: at least, at most."""
        low, high = self._own["companies_at_the_end"]
        return int(low), int(high)

    @property
    def _own(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.facts["variants"][self.variant]
        return found

    def rounds_from(self, start: date) -> list[str]:
        """The hubs that give out rooms from a day on."""
        return list(self.made_up["rounds"].get(start, ()))

    def happens(self, what: str, *who: object, per: int = 1) -> bool:
        """Whether something of a stated rate befalls this one: the same in every play. ``per``: in one of so many parts."""
        digest = sha256("|".join([what, *map(str, who)]).encode()).digest()
        return int.from_bytes(digest[:8]) % (_WHOLE_BP * per) < int(self.made_up["rates_bp"][what])


def variants() -> tuple[str, ...]:
    """All of them, the whole plan first."""
    return tuple(yaml.safe_load(DATA.read_text("utf-8"))["variants"])
