"""Every vector of vectors.json: values printed in the standards' own documents, and one leaf of ours."""

import ast
import hashlib
import json
import struct
from pathlib import Path

import pytest
import rfc8785

from ledger import entry, merkle, note, policy, proof, tiles

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))
TREE, LEAF = VECTORS["rfc6962_tree"], VECTORS["leaf"]
HASHES = [bytes.fromhex(text) for text in TREE["leaf_hashes"]]


#: Where keys are values of the vectors themselves: sizes, ranges, levels, bits, members of a leaf or of a value.
BY_VALUE = {"roots_by_size", "nodes", "layout_by_size", "cases", "value"}


def names(part, within=""):
    """Every name that the file gives to a vector, at any depth; `about` is for people."""
    if isinstance(part, list):
        return {name for item in part for name in names(item, within)}
    if not isinstance(part, dict) or within in BY_VALUE:
        return set()
    return (part.keys() - {"about"}) | {name for key, item in part.items() for name in names(item, key)}


def test_every_vector_is_run():
    """Each name in the file is read by a test of this module, so that a vector added later is not passed over."""
    tree = ast.parse(Path(__file__).read_text("utf-8"))
    read = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    without_members = {**VECTORS, "leaf": {**LEAF, "leaf": ""}}
    assert names(without_members) - read == set()


def hexes(hashes):
    return [item.hex() for item in hashes]


def test_leaf_hashes_of_rfc6962():
    assert hexes(entry.leaf_hash(bytes.fromhex(leaf)) for leaf in TREE["leaves"]) == TREE["leaf_hashes"]


def test_roots_of_rfc6962_by_size():
    assert hexes(merkle.root(HASHES[:size]) for size in range(9)) == TREE["roots_by_size"]


def test_inner_nodes_of_rfc6962():
    found = {}
    for name in TREE["nodes"]:
        low, high = map(int, name.split("-"))
        found[name] = merkle.root(HASHES[low:high]).hex()
    assert found == TREE["nodes"]


@pytest.mark.parametrize("case", TREE["inclusion"])
def test_inclusion_proofs_of_rfc6962(case):
    index, size = case["index"], case["size"]
    path = merkle.inclusion_proof(HASHES, index, size)
    assert hexes(path) == case["proof"]
    merkle.verify_inclusion(HASHES[index], index, size, path, merkle.root(HASHES[:size]))


@pytest.mark.parametrize("case", TREE["consistency"])
def test_consistency_proofs_of_rfc6962(case):
    old, new = case["old"], case["new"]
    path = merkle.consistency_proof(HASHES, old, new)
    assert hexes(path) == case["proof"]
    merkle.verify_consistency(old, new, merkle.root(HASHES[:old]), merkle.root(HASHES[:new]), path)


def test_roots_of_the_counter_tree():
    hashes = [entry.leaf_hash(f"leaf {index}".encode()) for index in range(256)]
    expected = VECTORS["counter_tree"]["roots_by_size"]
    assert {size: merkle.root(hashes[: int(size)]).hex() for size in expected} == expected


@pytest.mark.parametrize("case", VECTORS["tiles"]["paths"], ids=lambda case: case["path"])
def test_tile_paths(case):
    tile = tiles.Tile(case["level"], case["n"], case["width"])
    assert tiles.path(tile) == case["path"]
    assert tiles.parse_path(case["path"]) == tile


@pytest.mark.parametrize("path", VECTORS["tiles"]["refused_paths"])
def test_refused_tile_paths(path):
    with pytest.raises(merkle.ProofError):
        tiles.parse_path(path)


@pytest.mark.parametrize("size", VECTORS["tiles"]["layout_by_size"])
def test_tile_layout_by_size(size):
    found = {}
    for tile in tiles.layout(int(size)):
        counts = found.setdefault(str(tile.level), {"full": 0, "partial": 0})
        if tile.width == tiles.WIDTH:
            counts["full"] += 1
        else:
            counts["partial"] = tile.width
    assert found == VECTORS["tiles"]["layout_by_size"][size]


