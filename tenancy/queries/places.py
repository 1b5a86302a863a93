"""Reads about places: units by date, the floor plan, who is in a room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from portal.accounts.models import Cluster, Organisation
from tenancy.enums import LeaseStatus, OccupancyStatus, PlaceState
from tenancy.fitting import Room
from tenancy.models import Building, Floor, Hub, Occupancy, Unit

ACCESSIBLE = "accessible"
LIVE_OCCUPANCY = (OccupancyStatus.HELD, OccupancyStatus.COMMITTED, OccupancyStatus.OCCUPIED, OccupancyStatus.BLOCKED)


def hubs(cluster: Cluster | None = None) -> QuerySet[Hub]:
    """Hubs with their floors, in the order they were opened."""
    found = Hub.objects.select_related("cluster").prefetch_related(
        Prefetch("buildings", Building.objects.prefetch_related("floors").order_by("id"))
    )
    return found.filter(cluster=cluster) if cluster else found


def existing(on: date) -> Q:
    """Units that exist on a day, on a floor in service."""
    return _lasting("", on, on) & _lasting("floor__", on, on)


def units_of(hubs: Iterable[Hub], start: date, end: date) -> QuerySet[Unit]:
    """Units of the hubs that exist, on floors in service, for all of ``[start, end)``."""
    whole = _lasting("", start, end) & _lasting("floor__", start, end)
    return (
        Unit.objects.filter(whole, floor__building__hub__in=hubs)
        .select_related("floor__building__hub")
        .order_by("code", "id")
    )


def know_floors(units: Iterable[Unit]) -> None:
    """Gives units their floor, building, hub and city in one query: a join would make them anew for each."""
    wanted = list(units)
    floors = Floor.objects.select_related("building__hub__cluster").in_bulk({unit.floor_id for unit in wanted})
    for unit in wanted:
        unit.floor = floors[unit.floor_id]


def taken(start: date, end: date) -> Exists:
    """Whether a cell of the unit is held, let or blocked on some day of ``[start, end)``."""
    clash = Occupancy.objects.filter(cell__units=OuterRef("pk"), period__overlap=DateRange(start, end))
    return Exists(clash.filter(status__in=LIVE_OCCUPANCY))


def as_room(unit: Unit, *, free: bool) -> Room:
    return Room(
        key=unit.ref,
        code=unit.code,
        hub=unit.hub.code,
        seats=unit.seats,
        area_m2=unit.area_m2,
        accessible=ACCESSIBLE in unit.features,
        free=free,
    )


@dataclass(frozen=True)
class Place:
    """One unit on a day: its state, holder and what follows."""

    unit: Unit
    state: PlaceState
    holder: Organisation | None
    until: date | None
    leaving: bool
    next_holder: Organisation | None
    next_date: date | None

    @cached_property
    def outlines(self) -> list[list[list[int]]]:
        """Polygons of the unit's cells, in centimetres."""
        return [cell.polygon_cm for cell in self.unit.cells.all()]


_STATE_OF = {
    OccupancyStatus.HELD: PlaceState.OFFERED,
    OccupancyStatus.COMMITTED: PlaceState.COMMITTED,
    OccupancyStatus.OCCUPIED: PlaceState.OCCUPIED,
    OccupancyStatus.BLOCKED: PlaceState.BLOCKED,
    OccupancyStatus.ENDED: PlaceState.OCCUPIED,
}


def floor_of(hub_code: str, level: int) -> Floor | None:
    return (
        Floor.objects.filter(building__hub__code=hub_code, level=level)
        .select_related("building__hub__cluster")
        .prefetch_related("cells")
        .first()
    )


def places_on(floor: Floor, on: date) -> list[Place]:
    """Every unit of the floor on a day, in four queries whatever the number of units."""
    units = list(Unit.objects.filter(_lasting("", on, on), floor=floor).prefetch_related("cells").order_by("code"))
    by_cell: dict[int, list[_Stay]] = {}
    for row in _stays(floor, on):
        by_cell.setdefault(row.cell, []).append(row)
    found = [(unit, *_now_and_later(unit, by_cell, on)) for unit in units]
    known = Organisation.objects.in_bulk({stay.who for _, *stays in found for stay in stays if stay and stay.who})
    for unit in units:
        unit.floor = floor
    return [_place(unit, now, later, known) for unit, now, later in found]


class _Stay(NamedTuple):
    """What the plan needs of an occupancy: whole rows of a floor's history would be most of the page's work."""

    pk: int
    cell: int
    period: DateRange
    status: str
    who: int | None
    lease_status: str | None


def _stays(floor: Floor, on: date) -> Iterator[_Stay]:
    rows = Occupancy.objects.filter(cell__floor=floor, period__endswith__gt=on)
    named = rows.exclude(status=OccupancyStatus.RELEASED).order_by("period", "id")
    return map(_Stay._make, named.values_list("pk", "cell", "period", "status", "organisation", "lease__status"))


def _now_and_later(unit: Unit, by_cell: Mapping[int, list[_Stay]], on: date) -> tuple[_Stay | None, _Stay | None]:
    """Who is in the unit on the day, and who comes next."""
    rows = sorted(
        {row.pk: row for cell in unit.cells.all() for row in by_cell.get(cell.pk, ())}.values(),
        key=lambda row: (row.period.lower, row.pk),
    )
    now = next((row for row in rows if row.period.lower <= on < row.period.upper), None)
    return now, next((row for row in rows if row.period.lower > on), None)


