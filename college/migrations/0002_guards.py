"""Triggers that hold what must never change, and the ledger's completeness on every decision table."""

from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from ledger.completeness import RequireLeaf

FUNCTIONS = (
    "forbid",
    "event_fits",
    "run_frozen",
    "apart",
    "move_apart",
    "seats_moved",
    "seats_agree",
    "credential_earned",
    "credential_signed",
    "draw_sealed",
    "list_open",
    "place_given",
    "place_stays",
    "window_sealed",
    "window_ordered",
    "turn_came",
    "ticket_fits",
    "answers_counted",
    "payment_whole",
    "seat_paid",
    "refund_fits",
    "lesson_taught",
    "run_taught",
    "qualified",
    "qualification_stays",
    "call_fits",
    "request_selected",
)


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute((Path(__file__).parent / "guards.sql").read_text("utf-8"), params=None)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in FUNCTIONS:
        schema_editor.execute(f"DROP FUNCTION college_{name} CASCADE", params=None)


class Migration(migrations.Migration):
    dependencies = [("college", "0001_initial"), ("ledger", "0001_initial")]
    operations = [
        migrations.RunPython(create, drop),
        RequireLeaf("Run", state="status", quiet=["DRAFT"], watch=["status", "capacity"]),
        RequireLeaf("Draw", state="status"),
        RequireLeaf("QueueWindow", watch=["ordered_at"]),
        RequireLeaf("SeatRequest", state="status", quiet=["SUBMITTED"]),
        RequireLeaf("Enrolment", state="status"),
        RequireLeaf("Lesson", state="status", quiet=["PLANNED"]),
        RequireLeaf("Correction", state="status"),
        RequireLeaf("Completion"),
        RequireLeaf("Credential", state="status"),
        RequireLeaf("Merge", state="status"),
        RequireLeaf("ExpertMonth"),
        RequireLeaf("Payment"),
        RequireLeaf("Refund", state="status"),
        RequireLeaf("Qualification", state="status"),
    ]
