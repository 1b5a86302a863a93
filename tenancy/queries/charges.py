"""Reads about what a month costs beside the rent: who was there, what meters showed, which tariff holds, what waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet

from portal.core.periods import add_months
from tenancy import conditions
from tenancy.enums import LeaseStatus, OccupancyStatus, RateCardStatus
from tenancy.models import Correction, CostShare, Floor, Hub, Lease, MeterReading, Occupancy, SharedCost, Tariff, Unit
from tenancy.queries.contracts import LIVE_LEASE

_THERE = (OccupancyStatus.COMMITTED, OccupancyStatus.OCCUPIED, OccupancyStatus.ENDED)


@dataclass(frozen=True, slots=True)
class Stay:
    """A lease in a room for some days of a month, ``[start, end)``."""

    lease: Lease
    unit: Unit
    start: date
    end: date


def stays(hub: Hub, month: date, floor: Floor | None = None) -> list[Stay]:
    """Who was in which room on which days of the month, by room; what the occupancy says, so days held over count."""
    until = add_months(month, 1)
    rows = Occupancy.objects.filter(
        cell__floor__building__hub=hub, status__in=_THERE, period__overlap=DateRange(month, until),
        unit__isnull=False, lease__status__in=[*LIVE_LEASE, LeaseStatus.ENDED],
    )  # fmt: skip
    if floor is not None:
        rows = rows.filter(cell__floor=floor)
    rows = rows.select_related(
        "lease__organisation", "lease__rate_card", "lease__unit__floor__building__hub", "unit__floor__building__hub"
    )
    found: dict[tuple[int, int, date, date], Stay] = {}
    for row in rows.prefetch_related("lease__amendments").order_by("unit__code", "period", "pk"):
        start, end = max(row.period.lower, month), min(row.period.upper, until)
        if row.lease is not None and row.unit is not None:
            found.setdefault((row.lease.pk, row.unit.pk, start, end), Stay(row.lease, row.unit, start, end))
    return list(found.values())


def area_days(rows: Iterable[Stay]) -> dict[int, Decimal]:
    """By lease its contracted square metres × days; another area from a day on counts from that day."""
    found: dict[int, Decimal] = {}
    for stay in rows:
        for first, last, terms in conditions.stretches(stay.lease, stay.start, stay.end):
            weight = Decimal(terms["area_m2"]) * (last - first).days
            found[stay.lease.pk] = found.get(stay.lease.pk, Decimal(0)) + weight
    return found


def last_readings(units: Iterable[Unit], kind: str) -> dict[int, MeterReading]:
    """By room the latest that its meter showed, whoever lived there."""
    rows = MeterReading.objects.filter(unit__in=units, kind=kind, voided_at__isnull=True)
    return {row.unit_id: row for row in rows.order_by("read_at", "pk")}


def base_reading(lease: Lease, unit: Unit, kind: str) -> MeterReading | None:
    """From where a lease's use of a room counts: its last month's reading, else its first of any kind (the handing over)."""
    rows = lease.readings.filter(unit=unit, kind=kind, voided_at__isnull=True).order_by("read_at", "pk")
    return rows.filter(month__isnull=False).last() or rows.first()


def month_readings(hub: Hub, month: date, kind: str) -> dict[tuple[int, int], MeterReading]:
    """By lease and room the month's readings that stand."""
    rows = MeterReading.objects.filter(
        unit__floor__building__hub=hub, month=month, kind=kind, voided_at__isnull=True
    ).select_related(
        "unit__floor__building__hub__cluster", "lease__organisation", "photo", "read_by", "charged_on__invoice"
    )
    return {(row.lease_id, row.unit_id): row for row in rows.order_by("unit__code", "pk")}


def tariffs_of(hub: Hub) -> QuerySet[Tariff]:
    """All tariffs of a hub, whatever became of them."""
    return Tariff.objects.filter(hub=hub).select_related("hub__cluster", "drafted_by", "checked_by", "put_by")


def tariff_in(hub: Hub, kind: str, month: date) -> Tariff | None:
    """The tariff in force in a month: the latest that began by then."""
    rows = tariffs_of(hub).filter(kind=kind, status=RateCardStatus.IN_FORCE, from_month__lte=month)
    return rows.order_by("-from_month").first()


def tariffs_in_force(hubs: Iterable[Hub]) -> list[Tariff]:
    """The tariffs in force of some hubs, the latest first."""
    return list(Tariff.objects.filter(hub__in=hubs, status=RateCardStatus.IN_FORCE).order_by("-from_month"))


def uncharged_readings(leases: Sequence[Lease], until: date) -> QuerySet[MeterReading]:
    """Readings of months up to ``until`` that no line charges, of which something was used."""
    rows = MeterReading.objects.filter(lease__in=leases, month__lte=until, voided_at__isnull=True, used__isnull=False)
    return (
        rows.filter(charged_on__isnull=True)
        .select_related("unit__floor__building__hub")
        .order_by("month", "kind", "pk")
    )


def uncharged_shares(leases: Sequence[Lease], until: date) -> QuerySet[CostShare]:
    """Shares of costs of months up to ``until`` that no line charges."""
    rows = CostShare.objects.filter(lease__in=leases, cost__month__lte=until, cost__voided_at__isnull=True)
    return (
        rows.filter(charged_on__isnull=True, amount__gt=0).select_related("cost__floor").order_by("cost__month", "pk")
    )


def uncharged_corrections(leases: Sequence[Lease], until: date) -> QuerySet[Correction]:
    """What amendments made dearer in months up to ``until`` and no line charges."""
    rows = Correction.objects.filter(lease__in=leases, month__lte=until, charged_on__isnull=True)
    return rows.order_by("month", "pk")


def leases_with_charges(hub: Hub, until: date) -> set[int]:
    """Leases of the hub with something used or shared that no line charges yet, ended ones included."""
    leases = Lease.objects.filter(unit__floor__building__hub=hub).values("pk")
    readings = MeterReading.objects.filter(
        lease__in=leases, month__lte=until, voided_at__isnull=True, used__isnull=False, charged_on__isnull=True
    )
    shares = CostShare.objects.filter(
        lease__in=leases, cost__month__lte=until, cost__voided_at__isnull=True, charged_on__isnull=True, amount__gt=0
    )
    corrections = Correction.objects.filter(lease__in=leases, month__lte=until, charged_on__isnull=True)
    return {lease for rows in (readings, shares, corrections) for lease in rows.values_list("lease", flat=True)}


def shared_costs(hub: Hub, month: date) -> QuerySet[SharedCost]:
    """What was shared in a month, with who bears how much."""
    rows = SharedCost.objects.filter(hub=hub, month=month).select_related("hub__cluster", "floor", "entered_by")
    return rows.prefetch_related(
        "shares__lease__organisation", "shares__lease__unit", "shares__charged_on__invoice"
    ).order_by("pk")
