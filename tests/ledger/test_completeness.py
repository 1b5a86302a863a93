"""No decision without its leaf, whoever writes it: the triggers, around every service, from other connections."""

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from ledger import log
from tests.ledger import harness
from tests.ledger.harness import DECIDED, TABLE, Decision, Officer, insert, rolled_back, sql


@pytest.fixture
def table(committed_db):
    harness.create_table()
    return committed_db


def decide(pk, to):
    return log.append(DECIDED, row=Decision(pk), by=Officer(), data={"to": to})


def status(pk):
    return sql(f"SELECT status FROM {TABLE} WHERE id = %s", pk)


def test_appending_outside_a_transaction_raises(committed_db):
    with pytest.raises(log.NotInTransaction):
        decide(1, "decided")
    assert sql("SELECT count(*) FROM ledger_record") == [(0,)]


def test_row_and_leaf_commit_together_in_either_order(table):
    with transaction.atomic():
        pk = insert("decided")
        decide(pk, "decided")
    with transaction.atomic():
        decide(pk, "withdrawn")
        sql(f"UPDATE {TABLE} SET status = 'withdrawn' WHERE id = %s", pk)
    with transaction.atomic():
        decide(pk, "gone")
        sql(f"DELETE FROM {TABLE} WHERE id = %s", pk)
    assert sql("SELECT count(*) FROM ledger_record") == [(3,)]


def test_a_rollback_leaves_neither_row_nor_leaf_nor_number(table):
    """Attack 11: one transaction, so neither."""
    with rolled_back(RuntimeError):
        decide(insert("decided"), "decided")
        raise RuntimeError
    for name in ("record", "pending", "opening", "series", "subject_key"):
        assert sql(f"SELECT count(*) FROM ledger_{name}") == [(0,)]


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {TABLE} SET status = 'revoked'",
        f"UPDATE {TABLE} SET unit_id = 5",
        f"UPDATE {TABLE} SET status = 'draft'",
        f"DELETE FROM {TABLE}",
        f"INSERT INTO {TABLE} (id, status, remark) VALUES (99, 'decided', '')",
        f"INSERT INTO {TABLE} (id, status, remark) VALUES (1, 'x', '') ON CONFLICT (id) DO UPDATE SET status = 'y'",
        f"SET session_replication_role = replica; DELETE FROM {TABLE}",
    ],
)
def test_from_psql_no_decision_commits_without_a_leaf(table, statement):
    """Attack 10."""
    with transaction.atomic():
        sql("INSERT INTO trial_unit (id) VALUES (5)")
        pk = insert("decided", pk=1)
        decide(pk, "decided")
    with harness.raw(table) as own:
        own.execute(statement)
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="has no ledger leaf"):
            own.commit()
    assert status(1) == [("decided",)]


def test_a_leaf_of_another_row_state_or_transaction_does_not_count(table):
    with transaction.atomic():
        first, second = insert("decided"), insert("decided")
        decide(first, "decided")
        decide(second, "decided")
    with rolled_back(IntegrityError):
        sql(f"UPDATE {TABLE} SET status = 'revoked' WHERE id = %s", first)
        decide(second, "revoked")
    with rolled_back(IntegrityError):
        sql(f"UPDATE {TABLE} SET status = 'revoked' WHERE id = %s", first)
        decide(first, "withdrawn")
    with transaction.atomic():
        decide(first, "revoked")
    with rolled_back(IntegrityError):
        sql(f"UPDATE {TABLE} SET status = 'revoked' WHERE id = %s", first)
    assert status(first) == [("decided",)]


def test_savepoints_count_with_their_transaction(table):
    with transaction.atomic():
        with transaction.atomic():
            pk = insert("decided")
        with transaction.atomic():
            decide(pk, "decided")
    with rolled_back(IntegrityError):
        sql(f"UPDATE {TABLE} SET status = 'revoked' WHERE id = %s", pk)
        with rolled_back(RuntimeError):
            decide(pk, "revoked")
            raise RuntimeError
    assert status(pk) == [("decided",)]


def test_drafts_and_unwatched_columns_are_free(table):
    pk = insert("draft")
    sql(f"UPDATE {TABLE} SET remark = 'x' WHERE id = %s", pk)
    sql(f"DELETE FROM {TABLE} WHERE id = %s", pk)
    with transaction.atomic():
        other = insert("decided")
        decide(other, "decided")
    sql(f"UPDATE {TABLE} SET remark = 'y' WHERE id = %s", other)
    assert sql("SELECT count(*) FROM ledger_record") == [(1,)]


def test_leaving_the_draft_is_a_decision(table):
    pk = insert("draft")
    with pytest.raises(IntegrityError):
        sql(f"UPDATE {TABLE} SET status = 'decided' WHERE id = %s", pk)
    with transaction.atomic():
        sql(f"UPDATE {TABLE} SET status = 'decided' WHERE id = %s", pk)
        decide(pk, "decided")
    assert status(pk) == [("decided",)]


def test_without_a_state_any_leaf_of_the_row_counts_and_any_change_needs_one(committed_db):
    harness.create_table(state=None, watch=[], quiet=[])
    with pytest.raises(IntegrityError):
        insert("x", pk=1)
    with transaction.atomic():
        insert("x", pk=1)
        harness.note(1)
    with pytest.raises(IntegrityError):
        sql(f"UPDATE {TABLE} SET remark = 'y'")


def test_the_triggers_are_always_on_and_go_with_the_operation(table):
    query = "SELECT tgname, tgenabled::text FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'leaf_on_%%' ORDER BY 1"
    assert sql(query, TABLE) == [("leaf_on_delete", "A"), ("leaf_on_insert", "A"), ("leaf_on_update", "A")]
    project = harness.state()
    with connection.schema_editor() as editor:
        harness.operation().database_backwards("trial", editor, project, project)
    assert sql(query, TABLE) == []


@pytest.mark.parametrize("changes", [{"watch": ["nothing"]}, {"state": "nothing"}, {"pk": "nothing"}])
def test_a_misspelled_column_stops_the_migration(committed_db, changes):
    with pytest.raises(ValueError, match="no field or column"):
        harness.create_table(**changes)


def test_quiet_states_need_a_state():
    with pytest.raises(ValueError, match="need a state"):
        harness.operation(state=None)
