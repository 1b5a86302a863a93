"""Drills against running processes: a new key of the log, a new key-encryption key, a stolen key."""

import shutil
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from ledger import log as ledger
from ledger import merkle, note, openings, policy, rotation
from ledger.models import Record, SubjectKey
from ledger.settling import database_now
from ledger.signer import newest_vkey, vkey
from ledger.witness.protocol import request_body
from tests.faults.ledger.installation import running, wait_for
from tests.ledger.harness import verify, write

pytestmark = pytest.mark.fault


@pytest.fixture
def log(committed_db, tmp_path):
    with running(committed_db, tmp_path / "log") as site:
        yield site


def signers(log):
    """How many keys of the log signed the published checkpoint."""
    lines = (log.public / "checkpoint").read_text().rpartition("\n\n")[2].splitlines()
    return len({line.split()[2] for line in lines if line.split()[1] == log.machinery.origin})


def audit(log, rules):
    return verify("audit", log.public, "--policy", rules).returncode


def test_a_new_key_of_the_log(log, tmp_path):
    """begin → both sign → thirty days → retire; who holds an older policy or an older proof can check all along."""
    folder, origin = log.machinery.signer_folder, log.machinery.origin
    old_policy, old_key, seed = tmp_path / "old", vkey(folder, origin), folder.seed()
    shutil.copy(log.machinery.policy_file, old_policy)
    first = Record.objects.order_by("id").first()
    (tmp_path / "leaf").write_bytes(bytes(first.leaf))
    (tmp_path / "proof").write_text(ledger.prove(first.leaf_id))

    folder.begin_rotation()
    new_key = newest_vkey(folder, origin)
    rotation.begin(log.machinery, new_key)
    log.work_until(7)
    assert signers(log) == 2
    assert log.machinery.rules().logs == (old_key, new_key)
    both = tmp_path / "both"
    shutil.copy(log.machinery.policy_file, both)
    assert (audit(log, old_policy), audit(log, both)) == (0, 0)
    with pytest.raises(rotation.RotationRefused, match="under way"):
        rotation.begin(log.machinery, new_key)
    with pytest.raises(rotation.RotationRefused, match="30 days"):
        rotation.retire(log.machinery, database_now() + timedelta(days=29))

    rotation.retire(log.machinery, database_now() + timedelta(days=31))
    folder.retire()
    log.work_until(8)
    write(1, start=50)
    log.work_until(9)
    assert signers(log) == 1
    assert vkey(folder, origin) == new_key
    assert (audit(log, log.machinery.policy_file), audit(log, both), audit(log, old_policy)) == (0, 0, 1)
    receipt = ("proof", tmp_path / "proof", "--leaf", tmp_path / "leaf", "--policy")
    assert [verify(*receipt, rules).returncode for rules in (old_policy, both)] == [0, 0]
    assert [key.vkey for key in rotation.keys(log.machinery)] == [old_key, new_key]
    assert [key.retired_at is None for key in rotation.keys(log.machinery)] == [False, True]
    with pytest.raises(rotation.RotationRefused):
        rotation.retire(log.machinery, database_now())
    the_old_key_is_worth_nothing(log, seed)


def the_old_key_is_worth_nothing(log, seed):
    """The witness forgot it: what it alone signs is refused, even as an honest continuation."""
    text, _ = note.split((log.public / "checkpoint").read_text())
    size = note.parse_checkpoint(text).size
    alone = note.join(text, [note.sign(text, log.machinery.origin, seed)])
    assert log.machinery._witness().add_checkpoint(request_body(size, [], alone)).status == 403


def test_a_new_key_encryption_key(committed_db, tmp_path):
    """Every value stays readable at every moment, a run that stopped half-way goes on, the old file is then worthless."""
    with override_settings(LEDGER={**settings.LEDGER, "KEK_FILE": tmp_path / "kek"}):
        with transaction.atomic():
            leaves = write(3)
        before, was = openings.current_kek_id(), (tmp_path / "kek").read_bytes()
        opened = [ledger.open_leaf(leaf) for leaf in leaves]
        openings.replace_kek()
        with transaction.atomic():
            late = write(1, start=9)
        assert [ledger.open_leaf(leaf) for leaf in leaves] == opened
        with pytest.raises(ledger.KeyUnavailable, match="wrapped under another"):
            openings.drop_previous_kek()
        with pytest.raises(ledger.KeyUnavailable, match="finish the rotation"):
            rotation.rotate_kek()
        assert rotation.rewrap() == SubjectKey.objects.count()
        assert openings.drop_previous_kek()
        assert not openings.drop_previous_kek()
        count = rotation.rotate_kek()
        assert count == SubjectKey.objects.count()
        assert openings.drop_previous_kek()
        assert [ledger.open_leaf(leaf) for leaf in leaves] == opened
        assert len(ledger.open_leaf(late[0])) == 2
        assert not SubjectKey.objects.filter(kek_id=before).exists()
        (tmp_path / "kek").write_bytes(was)
        with pytest.raises(ledger.KeyUnavailable):
            ledger.open_leaf(leaves[0])


def test_stolen_key_drill(log, tmp_path):
    """Whoever holds the log's key signs another history: without the quorum nobody takes it, and the two notes are proof."""
    seed, origin = log.machinery.signer_folder.seed(), log.machinery.origin
    text = note.checkpoint_text(origin, 6, merkle.root([bytes([n]) * 32 for n in range(6)]))
    forged = note.join(text, [note.sign(text, origin, seed)])
    with pytest.raises(policy.PolicyUnmet):
        log.machinery.rules().check(forged)
    answer = log.machinery._witness().add_checkpoint(request_body(5, [], forged))
    assert answer.status == 422
    (kept,) = (log.folder / "witness" / "evidence").iterdir()
    assert forged.encode() in kept.read_bytes()
    write(1, start=20)
    log.work_until(6)
    assert audit(log, log.machinery.policy_file) == 0
    wait_for(lambda: log.machinery.signer_folder.complaint() is None)
