"""From decision to published checkpoint: races, held transactions, crashes at every step, and what the signer refuses."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction

from ledger import merkle, note, policy, settling, stored
from ledger.publisher import Publisher, RolledBack, published_size
from ledger.sequencer import Sequencer, Tampered, TreeMoved
from ledger.settling import Machinery
from ledger.signer import Signer, SignerFolder, SigningRefused, initialise
from tests.ledger import harness
from tests.ledger.harness import Crash, crash_at, settle, sql, verify, write

pytestmark = pytest.mark.usefixtures("committed_db")


def invariants():
    """I2 to I6 of the design, over whatever the tables hold now."""
    records = sql("SELECT id, leaf_hash FROM ledger_record ORDER BY id")
    pending = {record for (record,) in sql("SELECT record_id FROM ledger_pending")}
    entries = sql("SELECT idx, record_id, leaf_hash FROM ledger_entry ORDER BY idx")
    hashes = [bytes(leaf_hash) for _, _, leaf_hash in entries]
    state = sql("SELECT size, root FROM ledger_tree_state")[0]
    assert pending | {record for _, record, _ in entries} == {record for record, _ in records}
    assert not pending & {record for _, record, _ in entries}
    assert [index for index, _, _ in entries] == list(range(state[0]))
    known = {record: bytes(leaf_hash) for record, leaf_hash in records}
    assert hashes == [known[record] for _, record, _ in entries]
    assert merkle.root(hashes) == bytes(state[1])
    for size, root in sql("SELECT size, root FROM ledger_checkpoint"):
        assert merkle.root(hashes[:size]) == bytes(root)
    return state[0]


def audit(settled):
    return verify("audit", settled.public, "--policy", settled.policy)


@pytest.fixture
def signer(tmp_path, committed_db):
    """A signer of its own, initialised while the tree is empty."""
    with psycopg.connect(committed_db) as own:
        folder = SignerFolder(tmp_path / "signer")
        initialise(own, folder)
        yield Signer(own, folder, "log.example")


def now():
    return datetime.now(UTC)


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


def superuser(statement, *parameters):
    """What somebody with all rights can do: take the trigger away, and put it back."""
    with transaction.atomic():
        sql("ALTER TABLE ledger_record DISABLE TRIGGER ALL")
        sql("ALTER TABLE ledger_entry DISABLE TRIGGER ALL")
        sql("ALTER TABLE ledger_tree_state DISABLE TRIGGER ALL")
        sql(statement, *parameters)


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
    (Publisher, "_write_tiles", False),
    (Publisher, "_write_tiles", True),
    (Publisher, "_write_checkpoint", False),
    (Publisher, "_write_checkpoint", True),
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


CHILD = """
import os, signal, sys
from pathlib import Path
import django
django.setup()
from django.db import connection
from ledger import publisher, sequencer, signer, settling
owner, method = sys.argv[1].rsplit(".", 1)
target = getattr(sys.modules[owner.rpartition(".")[0]], owner.rpartition(".")[2])
genuine = getattr(target, method)
def die(*arguments, **options):
    genuine(*arguments, **options)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(target, method, die)
