"""Triggers that hold what must never change, and the ledger's completeness on the tour's sessions and bookings."""

from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from ledger.completeness import RequireLeaf

FUNCTIONS = (
    "forbid",
    "version_stays",
    "tour_fits",
    "tour_frozen",
    "tour_promised",
    "booking_stays",
    "allotment_stays",
    "tour_agrees",
)


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute((Path(__file__).parent / "guards.sql").read_text("utf-8"), params=None)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in FUNCTIONS:
        schema_editor.execute(f"DROP FUNCTION mice_{name}() CASCADE", params=None)


class Migration(migrations.Migration):
    dependencies = [("mice", "0001_initial"), ("ledger", "0001_initial")]
    operations = [
        migrations.RunPython(create, drop),
        RequireLeaf("TourSession", state="status"),
        RequireLeaf("TourBooking", state="status"),
        RequireLeaf("EventAllotment", watch=["released_at"]),
    ]
