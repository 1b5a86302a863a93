"""Triggers that hold what must never change, and the ledger's completeness on every decision table."""

from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from ledger.completeness import RequireLeaf

FILES = ("guards.sql", "guards_money.sql", "guards_daily.sql", "guards_usage.sql")
FUNCTIONS = (
    "forbid()",
    "run_sealed()",
    "rate_card_sealed()",
    "invoice_issued()",
    "terms_touch()",
    "held_as_unit()",
    "ended_holds_nothing()",
    "invoice_adds_up()",
    "part_adds_up()",
    "invoice_sums(bigint)",
    "payment_covers()",
    "deposit_adds_up()",
    "entry_adds_up()",
    "deposit_sums(bigint)",
    "amendment_sealed()",
    "room_stands()",
    "quota_counts()",
    "booking_counts()",
    "quota_adds_up(bigint)",
    "lease_sealed()",
    "signed_as_shown()",
    "photo_of_its_lease()",
    "reading_stays()",
    "meter_counts_up()",
    "tariff_sealed()",
    "cost_stays()",
    "cost_is_shared()",
    "line_is_its_own()",
)
CHECKS = (
    ("occupancy", "occupancy_bounds_are_days"),
    ("leaseterm", "lease_term_bounds_are_days"),
    ("booking", "booking_in_quarter_hours"),
)


PERIOD_HAS_LEAF = """
CREATE CONSTRAINT TRIGGER period_has_leaf AFTER UPDATE ON tenancy_occupancy DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.period IS DISTINCT FROM NEW.period AND OLD.status = NEW.status)
  EXECUTE FUNCTION ledger_require_leaf('id');
ALTER TABLE tenancy_occupancy ENABLE ALWAYS TRIGGER period_has_leaf;
"""


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in FILES:
        schema_editor.execute((Path(__file__).parent / name).read_text("utf-8"), params=None)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in FUNCTIONS:
        schema_editor.execute(f"DROP FUNCTION tenancy_{name} CASCADE", params=None)
    for table, name in CHECKS:
        schema_editor.execute(f"ALTER TABLE tenancy_{table} DROP CONSTRAINT {name}", params=None)


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial"), ("ledger", "0001_initial")]
    operations = [
        migrations.RunPython(create, drop),
        RequireLeaf("AllocationRun", state="status", quiet=["DRAFT"]),
        RequireLeaf("RateCard", state="status"),
        RequireLeaf("Tariff", state="status"),
        RequireLeaf("SharedCost", watch=["voided_at"]),
        RequireLeaf("PaperSigning", state="status"),
        RequireLeaf("MoveIn", watch=["confirmed_at"]),
        RequireLeaf("Offer", state="status", quiet=["PREPARED"]),
        RequireLeaf("Occupancy", state="status", watch=["status", "cell"]),
        # Days that become fewer or more are a decision that moves no state: any leaf about the row.
        migrations.RunSQL(PERIOD_HAS_LEAF, "DROP TRIGGER period_has_leaf ON tenancy_occupancy"),
        RequireLeaf("Lease", state="status", quiet=["DRAFT"]),
        RequireLeaf("Invoice", state="status", quiet=["DRAFT"]),
        RequireLeaf("Amendment", state="status", quiet=["DRAFT"]),
        RequireLeaf("Deposit", state="status"),
        RequireLeaf("ArrearsCase", state="status"),
        RequireLeaf("RenewalReview", state="status"),
        RequireLeaf("MoveOut", state="status"),
        RequireLeaf("Graduation"),
        RequireLeaf("Booking", state="status"),
        RequireLeaf("RoomWait", state="status"),
        RequireLeaf("Ticket", state="status"),
        RequireLeaf("ListingConsent", watch=["withdrawn_at"]),
    ]
