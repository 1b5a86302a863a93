"""Erasure, then proof, on a running log: what was proved stays proved, what was sealed opens nowhere again (I11)."""

import io
import zipfile

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from ledger import log as ledger
from ledger import openings
from ledger.models import Opening
from tests.faults.ledger.installation import running
from tests.ledger.harness import Decision, Officer, note, sql, verify
from tests.ledger.oracle import Oracle

pytestmark = pytest.mark.fault
KEY, SECRET = "organisation:77", "010-9876-5432"


class Founder:
    """Whom the leaf is about."""

    def ledger_keys(self):
        return {KEY}


@pytest.fixture
def log(committed_db, tmp_path):
    with (
        running(committed_db, tmp_path / "log") as site,
        override_settings(LEDGER={**settings.LEDGER, "POLICY_FILE": site.machinery.policy_file}),
    ):
        yield site


def unpacked(leaf_id, folder):
    """The receipt as its reader keeps it."""
    folder.mkdir()
    zipfile.ZipFile(io.BytesIO(ledger.receipt(leaf_id, Founder()))).extractall(folder)
    return folder


def offline(folder):
    """Exit codes of the proof and of the openings, checked without the portal."""
    leaf = ("--leaf", folder / "leaf.json")
    proof = verify("proof", folder / "leaf.tlog-proof", *leaf, "--policy", folder / "policy")
    return proof.returncode, verify("opening", folder / "openings.json", *leaf).returncode


def test_23_erasure_then_proof(log, tmp_path):
    with transaction.atomic():
        leaf_id = note(private={"reason": SECRET})
        mine = ledger.append("trial.note.written", row=Decision(77, key=KEY, name="김창업"), by=Officer(), data={})
    log.work_until(7)
    before = unpacked(mine, tmp_path / "before")
    assert offline(before) == (0, 0)
    assert "김창업" in (before / "openings.json").read_text()
    backup = sql("SELECT record_id, path, key_id, nonce, ciphertext FROM ledger_opening WHERE key_id = %s", openings.key_id(KEY))  # fmt: skip

    ledger.erase(KEY, basis="request", by=ledger.SYSTEM)
    log.work_until(8)
    after = unpacked(mine, tmp_path / "after")
    assert not (after / "openings.json").exists()
    assert (after / "leaf.json").read_bytes() == (before / "leaf.json").read_bytes()
    proof = ("proof", after / "leaf.tlog-proof", "--leaf", after / "leaf.json", "--policy", after / "policy")
    assert verify(*proof).returncode == 0
    # What the person kept is theirs: the old receipt still opens, and what it proves still stands.
    assert offline(before) == (0, 0)
    assert verify("audit", log.public, "--policy", log.machinery.policy_file).returncode == 0
    assert Oracle(log.machinery.policy_file, tmp_path).everything(log.public) == 8
    assert [given["path"] for given in ledger.open_leaf(leaf_id)] == ["actor.c", "data.reason_c", "subject.c"]

    # The rows come back from a backup, the key does not.
    for row in backup:
        sql("INSERT INTO ledger_opening (record_id, path, key_id, nonce, ciphertext) VALUES (%s, %s, %s, %s, %s)", *row)
    assert Opening.objects.filter(key_id=openings.key_id(KEY)).count() == len(backup) > 0
    assert [given["path"] for given in ledger.open_leaf(mine)] == ["actor.c"]
