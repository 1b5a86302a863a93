"""What the inspection reads out of the leaves: the portal's state (I15), dates (attack 24), floods (27), spoiled bytes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from ledger import entry, inspection, log, replaying
from ledger.settling import Machinery
from tests.ledger import harness
from tests.ledger.harness import DECIDED, MOVED, TABLE, Decision, Officer, sql


@pytest.fixture
def decisions(committed_db):
    """Three decided rows, the first of them moved on, and a draft of which the log need not know."""
    harness.create_table()
    for _ in range(3):
        with transaction.atomic():
            pk = harness.insert("decided")
            log.append(DECIDED, row=Decision(pk), by=Officer(), data={"to": "decided"})
    step(1, "sent")
    return [1, 2, 3, harness.insert()]


def step(pk, status):
    with transaction.atomic():
        sql(f"UPDATE {TABLE} SET status = %s WHERE id = %s", status, pk)
        log.append(MOVED, row=Decision(pk), by=Officer(), data={"from": "decided", "to": status})


def by_hand(statement, *parameters):
    """As somebody with all rights: the triggers taken away for a moment."""
    with transaction.atomic():
        for table in (TABLE, "ledger_record"):
            sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        sql(statement, *parameters)
        for table in (TABLE, "ledger_record"):
            sql(
                f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER ALL" if False else f"ALTER TABLE {table} ENABLE TRIGGER ALL"
            )


def found():
    return list(replaying.problems())


def test_the_tables_are_in_the_states_to_which_the_log_leads(decisions, tmp_path):
    """I15: placed and waiting leaves count alike; whatever is changed past the log stands out by its row."""
    assert found() == []
    Machinery.under(tmp_path).settle()
    step(2, "sent")
    assert found() == []
    by_hand(f"UPDATE {TABLE} SET status = 'declined' WHERE id = 3")
    assert found() == [f"{TABLE} 3 is declined, the log says decided"]
    by_hand(f"DELETE FROM {TABLE} WHERE id = 3")
    assert found() == [f"{TABLE} 3 is gone, the log says decided"]
    by_hand(f"UPDATE {TABLE} SET status = 'decided' WHERE id = 4")
    assert f"{TABLE} 4 is decided, the log says nothing" in found()
    by_hand(f"UPDATE {TABLE} SET status = 'draft' WHERE id = 1")
    assert f"{TABLE} 1 is draft, the log says sent" in found()
    assert f"{TABLE} 1 is draft, the log says sent" in list(inspection.problems(Machinery.under(tmp_path)))


def rewritten(leaf_id, **changes):
    """Another leaf in the place of one, hashes and all, as who holds the database can put it there before it is seen."""
    (data,) = sql("SELECT leaf FROM ledger_record WHERE leaf_id = %s", leaf_id)[0]
    by_hand(
        "UPDATE ledger_record SET leaf = %s WHERE leaf_id = %s",
        entry.leaf_bytes(entry.parse_leaf(bytes(data)) | changes),
        leaf_id,
    )


def test_24_a_leaf_dated_before_the_last_cosignature_or_after_the_next(decisions, tmp_path):
    machinery = Machinery.under(tmp_path)
    machinery.settle()
    past, future = (datetime.now(UTC) + timedelta(minutes=minutes) for minutes in (-11, 3))
    for moment, told in ((past, "was not in the log"), (future, "witnesses saw it")):
        (leaf_id,) = harness.write(1, start=70)
        rewritten(leaf_id, at=f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z")
        machinery.settle()
        (line,) = [line for line in found() if line.startswith(f"leaf {log.status().size - 1}:")]
        assert told in line
    # Who keeps a checkpoint sees the first from outside as well, and everybody the second.
    answer = harness.audit(machinery.settle())
    assert (answer.returncode, "witnesses saw it" in answer.stderr) == (1, True)


def test_27_a_flood_of_one_role_and_bytes_that_are_no_leaf(decisions, monkeypatch):
    monkeypatch.setattr(replaying, "MOST_PER_MINUTE", 3)
    assert [line.partition(" in the minute")[0] for line in found()] == [
        "the role space.approver wrote more than 3 leaves"
    ]
    (leaf_id,) = harness.write(1, start=80)
    by_hand("UPDATE ledger_record SET leaf = '\\x00ff' WHERE leaf_id = %s", leaf_id)
    assert "a waiting leaf: not a JSON text" in found()[-1]
