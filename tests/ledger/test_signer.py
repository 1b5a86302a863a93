"""What the signer signs, what it refuses, and how its process starts."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from ledger import note
from ledger.sequencer import Sequencer
from ledger.signer import Signer, SignerFolder, SigningRefused, initialise
from tests.ledger.harness import Crash, crash_at, rewrite, shrink, sql, superuser, write

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def signer(tmp_path, committed_db):
    """A signer of its own, initialised while the tree is empty."""
    with psycopg.connect(committed_db) as own:
        folder = SignerFolder(tmp_path / "signer")
        initialise(own, folder)
        yield Signer(own, folder, "log.example")


def now():
    return datetime.now(UTC)


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
    rewrite()
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


def test_a_primary_is_no_standby(signer, committed_db):
    """The real standby is in tests/faults/ledger."""
    write(1)
    Sequencer().drain()
    with psycopg.connect(committed_db) as other:
        signer.standby = other
        with pytest.raises(SigningRefused, match="is a primary"):
            signer.step(now())
    assert signer.folder.recall().size == 0
