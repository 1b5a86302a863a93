"""Floors as a file: JSON as ``places.read`` takes it, or CSV with a line for each outline, cell and unit.

CSV columns: ``level, row, code, kind, polygon, seats, area_m2, cells, features``; ``row`` is OUTLINE, CELL or UNIT, a
polygon ``0 0; 400 0; 400 500; 0 500`` in whole centimetres, cells and features are separated by blanks.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from portal.core.errors import Invalid

MOST_BYTES = 2_000_000
_COLUMNS = {"level", "row", "code", "kind", "polygon", "seats", "area_m2", "cells"}


def read(content: bytes) -> list[Mapping[str, Any]]:
    """The floors of a file. Raises ``Invalid`` for one that is neither."""
    if len(content) > MOST_BYTES:
        raise Invalid(_("2MB까지 올릴 수 있습니다."), field="file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(_("UTF-8로 된 JSON 또는 CSV 파일을 올려 주십시오."), field="file") from error
    return _json(text) if text.lstrip()[:1] in "[{" else _csv(text)


def _json(text: str) -> list[Mapping[str, Any]]:
    try:
        found = json.loads(text, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise Invalid(_("JSON으로 읽을 수 없는 파일입니다."), field="file") from error
    floors = found.get("floors") if isinstance(found, dict) else found
    if not isinstance(floors, list) or not all(isinstance(floor, dict) for floor in floors) or not floors:
        raise Invalid(_("파일에 층이 없습니다."), field="file")
    return floors


def _csv(text: str) -> list[Mapping[str, Any]]:
    rows = csv.DictReader(io.StringIO(text))
    missing = sorted(_COLUMNS - set(rows.fieldnames or ()))
    if missing:
        raise Invalid(_("없는 열이 있습니다: %(columns)s") % {"columns": ", ".join(missing)}, field="file")
    floors: dict[str, dict[str, Any]] = {}
    try:
        for line, row in enumerate(rows, start=2):
            _line(floors, {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}, line)
    except csv.Error as error:
        raise Invalid(_("CSV로 읽을 수 없는 파일입니다."), field="file") from error
    if not floors:
        raise Invalid(_("파일에 층이 없습니다."), field="file")
    return list(floors.values())


def _line(floors: dict[str, dict[str, Any]], row: Mapping[str, str], line: int) -> None:
    try:
        floor = floors.setdefault(row["level"], {"level": int(row["level"]), "cells": [], "units": []})
        if row["row"] == "OUTLINE":
            floor["outline_cm"] = _polygon(row["polygon"])
        elif row["row"] == "CELL":
            floor["cells"].append({"code": row["code"], "kind": row["kind"], "polygon_cm": _polygon(row["polygon"])})
        elif row["row"] == "UNIT":
            unit = {"code": row["code"], "seats": int(row["seats"]), "area_m2": row["area_m2"]}
            floor["units"].append(unit | {"cells": row["cells"].split(), "features": row.get("features", "").split()})
        else:
            raise ValueError(row["row"])
    except ValueError as error:
        raise Invalid(_("%(line)s번째 줄을 읽을 수 없습니다.") % {"line": line}, field="file") from error


def _polygon(text: str) -> list[list[int]]:
    points = [[int(number) for number in point.split()] for point in text.split(";") if point.strip()]
    if any(len(point) != 2 for point in points):
        raise ValueError(text)
    return points
