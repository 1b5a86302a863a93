"""Triggers that hold what must never change and what must agree, and the ledger's completeness on what is decided."""

from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from ledger.completeness import RequireLeaf

FUNCTIONS = (
    "forbid",
    "version_stays",
    "tour_fits",
    "tour_frozen",
    "tour_promised",
    "booking_stays",
    "group_alone",
    "group_stays",
    "allotment_stays",
    "tour_agrees",
    "award_placed",
    "award_frozen",
    "edition_told",
    "match_stays",
    "counters_agree",
    "award_agrees",
    "paper_stays",
    "plan_stays",
    "line_stays",
    "evidence_agrees",
    "settlement_right",
    "settled_agrees",
    "clawback_agrees",
    "nobody_sanctioned",
    "net",
    "scan_fits",
)


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for script in ("guards.sql", "support.sql"):
        schema_editor.execute((Path(__file__).parent / script).read_text("utf-8"), params=None)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in FUNCTIONS:
        schema_editor.execute(f"DROP FUNCTION mice_{name} CASCADE", params=None)


class Migration(migrations.Migration):
    dependencies = [("mice", "0001_initial"), ("ledger", "0001_initial")]
    operations = [
        migrations.RunPython(create, drop),
        RequireLeaf("TourSession", state="status"),
        RequireLeaf("TourBooking", state="status"),
        RequireLeaf("TourGroup", state="status"),
        RequireLeaf("EventAllotment", watch=["released_at"]),
        RequireLeaf("EventEdition", state="status", quiet=["PLANNED"]),
        RequireLeaf("EditionMatch", state="status", quiet=["OPEN"]),
        RequireLeaf("Award", state="status"),
        RequireLeaf("Agreement", state="status", quiet=["PREPARED"]),
        RequireLeaf("Tranche", state="status", quiet=["DUE"]),
        RequireLeaf("SettlementReport", watch=["audited_at", "returned_reason"]),
        RequireLeaf("Settlement"),
        RequireLeaf("Clawback", state="status"),
        RequireLeaf("Sanction", watch=["until_on", "lifted_at"]),
        RequireLeaf("Amendment", state="status", quiet=["REQUESTED"]),
    ]
