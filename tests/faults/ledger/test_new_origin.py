"""The drill after a stolen key: a new name, whose first leaf holds the old log's last size and root, over running processes."""

import shutil

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import override_settings

from ledger import log as ledger
from ledger import merkle, note, policy, rotation, settling, succession
from ledger.models import Record
from ledger.publisher import published_size
from ledger.signer import Signer, SigningRefused, initialise, vkey
from ledger.witness.protocol import request_body
from tests.faults.ledger.installation import Installation, running
from tests.ledger.harness import Crash, crash_at, invariants, leaves, sql, superuser, verify, write
from tests.ledger.oracle import Oracle, read_leaves

pytestmark = pytest.mark.fault
NEW = "log.madang.example/second"


@pytest.fixture
def log(committed_db, tmp_path):
    with running(committed_db, tmp_path / "log") as site:
        yield site


@pytest.fixture
def named(log):
    """The settings of an installation whose operator wrote the new name into them."""
    places = {
        "ORIGIN": NEW,
        "PUBLIC_DIR": log.public,
        "SIGNER_DIR": log.folder / "signer",
        "WITNESS_DIR": log.folder / "witness",
        "STATE_DIR": log.folder / "state",
        "POLICY_FILE": log.machinery.policy_file,
    }
    with override_settings(LEDGER={**settings.LEDGER, **places}):
        yield log


def restarted(log, committed_db):
    """The same folders under the new name, with processes of their own."""
    after = Installation(committed_db, log.folder)
    after.machinery = settling.Machinery.installed()
    after.environment["LEDGER_ORIGIN"] = NEW
    return after


def test_a_stolen_key_ends_one_log_and_another_goes_on(named, committed_db, tmp_path, capsys):
    """Every old decision has a proof under the new name; what is signed with the stolen key is worth nothing there."""
    log, seed, kept = named, named.machinery.signer_folder.seed(), tmp_path / "kept"
    shutil.copytree(log.public, kept)
    old, old_leaves = shutil.copy(log.machinery.policy_file, tmp_path / "old-policy"), read_leaves(log.public)
    before = log.machinery.rules().check((log.public / "checkpoint").read_text())
    write(2, start=50)  # recorded after the last checkpoint that was published
    log.stop()
    call_command("ledger_new_origin")
    told = capsys.readouterr().out
    assert f"{before.origin} ended with 5 leaves, root {before.root.hex()}" in told
    call_command("ledger_new_origin")  # a second run finds nothing left to do
    for table in succession.OF_THE_NAME:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            sql(f"TRUNCATE ledger_{table} CASCADE")

    after = restarted(log, committed_db)
    after.start()
    try:
        size = sql("SELECT count(*) FROM ledger_record")[0][0]
        after.work_until(size)
        write(1, start=70)
        after.work_until(size + 1)
        assert invariants() == size + 1
        first = read_leaves(after.public)[0]
        assert f'"root":"{before.root.hex()}","size":5'.encode() in first
        assert read_leaves(after.public)[1:6] == old_leaves
        rules = ("--policy", after.machinery.policy_file)
        former = ("--former", kept / "checkpoint", old)
        assert verify("audit", after.public, *rules, *former).returncode == 0
        assert Oracle(after.machinery.policy_file, tmp_path).everything(after.public) == size + 1
        assert verify("audit", after.public, "--policy", old).returncode == 1
        # A decision of the former log, proved under the new one.
        oldest = Record.objects.order_by("id").first()
        (tmp_path / "leaf").write_bytes(bytes(oldest.leaf))
        (tmp_path / "proof").write_text(ledger.prove(oldest.leaf_id))
        assert verify("proof", tmp_path / "proof", "--leaf", tmp_path / "leaf", *rules).returncode == 0
        # Cases go on: the next leaf of a row refers to the one that the former log held.
        write(1, start=1)
        assert leaves()[-1]["refs"] == [str(oldest.leaf_id)]
        after.work_until(size + 2)
        assert [key.vkey for key in rotation.keys(after.machinery)] == list(after.machinery.rules().logs)
        the_thief_gets_nowhere(after, before, seed)
    finally:
        after.stop()


