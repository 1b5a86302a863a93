"""Independent readings of the formats: another verifier and another witness, by others, agree with ours."""

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from ledger import entry, merkle, note, policy, reading, settling
from ledger.cosigning import over_http
from ledger.publisher import Publisher
from ledger.sequencer import Sequencer
from ledger.settling import Machinery
from ledger.signer import Signer
from ledger.witness.protocol import request_body
from tests.ledger.harness import settle, sql, write
from tests.ledger.mutations import Verdicts, expected
from tests.ledger.oracle import Oracle, proofs, read_leaves

SIZES = (1, 5, 256, 300)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """One log for all questions of this module, filled by the first that asks."""
    return SimpleNamespace(folder=tmp_path_factory.mktemp("oracle"), settled=None, exported={}, checkpoints={})


@pytest.fixture
def grown(world, request):
    """A log that grew over several checkpoints, with what it exported at the end."""
    if world.settled is None:
        request.getfixturevalue("committed_db")
        have = 0
        for size in SIZES:
            write(size - have, start=have + 1)
            have = size
            world.settled = settle(world.folder / "log")
            saved = world.folder / f"checkpoint-{size}"
            shutil.copy(world.settled.public / "checkpoint", saved)
            world.checkpoints[size] = saved
        for (leaf_id,) in sql("SELECT leaf_id FROM ledger_record ORDER BY id"):
            world.exported[leaf_id] = (reading.prove(leaf_id), reading.leaf(leaf_id))
        world.paths = {old: reading.consistency(old, 300) for old in SIZES}
    return world


@pytest.fixture
def oracle(grown, tmp_path):
    return Oracle(grown.settled.policy, tmp_path)


def head(path):
    return note.parse_checkpoint(note.split(path.read_text())[0])


def test_another_verifier_accepts_every_tile_and_every_proof(grown, oracle):
    assert oracle.everything(grown.settled.public, iter(range(0, 300, 37))) == 300
    exported = list(grown.exported.values())
    for text, leaf in exported[::29]:
        oracle.proof(text, leaf)
    oracle.all_proofs(exported)
    for size in SIZES:
        oracle.growth(grown.settled.public, grown.checkpoints[size])
        oracle.consistency(head(grown.checkpoints[size]), head(grown.checkpoints[300]), grown.paths[size])
    assert [text for text, _ in proofs(grown.settled.public)] == [text for text, _ in grown.exported.values()]


def test_both_refuse_every_change_and_accept_what_is_unchanged(grown, tmp_path):
    """Every mutation of every list, with both verdicts: a log, a proof file, a path of consistency."""
    assert Verdicts(grown.settled.public, grown.settled.policy, tmp_path).everything() == expected()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def stranger(tmp_path):
    """aics-witness as a process on loopback; asked for a log, it answers where it is and under which key."""
    home, program = tmp_path / "stranger", [sys.executable, "-m", "aics_witness"]
    home.mkdir()
    config = ["--config", str(home / "witness.json")]

    def call(*words):
        return subprocess.run([*program, *words, *config], capture_output=True, text=True, check=True, cwd=home).stdout

    vkey = call("init", "--name", "stranger.example/w").split()[-1]
    with contextlib.ExitStack() as stack:

        def knows(origin, log_vkey):
            call("add-log", "--origin", origin, "--vkey", log_vkey)
            port = free_port()
            process = subprocess.Popen([*program, "serve", "--listen", f"127.0.0.1:{port}", *config], cwd=home)
            stack.callback(process.wait, 20)
            stack.callback(process.terminate)
            until = time.monotonic() + 60
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                assert time.monotonic() < until
                time.sleep(0.05)
            return f"http://127.0.0.1:{port}", vkey

        yield knows


def test_another_witness_follows_our_log(committed_db, tmp_path, stranger):
    machinery = Machinery.under(tmp_path)
    machinery.prepare()
    (log_vkey,) = machinery.rules().logs
    url, vkey = stranger(machinery.origin, log_vkey)
    rules = policy.parse(
        f"{machinery.policy_file.read_text().split('quorum')[0]}witness far {vkey} {url}\nquorum far\n"
    )
    publisher = Publisher(machinery.public, rules, machinery.board, {"far": over_http(url)})

    def grow(size):
        write(size - sql("SELECT count(*) FROM ledger_record")[0][0], start=size)
        Sequencer().drain()
        with settling.connect() as own:
            Signer(own, machinery.signer_folder, machinery.origin).step(datetime.now(UTC))

    for size in (100, 300):
        grow(size)
        assert publisher.step(datetime.now(UTC)) == size
        assert (
            rules.check((machinery.public / "checkpoint").read_text(), now=int(time.time()), max_age=900).size == size
        )
    leaves = [entry.leaf_hash(leaf) for leaf in read_leaves(machinery.public)]
    seed, ask = machinery.signer_folder.seed(), over_http(url)

    def signed(hashes, size):
        text = note.checkpoint_text(machinery.origin, size, merkle.root(hashes[:size]))
        return note.join(text, [note.sign(text, machinery.origin, seed)])

    rewritten = [*leaves[:250], *(bytes([number]) * 32 for number in range(100))]
    path = merkle.consistency_proof(rewritten, 300, 350)
    assert ask(request_body(300, path, signed(rewritten, 350))).status == 422
    assert ask(request_body(200, merkle.consistency_proof(leaves, 200, 300), signed(leaves, 300)))[:2] == (409, "300\n")
    # What it said is what ours says to the same requests.
    mine = machinery._witness()
    for size, old in ((100, 0), (300, 100)):
        proof = merkle.consistency_proof(leaves, old, size) if old else []
        assert mine.add_checkpoint(request_body(old, proof, signed(leaves, size))).status == 200
    assert mine.add_checkpoint(request_body(300, path, signed(rewritten, 350))).status == 422
    answer = mine.add_checkpoint(request_body(200, merkle.consistency_proof(leaves, 200, 300), signed(leaves, 300)))
    assert answer[:2] == (409, "300\n")
