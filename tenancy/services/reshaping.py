"""Splitting and merging rooms: units end on a day, and new ones begin over the same cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, Overtaken
from portal.intake.canonical import digest
from tenancy import queries, rules
from tenancy.models import Cell, Floor, Occupancy, Unit, UnitCell


@dataclass(frozen=True, slots=True)
class Part:
    """A room to be: its code, seats, contracted area and the codes of its cells."""

    code: str
    seats: int
    area_m2: Decimal
    cells: tuple[str, ...]
    features: tuple[str, ...] = ()


@transaction.atomic
def reshape(*, floor: Floor, units: Sequence[str], parts: Sequence[Part], on: date, by: Any, reason: str) -> list[Unit]:
    """End ``units`` of a floor on a day and begin ``parts`` over exactly their cells, all or nothing.

    Refused (``Overtaken``) while somebody holds or uses one of the cells past that day: an amendment that moves the
    tenant out by then comes first, or one that lets it stay in a part (``amendments.prepare_split``) does both. Raises ``Invalid`` when the parts do not make up the same cells.
    """
    role = rules.check_can_reshape(by, floor.building.hub)
    if not reason.strip():
        raise Invalid(_("호실을 나누거나 합치는 이유를 적어 주십시오."), field="reason")
    return remake(floor=floor, units=units, parts=parts, on=on, by=by.acting_as(role), reason=reason)


def check_plan(*, floor: Floor, units: Sequence[str], parts: Sequence[Part], on: date) -> None:
    """Whether the parts make up exactly the cells of the units, whoever is in them; raises ``Invalid``."""
    ended = _ending(floor, units, on)
    _check_parts(floor, ended, _cells(ended), parts, on)


def remake(*, floor: Floor, units: Sequence[str], parts: Sequence[Part], on: date, by: Any, reason: str) -> list[Unit]:
    """As ``reshape``, for somebody who acts in a role already: an amendment that lets the tenant stay in a part."""
    ended = _ending(floor, units, on)
    cells = _cells(ended)
    _check_parts(floor, ended, cells, parts, on)
    _check_empty(cells, on)
    before = {unit.code: unit.area_m2 for unit in ended}
    for unit in ended:
        UnitCell.objects.filter(unit=unit).update(period=DateRange(unit.from_date, on))
    Unit.objects.filter(pk__in=[unit.pk for unit in ended]).update(to_date=on)
    made = [_begin(floor, part, cells, on) for part in parts]
    after = {part.code: part.area_m2 for part in parts}
    fingerprint = digest({"on": on.isoformat(), "before": _plain(before), "after": _plain(after)})
    data = {"hub": floor.building.hub.code, "on": on, "digest": fingerprint, "ended": len(ended), "begun": len(made)}
    log.append(
        "space.place.reshaped",
        row=floor.building,
        by=by,
        data=data,
        private={"reason": reason.strip()},
    )
    return made


def _ending(floor: Floor, codes: Sequence[str], on: date) -> list[Unit]:
    """The units that end, locked: whoever takes one of them at the same time waits, and finds it gone."""
    rows = Unit.objects.select_for_update().filter(floor=floor, code__in=codes, to_date__isnull=True).order_by("pk")
    found = list(rows)
    missing = sorted(set(codes) - {unit.code for unit in found})
    if missing or not found:
        raise Invalid(_("이 층에 없는 호실입니다: %(codes)s") % {"codes": ", ".join(missing)}, field="units")
    if any(unit.from_date >= on for unit in found):
        raise Invalid(_("호실이 생긴 날보다 뒤의 날을 골라 주십시오."), field="on")
    return found


def _cells(units: Sequence[Unit]) -> dict[str, Cell]:
    return {cell.code: cell for cell in Cell.objects.filter(units__in=units).order_by("pk")}


def _check_parts(floor: Floor, ended: Sequence[Unit], cells: dict[str, Cell], parts: Sequence[Part], on: date) -> None:
    used = [code for part in parts for code in part.cells]
    if sorted(used) != sorted(cells):
        text = _("새 호실의 구획을 모두 합치면 지금 호실의 구획과 같아야 합니다: %(cells)s")
        raise Invalid(text % {"cells": ", ".join(sorted(cells))}, field="parts")
    if any(part.seats < 1 or part.area_m2 <= 0 for part in parts):
        raise Invalid(_("좌석과 면적은 0보다 커야 합니다."), field="parts")
    codes = [part.code for part in parts]
    others = Unit.objects.filter(floor=floor, code__in=codes, to_date__isnull=True).exclude(
        pk__in=[unit.pk for unit in ended]
    )
    if len(set(codes)) != len(codes) or others.exists():
        raise Invalid(_("같은 층에 같은 호실 번호를 두 번 쓸 수 없습니다."), field="parts")


def _check_empty(cells: dict[str, Cell], on: date) -> None:
    running = Occupancy.objects.filter(
        cell__in=list(cells.values()), status__in=queries.LIVE_OCCUPANCY, period__endswith__gt=on
    )
    last = max((row.period.upper for row in running), default=None)
    if last is not None:
        text = _("%(day)s까지 쓰기로 한 구획이 있습니다. 쓰는 기업을 먼저 변경계약으로 옮겨 주십시오.")
        raise Overtaken(text % {"day": date_format(last, "DATE_FORMAT")})


def _begin(floor: Floor, part: Part, cells: dict[str, Cell], on: date) -> Unit:
    unit = Unit.objects.create(
        floor=floor,
        code=part.code,
        seats=part.seats,
        area_m2=part.area_m2,
        features=list(part.features),
        from_date=on,
    )
    UnitCell.objects.bulk_create(
        UnitCell(unit=unit, cell=cells[code], period=DateRange(on, None)) for code in part.cells
    )
    return unit


def _plain(areas: dict[str, Decimal]) -> dict[str, str]:
    return {code: str(area) for code, area in areas.items()}
