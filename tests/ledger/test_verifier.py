"""The browser verifier, run under Node: the vectors, and whatever Python refuses it refuses too."""

import base64
import copy
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from django.test import Client

from ledger import documents, entry, events, machines, merkle, note, policy, proof, tiles
from tests.ledger import harness

HERE = Path(__file__).parent
VECTORS = json.loads((HERE / "vectors.json").read_text("utf-8"))
LEAF, TREE, KEY, COSIGNED = VECTORS["leaf"], VECTORS["rfc6962_tree"], VECTORS["checkpoint_key"], VECTORS["cosignature"]
BYTES = LEAF["bytes_utf8"].encode()
RULES = f"log {KEY['vkey']}\nquorum none\n"
WITNESSED = f"log {KEY['vkey']}\nwitness w1 {COSIGNED['vkey']}\nquorum w1\n"
PROOF = LEAF["with_second_leaf"]["tlog_proof_of_index_0"]
SEED = bytes.fromhex(KEY["seed"])


def b64(data):
    return base64.b64encode(data).decode()


def ask(cases, script=documents.VERIFIER):
    """What the verifier says of each case, in one run of Node."""
    node = shutil.which("node")
    assert node, "node is needed; make setup provides it"
    told = subprocess.run(
        [node, HERE / "verifier.mjs", script],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(told.stdout)


def test_it_stays_small_enough_to_be_read():
    source = documents.VERIFIER.read_text("utf-8")
    assert len(source.splitlines()) <= 250
    assert "import " not in source.replace("importKey", "")


def test_what_python_accepts_it_accepts():
    opening = {name: LEAF["commitments"][0][name] for name in ("path", "value")}
    salt = entry.salt_text(bytes.fromhex(LEAF["commitments"][0]["salt"]))
    text = COSIGNED["text"]
    full = note.join(text, [note.sign(text, KEY["name"], SEED), COSIGNED["line"]])
    cases = [
        ["leaf", {"leaf": b64(BYTES)}],
        ["opening", {"leaf": b64(BYTES), "opening": {**opening, "salt": salt}}],
        ["vkey", {"vkey": VECTORS["note"]["vkey"]}],
        ["note", {"note": full, "policy": WITNESSED, "options": {"maxAge": 900, "now": COSIGNED["time"] + 800}}],
        ["receipt", {"leaf": b64(BYTES), "proof": PROOF, "openings": [{**opening, "salt": salt}], "policy": RULES}],
        *inclusions(),
    ]
    right = [LEAF["leaf"]["id"], "ok", "PeterNeumann", 8, 0]
    assert ask(cases) == [["said", answer] for answer in [*right, *["ok"] * len(inclusions())]]


def inclusions():
    hashes = [bytes.fromhex(text) for text in TREE["leaf_hashes"]]
    return [
        [
            "inclusion",
            {
                "hash": b64(hashes[index]), "index": index, "size": size,
                "proof": [b64(item) for item in merkle.inclusion_proof(hashes, index, size)],
                "root": b64(merkle.root(hashes[:size])),
            },
        ]
        for size in range(1, 9)
        for index in range(size)
    ]  # fmt: skip


def test_wrong_proofs_are_refused():
    """Attack 17: an odd index or proof."""
    wrong = []
    for _, case in inclusions():
        other = b64(bytes(32))
        wrong += [{**case, "index": case["size"]}, {**case, "index": -1}, {**case, "root": other}]
        wrong += [{**case, "proof": [*case["proof"], other]}, {**case, "hash": other}]
        if case["proof"]:
            wrong += [{**case, "proof": case["proof"][:-1]}, {**case, "proof": [b64(bytes(31)), *case["proof"][1:]]}]
    assert {said for said, _ in ask([["inclusion", case] for case in wrong])} == {"Refused"}


def test_it_reads_proofs_out_of_the_tiles(tmp_path):
    """Sizes on both sides of a full tile, and of a full tile of tiles."""
    hashes = [entry.leaf_hash(b"leaf %d" % number) for number in range(66_000)]
    cases, right = [], []
    for size, indexes in ((1, [0]), (255, [0, 254]), (257, [3, 256]), (66_000, [0, 255, 65_535, 65_536, 65_999])):
        made, _ = tiles.extend(0, hashes[:size], {}.__getitem__)
        for tile, data in made.items():
            target = tmp_path / str(size) / tiles.path(tile)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        tree = tiles.Tree(size, made.__getitem__)
        for index in indexes:
            cases.append(["tiles", {"folder": str(tmp_path / str(size)), "index": index, "size": size}])
            right.append(["said", [b64(item) for item in tree.inclusion_proof(index)]])
    assert ask(cases) == right


def spoiled_leaves():
    leaf = LEAF["leaf"]
    changes = [
        ("v", 2), ("v", "1"), ("type", "space"), ("type", "space.x/0"), ("id", "x"), ("at", "2026-02-30T00:00:00.000000Z"),
        ("at", "2026-11-21T22:30:00Z"), ("refs", [leaf["id"]]), ("refs", "x"), ("refs", [1]), ("actor", {"role": "x"}),
        ("actor", {"role": "system", "c": "x"}), ("actor", {}), ("subject", {"kind": "a", "ref": "b c"}), ("subject", []),
        ("subject", {"kind": "a", "ref": "b", "more": 1}), ("data", []), ("data", {"A": 1}), ("data", {"a": 2**53}),
        ("data", {"a": None}), ("data", {"a": 0.5}), ("data", {"a": "\u1100\u1161"}), ("data", {"a": "\0"}),
        ("data", {"a": {"a": {"a": {"a": {"a": {"a": {"a": {}}}}}}}}), ("extra", 1),
    ]  # fmt: skip
    for name, value in changes:
        yield canonical({**copy.deepcopy(leaf), name: value})
    text = LEAF["bytes_utf8"]
    yield from (
        b"\xef\xbb\xbf" + BYTES, BYTES + b"\n", BYTES.replace(b":24,", b":24.0,"), BYTES.replace(b":24,", b":2.4e1,"),
        BYTES.replace(b'"hub"', b'"\\u0068ub"'), BYTES.replace(b'"hub":"MAPO"', b'"hub":"MAPO","hub":"MAPO"'),
        BYTES.replace(b"MAPO-23", b"\xff"), b"", b"{}", text.replace(":24,", ":-0,").encode(),
    )  # fmt: skip


def canonical(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def test_spoiled_leaves_are_refused_here_as_there():
    """Attack 18: another spelling."""
    wrong = list(spoiled_leaves())
    for data in wrong:
        with pytest.raises(entry.InvalidLeaf):
            entry.parse_leaf(data)
    said = ask([["leaf", {"leaf": b64(data)}] for data in wrong])
    assert [data for data, (word, _) in zip(wrong, said, strict=True) if word != "Refused"] == []


def test_every_flipped_byte_of_a_receipt_is_refused():
    """Attack 28 turned round: what the page checks holds as hard as what the command line checks."""
    cases = []
    for at in range(0, len(BYTES), 7):
        spoiled = bytearray(BYTES)
        spoiled[at] ^= 1
        cases.append({"leaf": b64(bytes(spoiled)), "proof": PROOF, "policy": RULES})
    for at in range(len("c2sp.org/tlog-proof@v1"), len(PROOF), 5):
        letter = "A" if PROOF[at] != "A" else "B"
        cases.append({"leaf": b64(BYTES), "proof": PROOF[:at] + letter + PROOF[at + 1 :], "policy": RULES})
    for case in cases:
        with pytest.raises(ValueError):
            proof.verify(case["proof"], base64.b64decode(case["leaf"]), policy.parse(RULES))
    assert {said for said, _ in ask([["receipt", case] for case in cases])} == {"Refused"}


def test_wrong_keys_and_policies_are_refused():
    """Attacks 8, 19, 20: keys from the policy only, one key once, tricks with notes."""
    text, line = COSIGNED["text"], note.sign(COSIGNED["text"], KEY["name"], SEED)
    other = note.vkey(KEY["name"], bytes(range(32)))
    late = {"maxAge": 900, "now": COSIGNED["time"] + 901}
    full = note.join(text, [line, COSIGNED["line"]])
    broken = COSIGNED["line"][:-10] + "AAAAAAAA" + COSIGNED["line"][-2:]
    notes = [
        {"note": full, "policy": f"log {other}\nquorum none\n"},
        {"note": full, "policy": WITNESSED, "options": late},
        {"note": note.join(text, [line]), "policy": WITNESSED},
        {"note": note.join(text, [COSIGNED["line"]]), "policy": WITNESSED},
        {"note": note.join(text, [line, broken]), "policy": WITNESSED},
        {"note": full[:-1], "policy": RULES},
        {"note": full.replace("\n8\n", "\n08\n"), "policy": RULES},
        {"note": full.replace("\n", "\r\n"), "policy": RULES},
    ]
    policies = [
        "", "quorum none\n", f"log {KEY['vkey']}\n", RULES + "quorum none\n", RULES + "more words\n",
        WITNESSED.replace("quorum w1", f"witness w2 {COSIGNED['vkey']}\nquorum w1"),
        WITNESSED.replace("quorum w1", "group g 2 w1\nquorum g"), WITNESSED.replace("quorum w1", "group g any w1 w1\nquorum g"),
        WITNESSED.replace("quorum w1", "quorum w2"), f"log {COSIGNED['vkey']}\nquorum none\n",
    ]  # fmt: skip
    for text in policies:
        with pytest.raises(ValueError):
            policy.parse(text)
    cases = [["note", case] for case in notes] + [["policy", {"policy": text}] for text in policies]
    cases += [["vkey", {"vkey": vkey}] for vkey in VECTORS["note"]["refused_vkeys"]]
    said = ask(cases)
    assert [case for case, (word, _) in zip(cases, said, strict=True) if word != "Refused"] == []


def test_28_a_script_that_always_says_yes(committed_db, tmp_path, settings):
    """The page's program exchanged for one that refuses nothing: no leaf names it, and the command line disagrees."""
    source = documents.VERIFIER.read_text("utf-8")
    honest = "const refuse = (why) => { throw new Refused(why); };"
    assert honest in source
    malicious = tmp_path / "verify.mjs"
    malicious.write_text(source.replace(honest, "const refuse = () => {};"))
    forged = BYTES.replace(b"MAPO-23-07", b"MAPO-23-08")
    receipt = {"leaf": b64(forged), "proof": PROOF, "policy": RULES}
    assert ask([["receipt", receipt]], malicious) == [["said", 0]]
    assert ask([["receipt", receipt]])[0][0] == "Refused"
    for name, content in (("proof", PROOF), ("policy", RULES), ("leaf", forged.decode())):
        (tmp_path / name).write_text(content)
    words = ("proof", tmp_path / "proof", "--leaf", tmp_path / "leaf", "--policy", tmp_path / "policy")
    assert harness.verify(*words).returncode == 1
    settings.LEDGER = {**settings.LEDGER, "PUBLIC_DIR": tmp_path / "public"}
    documents.publish(tmp_path / "public")
    named, changed = (machines.digest(path.read_bytes()) for path in (documents.VERIFIER, malicious))
    assert documents.named(events.VERIFIER) == named
    assert [leaf["data"]["sha256"] for leaf in harness.leaves() if leaf["type"] == events.VERIFIER.label] == [named]
    assert Client().get(f"/log/verifiers/{named}.js").content == documents.VERIFIER.read_bytes()
    assert Client().get(f"/log/verifiers/{changed}.js").status_code == 404
