"""The portal's login erases and holds through functions; it need not take the eraser's role any more."""

from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQL = Path(__file__).parent / "erasing.sql"
BACK = (
    "DROP TRIGGER leaf_on_erasure ON ledger_subject_key",
    "DROP FUNCTION ledger_erase(uuid), ledger_place_hold(uuid, uuid, text), ledger_lift_hold(uuid)",
    "GRANT DELETE ON ledger_opening TO ledger_eraser",
    "GRANT INSERT, UPDATE (lifted_at) ON ledger_hold TO ledger_eraser",
    "GRANT UPDATE (destroyed_at) ON ledger_subject_key TO ledger_eraser",
)


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute("SET LOCAL ROLE ledger_owner", params=None)
    schema_editor.execute(SQL.read_text("utf-8"), params=None)
    schema_editor.execute("RESET ROLE", params=None)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute("SET LOCAL ROLE ledger_owner", params=None)
    for statement in BACK:
        schema_editor.execute(statement, params=None)
    schema_editor.execute("RESET ROLE", params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_inspections")]
    operations = [migrations.RunPython(create, drop)]
