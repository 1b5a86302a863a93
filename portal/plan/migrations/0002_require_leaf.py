from django.db import migrations

from ledger.completeness import RequireLeaf


class Migration(migrations.Migration):
    """No version of a plan and no statement about it without its line in the ledger."""

    dependencies = [
        ("plan", "0001_initial"),
        ("ledger", "0001_initial"),
    ]

    operations = [RequireLeaf("PlanVersion"), RequireLeaf("Progress")]
