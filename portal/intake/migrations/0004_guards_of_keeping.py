"""Triggers for presence, bonuses and the end of keeping; the ledger's completeness on the new tables."""

from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from ledger.completeness import RequireLeaf

_HERE = Path(__file__).parent


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute((_HERE / "keeping.sql").read_text("utf-8"), params=None)


def restore(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute((_HERE / "keeping_undo.sql").read_text("utf-8"), params=None)


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_sittings_bonuses_retention"), ("ledger", "0001_initial")]
    operations = [
        migrations.RunPython(create, restore),
        RequireLeaf("Sitting"),
        RequireLeaf("Attendance"),
        RequireLeaf("RetentionHold"),
        RequireLeaf("DestructionRecord"),
    ]
