"""Triggers over money and amendments, and the ledger's completeness on their tables."""

from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from ledger.completeness import RequireLeaf

TRIGGERS = {
    "paymentshare": "share_stays",
    "payment": "payment_stays",
    "bankfile": "bank_file_stays",
    "depositentry": "deposit_entry_stays",
    "creditnote": "credit_stays",
}
FUNCTIONS = (
    "invoice_adds_up()",
    "part_adds_up()",
    "invoice_sums(bigint)",
    "payment_covers()",
    "deposit_adds_up()",
    "entry_adds_up()",
    "deposit_sums(bigint)",
    "amendment_sealed()",
)


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute((Path(__file__).parent / "guards_money.sql").read_text("utf-8"), params=None)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table, name in TRIGGERS.items():
        schema_editor.execute(f"DROP TRIGGER {name} ON tenancy_{table}", params=None)
    for name in FUNCTIONS:
        schema_editor.execute(f"DROP FUNCTION tenancy_{name} CASCADE", params=None)


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0004_money"), ("ledger", "0001_initial")]
    operations = [
        migrations.RunPython(create, drop),
        RequireLeaf("Amendment", state="status", quiet=["DRAFT"]),
        RequireLeaf("Deposit", state="status"),
        RequireLeaf("ArrearsCase", state="status"),
    ]
