"""Reads of tenancy: places by date, who is in line, what fits, whose lease. Each takes a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from portal.accounts.models import Cluster, Organisation, User
from portal.accounts.queries import organisations_of
from portal.core.periods import add_months
from portal.intake import queries as intake
from portal.intake.enums import ApplicationStatus
from portal.intake.models import Application, Call
from tenancy.enums import AllocationStatus, LeaseStatus, OccupancyStatus, OfferStatus, PlaceState
from tenancy.fitting import Room, Wanted, Wish, in_order, why_not
from tenancy.models import AllocationRun, Building, Floor, Hub, Invoice, Lease, Need, Occupancy, Offer, Terms, Unit

ACCESSIBLE = "accessible"
LIVE_LEASE = (LeaseStatus.SIGNED, LeaseStatus.ACTIVE, LeaseStatus.VACATING, LeaseStatus.HOLDOVER)
LIVE_OCCUPANCY = (OccupancyStatus.HELD, OccupancyStatus.COMMITTED, OccupancyStatus.OCCUPIED, OccupancyStatus.BLOCKED)
ANSWERABLE = (OfferStatus.PREPARED, OfferStatus.SENT)


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


def taken(start: date, end: date) -> Exists:
    """Whether a cell of the unit is held, let or blocked on some day of ``[start, end)``."""
    clash = Occupancy.objects.filter(cell__units=OuterRef("pk"), period__overlap=DateRange(start, end))
    return Exists(clash.filter(status__in=LIVE_OCCUPANCY))


def free_units(hubs: Iterable[Hub], start: date, end: date) -> QuerySet[Unit]:
    """Units that can be let for all of ``[start, end)``."""
    return units_of(hubs, start, end).exclude(taken(start, end))


def terms_of(call: Call) -> Terms | None:
    """The call's terms with hubs and rate card; None when nobody has set them."""
    return Terms.objects.filter(call=call).select_related("rate_card", "call").prefetch_related("hubs").first()


def units_of_terms(terms: Terms) -> QuerySet[Unit]:
    """Every unit of the call's hubs, whatever its time."""
    return Unit.objects.filter(floor__building__hub__in=terms.hubs.all()).select_related("floor__building__hub")


def rooms_for(terms: Terms, start: date) -> list[Room]:
    """All units of the call's hubs as rooms, free or not for the first term from ``start``."""
    end = add_months(start, terms.first_term_months)
    units = units_of(terms.hubs.all(), start, end).annotate(is_taken=taken(start, end))
    return [as_room(unit, free=not unit.is_taken) for unit in units]


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


def wanted_by(need: Need, terms: Terms) -> Wanted:
    """The need as the fitting rule reads it."""
    return Wanted(
        seats=need.seats,
        hubs=frozenset(hub.code for hub in terms.hubs.all()),
        min_area_m2=need.min_area_m2,
        accessible=need.accessible,
        wishes=tuple(Wish(wish.kind, wish.value) for wish in need.preferences.all()),
    )


def in_line(call: Call) -> list[Need]:
    """Selected companies without a room, by rank: no live or accepted offer, not gone."""
    served = Offer.objects.filter(need=OuterRef("pk"), status__in=[*ANSWERABLE, OfferStatus.ACCEPTED])
    waiting = Need.objects.filter(
        ~Exists(served),
        application__call=call,
        application__status=ApplicationStatus.SELECTED,
        frozen_at__isnull=False,
        left_at__isnull=True,
    )
    by_application = {
        need.application_id: need
        for need in waiting.select_related("organisation", "application").prefetch_related("preferences")
    }
    ranked = [
        by_application.pop(application.pk)
        for application in ranked_applications(call)
        if application.pk in by_application
    ]
    return ranked + sorted(by_application.values(), key=lambda need: need.pk)


def ranked_applications(call: Call) -> list[Application]:
    """Intake's rank order; strict, for ties were drawn."""
    return list(intake.rank_order(call))


@dataclass(frozen=True, slots=True)
class Chance:
    """One room seen by one company: the reason against it, or its place among the company's wishes from 1."""

    room: Room
    reason: str | None
    wish: int | None


@dataclass(frozen=True, slots=True)
class Feasibility:
    """A company in line with every room of the call."""

    need: Need
    rank: int
    chances: tuple[Chance, ...]

    @property
    def fitting(self) -> list[Chance]:
        """The rooms that fit, best first."""
        return sorted((c for c in self.chances if c.wish is not None), key=lambda c: c.wish or 0)

    @property
    def refused(self) -> dict[str, int]:
        """How many rooms fail for each reason."""
        reasons = [chance.reason for chance in self.chances if chance.reason]
        return {reason: reasons.count(reason) for reason in sorted(set(reasons))}


def feasibility(call: Call, terms: Terms) -> list[Feasibility]:
    """Who in line could have which room, and why not the others."""
    rooms = rooms_for(terms, terms.start_date)
    return [_feasible(need, rank, rooms, terms) for rank, need in enumerate(in_line(call), start=1)]


def _feasible(need: Need, rank: int, rooms: list[Room], terms: Terms) -> Feasibility:
    wanted = wanted_by(need, terms)
    order = {room.key: wish for wish, room in enumerate(in_order(wanted, rooms), start=1)}
    return Feasibility(need, rank, tuple(Chance(room, why_not(wanted, room), order.get(room.key)) for room in rooms))


