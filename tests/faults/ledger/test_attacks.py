"""The attacks of the design against a running log, each with what must catch it."""

import json
import shutil
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import DatabaseError, connection, transaction

from ledger import entry, inspection, merkle, note, policy, tiles
from ledger.cosigning import RolledBack, over_address_file
from ledger.publisher import published_size
from ledger.sequencer import Sequencer
from ledger.signer import Memory
from ledger.witness.protocol import request_body
from tests import databases
from tests.conftest import point_at
from tests.faults.ledger.installation import running, served, wait_for
from tests.ledger.harness import rewrite, shrink, sql, superuser, verify, write

pytestmark = pytest.mark.fault


@pytest.fixture
def log(committed_db, tmp_path):
    with running(committed_db, tmp_path / "log") as site:
        yield site


def audit(log, where=None):
    return verify("audit", where or log.public, "--policy", log.machinery.policy_file)


def put_signer_back(log, size, root):
    """Whoever has the signer's machine too: its memory says what they like."""
    log.stop("signer")
    log.machinery.signer_folder.remember(Memory(size, root, datetime.now(UTC) - timedelta(minutes=1)))


def forget_checkpoints(size):
    with transaction.atomic():
        for table in ("published", "cosignature", "checkpoint"):
            sql(f"ALTER TABLE ledger_{table} DISABLE TRIGGER ALL")
            sql(f"DELETE FROM ledger_{table} WHERE size > %s", size)


def alarmed(log, match):
    """The next round of the worker stops the log, and the one after does nothing."""
    with pytest.raises(RolledBack, match=match):
        wait_for(log.machinery.tick)
    assert match in log.machinery.board.alarm()
    waiting = sql("SELECT count(*) FROM ledger_pending")[0][0]
    shown = published_size(log.public)
    write(1, start=900)
    log.machinery.tick()
    assert sql("SELECT count(*) FROM ledger_pending") == [(waiting + 1,)]
    assert published_size(log.public) == shown


def evidence(log):
    """The log's own signature under what the witness refused."""
    (kept,) = (log.folder / "witness" / "evidence").iterdir()
    signed = kept.read_bytes().partition(b"\n\n")[2].decode()
    return note.parse_checkpoint(note.verify(signed, log.machinery.rules().logs).text)


def test_1_a_superuser_edits_a_leaf(log):
    superuser(
        "UPDATE ledger_record SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'c-2', 'c-8'), 'UTF8')"
        " WHERE id = (SELECT record_id FROM ledger_entry WHERE idx = 1)"
    )
    assert any("entry 1: the leaf does not hash" in said for said in inspection.problems(log.machinery))
    write(1, start=10)
    log.work_until(6)
    found = audit(log)
    assert found.returncode == 1
    assert "another root" in found.stderr


def test_2_history_is_rewritten_and_its_tree_recomputed(log):
    before = (log.public / "checkpoint").read_text()
    rewrite()
    write(2, start=20)
    Sequencer().drain()
    assert "does not continue" in log.complaint()
    assert (log.public / "checkpoint").read_text() == before
    # With the signer's machine taken as well, the witness is left.
    put_signer_back(log, 0, merkle.EMPTY_ROOT)
    log.start("signer")
    wait_for(lambda: sql("SELECT count(*) FROM ledger_checkpoint WHERE size = 7") == [(1,)])
    alarmed(log, "does not continue the one it saw at 5")
    assert evidence(log).size == 7
    assert (log.public / "checkpoint").read_text() == before
    assert audit(log).returncode == 0


def test_3_the_tail_is_deleted(log):
    root = shrink(3)
    assert "rollback: 5 leaves were signed, the database has 3" in log.complaint()
    assert any("larger than the tree" in said for said in inspection.problems(log.machinery))
    # The signer's memory and the checkpoints are put back too: the public folder is left.
    forget_checkpoints(3)
    put_signer_back(log, 0, merkle.EMPTY_ROOT)
    log.start("signer")
    alarmed(log, "the public folder shows 5 leaves")
    log.machinery.board.silence(datetime.now(UTC))
    # And the public folder: the witness is left.
    (log.public / "checkpoint").unlink()
    wait_for(lambda: sql("SELECT count(*) FROM ledger_checkpoint WHERE size = 3") == [(1,)])
    sql("DELETE FROM ledger_pending")
    alarmed(log, "saw 5 leaves, this database has 3 signed")
    assert sql("SELECT root FROM ledger_tree_state") == [(root,)]


