"""The witness: every answer of its protocol, its memory, its process on loopback."""

import contextlib
import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ledger import entry, merkle, note
from ledger.witness.protocol import Witness, WitnessError, WitnessFolder, request_body
from ledger.witness.server import MAX_BODY

ORIGIN, SEED = "log.example/trial", b"L" * 32
OTHER = note.vkey("other.example", b"O" * 32)
LEAVES = [entry.leaf_hash(bytes([number])) for number in range(12)]
FORK = [*LEAVES[:4], *(entry.leaf_hash(b"x%d" % number) for number in range(8))]
ROOT = Path(__file__).resolve().parents[2]


def checkpoint(size, hashes=LEAVES, origin=ORIGIN, seed=SEED, name=None):
    text = note.checkpoint_text(origin, size, merkle.root(hashes[:size]))
    return note.join(text, [note.sign(text, name or origin, seed)])


def body(old, size, hashes=LEAVES, **options):
    proof = merkle.consistency_proof(hashes, old, size) if 0 < old < size else []
    return request_body(old, proof, checkpoint(size, hashes, **options))


@pytest.fixture
def folder(tmp_path):
    made = WitnessFolder(tmp_path / "witness")
    made.initialise()
    made.know(note.vkey(ORIGIN, SEED))
    made.know(OTHER)
    return made


@pytest.fixture
def witness(folder):
    return Witness(folder, "w.example", lambda: 1_800_000_000)


def ask(witness, *arguments, **options):
    answer = witness.add_checkpoint(body(*arguments, **options))
    return answer.status, answer.body


def test_it_cosigns_a_log_that_grows(witness):
    for old, size in [(0, 0), (0, 1), (1, 5), (5, 5), (5, 12)]:
        status, line = ask(witness, old, size)
        assert status == 200
        full = checkpoint(size) + line
        assert note.verify(full, [witness.vkey()]).times == {"w.example": 1_800_000_000}
    seen = witness.folder.recall(ORIGIN)
    assert (seen.size, seen.root) == (12, merkle.root(LEAVES))
    assert witness.folder.recall("other.example").size == 0


def test_it_names_the_size_it_knows(witness):
    ask(witness, 0, 5)
    for old, size in [(0, 5), (3, 12), (0, 3), (4, 4)]:
        answer = witness.add_checkpoint(body(old, size))
        assert answer == (409, "5\n", "text/x.tlog.size")


@pytest.mark.parametrize(
    "request_",
    [
        lambda: body(5, 5, FORK),
        lambda: body(5, 12, FORK),
        lambda: request_body(5, [], checkpoint(12)),
        lambda: request_body(5, merkle.consistency_proof(LEAVES, 5, 12)[:-1], checkpoint(12)),
        lambda: request_body(5, [*merkle.consistency_proof(LEAVES, 5, 12), bytes(32)], checkpoint(12)),
        lambda: request_body(5, merkle.consistency_proof(LEAVES, 4, 12), checkpoint(12)),
        lambda: request_body(5, [bytes(32)], checkpoint(5)),
    ],
)
def test_a_second_history_is_refused_and_kept_as_evidence(witness, request_):
    ask(witness, 0, 5)
    sent = request_()
    assert witness.add_checkpoint(sent).status == 422
    (kept,) = (witness.folder.folder / "evidence").iterdir()
    assert kept.read_bytes() == sent
    assert witness.folder.recall(ORIGIN).size == 5
    assert ask(witness, 5, 12)[0] == 200


def test_a_first_checkpoint_needs_no_proof_and_an_empty_log_the_empty_root(witness):
    assert witness.add_checkpoint(request_body(0, [bytes(32)], checkpoint(3))).status == 422
    text = note.checkpoint_text(ORIGIN, 0, bytes(32))
    wrong = note.join(text, [note.sign(text, ORIGIN, SEED)])
    assert witness.add_checkpoint(request_body(0, [], wrong)).status == 422
    assert ask(witness, 0, 0)[0] == 200


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"origin": "unknown.example"}, 404),
        ({"seed": b"M" * 32}, 403),
        ({"name": "other.example", "seed": b"O" * 32}, 403),
        ({"origin": "other.example", "seed": b"O" * 32}, 200),
    ],
)
def test_only_known_logs_under_their_own_keys(witness, changes, status):
    assert ask(witness, 0, 3, **changes)[0] == status


