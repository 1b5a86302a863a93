"""Reads the file of an announced plan into plain rows; free of Django.

The file is YAML as in ``portal/plan/data``: every line names its source, null means "not announced", and money, target
and cap are three different keys. Texts without a suffix are English (``note``, ``words``), ``_ko`` their Korean.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

Row = dict[str, Any]


class Unreadable(ValueError):
    """The file does not say what a plan must say; the message names the line of the plan."""


@dataclass(frozen=True)
class Announcement:
    """A plan as announced. Rows hold model fields by name; ``source`` in them is the code of a source."""

    code: str
    content_hash: str
    cluster: Row
    version: Row
    sources: list[Row]
    budget: list[Row]
    targets: list[Row]
    hubs: list[Row]
    baselines: list[Row]
    remarks: list[Row]


def read(content: bytes) -> Announcement:
    """The announcement in ``content``; ``Unreadable`` when a key is missing, a code doubled or a number not whole."""
    said = yaml.safe_load(content)
    if not isinstance(said, dict):
        raise Unreadable("the file holds no plan")
    sources = [_source(code, line) for code, line in _part(said, "sources").items()]
    known = {row["code"] for row in sources}
    announcement = Announcement(
        code=_need(said, "plan", "plan"),
        content_hash=hashlib.sha256(content).hexdigest(),
        cluster=_cluster(_part(said, "cluster")),
        version=_version(said),
        sources=sources,
        budget=_rows(said.get("budget"), _budget_line, known),
        targets=_rows(said.get("targets"), _target, known),
        hubs=_rows(_hub_lines(said), _hub, known),
        baselines=_rows(said.get("baseline"), _baseline, known),
        remarks=_rows(_remark_lines(said), _remark, known, codes=False),
    )
    _check_parts(announcement)
    return announcement


def _rows(
    lines: Iterable[Row] | None, make: Callable[[Row], Row], sources: set[str], *, codes: bool = True
) -> list[Row]:
    rows: list[Row] = []
    for position, line in enumerate(lines or [], start=1):
        row = {"position": position, "source": _need(line, "source", line.get("code", position)), **make(line)}
        if row["source"] not in sources:
            raise Unreadable(f"{line.get('code', position)}: unknown source {row['source']}")
        rows.append(row)
    seen = [row["code"] for row in rows] if codes else []
    if doubled := {code for code in seen if seen.count(code) > 1}:
        raise Unreadable(f"{', '.join(sorted(doubled))}: named twice")
    return rows


def _cluster(line: Row) -> Row:
    return {key: _need(line, key, "cluster") for key in ("code", "name_ko", "name_en")}


def _version(said: Row) -> Row:
    period = _part(said, "period")
    return {
        "name_ko": _need(said, "name_ko", "plan"),
        "name_en": said.get("name_en") or "",
        "announced_date": _day(said, "announced_date", "plan"),
        "begins_date": _day(period, "from", "period"),
        "ends_date": _day(period, "to", "period"),
        "hub_metrics": said.get("hub_metrics") or [],
    }


def _source(code: str, line: Row) -> Row:
    published = line.get("date")
    return {
        "code": code,
        "outlet": line.get("outlet") or "",
        "title": _need(line, "title", code),
        "published_date": published if isinstance(published, date) else None,
        "published_words": "" if isinstance(published, date) else str(published or ""),
        **_both(line, "note"),
    }


def _promised(line: Row) -> Row:
    code = _need(line, "code", "a line")
    return {
        "code": code,
        **_names(line),
        "amount_won": _whole(line, "amount_won"),
        "target": _whole(line, "target"),
        "cap": _whole(line, "cap"),
        "unit": line.get("unit") or "",
        **_both(line, "words"),
        **_both(line, "note"),
    }


def _budget_line(line: Row) -> Row:
    return {**_promised(line), "part_of": line.get("part_of") or ""}


def _target(line: Row) -> Row:
    return {
        **_promised(line),
        "metric": line.get("metric") or "",
        "scope": line.get("scope") or list(line.get("parts") or {}),
        "by_date": _day(line, "by", line["code"], optional=True),
        "cap_per": line.get("cap_per") or "",
        "items_ko": line.get("items") or line.get("fields") or [],
        "items_en": line.get("items_en") or line.get("fields_en") or [],
        "computed_bp": _whole(line, "computed_bp"),
    }


def _hub_lines(said: Row) -> list[Row]:
    return [*(said.get("hubs") or []), *({**line, "later": True} for line in said.get("later_hubs") or [])]


def _hub(line: Row) -> Row:
    return {
        "code": _need(line, "code", "a hub"),
        **_names(line),
        "place_ko": _joined(line, "district", "site", "building"),
        "place_en": _joined(line, "district_en", "site_en", "building_en"),
        "floors": line.get("floors"),
        "company_places": _whole(line, "company_places" if "company_places" in line else "rooms"),
        "by_date": _day(line, "by", line["code"], optional=True),
        "later": bool(line.get("later")),
        **_both(line, "words"),
        "terms_ko": line.get("lease_ko") or "",
        "terms_en": line.get("lease") or "",
        **_both(line, "note"),
    }


def _baseline(line: Row) -> Row:
    code = _need(line, "code", "baseline")
    value = _whole(line, "value_bp")
    if value is None:
        raise Unreadable(f"{code}: value_bp is missing")
    return {"code": code, **_names(line), "value_bp": value, **_both(line, "words")}


def _remark_lines(said: Row) -> list[Row]:
    return [*(said.get("limits_stated") or []), *(said.get("events") or [])]


def _remark(line: Row) -> Row:
    """A stated limit is one sentence; an event is its name, its place and what was signed there."""
    if "what_ko" in line:
        return {"said_date": None, "text_ko": line["what_ko"], "text_en": line.get("what_en") or ""}
    return {
        "said_date": _day(line, "date", line.get("code", "event"), optional=True),
        "text_ko": _joined(line, "name_ko", "place_ko", "memoranda_ko"),
        "text_en": _joined(line, "name_en", "place_en", "memoranda"),
    }


def _names(line: Row) -> Row:
    return {"name_ko": _need(line, "name_ko", line.get("code", "?")), "name_en": line.get("name_en") or ""}


def _both(line: Row, key: str) -> Row:
    return {f"{key}_ko": line.get(f"{key}_ko") or "", f"{key}_en": line.get(key) or ""}


def _joined(line: Row, *keys: str) -> str:
    return " · ".join(str(line[key]) for key in keys if line.get(key))


def _part(said: Row, key: str) -> Row:
    part = said.get(key)
    if not isinstance(part, Mapping):
        raise Unreadable(f"{key} is missing")
    return dict(part)


def _need(line: Row, key: str, where: object) -> Any:
    if line.get(key) in (None, ""):
        raise Unreadable(f"{where}: {key} is missing")
    return line[key]


def _whole(line: Row, key: str) -> int | None:
    value = line.get(key)
    if value is not None and type(value) is not int:
        raise Unreadable(f"{line.get('code')}: {key} is not a whole number: {value!r}")
    return value


def _day(line: Row, key: str, where: object, *, optional: bool = False) -> date | None:
    value = line.get(key) if optional else _need(line, key, where)
    if value is not None and type(value) is not date:
        raise Unreadable(f"{where}: {key} is not a day: {value!r}")
    return value


def _check_parts(announcement: Announcement) -> None:
    codes = {row["code"] for row in announcement.budget}
    for row in announcement.budget:
        if row["part_of"] and row["part_of"] not in codes:
            raise Unreadable(f"{row['code']}: part of an unknown line {row['part_of']}")
