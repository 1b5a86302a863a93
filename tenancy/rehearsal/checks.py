"""What must hold at the end of the round; each check answers with sentences, none when all is right."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

from ledger import log
from portal.core.rehearsals import Outcome, Say
from portal.intake.enums import DecisionKind
from portal.intake.models import Appeal, ResultNotice
from tenancy.allocation import allocate, check
from tenancy.models import AllocationRun, InvoiceLine, Lease

if TYPE_CHECKING:
    from tenancy.rehearsal.round_2019 import Story

#: 20 m² at 5,000 won from 23 December 2019: nine of 31 days, then a whole month (design 05 §6).
RENT_OF_A_SMALL_ROOM = {date(2019, 12, 1): 29_032, date(2020, 1, 1): 100_000}


def outcome(story: Story) -> Outcome:
    """Counts and violations of a round that was lived."""
    leases = Counter(
        Lease.objects.filter(unit__floor__building__hub=story.hub, status="ACTIVE").values_list(
            "offer__need__application__track__code", flat=True
        )
    )
    by_track = " + ".join(f"{leases[track]} {track.lower()}" for track in ("DOMESTIC", "FOREIGN"))
    story.say(f"leases: {leases.total()} leases ({by_track})")
    found = [sentence for look in CHECKS for sentence in look(story)]
    found += ledger(story.say)
    expected = {track: _expected(story, track) for track in ("DOMESTIC", "FOREIGN")}
    if dict(leases) != expected:
        found.append(f"leases by track are {dict(leases)}, not {expected}")
    return Outcome({"applications": story.call.receipts, "leases": leases.total()}, found)


def _expected(story: Story, track: str) -> int:
    """What was announced as the plan, or what is reported to have come of it."""
    if story.variant == "reported":
        return int(story.round.facts["reported"]["selected"][track])
    return story.round.quota(track)


def _entry(story: Story) -> Iterator[str]:
    applications = int(story.round.facts["reported"]["applications"])
    if story.call.receipts != applications:
        yield f"{story.call.receipts} applications, not {applications}"
    if story.late != story.round.made_up["late_attempts"]:
        yield f"{story.late} attempts after the bell were refused, not {story.round.made_up['late_attempts']}"


def _no_overlap(story: Story) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id, b.id FROM tenancy_occupancy a JOIN tenancy_occupancy b"
            " ON a.cell_id = b.cell_id AND a.id < b.id AND a.period && b.period"
            " WHERE a.status <> 'RELEASED' AND b.status <> 'RELEASED'"
        )
        for first, second in cursor.fetchall():
            yield f"occupancies {first} and {second} overlap"


def _allocation(story: Story) -> Iterator[str]:
    run = AllocationRun.objects.get(call=story.call, status="PUBLISHED")
    applicants, preferences = run.inputs["applicants"], run.inputs["preferences"]
    yield from check(applicants, preferences, run.result or {})
    if allocate(applicants, preferences) != run.result:
        yield "the published allocation is not the rule's answer to its inputs"


def _rent(story: Story) -> Iterator[str]:
    lines = InvoiceLine.objects.filter(
        invoice__lease__unit__floor__building__hub=story.hub, area_m2="20.00", period__startswith__gte=date(2019, 12, 1)
    )
    billed: dict[date, set[int]] = {}
    for month, supply in lines.values_list("invoice__month", "supply"):
        billed.setdefault(month, set()).add(supply)
    if billed != {month: {amount} for month, amount in RENT_OF_A_SMALL_ROOM.items()}:
        yield f"20 m² were billed at {billed}"


def _refusals(story: Story) -> Iterator[str]:
    """Every refusal after review has reasons, rank and cut-off."""
    notices = ResultNotice.objects.filter(
        line__decision__call=story.call, line__decision__kind=DecisionKind.FINAL, line__outcome="NOT_SELECTED"
    ).select_related("line", "application")
    for notice in notices:
        line = notice.line
        if line is None or not line.reasons or (line.place is not None and line.cutoff is None):
            yield f"{notice.application.receipt_number} was refused without reasons or cut-off"


def _appeals(story: Story) -> Iterator[str]:
    if not Appeal.objects.filter(application__call=story.call, due_at__isnull=False, status="FILED").exists():
        yield "no appeal is waiting for its answer"


CHECKS = (_entry, _no_overlap, _allocation, _rent, _refusals, _appeals)


def ledger(say: Say) -> list[str]:
    """Publish the log and let the independent verifier audit it."""
    settled = log.settle()
    checkpoint = (settled.public / "checkpoint").read_text().splitlines()
    say(f"ledger: {settled.size} leaves, checkpoint root {checkpoint[2]}")
    command = [sys.executable, "-m", "ledger.verify", "audit", str(settled.public), "--policy", str(settled.policy)]
    say(f"verify it yourself: python -m ledger.verify audit {settled.public} --policy {settled.policy}")
    audit = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)  # noqa: S603
    say(f"audit: {audit.stdout.strip().splitlines()[-1] if audit.stdout.strip() else audit.stderr.strip()}")
    return [] if audit.returncode == 0 else [f"the ledger's audit ended with {audit.returncode}"]
