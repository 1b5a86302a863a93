"""From decision to published checkpoint: races, held transactions, crashes at every step, all in one process."""

import threading

import pytest
from django.db import DatabaseError, connection, connections, transaction

from ledger import merkle, stored
from ledger.cosigning import Cosigners
from ledger.publisher import PublicFolder, Publisher
from ledger.sequencer import Sequencer, Tampered, TreeMoved
from ledger.signer import Signer, SignerFolder
from ledger.witness.protocol import WitnessFolder
from tests.ledger import harness
from tests.ledger.harness import Crash, audit, crash_at, invariants, settle, sql, write

pytestmark = pytest.mark.usefixtures("committed_db")


def test_settling_publishes_everything_and_an_outsider_can_audit_it(tmp_path):
    write(3)
    first = settle(tmp_path)
    write(300, start=10)
    second = settle(tmp_path)
    assert (first.size, second.size) == (3, 303)
    found = audit(second)
    assert (found.returncode, found.stderr) == (0, "")
    assert "303 leaves" in found.stdout
    assert invariants() == 303


def test_settling_twice_changes_nothing(tmp_path):
    write(5)
    settle(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    settle(tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_settling_needs_committed_leaves(tmp_path):
    with pytest.raises(ValueError, match="outside a transaction"), transaction.atomic():
        settle(tmp_path)


def test_the_sequencer_keeps_the_order_in_which_decisions_were_made():
    ids = [write(1, start=number)[0] for number in range(5)]
    assert Sequencer().step() == 5
    assert Sequencer().step() == 0
    found = sql("SELECT r.leaf_id FROM ledger_entry e JOIN ledger_record r ON r.id = e.record_id ORDER BY e.idx")
    assert [leaf for (leaf,) in found] == ids


def test_a_transaction_held_open_loses_nothing(committed_db):
    """Attack 12: the record with the lower id commits after a higher one was sequenced."""
    with harness.raw(committed_db) as held:
        leaf = sql_leaf()
        held.execute("SELECT ledger_append('t', '1', %s)", [leaf])
        late = held.execute("SELECT max(id) FROM ledger_record").fetchone()[0]
        write(2)
        Sequencer().drain()
        assert sql("SELECT min(record_id) > %s FROM ledger_entry", late) == [(True,)]
        held.commit()
    Sequencer().drain()
    assert sql("SELECT idx FROM ledger_entry WHERE record_id = %s", late) == [(2,)]
    assert invariants() == 3


def sql_leaf():
    """The bytes of a leaf that was never committed."""
    with transaction.atomic():
        harness.note()
        leaf = bytes(sql("SELECT leaf FROM ledger_record")[0][0])
        transaction.set_rollback(True)
    return leaf


def test_two_sequencers_at_once_integrate_each_leaf_once():
    """Attack 9, with the lock: real connections, started together."""
    write(200)
    barrier, counts = threading.Barrier(3), []

    def run():
        barrier.wait()
        counts.append(Sequencer().drain())
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 200
    assert invariants() == 200


def test_without_the_lock_the_conditional_update_is_the_fence(monkeypatch):
    """Attack 9, as behind a pooler that loses the lock: the second one's work rolls back."""
    monkeypatch.setattr(Sequencer, "_lock", lambda *_: True)
    write(20)
    barrier, outcomes = threading.Barrier(2, timeout=30), []
    genuine = Sequencer._pending

    def together(self, cursor):
        found = genuine(self, cursor)
        barrier.wait()
        return found

    monkeypatch.setattr(Sequencer, "_pending", together)

    def run():
        try:
            outcomes.append(Sequencer().step())
        except (TreeMoved, DatabaseError):
            outcomes.append("rolled back")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["20", "rolled back"]
    assert invariants() == 20


def test_a_sequencer_that_meets_another_size_gives_up(monkeypatch):
    write(1)
    monkeypatch.setattr(stored, "tree_state", lambda _: stored.State(7, merkle.EMPTY_ROOT))
    monkeypatch.setattr("ledger.tiles.extend", lambda *_: ({}, merkle.EMPTY_ROOT))
    with pytest.raises(TreeMoved):
        Sequencer().step()
    assert sql("SELECT count(*) FROM ledger_entry") == [(0,)]


def test_a_pending_leaf_that_does_not_hash_stops_the_sequencer(monkeypatch):
    write(1)
    monkeypatch.setattr("ledger.entry.leaf_hash", lambda _: bytes(32))
    with pytest.raises(Tampered):
        Sequencer().step()


POINTS = [
    (Sequencer, "_store_entries", False),
    (Sequencer, "_store_tiles", False),
    (Sequencer, "_advance", False),
    (Sequencer, "_advance", True),
    (SignerFolder, "remember", False),
    (SignerFolder, "remember", True),
    (Signer, "_sign", False),
    (Signer, "_sign", True),
    (WitnessFolder, "remember", False),
    (WitnessFolder, "remember", True),
    (Cosigners, "_store", False),
    (Cosigners, "_store", True),
    (PublicFolder, "write_tiles", False),
    (PublicFolder, "write_tiles", True),
    (PublicFolder, "write_checkpoint", False),
    (PublicFolder, "write_checkpoint", True),
    (Publisher, "_record", True),
]


@pytest.mark.parametrize(("owner", "method", "after"), POINTS, ids=lambda value: getattr(value, "__name__", str(value)))
def test_a_crash_at_any_step_loses_and_doubles_nothing(tmp_path, owner, method, after):
    """Attack 13 in one process; readers see a whole log at every moment, and the next round finishes the work."""
    write(5)
    settled = settle(tmp_path)
    write(300, start=10)
    with crash_at(owner, method, after=after), pytest.raises(Crash):
        settle(tmp_path)
    connection.close()
    assert audit(settled).returncode == 0
    assert invariants() in (5, 305)
    assert settle(tmp_path).size == 305
    assert audit(settled).returncode == 0
    assert invariants() == 305
    assert sql("SELECT count(*) FROM ledger_checkpoint") == [(2,)]
