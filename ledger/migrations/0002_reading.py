"""Indexes for readers: leaves by kind and by decision number, openings by whose they are."""

from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQL = Path(__file__).with_name("reading.sql")
INDEXES = ("ledger_record_type", "ledger_record_number", "ledger_opening_key", "ledger_published_at")


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _as_owner(schema_editor, SQL.read_text("utf-8"))


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _as_owner(schema_editor, f"DROP INDEX {', '.join(INDEXES)}; DROP FUNCTION ledger_type(bytea), ledger_number(bytea)")


def _as_owner(schema_editor: BaseDatabaseSchemaEditor, statements: str) -> None:
    schema_editor.execute("SET LOCAL ROLE ledger_owner", params=None)
    schema_editor.execute(statements, params=None)
    schema_editor.execute("RESET ROLE", params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
