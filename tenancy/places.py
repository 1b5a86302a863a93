"""Reading floors from data: cells and units, checked before anything is written. Pure.

A floor is ``{"level", "outline_cm", "cells": [{"code", "kind", "polygon_cm"}], "units": [{"code", "seats", "area_m2",
"cells", "features"?}]}``; polygons are lists of [x, y] in whole centimetres.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import combinations
from typing import Any

from tenancy import geometry
from tenancy.geometry import Point

KINDS = ("ROOM", "MEETING", "COMMON", "CORE")
_AREA_TOLERANCE_BP = 200


@dataclass(frozen=True, slots=True)
class CellPlan:
    """A cell as read."""

    code: str
    kind: str
    polygon: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """A unit as read."""

    code: str
    seats: int
    area_m2: Decimal
    cells: tuple[str, ...]
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FloorPlan:
    """A floor as read."""

    level: int
    outline: tuple[Point, ...]
    cells: tuple[CellPlan, ...]
    units: tuple[UnitPlan, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong where; ``blocking`` ones stop the import, the others are shown."""

    code: str
    where: str
    detail: str = ""
    blocking: bool = True


def read(floors: Sequence[Mapping[str, Any]]) -> tuple[list[FloorPlan], list[Trouble]]:
    """The floors and everything found against them; a floor that cannot be read is left out."""
    plans, troubles = [], []
    for number, raw in enumerate(floors):
        try:
            plan = _floor(raw)
        except (KeyError, TypeError, ValueError, InvalidOperation) as error:
            troubles.append(Trouble("unreadable", str(raw.get("level", number)), str(error)))
            continue
        plans.append(plan)
        troubles += check(plan)
    levels = [plan.level for plan in plans]
    troubles += [Trouble("floor_twice", str(level)) for level in sorted({n for n in levels if levels.count(n) > 1})]
    return plans, troubles


def check(plan: FloorPlan) -> list[Trouble]:
    """Overlaps, crossings, cells outside, gaps, units over unknown or shared cells, areas that differ by over 2 %."""
    floor = str(plan.level)
    if not geometry.is_simple(plan.outline):
        return [Trouble("outline_crosses_itself", floor)]
    return [*_cell_troubles(plan), *_unit_troubles(plan)]


def _cell_troubles(plan: FloorPlan) -> list[Trouble]:
    codes = [cell.code for cell in plan.cells]
    troubles = [Trouble("cell_twice", code) for code in sorted({code for code in codes if codes.count(code) > 1})]
    sound = [cell for cell in plan.cells if geometry.is_simple(cell.polygon)]
    troubles += [Trouble("cell_crosses_itself", cell.code) for cell in plan.cells if cell not in sound]
    troubles += [Trouble("unknown_kind", cell.code, cell.kind) for cell in plan.cells if cell.kind not in KINDS]
    troubles += [
        Trouble("cell_outside", cell.code) for cell in sound if not geometry.within(cell.polygon, plan.outline)
    ]
    troubles += [
        Trouble("cells_overlap", f"{one.code}, {other.code}")
        for one, other in combinations(sound, 2)
        if geometry.overlap(one.polygon, other.polygon)
    ]
    if not troubles:
        gap = geometry.twice_area(plan.outline) - sum(geometry.twice_area(cell.polygon) for cell in sound)
        if gap:
            troubles.append(Trouble("gap", str(plan.level), f"{Decimal(gap) / 20_000:.2f}", blocking=False))
    return troubles


def _unit_troubles(plan: FloorPlan) -> list[Trouble]:
    troubles: list[Trouble] = []
    by_code = {cell.code: cell for cell in plan.cells}
    taken: dict[str, str] = {}
    codes = [unit.code for unit in plan.units]
    troubles += [Trouble("unit_twice", code) for code in sorted({code for code in codes if codes.count(code) > 1})]
    for unit in plan.units:
        if not unit.cells or unit.seats < 1 or unit.area_m2 <= 0:
            troubles.append(Trouble("unit_is_empty", unit.code))
        for code in unit.cells:
            if code not in by_code:
                troubles.append(Trouble("unknown_cell", unit.code, code))
            elif code in taken:
                troubles.append(Trouble("cell_in_two_units", code, f"{taken[code]}, {unit.code}"))
            taken[code] = unit.code
        if all(code in by_code for code in unit.cells):
            troubles += _area_trouble(unit, [by_code[code] for code in unit.cells])
    return troubles


def _area_trouble(unit: UnitPlan, cells: Sequence[CellPlan]) -> list[Trouble]:
    """Shown, never corrected: the contracted area rules the rent."""
    drawn = sum((geometry.area_m2(cell.polygon) for cell in cells), Decimal(0))
    if abs(drawn - unit.area_m2) * 10_000 <= _AREA_TOLERANCE_BP * unit.area_m2:
        return []
    return [Trouble("area_differs", unit.code, f"{drawn} / {unit.area_m2}", blocking=False)]


def _floor(raw: Mapping[str, Any]) -> FloorPlan:
    return FloorPlan(
        level=_whole(raw["level"]),
        outline=_polygon(raw["outline_cm"]),
        cells=tuple(
            CellPlan(_text(cell["code"]), _text(cell["kind"]), _polygon(cell["polygon_cm"])) for cell in raw["cells"]
        ),
        units=tuple(
            UnitPlan(
                code=_text(unit["code"]),
                seats=_whole(unit["seats"]),
                area_m2=_area(unit["area_m2"]),
                cells=tuple(_text(code) for code in unit["cells"]),
                features=tuple(_text(feature) for feature in unit.get("features", ())),
            )
            for unit in raw["units"]
        ),
    )


def _polygon(raw: Sequence[Sequence[int]]) -> tuple[Point, ...]:
    return tuple((_whole(x), _whole(y)) for x, y in raw)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is no whole number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 20:
        raise TypeError(f"{value!r} is no code")
    return value.strip()


def _area(value: Any) -> Decimal:
    if isinstance(value, float):
        raise TypeError("an area is written as text, not as a float")
    area = Decimal(value)
    if not area.is_finite() or area != area.quantize(Decimal("0.01")):
        raise ValueError(f"{value!r} is no area with two decimals")
    return area