def rounds_in(hubs: Iterable[Hub]) -> QuerySet[Terms]:
    """Rounds that give out rooms of the hubs, latest first, each once."""
    found = Terms.objects.filter(hubs__in=hubs).select_related("call__current").distinct()
    return found.order_by("-start_date", "-id")


def runs_of(call: Call) -> QuerySet[AllocationRun]:
    return AllocationRun.objects.filter(call=call).select_related("run_by", "confirmed_by")


def published_runs() -> QuerySet[AllocationRun]:
    """Runs whose proof files are public, latest first."""
    return (
        AllocationRun.objects.filter(status=AllocationStatus.PUBLISHED)
        .select_related("call__cluster", "call__current")
        .order_by("-published_at")
    )


def proof_of(run: AllocationRun) -> dict[str, object]:
    """The proof file: what went in by receipt number, what came out, and the digests in the ledger."""
    return {
        "module": run.version,
        "call": run.call.code,
        "applicants": run.inputs["applicants"],
        "preferences": run.inputs["preferences"],
        "result": run.result,
        "violations": run.violations,
        "inputs_sha256": run.inputs_hash,
        "result_sha256": run.result_hash,
        "inputs": run.inputs,
    }


def offers_due(now: datetime) -> QuerySet[Offer]:
    """Sent offers whose time is over."""
    return Offer.objects.filter(status=OfferStatus.SENT, expires_at__lte=now).order_by("expires_at", "id")


def offers_open(now: datetime) -> QuerySet[Offer]:
    """Sent offers that can still be answered, those running out first."""
    return _offers().filter(status=OfferStatus.SENT, expires_at__gt=now).order_by("expires_at", "id")


def offer_of(public_id: UUID) -> Offer | None:
    return _offers().filter(public_id=public_id).first()


def offers_for(user: User) -> QuerySet[Offer]:
    """Offers to the person's companies that were told to them, latest first."""
    told = _offers().exclude(status=OfferStatus.PREPARED).filter(need__organisation__in=organisations_of(user))
    return told.order_by("-sent_at")


def offers_in(hubs: Iterable[Hub]) -> QuerySet[Offer]:
    """Offers of rooms in the hubs, those running out first."""
    return _offers().filter(unit__floor__building__hub__in=hubs).order_by(F("expires_at").desc(nulls_first=True), "-id")


def _offers() -> QuerySet[Offer]:
    return Offer.objects.select_related(
        "need__organisation",
        "need__application__call__cluster",
        "unit__floor__building__hub__cluster",
        "rate_card",
        "lease",
    )


def lease_of(public_id: UUID) -> Lease | None:
    return _leases().filter(public_id=public_id).first()


def leases_for(user: User) -> QuerySet[Lease]:
    """Leases of the person's companies that were shown to them, latest first."""
    shown = _leases().exclude(status=LeaseStatus.DRAFT).filter(organisation__in=organisations_of(user))
    return shown.order_by("-id")


def leases_in(hubs: Iterable[Hub]) -> QuerySet[Lease]:
    return _leases().filter(unit__floor__building__hub__in=hubs).order_by("status", "unit__code", "id")


def _leases() -> QuerySet[Lease]:
    return Lease.objects.select_related(
        "organisation", "unit__floor__building__hub__cluster", "rate_card", "offer__need__application"
    ).prefetch_related("terms", "signatures__user")


def invoices_of(lease: Lease) -> QuerySet[Invoice]:
    """A lease's invoices with their lines, by month."""
    return lease.invoices.prefetch_related("lines").order_by("month", "id")


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
    """Every unit of the floor on a day, in three queries whatever the number of units."""
    units = list(
        Unit.objects.filter(_lasting("", on, on), floor=floor)
        .select_related("floor__building__hub")
        .prefetch_related("cells")
        .order_by("code")
    )
    rows = (
        Occupancy.objects.filter(cell__floor=floor, period__endswith__gt=on)
        .exclude(status=OccupancyStatus.RELEASED)
        .select_related("organisation", "lease")
        .order_by("period", "id")
    )
    by_cell: dict[int, list[Occupancy]] = {}
    for row in rows:
        by_cell.setdefault(row.cell_id, []).append(row)
    return [_place(unit, by_cell, on) for unit in units]


def _place(unit: Unit, by_cell: Mapping[int, list[Occupancy]], on: date) -> Place:
    rows = sorted(
        {row.pk: row for cell in unit.cells.all() for row in by_cell.get(cell.pk, ())}.values(),
        key=lambda row: (row.period.lower, row.pk),
    )
    now = next((row for row in rows if row.period.lower <= on < row.period.upper), None)
    later = next((row for row in rows if row.period.lower > on), None)
    return Place(
        unit=unit,
        state=_STATE_OF[OccupancyStatus(now.status)] if now else PlaceState.FREE,
        holder=now.organisation if now else None,
        until=now.period.upper if now else None,
        leaving=bool(now and now.lease and now.lease.status == LeaseStatus.VACATING),
        next_holder=later.organisation if later else None,
        next_date=later.period.lower if later else None,
    )


def changes_of(floor: Floor) -> list[date]:
    """The days on which something on the floor changes, in order."""
    rows = (
        Occupancy.objects.filter(cell__floor=floor)
        .exclude(status=OccupancyStatus.RELEASED)
        .values_list("period", flat=True)
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
