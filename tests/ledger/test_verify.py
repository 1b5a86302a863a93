"""`python -m ledger.verify` as an outsider runs it: 0 when all is right, 1 after any change, 2 when it cannot tell."""

import hashlib
import http.server
import json
import random
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
from django.db import transaction

from ledger import entry, log, note, policy, proof, tiles
from ledger.verify.__main__ import main
from ledger.verify.audit import Refused, Story, audit
from ledger.verify.source import Folder
from tests.ledger import harness
from tests.ledger.test_entry import COMMITMENT, leaf

SEED = bytes(range(32))
ORIGIN = "log.example"


def uuid7(number):
    return f"0197f2c4-7c00-7a10-9c1e-{number:012x}"


def case(number, **changes):
    """Leaf `number` of a made-up log: three rows that take turns, each a chain."""
    refs = [uuid7(number - 3)] if number >= 3 else []
    data = {"n": number, "no": f"trial.decision/2026/{number + 1}"}
    return leaf(id=uuid7(number), type="trial.decision.decided/1", refs=refs, data=data) | changes


def write_log(folder, leaves):
    """A log as a publisher writes it, from any bytes."""
    hashes = [entry.leaf_hash(data) for data in leaves]
    stored, root = tiles.extend(0, hashes, {}.__getitem__)
    for tile, data in stored.items():
        put(folder / tiles.path(tile), data)
    for tile in tiles.bundles(len(leaves)):
        put(folder / tiles.path(tile), tiles.encode_bundle(leaves[tile.n * 256 :][: tile.width]))
    text = note.checkpoint_text(ORIGIN, len(leaves), root)
    put(folder / "checkpoint", note.join(text, [note.sign(text, ORIGIN, SEED)]).encode())
    put(folder / "policy", f"log {note.vkey(ORIGIN, SEED)}\nquorum none\n".encode())
    return folder


