"""Rooms and rent at size: an allocation with its proof, the floor plan's page, the invoices at the end of a month."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.benchmarks.report import Report, timed

APPLICANTS, UNITS, LEASES, FLOOR = 1_000, 200, 2_000, 50
MONTHS = (date(2020, 1, 1), date(2020, 2, 1))
PERIOD = DateRange(date(2019, 12, 23), date(2021, 12, 23))


def run(report: Report) -> None:
    """Print what each costs, and how it grows."""
    from tests.factories import space as factory

    call_command("ledger_init", stdout=StringIO())
    allocations(report)
    place = factory.space("801")
    _let(place, 100, LEASES // 10)
    first = floor_plan(report, place, LEASES // 10)
    _let(place, 200, LEASES - LEASES // 10)
    report.row("that page over the first", floor_plan(report, place, LEASES) / first, "times", note="growth; 1 is none")
    month_end(report, place)


def allocations(report: Report) -> None:
    """The rule with its independent checker, over a proof file as anybody would check it."""
    from tenancy.allocation import allocate, check

    for applicants, units in ((APPLICANTS // 4, UNITS // 4), (APPLICANTS // 2, UNITS // 2), (APPLICANTS, UNITS)):
        names, wishes = wanted(applicants, units)
        began, cpu = time.perf_counter(), time.process_time()
        result = allocate(names, wishes)
        decided = time.perf_counter()
        proof = json.loads(json.dumps({"applicants": names, "preferences": wishes, "result": result}))
        violations = check(proof["applicants"], proof["preferences"], proof["result"])
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        assert violations == [], violations
        assert len(result) == units
        report.row(
            f"{applicants:,} applicants, {units} units, proof checked",
            seconds,
            "s",
            aim="< 1" if applicants == APPLICANTS else "",
            note=f"processor {cpu:.2f} s, the rule alone {decided - began:.2f} s, 0 violations",
        )


def wanted(applicants: int, units: int) -> tuple[list[str], dict[str, list[str]]]:
    """Everybody can use three quarters of the rooms, each in an order of its own; the same every time."""
    chance = random.Random(applicants)
    rooms = [f"mapo.{number:04}" for number in range(units)]
    names = [f"SP-{number:04}" for number in range(applicants)]
    return names, {name: chance.sample(rooms, units * 3 // 4) for name in names}


def _let(place: Any, level: int, count: int) -> None:
    """Rows in bulk, companies by the service: how rooms came to be let is no part of what is measured."""
    from tests.factories.people import company

    companies = [company(name=f"기업 {level}-{number}") for number in range(count)]
    with transaction.atomic(), _unwatched():
        for start in range(0, count, FLOOR):
            _floor_of_leases(place, level + start // FLOOR, companies[start : start + FLOOR])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@contextmanager
def _unwatched() -> Iterator[None]:
    """Without the triggers that ask for a leaf: rows made here are a setting, not decisions."""
    tables = ("tenancy_offer", "tenancy_occupancy", "tenancy_lease", "intake_application")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _floor_of_leases(place: Any, level: int, companies: Sequence[Any]) -> None:
    """One room, one lease for each company, all moved in."""
    from tenancy.models import LeaseTerm, Occupancy

    leases = _leases(place, _accepted(place, level, companies))
    LeaseTerm.objects.bulk_create(LeaseTerm(lease=lease, seq=1, period=PERIOD) for lease in leases)
    Occupancy.objects.bulk_create(
        Occupancy(
            cell=lease.unit.cells.get(),
            unit=lease.unit,
            period=PERIOD,
            status="OCCUPIED",
            organisation=lease.organisation,
            lease=lease,
        )
        for lease in leases
    )


def _accepted(place: Any, level: int, companies: Sequence[Any]) -> list[Any]:
    """An application for each company, and the offer of a room that it accepted."""
    from portal.intake.models import Application
    from tenancy.models import Need, Offer
    from tests.factories import space as factory

    floor, answered = factory.floor(place.hub, level), {"sent_at": factory.NOW, "answered_at": factory.NOW}
    units = [factory.unit(floor, f"{level}{number:02}") for number in range(len(companies))]
    applications = Application.objects.bulk_create(
        Application(
            call=place.call,
            track=place.track,
            organisation=company,
            quota_track=place.track,
            status="FULFILLED",
            receipt_number=f"B-{level}-{number:03}",
            created_by=place.officer,
            submitted_at=factory.NOW,
        )
        for number, company in enumerate(companies)
    )
    needs = Need.objects.bulk_create(
        Need(application=one, organisation=one.organisation, seats=4) for one in applications
    )
    return Offer.objects.bulk_create(
        Offer(
            need=need,
            unit=unit,
            rate_card=place.card,
            status="ACCEPTED",
            expires_at=factory.NOW + timedelta(days=1),
            start_date=PERIOD.lower,
            end_date=PERIOD.upper,
            answered_by=place.officer,
            **answered,
        )
        for need, unit in zip(needs, units, strict=True)
    )


def _leases(place: Any, offers: Sequence[Any]) -> list[Any]:
    from tenancy.models import Lease
    from tests.factories import space as factory

    return Lease.objects.bulk_create(
        Lease(
            offer=offer,
            organisation=offer.need.organisation,
            unit=offer.unit,
            rate_card=place.card,
            max_months=24,
            status="ACTIVE",
            document={},
            document_hash="0" * 64,
            signed_at=factory.NOW,
            moved_in_date=PERIOD.lower,
        )
        for offer in offers
    )


def floor_plan(report: Report, place: Any, leases: int) -> float:
    """The public page of a floor on a day: 50 rooms, all let; answers the processor's milliseconds."""
    client = Client(HTTP_HOST="127.0.0.1")
    address = f"/ko/space/{place.hub.code}/100/?on=2020-03-01"
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as statements:
        client.get(address)
    count, timing = len(statements), timed(60, lambda _: client.get(address))
    note = (
        f"median {timing.ms(50):.0f} ms, processor {timing.cpu_ms:.0f} ms, {count} statements; {leases:,} leases in all"
    )
    report.row(f"floor plan of {FLOOR} rooms, p95", timing.ms(95), "ms", aim="< 100", note=note)
    return timing.cpu_ms


