"""The one call of an append, as a function."""

from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQL = Path(__file__).parent / "calls.sql"
BACK = """
ALTER TABLE ledger_pending ADD CONSTRAINT ledger_pending_record_id_fkey FOREIGN KEY (record_id) REFERENCES ledger_record;
ALTER TABLE ledger_opening ADD CONSTRAINT ledger_opening_record_id_fkey FOREIGN KEY (record_id) REFERENCES ledger_record,
  ADD CONSTRAINT ledger_opening_key_id_fkey FOREIGN KEY (key_id) REFERENCES ledger_subject_key;
GRANT INSERT ON ledger_opening TO ledger_writer;
DROP FUNCTION ledger_write"""


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute("SET LOCAL ROLE ledger_owner", params=None)
    schema_editor.execute(SQL.read_text("utf-8"), params=None)
    schema_editor.execute("RESET ROLE", params=None)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute("SET LOCAL ROLE ledger_owner", params=None)
    schema_editor.execute(BACK, params=None)
    schema_editor.execute("RESET ROLE", params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_reading")]
    operations = [migrations.RunPython(create, drop)]