def test_4_an_older_backup_is_restored_and_goes_on_differently(log, committed_db, tmp_path):
    connection.close()
    name = urlsplit(committed_db).path[1:]
    log.stop("signer")
    with databases.clone(databases.with_name(committed_db, "postgres"), name, f"{name}_backup") as restored:
        shutil.copytree(log.folder / "signer", tmp_path / "signer-backup")
        log.start("signer")
        write(3, start=30)
        log.work_until(8)
        log.stop("signer")
        try:
            point_at(restored)
            log.environment["DATABASE_URL"] = restored
            log.start("signer")
            assert "rollback: 8 leaves were signed, the database has 5" in log.complaint()
            write(4, start=50)
            Sequencer().drain()
            wait_for(lambda: "fork" in (log.machinery.signer_folder.complaint() or ""))
            # The signer's folder and the public one come from the same backup.
            log.stop("signer")
            for name in ("seed", "state"):
                shutil.copy(tmp_path / "signer-backup" / name, log.folder / "signer" / name)
            (log.public / "checkpoint").unlink()
            log.start("signer")
            wait_for(lambda: sql("SELECT count(*) FROM ledger_checkpoint WHERE size = 9") == [(1,)])
            alarmed(log, "does not continue the one it saw at 8")
            assert evidence(log).size == 9
        finally:
            log.stop("signer")
            connection.close()
            point_at(committed_db)


def own_note(log, hashes, size=None):
    """A checkpoint under the log's stolen key."""
    size = len(hashes) if size is None else size
    text = note.checkpoint_text(log.machinery.origin, size, merkle.root(hashes[:size]))
    return note.join(text, [note.sign(text, log.machinery.origin, log.machinery.signer_folder.seed())])


def hashes():
    return [bytes(item) for (item,) in sql("SELECT leaf_hash FROM ledger_entry ORDER BY idx")]


def ask(log, old, path, signed):
    return over_address_file(log.machinery.witness_folder.address)(request_body(old, path, signed))


def test_6_two_histories_are_shown_to_two_people(log, tmp_path):
    shown = (log.public / "checkpoint").read_text()
    other = [*hashes()[:4], entry.leaf_hash(b"another fifth")]
    second = own_note(log, other)
    assert ask(log, 5, [], second).status == 422
    rules = log.machinery.rules()
    with pytest.raises(policy.PolicyUnmet, match="quorum"):
        rules.check(second)
    for name, text in (("first", shown), ("second", second)):
        (tmp_path / name).write_text(text)
    words = ["consistency", tmp_path / "first", tmp_path / "second", "--log", log.public]
    assert verify(*words, "--policy", log.machinery.policy_file).returncode == 1
    # Two notes of one size under one key and two roots convict whoever holds the key; the witness kept the second.
    first, again = (note.parse_checkpoint(note.verify(text, rules.logs).text) for text in (shown, second))
    assert (first.size, first.root) != (again.size, again.root)
    assert first.size == again.size
    assert evidence(log) == again


def test_7_an_old_checkpoint_is_replayed(log, tmp_path):
    public = tmp_path / "mirror"
    shutil.copytree(log.public, public)
    with served(public) as url:
        assert audit(log, url).returncode == 0
        own = own_note(log, hashes())
        seed, at = log.machinery.witness_folder.seed(), int(time.time()) - 901
        old = own + note.cosign(own, f"{log.machinery.origin}/witness", seed, at)
        (public / "checkpoint").write_text(old)
        found = audit(log, url)
        assert (found.returncode, "quorum" in found.stderr) == (1, True)
    # A copy in one's own hands may be of any day: there only the leaves are too young for that cosignature.
    found = audit(log, public)
    assert ("quorum" in found.stderr, "refused: leaf 0: dated" in found.stderr) == (False, True)


