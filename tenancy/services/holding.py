"""Rows of the one truth about who is where: take cells, move them on, give them back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.core.errors import Invalid, Overtaken
from portal.core.transition import advance
from tenancy.enums import OccupancyStatus
from tenancy.models import Occupancy, Unit
from tenancy.workflow import OCCUPANCY

TAKEN = _("방금 다른 기업에 배정되었습니다. 입력은 저장되어 있습니다.")
RESHAPED = _("나누거나 합쳐진 호실이어서 이 기간에는 쓸 수 없습니다. 새 호실을 골라 주십시오.")
_CLASH = "one_live_occupancy_per_cell_and_day"
#: What a lease or an offer still has ahead of it or is in.
LIVE = (OccupancyStatus.HELD, OccupancyStatus.COMMITTED, OccupancyStatus.OCCUPIED)
_FIRST = {
    OccupancyStatus.HELD: "space.occupancy.held",
    OccupancyStatus.BLOCKED: "space.occupancy.blocked",
    OccupancyStatus.COMMITTED: "space.occupancy.taken",
    OccupancyStatus.OCCUPIED: "space.occupancy.taken",
}


def occupy(unit: Unit, start: date, end: date, status: OccupancyStatus, *, by: Any, **fields: Any) -> list[Occupancy]:
    """One row per cell of the unit for ``[start, end)``, with its leaf. Raises ``Overtaken`` for a cell already taken."""
    if start < max(unit.from_date, unit.floor.from_date):
        raise Invalid(_("아직 문을 열지 않은 호실입니다."))
    # Held until the commit: nobody splits or merges the unit meanwhile, and whoever did so before has committed.
    list(Unit.objects.select_for_update(no_key=True).filter(pk=unit.pk).values_list("pk"))
    if not _covered(unit, start, end):
        raise Overtaken(RESHAPED)
    rows = [
        Occupancy(cell=cell, unit=unit, period=DateRange(start, end), status=status, **fields)
        for cell in unit.cells.select_related("floor").order_by("pk")
    ]
    try:
        with transaction.atomic():
            for row in rows:
                row.save(force_insert=True)
    except IntegrityError as error:
        if _CLASH in str(error):
            raise Overtaken(TAKEN) from error
        raise
    for row in rows:
        data = {"to": status, "unit": unit.ref, "start": start, "end": end}
        log.append(_FIRST[status], row=row, by=by, data=data)
    return rows


def _covered(unit: Unit, start: date, end: date) -> bool:
    """Whether the unit has its cells on all these days."""
    return not unit.unit_cells.exclude(period__contains=DateRange(start, end)).exists()


def move(rows: Iterable[Occupancy], to: OccupancyStatus, *, by: Any, **changes: Any) -> None:
    """Advance rows, all to the same state."""
    for row in rows:
        advance(row, to, by=by, steps=OCCUPANCY, changes=changes)


def release(rows: Iterable[Occupancy], *, by: Any) -> None:
    """Give back what is held or committed; rows already given back stay as they are."""
    for row in rows:
        if row.status in (OccupancyStatus.HELD, OccupancyStatus.COMMITTED):
            advance(row, OccupancyStatus.RELEASED, by=by, steps=OCCUPANCY)


def cut(rows: Iterable[Occupancy], on: date, *, by: Any) -> None:
    """Let rows end on ``on``: a row that has begun is shortened, one that has not is given back."""
    for row in rows:
        if row.period.lower < on < row.period.upper:
            row.period = DateRange(row.period.lower, on)
            row.save(update_fields=["period"])
            log.append("space.occupancy.cut", row=row, by=by, data={"end": on})
        elif row.period.lower >= on:
            _give_back(row, by=by)


def _give_back(row: Occupancy, *, by: Any) -> None:
    to = OccupancyStatus.RELEASED
    advance(row, to, by=by, steps=OCCUPANCY)