def put(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@pytest.fixture(scope="module")
def genuine(tmp_path_factory):
    return write_log(tmp_path_factory.mktemp("log"), [entry.leaf_bytes(case(number)) for number in range(300)])


def run_audit(folder):
    return main(["audit", str(folder), "--policy", str(folder / "policy")])


def test_a_genuine_log(genuine, capsys):
    assert run_audit(genuine) == 0
    assert "300 leaves" in capsys.readouterr().out


def test_a_log_is_held_against_a_checkpoint_kept_from_earlier(tmp_path, capsys):
    """Continued or not; and attack 24: with the times of a witness, later leaves cannot be dated before it."""
    now, second = 1_795_000_000, bytes(range(1, 33))
    rules = f"log {note.vkey(ORIGIN, SEED)}\nwitness w {note.vkey('w', second, cosigner=True)}\nquorum w\n"

    def log_of(name, leaves, seen_at):
        folder = write_log(tmp_path / name, [entry.leaf_bytes(one) for one in leaves])
        signed = (folder / "checkpoint").read_text()
        put(folder / "checkpoint", (signed + note.cosign(signed, "w", second, seen_at)).encode())
        put(folder / "policy", rules.encode())
        return folder

    def dated(number, seconds):
        return case(number, at=f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S.%f}Z")

    early = [dated(number, now) for number in range(3)]
    kept = log_of("kept", early, now + 5) / "checkpoint"
    folders = {
        "true": [*early, dated(3, now + 3600)],
        "backdated": [*early, dated(3, now - 3600)],
        "rewritten": [dated(0, now - 1), *early[1:], dated(3, now + 3600)],
        "shorter": early[:2],
    }
    said = {}
    for name, leaves in folders.items():
        folder = log_of(name, leaves, now + 7200)
        words = ["audit", str(folder), "--policy", str(folder / "policy")]
        assert main(words) == 0, capsys.readouterr()
        said[name] = (main([*words, "--seen", str(kept)]), capsys.readouterr().err)
    assert {name: code for name, (code, _) in said.items()} == {"true": 0, "backdated": 1, "rewritten": 1, "shorter": 1}
    assert "was not in the log" in said["backdated"][1]
    assert "does not continue" in said["rewritten"][1]
    assert "the log had 3 leaves, it shows 2" in said["shorter"][1]
    future = log_of("future", [dated(0, now + 7300)], now + 7200)
    assert main(["audit", str(future), "--policy", str(future / "policy")]) == 1


def test_an_empty_log(tmp_path):
    assert run_audit(write_log(tmp_path, [])) == 0


def test_any_byte_of_any_file_changed_is_found(genuine, tmp_path, capsys):
    """Attack 1 from outside: a byte of a leaf, a length, a tile, the checkpoint, each at many places."""
    copy = shutil.copytree(genuine, tmp_path / "copy")
    choose = random.Random(1)
    for path in sorted(item for item in copy.rglob("*") if item.is_file() and item.name != "policy"):
        data = path.read_bytes()
        for at in choose.sample(range(len(data)), min(15, len(data))):
            changed = bytearray(data)
            changed[at] ^= 1 << choose.randrange(8)
            path.write_bytes(bytes(changed))
            assert run_audit(copy) == 1, f"{path.name}: byte {at}"
        path.write_bytes(data)
    assert run_audit(copy) == 0


def test_every_byte_of_one_leaf(tmp_path):
    """By the function behind the command, some hundred times: the command itself is asked above."""
    folder = write_log(tmp_path, [entry.leaf_bytes(case(number)) for number in range(2)])
    bundle, rules = folder / "tile/entries/000.p/2", policy.parse((folder / "policy").read_text())
    data = bundle.read_bytes()
    for at in range(len(data)):
        bundle.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        with pytest.raises(ValueError):
            audit(Folder(folder), rules)


@pytest.mark.parametrize("name", ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"])
def test_a_file_that_is_gone_or_cut_is_found(genuine, tmp_path, name):
    copy = shutil.copytree(genuine, tmp_path / "copy")
    data = (copy / name).read_bytes()
    for cut in (data[:-1], data + b"\0", b""):
        (copy / name).write_bytes(cut)
        assert run_audit(copy) == 1
    (copy / name).unlink()
    assert run_audit(copy) == 1


def test_leftover_partial_tiles_are_held_against_the_log(genuine, tmp_path):
    copy = shutil.copytree(genuine, tmp_path / "copy")
    put(copy / "tile/0/000.p/7", (copy / "tile/0/000").read_bytes()[: 7 * 32])
    assert run_audit(copy) == 0
    put(copy / "tile/0/000.p/7", bytes(7 * 32))
    assert run_audit(copy) == 1
    (copy / "tile/0/000.p/7").unlink()
    put(copy / "tile/0/strange", b"")
    assert run_audit(copy) == 1


def test_a_partial_tile_may_have_become_full(genuine, tmp_path):
    copy = shutil.copytree(genuine, tmp_path / "copy")
    more = write_log(tmp_path / "more", [entry.leaf_bytes(case(number)) for number in range(512)])
    for level in ("0", "entries"):
        (copy / f"tile/{level}/001.p/44").unlink()
        put(copy / f"tile/{level}/001", (more / f"tile/{level}/001").read_bytes())
    assert run_audit(copy) == 0


@pytest.mark.parametrize(
    ("leaves", "reason"),
    [
        ([case(0), case(0)], "used before"),
        ([case(0, refs=[uuid7(5)])], "no earlier leaf"),
        ([case(0), case(1), case(2), case(3), case(4, refs=[uuid7(0)])], "forks"),
        ([case(0), case(1, data={"no": "trial.decision/2026/3"})], "was due"),
        ([case(0), case(1, data={"no": "trial.decision/2026/1"})], "was due"),
        ([case(0, data={"no": "trial.decision/2026/01"})], "was due"),
        ([case(0, data={"no": 1})], "malformed number"),
    ],
)
def test_leaves_that_contradict_each_other(leaves, reason):
    story = Story()
    for index, told in enumerate(leaves[:-1]):
        story.add(index, told)
    with pytest.raises(Refused, match=reason):
        story.add(len(leaves) - 1, leaves[-1])


def test_contradictions_are_found_by_the_audit(tmp_path):
    assert run_audit(write_log(tmp_path / "a", [entry.leaf_bytes(case(0)), entry.leaf_bytes(case(0))])) == 1
    assert run_audit(write_log(tmp_path / "b", [b"no leaf"])) == 1


def test_a_leaf_that_starts_a_case_from_another_thing_is_no_fork():
    story = Story()
    story.add(0, case(0))
    for number in (1, 2):
        story.add(number, case(number, type="trial.offer.sent/1", refs=[uuid7(0)], data={}))
    story.add(3, case(3, refs=[uuid7(0)], data={}))


def test_what_cannot_be_read_is_no_evidence(genuine, tmp_path):
    (tmp_path / "policy").write_text("nonsense\n")
    (tmp_path / "latin").write_bytes(b"# \xff\n")
    for folder, rules in [
        (tmp_path, genuine / "policy"),
        (tmp_path / "none", genuine / "policy"),
        (genuine, tmp_path / "none"),
        (genuine, tmp_path / "policy"),
        (genuine, tmp_path / "latin"),
    ]:
        assert main(["audit", str(folder), "--policy", str(rules)]) == 2
    for arguments in ([], ["audit"], ["nothing"], ["audit", str(genuine)]):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == 2


def test_a_foreign_key_is_refused(genuine, tmp_path):
    (tmp_path / "policy").write_text(f"log {note.vkey(ORIGIN, bytes(32))}\nquorum none\n")
    assert main(["audit", str(genuine), "--policy", str(tmp_path / "policy")]) == 1


def test_consistency(genuine, tmp_path):
    rules = str(genuine / "policy")
    old = write_log(tmp_path / "old", [entry.leaf_bytes(case(number)) for number in range(270)])
    other = write_log(tmp_path / "other", [entry.leaf_bytes(case(number, data={})) for number in range(270)])
    empty = write_log(tmp_path / "empty", [])

    def consistency(first, second, where=genuine):
        paths = [str(folder / "checkpoint") for folder in (first, second)]
        return main(["consistency", *paths, "--log", str(where), "--policy", rules])

    assert [consistency(old, genuine), consistency(genuine, genuine), consistency(empty, genuine)] == [0, 0, 0]
    assert [consistency(genuine, old), consistency(other, genuine), consistency(old, other)] == [1, 1, 1]
    assert consistency(tmp_path / "none", genuine) == 2


def test_proof(genuine, tmp_path):
    folder, rules = Folder(genuine), policy.parse((genuine / "policy").read_text())
    checkpoint = audit(folder, rules)
    data = entry.leaf_bytes(case(7))
    path = tiles.Tree(checkpoint.size, lambda tile: folder.read(tiles.path(tile))).inclusion_proof(7)
    (tmp_path / "p").write_text(proof.make(7, path, (genuine / "checkpoint").read_text()))
    (tmp_path / "l").write_bytes(data)
    (tmp_path / "other").write_bytes(entry.leaf_bytes(case(8)))

    def check(name, *more):
        return main(
            ["proof", str(tmp_path / "p"), "--leaf", str(tmp_path / name), "--policy", str(genuine / "policy"), *more]
        )

    assert [check("l"), check("other"), check("none"), check("l", "--max-age", "60")] == [0, 1, 2, 1]


SALT = bytes(range(32))


@pytest.mark.parametrize(
    ("openings", "code"),
    [
        ([{"path": "subject.c", "salt": entry.salt_text(SALT), "value": "홍길동"}], 0),
        ([{"path": "subject.c", "salt": entry.salt_text(SALT), "value": "김철수"}], 1),
        ([{"path": "actor.role", "salt": entry.salt_text(SALT), "value": "홍길동"}], 1),
        ([{"path": "data.none_c", "salt": entry.salt_text(SALT), "value": "홍길동"}], 1),
        ([{"path": "subject.c", "salt": "AAAA", "value": "홍길동"}], 1),
        ([{"path": "subject.c", "salt": entry.salt_text(SALT), "value": 1.5}], 1),
        ([{"path": "subject.c", "salt": entry.salt_text(SALT)}], 1),
        ([{"path": ["subject", "c"], "salt": entry.salt_text(SALT), "value": "홍길동"}], 1),
        (["x"], 1),
        ([], 1),
        ({}, 1),
    ],
)
def test_opening(tmp_path, openings, code):
    (tmp_path / "l").write_bytes(entry.leaf_bytes(leaf()))
    (tmp_path / "o").write_text(json.dumps(openings))
    assert leaf()["subject"]["c"] == COMMITMENT
    assert main(["opening", str(tmp_path / "o"), "--leaf", str(tmp_path / "l")]) == code


def test_an_opening_with_a_key_twice_is_refused(tmp_path):
    (tmp_path / "l").write_bytes(entry.leaf_bytes(leaf()))
    (tmp_path / "o").write_text('[{"path":"subject.c","path":"subject.c","salt":"","value":1}]')
    assert main(["opening", str(tmp_path / "o"), "--leaf", str(tmp_path / "l")]) == 1
    assert main(["opening", str(tmp_path / "none"), "--leaf", str(tmp_path / "l")]) == 2


def test_a_log_on_the_web(genuine, tmp_path):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(tmp_path / "copy"))

        def log_message(self, *_):
            pass

    copy = shutil.copytree(genuine, tmp_path / "copy")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever).start()
        url, rules = f"http://127.0.0.1:{server.server_port}", str(genuine / "policy")
        codes = [main(["audit", url + "/", "--policy", rules])]
        (copy / "tile/0/000").write_bytes(bytes(256 * 32))
        codes.append(main(["audit", url, "--policy", rules]))
        (copy / "tile/entries/000").unlink()
        codes.append(main(["audit", url, "--policy", rules]))
        codes.append(main(["audit", url + "/none", "--policy", rules]))
        server.shutdown()
    codes.append(main(["audit", url, "--policy", rules]))
    assert codes == [0, 1, 1, 2, 2]