def test_14_clocks(log):
    """Back and ahead: the signer signs nothing; a witness that went back cosigns nothing; a leaf is refused."""
    shifted = "class Shifted(datetime):\n    @classmethod\n    def now(cls, zone=None):\n        return datetime.now(zone) + timedelta({})\nprogram.datetime = Shifted"
    write(1, start=60)
    for shift, complaint in (("minutes=-5", "time did not progress"), ("minutes=5", "one of them is wrong")):
        log.stop("signer")
        log.machinery.signer_folder.complain(None)
        log.start("signer", change=shifted.format(shift))
        assert complaint in log.complaint()
    assert published_size(log.public) == 5
    log.stop()
    log.start("signer")
    clock = "import ledger.witness.protocol as p, time\nreal = time.time\np.Witness.__init__.__defaults__ = (lambda: real() - 300,)"
    log.start("witness", change=clock)

    def complained():
        log.machinery.tick()
        return "503" in getattr(log.machinery.board.complaints().get("local"), "why", "")

    wait_for(complained)
    assert published_size(log.public) == 5
    log.stop("witness")
    log.start("witness")
    log.work_until(6)
    (leaf,) = sql("SELECT convert_from(leaf, 'UTF8') FROM ledger_record ORDER BY id DESC LIMIT 1")[0]
    late = json.loads(leaf) | {"at": f"{datetime.now(UTC) + timedelta(minutes=2):%Y-%m-%dT%H:%M:%S.000000Z}"}
    with pytest.raises(DatabaseError, match="is not now"):
        sql("SELECT ledger_append('t', '1', convert_to(%s, 'UTF8'))", json.dumps(late))


def test_16_a_mirror_forges_a_tile(log, tmp_path):
    """One bit anywhere, over HTTP; and in a tree of 70,000, where upper tiles are read that no leaf is hashed from."""
    public = tmp_path / "mirror"
    shutil.copytree(log.public, public)
    with served(public) as url:
        for name in ("tile/0/000.p/5", "tile/entries/000.p/5"):
            data = (public / name).read_bytes()
            (public / name).write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
            assert audit(log, url).returncode == 1
            (public / name).write_bytes(data)
        assert audit(log, url).returncode == 0
    many = [entry.leaf_hash(b"%d" % number) for number in range(70_000)]
    made, root = tiles.extend(0, many, {}.__getitem__)
    for forged in [tile for tile in made if tile.level > 0 or tile.n in (0, 273)]:
        data = made[forged]
        tree = tiles.Tree(70_000, (made | {forged: data[:-1] + bytes([data[-1] ^ 1])}).__getitem__)
        refused = []
        for index in (5, 69_999):
            try:
                merkle.verify_inclusion(many[index], index, 70_000, tree.inclusion_proof(index), root)
            except merkle.ProofError:
                refused.append(index)
        assert refused, forged


def test_26_the_logs_key_is_stolen(log, tmp_path):
    """Without the quorum it convinces nobody; with the witness it cannot rewrite; what it adds, the log notices."""
    forged, leaf = tmp_path / "forged", entry.leaf_hash(b"never decided")
    shutil.copytree(log.public, forged)
    more = [*hashes(), leaf]
    signed = own_note(log, more)
    (forged / "checkpoint").write_text(signed)
    assert audit(log, forged).returncode == 1
    rewritten = [leaf, *hashes()]
    assert ask(log, 5, merkle.consistency_proof(rewritten, 5, 6), own_note(log, rewritten)).status == 422
    assert ask(log, 5, merkle.consistency_proof(more, 5, 6), signed).status == 200
    write(1, start=70)
    wait_for(lambda: Sequencer().step() or sql("SELECT count(*) FROM ledger_checkpoint WHERE size = 6") == [(1,)])
    alarmed(log, "does not continue the one it saw at 6")
