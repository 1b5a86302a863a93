"""Results of the nightly inspections; the last numbers of a year."""

from pathlib import Path

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQL = Path(__file__).parent / "inspections.sql"


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute("SET LOCAL ROLE ledger_owner", params=None)
    schema_editor.execute(SQL.read_text("utf-8"), params=None)
    schema_editor.execute("RESET ROLE", params=None)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute("DROP TABLE ledger_inspection", params=None)
    schema_editor.execute("DROP FUNCTION ledger_last_numbers(int)", params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_holds")]
    operations = [
        migrations.RunPython(create, drop),
        migrations.CreateModel(
            "Inspection",
            [
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("size", models.BigIntegerField()),
                ("problems", models.IntegerField()),
                ("first", models.TextField()),
            ],
            options={"db_table": "ledger_inspection", "managed": False},
        ),
    ]