settling.Machinery.under(Path(sys.argv[2])).settle()
"""


@pytest.mark.parametrize(
    "point",
    [
        "ledger.sequencer.Sequencer._store_tiles",
        "ledger.signer.SignerFolder.remember",
        "ledger.publisher.Publisher._write_tiles",
    ],
)
def test_kill_minus_nine_after_any_step(tmp_path, committed_db, point):
    """Attack 13 with a real process."""
    write(5)
    settle(tmp_path)
    write(20, start=10)
    child = subprocess.run(
        [sys.executable, "-c", CHILD, point, str(tmp_path)],
        env={**os.environ, "DATABASE_URL": committed_db},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()
    settled = settle(tmp_path)
    assert settled.size == invariants() == 25
    assert audit(settled).returncode == 0


def test_after_a_crash_the_same_tree_is_signed_to_the_same_bytes(signer, tmp_path):
    write(3)
    Sequencer().drain()
    with crash_at(Signer, "_sign", after=True), pytest.raises(Crash):
        signer.step(now())
    assert sql("SELECT count(*) FROM ledger_checkpoint") == [(0,)]
    first = signer.step(now())
    assert sql("SELECT note FROM ledger_checkpoint") == [(first,)]
    assert signer.step(now()) is None
    key = note.vkey("log.example", (tmp_path / "signer" / "seed").read_bytes())
    assert note.parse_checkpoint(note.verify(first, [key]).text).size == 3


def test_the_signer_refuses_a_smaller_tree(signer):
    """Attacks 3 and 4: the tail is deleted, or an older backup is put back."""
    write(5)
    Sequencer().drain()
    signer.step(now())
    shrink(3)
    with pytest.raises(SigningRefused, match="rollback"):
        signer.step(now())


def shrink(size):
    hashes = [bytes(item) for (item,) in sql("SELECT leaf_hash FROM ledger_entry WHERE idx < %s ORDER BY idx", size)]
    superuser("DELETE FROM ledger_entry WHERE idx >= %s", size)
    superuser("UPDATE ledger_tree_state SET size = %s, root = %s", size, merkle.root(hashes))


def test_the_signer_refuses_another_root_at_the_same_size(signer):
    write(5)
    Sequencer().drain()
    signer.step(now())
    superuser("UPDATE ledger_tree_state SET root = %s", bytes(32))
    with pytest.raises(SigningRefused, match="fork"):
        signer.step(now())


def test_the_signer_refuses_a_history_recomputed_under_it(signer):
    """Attack 2: leaves edited, every hash, tile and root recomputed, and the log goes on."""
    write(5)
    Sequencer().drain()
    signer.step(now())
    superuser("TRUNCATE ledger_entry")
    with transaction.atomic():
        sql("ALTER TABLE ledger_tile DISABLE TRIGGER ALL")
        sql("TRUNCATE ledger_tile")
    superuser("UPDATE ledger_tree_state SET size = 0, root = %s", merkle.EMPTY_ROOT)
    superuser("UPDATE ledger_record SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'c-1', 'c-9'), 'UTF8')")
    sql("INSERT INTO ledger_pending SELECT id FROM ledger_record")
    write(2, start=20)
    Sequencer().drain()
    with pytest.raises(SigningRefused, match="does not continue"):
        signer.step(now())


def test_the_signer_refuses_a_clock_behind_or_far_ahead(signer):
    """Attack 14."""
    write(1)
    Sequencer().drain()
    signer.step(now())
    write(1, start=5)
    Sequencer().drain()
    with pytest.raises(SigningRefused, match="time did not progress"):
        signer.step(now() - timedelta(seconds=30))
    with pytest.raises(SigningRefused, match="one of them is wrong"):
        signer.step(now() + timedelta(seconds=90))
    assert signer.step(now()) is not None


def test_the_signer_does_not_start_without_its_memory(tmp_path, committed_db):
    write(1)
    Sequencer().drain()
    with psycopg.connect(committed_db) as own:
        folder = SignerFolder(tmp_path / "signer")
        with pytest.raises(SigningRefused, match="memory"):
            Signer(own, folder, "log.example").step(now())
        with pytest.raises(SigningRefused, match="leaves already"):
            initialise(own, folder)


@pytest.mark.parametrize("damaged", ["", "x", "1\nzz\n2026-01-01", "1\n00\n"])
def test_the_signer_does_not_guess_a_damaged_memory(signer, tmp_path, damaged):
    write(1)
    Sequencer().drain()
    (tmp_path / "signer" / "state").write_text(damaged)
    with pytest.raises(SigningRefused, match="memory"):
        signer.step(now())


def test_the_signer_never_forgets(signer, tmp_path):
    with pytest.raises(SigningRefused, match="does not forget"):
        signer.folder.initialise(now())
    for name in ("seed", "state"):
        assert (tmp_path / "signer" / name).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "signer").stat().st_mode & 0o777 == 0o700


def test_the_signers_process(tmp_path, committed_db):
    """`--init`, `--vkey`, then signing until it is told to stop."""
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": committed_db,
        "LEDGER_SIGNER_DIR": str(tmp_path / "signer"),
        "LEDGER_ORIGIN": "log.example",
    }
    command = [sys.executable, "-m", "ledger.signer"]
    common = {"env": environment, "cwd": Path(__file__).resolve().parents[2]}
    made = subprocess.run([*command, "--init"], **common, capture_output=True, text=True, check=True).stdout
    shown = subprocess.run([*command, "--vkey"], **common, capture_output=True, text=True, check=True).stdout
    assert made == shown
    assert subprocess.run([*command, "--init"], **common, capture_output=True, check=False).returncode == 1
    write(2)
    Sequencer().drain()
    with subprocess.Popen(command, **common) as process:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not sql("SELECT 1 FROM ledger_checkpoint"):
            time.sleep(0.1)
        process.terminate()
        assert process.wait(10) == 0
    assert note.verify(sql("SELECT note FROM ledger_checkpoint")[0][0], [made.strip()]).signers == ["log.example"]


def test_without_a_quorum_the_last_checkpoint_stays_up(tmp_path):
    write(2)
    machinery = Machinery.under(tmp_path)
    first = machinery.settle()
    seed = bytes(32)
    rules = policy.parse(
        machinery.policy_file.read_text().replace(
            "quorum none", f"witness w {note.vkey('w.example', seed, cosigner=True)}\nquorum w"
        )
    )
    write(2, start=10)
    Sequencer().drain()
    sign(machinery)
    publisher = Publisher(machinery.public, rules)
    assert publisher.step(now()) is None
    assert published_size(first.public) == 2
    checkpoint = sql("SELECT note FROM ledger_checkpoint WHERE size = 4")[0][0]
    line = note.cosign(checkpoint, "w.example", seed, int(time.time()))
    sql("INSERT INTO ledger_cosignature (size, witness, at, line) VALUES (4, 'w', 1, %s)", line)
    assert publisher.step(now()) == 4
    assert note.verify((first.public / "checkpoint").read_text(), [rules.witnesses["w"].vkey]).signers == ["w.example"]


def sign(machinery):
    with settling.connect() as own:
        Signer(own, machinery.signer_folder, machinery.origin).step(now())


def test_a_folder_ahead_of_the_database_is_never_published_over(tmp_path):
    """A database put back from a backup, with a signer that was put back with it."""
    write(5)
    settled = settle(tmp_path)
    shrink(2)
    with transaction.atomic():
        for table in ("published", "checkpoint"):
            sql(f"ALTER TABLE ledger_{table} DISABLE TRIGGER ALL")
            sql(f"DELETE FROM ledger_{table}")
    (tmp_path / "signer" / "state").unlink()
    SignerFolder(tmp_path / "signer").initialise(now() - timedelta(seconds=5))
    sql("DELETE FROM ledger_pending")
    with pytest.raises(RolledBack):
        settle(tmp_path)
    assert published_size(settled.public) == 5


def test_a_rebuilt_folder_is_the_published_one_byte_by_byte(tmp_path):
    for start in (1, 100, 400):
        write(260, start=start)
        settled = settle(tmp_path / "log")
    machinery = Machinery.under(tmp_path / "log")
    assert Publisher(settled.public, machinery.rules()).rebuild(tmp_path / "again") == 780
    again = {path.relative_to(tmp_path / "again"): path.read_bytes() for path in files(tmp_path / "again")}
    assert again == {path: (settled.public / path).read_bytes() for path in again}
    assert len(again) == 1 + 2 * 4 + 1
    # Partial tiles went when their full ones came; what is left over serves readers of older checkpoints.
    left = {str(path.relative_to(settled.public)) for path in files(settled.public)} - {str(path) for path in again}
    assert left == {"policy", "tile/1/000.p/1", "tile/1/000.p/2"}


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]
