"""Triggers around the organisation of one person, which no CHECK can hold."""

from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

FUNCTIONS = ("person_acts_alone", "person_invites_nobody", "person_stays")


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute((Path(__file__).parent / "guards.sql").read_text("utf-8"), params=None)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in FUNCTIONS:
        schema_editor.execute(f"DROP FUNCTION accounts_{name} CASCADE", params=None)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
