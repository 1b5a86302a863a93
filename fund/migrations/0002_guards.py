"""Triggers that keep the books, the counters and the agreements; the ledger's completeness on every decision table."""

from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from ledger.completeness import RequireLeaf

FUNCTIONS = (
    "entry_comes()",
    "posting_comes()",
    "entry_balances()",
    "posting_balances()",
    "check_entry(bigint)",
    "forbid()",
    "book_knows()",
    "stake_partner_comes()",
    "stake_comes()",
    "commitment_counts()",
    "programme_counts()",
    "check_programme(bigint)",
    "close_comes()",
    "currency_stays()",
    "in_won(bigint, text, numeric)",
    "breach_is_open()",
    "agreement_stays()",
    "ballot_comes()",
    "ballot_stays()",
    "seat_states()",
    "recusal_voids()",
    "motion_decides()",
    "deal_follows()",
    "lot_counts()",
    "security_counts()",
    "cost_is_held()",
    "valuation_follows()",
    "measure_stays()",
    "snapshot_stays()",
    "statement_stays()",
    "company_stays()",
    "company_report_stays()",
    "report_terms_stay()",
    "upload_comes()",
    "upload_stays()",
    "break_stays()",
    "settlement_stays()",
    "carry_is_held()",
    "result_is_shared()",
    "duty_test_comes()",
    "duty_waiver_follows()",
    "duty_end(bigint)",
    "duty_stays()",
    "duty_comes()",
    "check_lot(bigint)",
    "check_holding(bigint)",
)
SCRIPTS = ("books.sql", "stakes.sql", "holdings.sql", "values.sql", "settlements.sql", "reporting.sql", "reports.sql", "statements.sql", "duties.sql")


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for script in SCRIPTS:
        schema_editor.execute((Path(__file__).parent / script).read_text("utf-8"), params=None)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in FUNCTIONS:
        schema_editor.execute(f"DROP FUNCTION fund_{name} CASCADE", params=None)


class Migration(migrations.Migration):
    dependencies = [("fund", "0001_initial"), ("ledger", "0001_initial")]
    operations = [
        migrations.RunPython(create, drop),
        RequireLeaf("SubFund", state="status", quiet=["PROPOSED"]),
        RequireLeaf("AgreementVersion"),
        RequireLeaf("Close"),
        RequireLeaf("Commitment", state="status", watch=["status", "amount", "released", "adjustment"], quiet=["DRAFT"]),
        RequireLeaf("CapitalCall", state="status", quiet=["DRAFT"]),
        RequireLeaf("CallShare", state="status", quiet=["DUE"]),
        RequireLeaf("CapBreach", state="status"),
        RequireLeaf("Distribution", state="status", quiet=["DRAFT"]),
        RequireLeaf("Deal", state="status", quiet=["SOURCED"]),
        RequireLeaf("Holding", state="status", quiet=["HELD"]),
        RequireLeaf("SecurityEvent"),
        RequireLeaf("Valuation", state="status", quiet=["SUBMITTED"]),
        RequireLeaf("CompanyReport"),
        RequireLeaf("Measure", state="status", quiet=["PROPOSED"]),
        RequireLeaf("Settlement", state="status", quiet=["PROPOSED"]),
        RequireLeaf("ReportTerms"),
        RequireLeaf("CallPlan"),
        RequireLeaf("Duty", state="status"),
        RequireLeaf("DutyWaiver", state="status", quiet=["PROPOSED"]),
        RequireLeaf("Break", state="status"),
        RequireLeaf("Upload", state="status", quiet=["RECEIVED", "CHECKED"]),
        RequireLeaf("Snapshot", state="status"),
        RequireLeaf("CapitalStatement", state="status"),
        RequireLeaf("Motion", state="status", quiet=["TABLED"]),
        RequireLeaf("Seat", state="status", quiet=["PENDING"]),
        RequireLeaf("Ballot", watch=["voided_at"]),
    ]
