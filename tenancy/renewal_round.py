"""What a hub's call for another term begins with (``tenancy/data/renewal-round.yaml``), as intake writes a call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from portal.core.periods import SEOUL
from tenancy.models import Hub

_DATA = Path(__file__).parent / "data" / "renewal-round.yaml"


def definition(hub: Hub, *, opens_at: datetime, closes_at: datetime, places: int, number: int = 1) -> dict[str, Any]:
    """A call of one track with as many places as tenants: what decides is the pass mark, not the others."""
    read, month = _read(), f"{opens_at.astimezone(SEOUL):%Y-%m}"
    once = f"{opens_at:%Y%m}" + (f"-{number}" if number > 1 else "")
    title = {
        language: text.format(hub=name, month=month)
        for (language, text), name in zip(read["title"].items(), (hub.name_ko, hub.name_en), strict=True)
    }
    return {
        "code": f"renewal-{hub.code}-{once}",
        "prefix": f"R{hub.code.upper()[:8]}{opens_at:%y%m}" + (f"N{number}" if number > 1 else ""),
        "hubs": [hub.code],
        "opens_at": opens_at,
        "closes_at": closes_at,
        "title": title,
        "summary": read["summary"],
        "tracks": [{**read["track"], "quota": places, "reserve": 0, "spill": []}],
        "stages": [{**stage, "go_on": None} for stage in read["stages"]],
        "eligibility": read["eligibility"],
        "form": read["form"],
        "policy": {**read["policy"], "start_date": closes_at.astimezone(SEOUL).date().isoformat()},
    }


@cache
def _read() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(_DATA.read_text("utf-8"))
    return found
