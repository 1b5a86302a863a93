"""Floors from data, the terms of a round, blocked units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import Cluster
from portal.core.errors import Invalid, Overtaken
from portal.core.transition import advance
from portal.intake.canonical import digest
from portal.intake.enums import CallStatus
from portal.intake.models import Call
from tenancy import rules
from tenancy.enums import OccupancyStatus, RateCardStatus
from tenancy.models import Building, Cell, Floor, Hub, Occupancy, RateCard, Terms, Unit, UnitCell
from tenancy.places import FloorPlan, Trouble, read
from tenancy.services.holding import occupy
from tenancy.workflow import OCCUPANCY


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What the file holds and what is wrong with it; ``written`` says whether it is in the database now."""

    floors: tuple[FloorPlan, ...]
    troubles: tuple[Trouble, ...]
    digest: str
    written: bool

    @property
    def blocking(self) -> tuple[Trouble, ...]:
        return tuple(trouble for trouble in self.troubles if trouble.blocking)


@transaction.atomic
def import_places(
    *, building: Building, floors: Sequence[Mapping[str, Any]], from_date: date, by: Any, dry_run: bool = True
) -> ImportReport:
    """Read floors with cells and units into a building; a dry run first, which writes nothing.

    A floor that exists already is a problem, as is everything ``tenancy.places.check`` objects to.
    """
    role = rules.check_can_import_places(by, building.hub)
    plans, troubles = read(floors)
    known = set(building.floors.values_list("level", flat=True))
    troubles += [Trouble("floor_exists", str(plan.level)) for plan in plans if plan.level in known]
    report = ImportReport(tuple(plans), tuple(troubles), digest(_plain(floors)), written=False)
    if dry_run or report.blocking:
        return report
    for plan in plans:
        _write_floor(building, plan, from_date)
    log.append(
        "space.place.imported",
        row=building,
        by=by.acting_as(role),
        data={
            "hub": building.hub.code,
            "digest": report.digest,
            "cells": sum(len(plan.cells) for plan in plans),
            "units": sum(len(plan.units) for plan in plans),
        },
    )
    return ImportReport(report.floors, report.troubles, report.digest, written=True)


def _write_floor(building: Building, plan: FloorPlan, from_date: date) -> None:
    floor = Floor.objects.create(
        building=building, level=plan.level, outline_cm=_points(plan.outline), from_date=from_date
    )
    cells = Cell.objects.bulk_create(
        Cell(floor=floor, code=cell.code, kind=cell.kind, polygon_cm=_points(cell.polygon)) for cell in plan.cells
    )
    by_code = {cell.code: cell for cell in cells}
    units = Unit.objects.bulk_create(
        Unit(
            floor=floor,
            code=unit.code,
            area_m2=unit.area_m2,
            seats=unit.seats,
            features=list(unit.features),
            from_date=from_date,
        )
        for unit in plan.units
    )
    UnitCell.objects.bulk_create(
        UnitCell(unit=row, cell=by_code[code], period=DateRange(from_date, None))
        for row, unit in zip(units, plan.units, strict=True)
        for code in unit.cells
    )


def set_terms(
    *,
    call: Call,
    hubs: Sequence[Hub],
    rate_card: RateCard,
    start_date: date,
    by: Any,
    first_term_months: int = 12,
    max_months: int = 24,
    offer_days: int = 10,
    sign_days: int = 14,
) -> Terms:
    """Fix on what terms a call gives out rooms; only while the call is a draft. Raises ``Invalid`` after that."""
    rules.check_can_run_allocation(by, call)
    if call.status != CallStatus.DRAFT:
        raise Invalid(_("공고가 게시된 뒤에는 입주조건을 바꿀 수 없습니다. 정정공고를 내 주십시오."))
    if rate_card.status != RateCardStatus.IN_FORCE or start_date < rate_card.from_date:
        raise Invalid(_("시행일이 된 요율표만 쓸 수 있습니다."), field="card")
    values = {
        "rate_card": rate_card,
        "start_date": start_date,
        "first_term_months": first_term_months,
        "max_months": max_months,
        "offer_days": offer_days,
        "sign_days": sign_days,
    }
    with transaction.atomic():
        terms, _created = Terms.objects.update_or_create(call=call, defaults=values)
        terms.hubs.set(hubs)
    return terms


@transaction.atomic
def block_unit(*, unit: Unit, start: date, end: date, note: str, by: Any) -> list[Occupancy]:
    """Take a unit out of use for ``[start, end)`` (repair). Raises ``Overtaken`` when it is held or let on a day of it."""
    role = rules.check_can_block(by, unit.hub)
    if end <= start or not note.strip():
        raise Invalid(_("기간과 사유를 모두 적어 주십시오."))
    return occupy(unit, start, end, OccupancyStatus.BLOCKED, by=by.acting_as(role), note=note.strip())


@transaction.atomic
def unblock(*, occupancy: Occupancy, by: Any) -> None:
    """Give a blocked cell back."""
    role = rules.check_can_block(by, occupancy.cell.floor.building.hub)
    if occupancy.status != OccupancyStatus.BLOCKED:
        raise Overtaken
    advance(occupancy, OccupancyStatus.RELEASED, by=by.acting_as(role), steps=OCCUPANCY)


@transaction.atomic
def unblock_unit(*, rows: Sequence[Occupancy], by: Any) -> None:
    """Give all cells of a blocked room back, or none."""
    for row in rows:
        unblock(occupancy=row, by=by)


def open_hub(
    *, cluster: Cluster, code: str, name_ko: str, name_en: str, address_ko: str = "", address_en: str = ""
) -> Building:
    """A hub with its one building, for the commands that load a cluster's places."""
    hub, _created = Hub.objects.get_or_create(
        code=code,
        defaults={
            "cluster": cluster,
            "name_ko": name_ko,
            "name_en": name_en,
            "address_ko": address_ko,
            "address_en": address_en,
        },
    )
    building, _created = Building.objects.get_or_create(
        hub=hub, code="main", defaults={"name_ko": name_ko, "name_en": name_en}
    )
    return building


def _points(polygon: Sequence[tuple[int, int]]) -> list[list[int]]:
    return [list(point) for point in polygon]


def _plain(floors: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The file's content as JSON; anything that is none becomes its text, so that a bad file has a digest too."""
    if isinstance(floors, Mapping):
        return {str(key): _plain(value) for key, value in floors.items()}  # type: ignore[return-value]
    if isinstance(floors, list | tuple):
        return [_plain(value) for value in floors]
    return floors if isinstance(floors, str | int) or floors is None else str(floors)  # type: ignore[return-value]