def the_thief_gets_nowhere(after, before, seed):
    """Neither the witness nor the policy knows the stolen key any more, under either name."""
    for name in (before.origin, NEW):
        text = note.checkpoint_text(name, 6, merkle.root([bytes([n]) * 32 for n in range(6)]))
        forged = note.join(text, [note.sign(text, name, seed)])
        assert after.machinery._witness().add_checkpoint(request_body(5, [], forged)).status in (403, 404)
        with pytest.raises((policy.PolicyUnmet, note.NoteError)):
            after.machinery.rules().check(forged)


def test_it_goes_on_only_from_what_was_published(named):
    """Not under the same name, not from a database with other leaves."""
    log = named
    log.stop()
    same = {**settings.LEDGER, "ORIGIN": log.machinery.origin}
    with override_settings(LEDGER=same), pytest.raises(CommandError, match="LEDGER_ORIGIN is to name the new log"):
        call_command("ledger_new_origin")
    edit = "UPDATE ledger_record SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '\"c-{}\"', '\"c-{}\"'), 'UTF8')"
    superuser(edit.format(2, 8))
    with pytest.raises(CommandError, match="does not hold the 5 leaves"):
        call_command("ledger_new_origin")
    assert (sql("SELECT size FROM ledger_tree_state"), published_size(log.public)) == ([(5,)], 5)
    superuser(edit.format(8, 2))
    # Cut off at two moments: the log stands still until another run has finished it.
    for step in ("_take_places", "_inherit"):
        with crash_at(succession, step), pytest.raises(Crash):
            call_command("ledger_new_origin")
        assert NEW in log.machinery.board.alarm()
    call_command("ledger_new_origin")
    assert log.machinery.board.alarm() is None
    # The beginning once, five leaves taken over, the new policy, and the three files that readers use.
    assert settling.Machinery.installed().settle().size == 1 + 5 + 1 + 3
    assert [leaf["type"] for leaf in leaves()].count("ledger.genesis/2") == 1


def test_the_audit_holds_a_new_log_against_the_former_one(named, committed_db, tmp_path):
    """Refused: a former checkpoint that the new log did not take over, and a new log that took over something else."""
    log, kept = named, tmp_path / "kept"
    shutil.copytree(log.public, kept)
    old = shutil.copy(log.machinery.policy_file, tmp_path / "old-policy")
    seeds = log.machinery.signer_folder.seed(), log.machinery.witness_folder.seed()
    log.stop()
    call_command("ledger_new_origin")
    settling.Machinery.installed().settle()
    rules = ("--policy", log.machinery.policy_file)
    assert verify("audit", log.public, *rules, "--former", kept / "checkpoint", old).returncode == 0
    # The former log had one more leaf, which the new one does not have.
    hashes = [
        bytes(item) for (item,) in sql("SELECT leaf_hash FROM ledger_entry WHERE idx BETWEEN 1 AND 5 ORDER BY idx")
    ]
    text = note.checkpoint_text(log.machinery.origin, 6, merkle.root([*hashes, bytes(32)]))
    signed = note.join(text, [note.sign(text, log.machinery.origin, seeds[0])])
    signed += note.cosign(text, f"{log.machinery.origin}/witness", seeds[1], 1_800_000_000)
    (kept / "longer").write_text(signed)
    found = verify("audit", log.public, *rules, "--former", kept / "longer", old)
    assert (found.returncode, "took over 5" in found.stderr) == (1, True)
    # A log that goes on from nobody.
    found = verify("audit", kept, "--policy", old, "--former", kept / "checkpoint", old)
    assert (found.returncode, "names no former one" in found.stderr) == (1, True)


def test_a_signer_elsewhere_begins_anew_only_where_nothing_is_signed_under_its_name(named, tmp_path):
    log = named
    log.stop()
    folder = settling.SignerFolder(tmp_path / "elsewhere")
    with settling.connect() as own:
        with pytest.raises(SigningRefused, match="bring the signer's folder back"):
            initialise(own, folder)
        with pytest.raises(SigningRefused, match="signed already"):
            initialise(own, folder, succeeding=log.machinery.origin)
        initialise(own, folder, succeeding=NEW)
        key = vkey(folder, NEW)
        call_command("ledger_new_origin", "--vkey", key)
        assert Signer(own, folder, NEW).step(settling.database_now()) is not None
    assert settling.Machinery.installed().rules().logs == (key,)
    assert not (log.folder / "signer" / "seed").exists()