def test_the_verifier_needs_neither_django_nor_a_database(genuine):
    program = (
        "import sys; sys.modules['django'] = None; sys.modules['psycopg'] = None\n"
        "from ledger.verify.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program, "audit", genuine, "--policy", genuine / "policy"],
        capture_output=True,
        check=False,
    )
    assert (found.returncode, found.stderr) == (0, b"")


@pytest.mark.usefixtures("committed_db")
def test_after_an_erasure_every_proof_stands_and_nothing_opens(tmp_path):
    """I11, and attack 23: not even with the openings of a backup."""
    with transaction.atomic():
        kept = harness.note(1)
        leaf_id = log.append(harness.NOTED, row=harness.Decision(2, key="user:2"), by=harness.Officer(), data={})
    harness.settle(tmp_path)
    backup = harness.sql("SELECT * FROM ledger_opening")
    erased = log.erase("user:2", basis="request", by=log.SYSTEM)
    settled = harness.settle(tmp_path)
    record = harness.sql("SELECT leaf FROM ledger_record WHERE leaf_id = %s", erased[0])
    assert entry.parse_leaf(bytes(record[0][0]))["data"] == {
        "basis": "request",
        "leaves": [str(leaf_id)],
        "paths": ["subject.c"],
    }
    assert [item["path"] for item in log.open_leaf(leaf_id)] == ["actor.c"]
    assert len(log.open_leaf(kept)) == 2
    for row in backup:
        harness.sql("INSERT INTO ledger_opening VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING", *row)
    assert [item["path"] for item in log.open_leaf(leaf_id)] == ["actor.c"]
    (tmp_path / "p").write_text(log.prove(leaf_id))
    (tmp_path / "l").write_bytes(bytes(harness.sql("SELECT leaf FROM ledger_record WHERE leaf_id = %s", leaf_id)[0][0]))
    arguments = ["proof", str(tmp_path / "p"), "--leaf", str(tmp_path / "l"), "--policy", str(settled.policy)]
    assert main(arguments) == main(["audit", str(settled.public), "--policy", str(settled.policy)]) == 0
    with pytest.raises(log.NothingToErase):
        log.erase("user:2", basis="request", by=log.SYSTEM)


def test_dictionary_on_commitments_finds_nothing_but_a_bare_hash_is_found():
    """Attack 21, in small: all numbers of a block are tried against the leaf."""
    phones = [f"010-0000-{number:04d}" for number in range(10_000)]
    secret = phones[4711]
    commitment, bare = entry.commit(secret, SALT[::-1]), hashlib.sha256(secret.encode()).hexdigest()
    assert not any(entry.commit(phone, bytes(32)) == commitment for phone in phones)
    assert [phone for phone in phones if hashlib.sha256(phone.encode()).hexdigest() == bare] == [secret]
