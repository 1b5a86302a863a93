"""A function called past the driver's cursor behaves as any statement does."""

from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.pq import TransactionStatus

from ledger.calling import Function
from tests.ledger.harness import sql, write

upper = Function("upper", "text")


def test_the_answer_is_the_same_on_each_way(db, settings):
    sql("SELECT 1")  # now the server knows of the transaction
    assert upper(["새ü'\\"]) == "새Ü'\\"
    with CaptureQueriesContext(connection) as caught:
        assert upper(["새ü'\\"]) == "새Ü'\\"
    assert len(caught) == 1
    assert "upper(" in caught[0]["sql"]
    settings.LEDGER = settings.LEDGER | {"PREPARE": False}
    assert upper(["새ü'\\"]) == "새Ü'\\"
    assert upper([None]) is None


def test_a_wrapper_of_statements_sees_it(db):
    seen = []

    def watch(execute, statement, params, many, context):
        seen.append(params)
        return execute(statement, params, many, context)

    with connection.execute_wrapper(watch):
        assert upper(["a"]) == "A"
    assert seen == [["a"]]


def test_what_the_database_refuses_is_djangos_error_and_ends_the_transaction(db):
    """As a statement's: the exception leaves `atomic`, which takes back what was done."""
    number = Function("to_hex_of", "text")
    sql("CREATE FUNCTION to_hex_of(n text) RETURNS text LANGUAGE sql AS 'SELECT to_hex(n::int)'")
    with pytest.raises(Exception, match="invalid input syntax") as refused, transaction.atomic():
        number(["x"])
    assert refused.type.__module__ == "django.db.utils"
    assert number(["255"]) == "ff"


def test_lists_arrive_as_they_were_given(db, settings):
    sql(
        "CREATE FUNCTION listed(a text[], b uuid[], c bytea[]) RETURNS text LANGUAGE sql"
        " AS $$ SELECT jsonb_build_array(to_jsonb(a), to_jsonb(b), to_jsonb(c))::text $$"
    )
    listed = Function("listed", "text[]", "uuid[]", "bytea[]")
    lists = [['a"{},\\', "새"], [UUID(int=7)], [b"\0\xff", b""]]
    told = '[["a\\"{},\\\\", "새"], ["00000000-0000-0000-0000-000000000007"], ["\\\\x00ff", "\\\\x"]]'
    for prepared in (True, False):
        settings.LEDGER = settings.LEDGER | {"PREPARE": prepared}
        assert listed(lists) == told
        assert listed([[], [], []]) == "[[], [], []]"
        assert listed([None, [], []]) == "[null, [], []]"


def test_nothing_runs_in_a_transaction_that_is_lost(db):
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            sql("INSERT INTO ledger_pending VALUES (1), (1)")
        with pytest.raises(Exception, match="aborted"):
            upper(["a"])
        transaction.set_rollback(True)
    assert upper(["a"]) == "A"


def test_text_that_the_database_cannot_hold_is_refused_and_never_cut(db):
    sql("SELECT 1")
    with pytest.raises(ValueError, match=r"U\+0000"):
        upper(["a\0b"])


def test_the_first_statement_of_a_transaction_is_within_it(committed_db):
    """The driver begins a transaction with its own first statement; before that, a call past it would stand alone."""
    assert not connection.in_atomic_block
    with transaction.atomic():
        upper(["a"])
        assert connection.connection.pgconn.transaction_status == TransactionStatus.INTRANS
    write(1)
    assert sql("SELECT count(*) FROM ledger_record") == [(1,)]