def test_a_bad_line_of_the_logs_key_spoils_a_good_one(witness):
    forged = note.sign(note.checkpoint_text(ORIGIN, 2, bytes(32)), ORIGIN, SEED)
    assert witness.add_checkpoint(body(0, 3) + forged.encode()).status == 403


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"old 0\n",
        b"old 0\n\n",
        b"old -1\n\n" + checkpoint(3).encode(),
        b"old 00\n\n" + checkpoint(3).encode(),
        b"old 0 \n\n" + checkpoint(3).encode(),
        b"size 0\n\n" + checkpoint(3).encode(),
        b"old 0\r\n\r\n" + checkpoint(3).encode(),
        b"old 1\nAAAA\n\n" + checkpoint(3).encode(),
        b"old 1\n" + b"A" * 42 + b"F=\n\n" + checkpoint(3).encode(),
        b"old 1\n" + (b"A" * 43 + b"=\n") * 64 + b"\n" + checkpoint(3).encode(),
        b"old 0\n\n" + checkpoint(3).encode()[:-1],
        b"old 0\n\n" + checkpoint(3).encode().replace(b"\n3\n", b"\n03\n"),
        b"old 0\n\n" + checkpoint(3).encode().replace(b"log", b"l\xffg", 1),
        body(0, 3).replace(b"old 0", b"old 4"),
        b"old 99999999999999999999\n\n" + checkpoint(3).encode(),
    ],
)
def test_what_is_malformed_is_400(witness, sent):
    assert witness.add_checkpoint(sent).status == 400


def test_63_hashes_are_well_formed(witness):
    ask(witness, 0, 2)
    assert witness.add_checkpoint(request_body(2, [bytes(32)] * 63, checkpoint(9))).status == 422


def test_the_memory_is_durable_before_the_line_leaves(witness, monkeypatch):
    order = []
    remember, cosign = WitnessFolder.remember, note.cosign
    monkeypatch.setattr(WitnessFolder, "remember", lambda *a: (order.append("stored"), remember(*a)))
    ask(witness, 0, 3)
    assert order == ["stored"]
    monkeypatch.setattr(WitnessFolder, "remember", lambda *a: (_ for _ in ()).throw(OSError("disk full")))
    monkeypatch.setattr(note, "cosign", cosign)
    with pytest.raises(OSError, match="disk full"):
        witness.add_checkpoint(body(3, 5))


