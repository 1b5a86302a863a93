"""Legal holds; what was erased stays erased."""

from pathlib import Path

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQL = Path(__file__).parent / "holds.sql"
TRIGGERS = {"subject_key": ("forbid_revival", "forbid_delete", "forbid_all", "keep_held"), "opening": ("keep_held", "forbid_all")}  # fmt: skip


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute("SET LOCAL ROLE ledger_owner", params=None)
    schema_editor.execute(SQL.read_text("utf-8"), params=None)
    schema_editor.execute("RESET ROLE", params=None)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table, triggers in TRIGGERS.items():
        for trigger in triggers:
            schema_editor.execute(f"DROP TRIGGER {trigger} ON ledger_{table}", params=None)
    schema_editor.execute("DROP TABLE ledger_hold", params=None)
    schema_editor.execute("DROP FUNCTION ledger_check_hold(), ledger_keep_held()", params=None)
    schema_editor.execute("REVOKE UPDATE (kek_id) ON ledger_subject_key FROM ledger_eraser", params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_calls")]
    operations = [
        migrations.RunPython(create, drop),
        migrations.CreateModel(
            "Hold",
            [
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("basis", models.TextField()),
                ("placed_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "ledger_hold", "managed": False},
        ),
    ]