def _place(unit: Unit, now: _Stay | None, later: _Stay | None, known: Mapping[int, Organisation]) -> Place:
    return Place(
        unit=unit,
        state=_STATE_OF[OccupancyStatus(now.status)] if now else PlaceState.FREE,
        holder=known[now.who] if now and now.who else None,
        until=now.period.upper if now else None,
        leaving=bool(now and now.lease_status == LeaseStatus.VACATING),
        next_holder=known[later.who] if later and later.who else None,
        next_date=later.period.lower if later else None,
    )


def rooms_of(floor: Floor) -> QuerySet[Unit]:
    """Every room that is or was on the floor, the present ones first."""
    rows = Unit.objects.filter(floor=floor).select_related("floor__building__hub").prefetch_related("cells")
    return rows.order_by(F("to_date").desc(nulls_first=True), "code", "id")


def blocked_on(floor: Floor, since: date) -> QuerySet[Occupancy]:
    """Cells of the floor that are out of use and not yet given back, from a day on."""
    rows = Occupancy.objects.filter(cell__floor=floor, status=OccupancyStatus.BLOCKED, period__endswith__gt=since)
    return rows.select_related("unit", "cell__floor__building__hub__cluster").order_by("period", "pk")


def changes_of(floor: Floor) -> list[date]:
    """The days on which something on the floor changes, in order."""
    rows = (
        Occupancy.objects.filter(cell__floor=floor)
        .exclude(status=OccupancyStatus.RELEASED)
        .values_list("period", flat=True)
        .distinct()
    )
    days = {day for period in rows for day in (period.lower, period.upper)}
    for start, end in Unit.objects.filter(floor=floor).values_list("from_date", "to_date"):
        days |= {start, end} - {None}
    return sorted(days)


def counts_on(hub_ids: Iterable[int], on: date) -> dict[int, dict[str, int]]:
    """By hub: units that can be let and units free on the day."""
    units = Unit.objects.filter(existing(on), floor__building__hub__in=list(hub_ids))
    counts: dict[int, dict[str, int]] = {}
    for hub, let in units.annotate(is_taken=_taken_on(on)).values_list("floor__building__hub", "is_taken"):
        row = counts.setdefault(hub, {"units": 0, "free": 0})
        row["units"] += 1
        row["free"] += not let
    return counts


@dataclass(frozen=True, slots=True)
class Coming:
    """Rooms of a hub that are not there yet: the next day on which some open, and how many do."""

    opens: date
    rooms: int


def under_construction(on: date) -> dict[int, Coming]:
    """By hub: what opens next after a day, on floors that are not in service yet."""
    units = Unit.objects.filter(floor__from_date__gt=on).order_by("floor__from_date")
    found: dict[int, Coming] = {}
    for hub, opens in units.values_list("floor__building__hub", "floor__from_date"):
        known = found.get(hub)
        if known is None or known.opens == opens:
            found[hub] = Coming(opens, known.rooms + 1 if known else 1)
    return found


def tenants_on(on: date, cluster: Cluster | None = None, hub_codes: Iterable[str] = ()) -> QuerySet[Organisation]:
    """Companies that are in a room on the day."""
    rows = Occupancy.objects.filter(
        organisation=OuterRef("pk"),
        status__in=[OccupancyStatus.OCCUPIED, OccupancyStatus.ENDED],
        period__contains=on,
    )
    if cluster is not None:
        rows = rows.filter(unit__floor__building__hub__cluster=cluster)
    if codes := list(hub_codes):
        rows = rows.filter(unit__floor__building__hub__code__in=codes)
    return Organisation.objects.filter(Exists(rows))


def let_units(on: date) -> QuerySet[Occupancy, Any]:
    """Keys of the units that somebody has moved into on the day."""
    moved_in = [OccupancyStatus.OCCUPIED, OccupancyStatus.ENDED]
    return Occupancy.objects.filter(status__in=moved_in, period__contains=on).values("unit")


def tenancy_end(organisation: Organisation) -> date | None:
    """The last day after which the company has no room; None when it never had one."""
    rows = Occupancy.objects.filter(
        organisation=organisation,
        status__in=[OccupancyStatus.COMMITTED, OccupancyStatus.OCCUPIED, OccupancyStatus.ENDED],
    )
    return max((period.upper for period in rows.values_list("period", flat=True)), default=None)


def _taken_on(on: date) -> Exists:
    rows = Occupancy.objects.filter(cell__units=OuterRef("pk"), period__contains=on)
    return Exists(rows.exclude(status=OccupancyStatus.RELEASED))


def _lasting(prefix: str, start: date, end: date) -> Q:
    """``[from_date, to_date)`` covers the days from ``start`` up to ``end`` (the day itself when both are one)."""
    ends = f"{prefix}to_date__gt" if start == end else f"{prefix}to_date__gte"
    return Q(**{f"{prefix}from_date__lte": start}) & (Q(**{f"{prefix}to_date__isnull": True}) | Q(**{ends: end}))