def month_end(report: Report, place: Any) -> None:
    """Drafted by the job, issued by finance: numbers without gaps, a leaf and a notice each. Then the job once more.

    In the first month every company also gets its key in the ledger, as it would have by its application.
    """
    from portal.core.clock import database_now
    from tenancy import services
    from tenancy.models import Invoice

    for position, month in enumerate(MONTHS):
        began, cpu = time.perf_counter(), time.process_time()
        drafts = services.bill_month(hub=place.hub, month=month)
        drafted, quarter, now = time.perf_counter(), len(drafts) // 4, database_now()
        outcome = services.issue_all(invoices=drafts[:quarter], by=place.finance, now=now)
        first = time.perf_counter()
        outcome += services.issue_all(invoices=drafts[quarter:], by=place.finance, now=now)
        ended, cpu = time.perf_counter(), time.process_time() - cpu
        assert all(refusal is None for _, refusal in outcome)
        assert Invoice.objects.filter(status="ISSUED").count() == LEASES * (position + 1)
        late, early = (ended - first) / (len(drafts) - quarter), (first - drafted) / quarter
        report.row(
            f"invoices of {LEASES:,} leases, drafted and issued, month {position + 1}",
            ended - began,
            "s",
            aim="< 10",
            note=f"processor {cpu:.1f} s here; drafted in {drafted - began:.1f} s; last three quarters"
            f" over the first {late / early:.2f} (growth; 1 is none)",
        )
    again = time.perf_counter()
    services.bill_month(hub=place.hub, month=MONTHS[-1])
    report.row("the job of that month once more", time.perf_counter() - again, "s", note="adds nothing")
