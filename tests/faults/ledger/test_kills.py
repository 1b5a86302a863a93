"""kill -9 at every step from decision to published checkpoint: after a restart nothing is lost, doubled or forked."""

import os
import signal
from unittest import mock

import pytest

from ledger import cosigning, publisher, sequencer
from ledger.publisher import published_size
from ledger.sequencer import Sequencer
from ledger.verify.audit import audit
from ledger.verify.source import open_source
from tests.faults.ledger.installation import dying, ended, forked, running, wait_for
from tests.ledger.harness import invariants, sql, write

pytestmark = pytest.mark.fault


@pytest.fixture
def log(committed_db, tmp_path):
    with running(committed_db, tmp_path / "log") as site:
        yield site


def whole(log, size):
    """Readers saw a whole log all the time, and the next rounds finish what the dead one began."""
    source, rules = open_source(str(log.public)), log.machinery.rules()
    assert audit(source, rules).size <= size
    log.work_until(size)
    assert invariants() == audit(source, rules).size == size
    sizes = [found for (found,) in sql("SELECT size FROM ledger_checkpoint ORDER BY size")]
    assert sizes == sorted(set(sizes))
    assert sizes[-1] == size
    assert not log.machinery.board.alarm()


def kill_self(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)


def then_kill(genuine):
    def run(*arguments, **options):
        genuine(*arguments, **options)
        kill_self()

    return run


WORKER = [
    (sequencer.Sequencer, "_store_entries"),
    (sequencer.Sequencer, "_store_tiles"),
    (sequencer.Sequencer, "_clear"),
    (sequencer.Sequencer, "_advance"),
    (cosigning.Cosigners, "_store"),
    (publisher.PublicFolder, "write_tiles"),
    (publisher.PublicFolder, "write_checkpoint"),
    (publisher.Publisher, "_record"),
    (publisher.PublicFolder, "drop_partial"),
]


def test_the_worker_is_killed_after_each_of_its_steps(log):
    """One worker for each step, and one before the first write of each kind; each begins where the last one died."""
    size = 5
    for owner, step in WORKER:
        size += 90
        write(90, start=size)
        if owner is not sequencer.Sequencer:
            Sequencer().drain()
            wait_for(lambda: sql("SELECT max(size) FROM ledger_checkpoint") == [(size,)])  # noqa: B023
        with mock.patch.object(owner, step, then_kill(getattr(owner, step))):
            child = forked(lambda: [log.machinery.tick() for _ in range(50)])
            assert ended(child) == signal.SIGKILL, step
        assert published_size(log.public) in (size, size - 90)
        whole(log, size)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_the_signer_is_killed_around_its_steps(log, after):
    size = 5
    for point in ("SignerFolder.remember", "Signer._sign", "Signer._check_growth"):
        size += 3
        log.stop("signer")
        log.start("signer", change=dying(point, after=after))
        write(3, start=size)
        Sequencer().drain()
        assert log.died("signer"), point
        remembered = log.machinery.signer_folder.recall().size
        assert remembered == (
            size - 3 if point == "Signer._check_growth" or (point, after) == ("SignerFolder.remember", False) else size
        )
        assert sql("SELECT max(size) FROM ledger_checkpoint") == [(size - 3,)]
        log.start("signer")
        whole(log, size)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_the_witness_is_killed_around_its_memory(log, after):
    log.stop("witness")
    change = "from ledger.witness.protocol import WitnessFolder\nprogram.WitnessFolder = WitnessFolder\n"
    log.start("witness", change=change + dying("WitnessFolder.remember", after=after))
    write(3, start=20)

    def gone():
        log.machinery.tick()
        return log.processes["witness"].poll() is not None

    wait_for(gone)
    assert log.died("witness")
    assert published_size(log.public) == 5
    assert log.machinery.witness_folder.recall(log.machinery.origin).size == (8 if after else 5)
    log.start("witness")
    whole(log, 8)


def test_9_three_workers_at_once(log):
    write(400, start=20)
    children = [forked(lambda: [log.machinery.tick() for _ in range(20)]) for _ in range(3)]
    assert [ended(child) for child in children] == [0, 0, 0]
    whole(log, 405)
