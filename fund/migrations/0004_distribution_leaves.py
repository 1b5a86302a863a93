"""Distributions and their shares are decisions: a leaf for every step, and no share is edited."""

from django.db import migrations

from ledger.completeness import RequireLeaf


class Migration(migrations.Migration):
    dependencies = [("fund", "0003_distributions"), ("ledger", "0001_initial")]
    operations = [
        RequireLeaf("Distribution", state="status", quiet=["DRAFT"]),
        migrations.RunSQL(
            "CREATE TRIGGER distribution_share_stays BEFORE UPDATE OR DELETE ON fund_distributionshare"
            " FOR EACH ROW EXECUTE FUNCTION fund_forbid()",
            "DROP TRIGGER distribution_share_stays ON fund_distributionshare",
        ),
    ]
