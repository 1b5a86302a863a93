"""The one call of an append, as a function."""

from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQL = Path(__file__).parent / "calls.sql"


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute("SET LOCAL ROLE ledger_owner", params=None)
    schema_editor.execute(SQL.read_text("utf-8"), params=None)
    schema_editor.execute("RESET ROLE", params=None)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute("DROP FUNCTION ledger_write", params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_reading")]
    operations = [migrations.RunPython(create, drop)]