def test_note_line_and_key():
    case = VECTORS["note"]
    seed = bytes.fromhex(case["seed"])
    assert note.sign(case["text"], case["name"], seed) == case["line"]
    assert note.vkey(case["name"], seed) == case["vkey"]
    signed = note.join(case["text"], [case["line"]])
    assert note.verify(signed, [case["vkey"]]) == note.VerifiedNote(case["text"], [case["name"]], {})


@pytest.mark.parametrize("vkey", VECTORS["note"]["refused_vkeys"])
def test_refused_verifier_keys(vkey):
    case = VECTORS["note"]
    with pytest.raises(note.NoteError):
        note.verify(note.join(case["text"], [case["line"]]), [case["vkey"], vkey])


def test_checkpoint_key_and_signature():
    key, other = VECTORS["checkpoint_key"], VECTORS["note"]
    assert note.vkey(key["name"], bytes.fromhex(key["seed"])) == key["vkey"]
    assert hashlib.sha256(key["name"].encode()).hexdigest() == key["origin_sha256"]
    text = note.checkpoint_text(key["name"], 8, merkle.root(HASHES))
    assert text == VECTORS["checkpoint"]["text"]
    assert (
        note.sign(text, other["name"], bytes.fromhex(other["seed"])) == VECTORS["checkpoint"]["signed_by_PeterNeumann"]
    )


def test_cosignature_line_key_and_time():
    case = VECTORS["cosignature"]
    seed = bytes.fromhex(case["seed"])
    assert note.vkey(case["name"], seed, cosigner=True) == case["vkey"]
    assert note.cosign(case["text"], case["name"], seed, case["time"]) == case["line"]
    found = note.verify(note.join(case["text"], [case["line"]]), [case["vkey"]])
    assert found == note.VerifiedNote(case["text"], [case["name"]], {case["name"]: case["time"]})


@pytest.mark.parametrize("case", LEAF["commitments"], ids=lambda case: case["path"])
def test_commitments(case):
    assert entry.commit(case["value"], bytes.fromhex(case["salt"])) == case["commit"]
    if "message_after_prefix_utf8" in case:
        assert entry.canonical_value(case["value"]).decode() == case["message_after_prefix_utf8"]


def test_leaf_bytes_and_hash():
    data = entry.leaf_bytes(LEAF["leaf"])
    assert data.decode() == LEAF["bytes_utf8"]
    assert len(data) == LEAF["bytes_length"]
    assert entry.leaf_hash(data).hex() == LEAF["leaf_hash"]
    assert entry.parse_leaf(data) == LEAF["leaf"]


def test_bundle_root_and_proof_of_two_leaves():
    case, key = LEAF["with_second_leaf"], VECTORS["checkpoint_key"]
    leaves = [LEAF["bytes_utf8"].encode(), case["second_utf8"].encode()]
    hashes = [entry.leaf_hash(leaf) for leaf in leaves]
    checkpoint = note.join(case["checkpoint"], [case["line"]])
    assert hashlib.sha256(tiles.encode_bundle(leaves)).hexdigest() == case["bundle_sha256"]
    assert merkle.root(hashes).hex() == case["root"]
    assert note.sign(case["checkpoint"], key["name"], bytes.fromhex(key["seed"])) == case["line"]
    text = proof.make(0, merkle.inclusion_proof(hashes, 0, 2), checkpoint)
    assert text == case["tlog_proof_of_index_0"]
    rules = policy.parse(f"log {key['vkey']}\nquorum none\n")
    assert proof.verify(text, leaves[0], rules).size == 2


@pytest.mark.parametrize("case", VECTORS["jcs"], ids=lambda case: case["name"])
def test_the_independent_jcs_that_our_encoder_is_held_against(case):
    assert hashlib.sha256(rfc8785.dumps(json.loads(case["input"]))).hexdigest() == case["output_sha256"]


def test_numbers_of_the_independent_jcs():
    cases = VECTORS["jcs_numbers"]["cases"]
    assert {bits: rfc8785.dumps(struct.unpack(">d", bytes.fromhex(bits))[0]).decode() for bits in cases} == cases
