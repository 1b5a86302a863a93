"""Independent readings of the formats: another verifier and another witness, by others, agree with ours."""

import base64
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
from ledger.verify.__main__ import main as verify
from ledger.witness.protocol import request_body
from tests.ledger.harness import settle, sql, write
from tests.ledger.oracle import Oracle, Refuses, proofs, read_leaves, shown

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


def flip(path, at=7):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def replaced(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def resigned(public):
    """The same text under a key that came along with it: attack 20."""
    text, _ = note.split((public / "checkpoint").read_text())
    (public / "checkpoint").write_text(note.join(text, [note.sign(text, text.split("\n")[0], b"s" * 32)]))
    (public / "policy").write_text(f"log {note.vkey(text.split(chr(10))[0], b's' * 32)}\nquorum none\n")


def without_witness(public):
    """Attack 26: who has the log's key alone."""
    lines = (public / "checkpoint").read_text().splitlines(keepends=True)
    (public / "checkpoint").write_text("".join(line for line in lines if "/witness " not in line))


FOLDERS = {
    "a leaf edited": lambda public: flip(public / "tile/entries/000", 30),
    "a leaf of the last bundle edited": lambda public: flip(public / "tile/entries/001.p/44", 30),
    "an entry bundle cut off": lambda public: (public / "tile/entries/001.p/44").write_bytes(
        (public / "tile/entries/001.p/44").read_bytes()[:-1]
    ),
    "an entry bundle longer": lambda public: (public / "tile/entries/000").write_bytes(
        (public / "tile/entries/000").read_bytes() + b"\0\0"
    ),
    "a full tile forged": lambda public: flip(public / "tile/0/000"),
    "a partial tile forged": lambda public: flip(public / "tile/0/001.p/44"),
    "an upper tile forged": lambda public: flip(public / "tile/1/000.p/1"),
    "a tile missing": lambda public: (public / "tile/0/000").unlink(),
    "a bundle missing": lambda public: (public / "tile/entries/000").unlink(),
    "a tile cut off": lambda public: (public / "tile/0/001.p/44").write_bytes(
        (public / "tile/0/001.p/44").read_bytes()[:-32]
    ),
    "another size": lambda public: replaced(public / "checkpoint", "\n300\n", "\n299\n"),
    "a zero before the size": lambda public: replaced(public / "checkpoint", "\n300\n", "\n0300\n"),
    "another origin": lambda public: replaced(public / "checkpoint", "log.", "lob."),
    "another root": lambda public: replaced(
        public / "checkpoint", base64.b64encode(shown(public).root).decode(), base64.b64encode(bytes(32)).decode()
    ),
    "no newline at the end": lambda public: (public / "checkpoint").write_bytes(
        (public / "checkpoint").read_bytes()[:-1]
    ),
    "CRLF": lambda public: (public / "checkpoint").write_bytes(
        (public / "checkpoint").read_bytes().replace(b"\n", b"\r\n")
    ),
    "another key, brought along": resigned,
    "no witness": without_witness,
}


@pytest.mark.parametrize("name", FOLDERS)
def test_both_refuse_a_changed_folder(grown, oracle, tmp_path, name, capsys):
    public = tmp_path / "public"
    shutil.copytree(grown.settled.public, public)
    FOLDERS[name](public)
    assert verify(["audit", str(public), "--policy", str(grown.settled.policy)]) == 1, capsys.readouterr()
    with pytest.raises((Refuses, OSError, ValueError)):
        oracle.everything(public, iter((0, 1, 255, 256, 299)))


def lines_of(text):
    head, _, signed = text.partition("\n\n")
    return head.split("\n"), signed


def with_lines(change):
    def mutate(text, leaf):
        lines, signed = lines_of(text)
        return "\n".join(change(lines)) + "\n\n" + signed, leaf

    return mutate


def node_as_leaf(text, leaf):
    """Attack 15: the two hashes below the first inner node, offered as a leaf one level up."""
    lines, signed = lines_of(text)
    node = b"\1" + entry.leaf_hash(leaf) + base64.b64decode(lines[2])
    return "\n".join([*lines[:2], *lines[3:]]) + "\n\n" + signed, node


PROOFS = {
    "another leaf": lambda text, leaf: (text, leaf.replace(b"c-1", b"c-9", 1)),
    "another index": with_lines(lambda lines: [lines[0], "index 1", *lines[2:]]),
    "an index beyond the size": with_lines(lambda lines: [lines[0], "index 300", *lines[2:]]),
    "a shorter proof": with_lines(lambda lines: lines[:-1]),
    "a longer proof": with_lines(lambda lines: [*lines, base64.b64encode(bytes(32)).decode()]),
    "a hash doubled": with_lines(lambda lines: [*lines, lines[-1]]),
    "31 bytes": with_lines(lambda lines: [*lines[:-1], base64.b64encode(bytes(31)).decode()]),
    "two hashes exchanged": with_lines(lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]]),
    "a node offered as a leaf": node_as_leaf,
    "an empty leaf": lambda text, leaf: (text, b""),
    "another size": lambda text, leaf: (text.replace("\n300\n", "\n299\n", 1), leaf),
    "another root": lambda text, leaf: (
        text.replace(text.split("\n\n")[1].split("\n")[2], base64.b64encode(bytes(32)).decode()),
        leaf,
    ),
}


@pytest.mark.parametrize("name", PROOFS)
def test_both_refuse_a_changed_proof(grown, oracle, tmp_path, name, capsys):
    text, leaf = PROOFS[name](*next(iter(grown.exported.values())))
    (tmp_path / "mine.tlog-proof").write_text(text)
    (tmp_path / "mine.json").write_bytes(leaf)
    words = ["proof", tmp_path / "mine.tlog-proof", "--leaf", tmp_path / "mine.json", "--policy", grown.settled.policy]
    assert verify([str(word) for word in words]) == 1, capsys.readouterr()
    with pytest.raises(Refuses):
        oracle.proof(text, leaf)


@pytest.mark.parametrize("change", [lambda path: path[:-1], lambda path: [*path, bytes(32)], lambda path: path[::-1]])
def test_both_refuse_a_changed_consistency_proof(grown, oracle, change):
    old, new, path = head(grown.checkpoints[5]), head(grown.checkpoints[300]), change(grown.paths[5])
    with pytest.raises(merkle.ProofError):
        merkle.verify_consistency(old.size, new.size, old.root, new.root, path)
    with pytest.raises(Refuses):
        oracle.consistency(old, new, path)


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
