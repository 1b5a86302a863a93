"""Triggers that hold what must never change, and the ledger's completeness on every decision table."""

from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from ledger.completeness import RequireLeaf

FILES = ("guards.sql", "keeping.sql")
FUNCTIONS = (
    "forbid", "policy_frozen", "revision_in_time", "numbered", "entry_key", "line_frozen", "assignment_bar", "sheet_bar", "conflict_locks",
    "item_guard", "quota", "member_apart", "decision_apart", "appeal_in_time", "late_code_kept", "challenge_locks",
    "appeal_apart", "sheet_presence", "reserve_in_order", "emptied", "revision_frozen", "attachment_frozen", "interest_kept",
)  # fmt: skip


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in FILES:
        schema_editor.execute((Path(__file__).parent / name).read_text("utf-8"), params=None)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in FUNCTIONS:
        schema_editor.execute(f"DROP FUNCTION intake_{name}() CASCADE", params=None)
    schema_editor.execute("DROP FUNCTION intake_barred(bigint, bigint)", params=None)


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial"), ("ledger", "0001_initial")]
    operations = [
        migrations.RunPython(create, drop),
        RequireLeaf("Call", state="status", quiet=["DRAFT"]),
        RequireLeaf("Application", state="status", quiet=["DRAFT"]),
        RequireLeaf("SupplementRequest", state="status", quiet=["ASKED"]),
        RequireLeaf("Stage", state="status", quiet=["WAITING"]),
        RequireLeaf("Panel"),
        RequireLeaf("Member", state="status", quiet=["INVITED"]),
        RequireLeaf("Conflict"),
        RequireLeaf("Interest", watch=["until_date", "corrected_at"]),
        RequireLeaf("Challenge", state="status", quiet=["FILED"]),
        RequireLeaf("Assignment", state="status", quiet=["PROPOSED"]),
        RequireLeaf("ScoreSheet", state="status", quiet=["OPEN"]),
        RequireLeaf("Decision", state="status", quiet=["DRAFT"]),
        RequireLeaf("ReserveEntry", state="status", quiet=["WAITING"]),
        RequireLeaf("Appeal", state="status"),
        RequireLeaf("LateCode"),
        RequireLeaf("DisqualificationCase", state="status"),
        RequireLeaf("Sitting"),
        RequireLeaf("Attendance"),
        RequireLeaf("RetentionHold"),
        RequireLeaf("DestructionRecord"),
    ]