def test_comparing_and_storing_is_one_step(folder):
    """Two histories from size 4 at once, through witnesses that share a folder as two processes would."""
    witness = Witness(folder, "w.example")
    ask(witness, 0, 4)
    barrier, answers = threading.Barrier(8), []

    def run(number):
        barrier.wait()
        mine = Witness(WitnessFolder(folder.folder), "w.example")
        answers.append(ask(mine, 4, 9, FORK if number % 2 else LEAVES)[0])

    threads = [threading.Thread(target=run, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] + [409] * 7


def test_a_clock_behind_the_last_cosignature_signs_nothing(folder):
    """Attack 14."""
    clock = [1_800_000_000]
    witness = Witness(folder, "w.example", lambda: clock[0])
    assert ask(witness, 0, 3)[0] == 200
    clock[0] -= 60
    assert ask(witness, 3, 3)[0] == 503
    clock[0] += 61
    assert ask(witness, 3, 3)[0] == 200


def test_it_starts_only_with_its_memory(folder, tmp_path):
    (folder.folder / "state").unlink()
    assert not folder.is_initialised()
    with pytest.raises(WitnessError, match="lost its memory"):
        folder.initialise()
    half = WitnessFolder(tmp_path / "half")
    half.initialise()
    (half.folder / "seed").unlink()
    half.initialise()
    assert half.is_initialised()
    for name in ("seed", "state"):
        assert (half.folder / name).stat().st_mode & 0o777 == 0o600
    assert half.folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("damaged", ["", "[]", "{", '{"log.example/trial": 3}', '{"log.example/trial": {"size": 3}}'])
def test_it_does_not_guess_a_damaged_memory(witness, damaged):
    (witness.folder.folder / "state").write_text(damaged)
    with pytest.raises(WitnessError, match="memory"):
        witness.add_checkpoint(body(0, 3))


def test_its_list_of_logs_is_exact(folder):
    before = folder.known()
    folder.know(before[0])
    assert folder.known() == before
    (folder.folder / "logs").write_text("log a b\n")
    with pytest.raises(WitnessError):
        folder.known()


def test_monitors_read_what_was_cosigned_last(witness):
    ask(witness, 0, 3)
    answer = witness.latest(hashlib.sha256(ORIGIN.encode()).hexdigest())
    assert answer.status == 200
    assert note.verify(answer.body, [witness.vkey(), note.vkey(ORIGIN, SEED)]).signers == [ORIGIN, "w.example"]
    assert witness.latest(hashlib.sha256(b"other.example").hexdigest()).status == 404
    assert witness.latest("x").status == 404


class Process:
    """`python -m ledger.witness` over a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = {"PATH": os.environ["PATH"], "LEDGER_WITNESS_DIR": str(folder), "LEDGER_ORIGIN": ORIGIN}
        self.command = [sys.executable, "-m", "ledger.witness"]

    def run(self, *options):
        return subprocess.run(
            [*self.command, *options], env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False
        )

    def __enter__(self):
        (self.folder / "address").unlink(missing_ok=True)
        self.process = subprocess.Popen(self.command, env=self.environment, cwd=ROOT)
        until = time.monotonic() + 60
        while not (self.folder / "address").exists():
            assert time.monotonic() < until
            time.sleep(0.02)
        self.port = int((self.folder / "address").read_text().rpartition(":")[2])
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(20) == 0

    def request(self, method, path, sent=b"", headers=None):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as link:
            link.request(method, path, sent, headers or {})
            answer = link.getresponse()
            return answer.status, answer.read().decode(), answer.headers


def test_the_process(tmp_path):
    process = Process(tmp_path / "witness")
    assert process.run().returncode == 1
    made = process.run("--init")
    assert made.returncode == 0
    assert made.stdout == process.run("--know", note.vkey(ORIGIN, SEED)).stdout == process.run("--vkey").stdout
    assert process.run("--init").returncode == 1
    with process:
        status, line, headers = process.request("POST", "/add-checkpoint", body(0, 5))
        assert (status, headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
        name = f"{ORIGIN}/witness"
        assert abs(note.verify(checkpoint(5) + line, [made.stdout.strip()]).times[name] - time.time()) < 60
        status, said, headers = process.request("POST", "/add-checkpoint", body(0, 5))
        assert (status, said, headers["Content-Type"]) == (409, "5\n", "text/x.tlog.size")
        origin_hash = hashlib.sha256(ORIGIN.encode()).hexdigest()
        for method, path, sent, headers, expected in [
            ("POST", "/add-checkpoint", body(5, 9, FORK), {}, 422),
            ("POST", "/add-checkpoint", b"nonsense", {}, 400),
            ("POST", "/elsewhere", body(5, 9), {}, 404),
            ("POST", "/add-checkpoint", b"", {"Content-Length": str(MAX_BODY + 1)}, 413),
            ("POST", "/add-checkpoint", b"", {"Content-Length": "x"}, 411),
            ("GET", f"/{origin_hash}/checkpoint", b"", {}, 200),
            ("GET", "/", b"", {}, 404),
            ("PUT", "/add-checkpoint", b"", {}, 501),
        ]:
            assert process.request(method, path, sent, headers)[0] == expected, (method, path)
        with socket.create_connection(("127.0.0.1", process.port)) as silent:
            silent.sendall(b"POST /add-checkpoint HTTP/1.1\r\n")
            assert process.request("POST", "/add-checkpoint", body(5, 9))[0] == 200
    assert json.loads((tmp_path / "witness" / "state").read_text())[ORIGIN]["size"] == 9
    with process:
        assert process.request("POST", "/add-checkpoint", body(0, 9))[1] == "9\n"
