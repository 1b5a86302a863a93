"""Tiles: growth step by step equals the tree at once, and a forged tile leads nowhere."""

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import merkle, tiles
from ledger.merkle import ProofError
from ledger.tiles import Tile, Tree


def digest(number):
    return hashlib.sha256(number.to_bytes(4, "big")).digest()


HASHES = [digest(number) for number in range(70_000)]


def grow(steps):
    """The tiles of all steps and the roots after each."""
    stored, roots, size = {}, [], 0
    for step in steps:
        changed, root = tiles.extend(size, HASHES[size : size + step], stored.__getitem__)
        assert not changed.keys() & stored.keys(), "a tile once written is never written again"
        stored |= changed
        size += step
        roots.append(root)
    return stored, roots


@settings(max_examples=30, deadline=None)
@given(steps=st.lists(st.integers(1, 700), min_size=1, max_size=6))
def test_growing_in_any_steps_gives_the_same_tree(steps):
    stored, roots = grow(steps)
    size = 0
    for step, root in zip(steps, roots, strict=True):
        size += step
        assert root == merkle.root(HASHES[:size])
        assert {*tiles.layout(size)} <= stored.keys()


@pytest.mark.parametrize(("since", "size"), [(0, 300), (256, 257), (255, 256), (100, 100), (0, 0), (65_535, 65_537)])
def test_the_layout_since_an_earlier_size_is_what_changed(since, size):
    assert {*tiles.layout(size, since)} == {*tiles.layout(size)} - {*tiles.layout(since)}


def test_proofs_from_tiles_are_those_of_the_list():
    stored, roots = grow([70_000])
    tree = Tree(70_000, stored.__getitem__)
    assert tree.root() == roots[0] == merkle.root(HASHES)
    for index in (255, 65_536, 69_999):
        path = tree.inclusion_proof(index)
        assert path == merkle.inclusion_proof(HASHES, index, 70_000)
        merkle.verify_inclusion(HASHES[index], index, 70_000, path, roots[0])
    for old in (1, 300, 65_536, 69_888):
        assert tree.consistency_proof(old) == merkle.consistency_proof(HASHES, old, 70_000)


def test_every_flipped_byte_of_a_tile_that_a_proof_reads_refuses_it():
    """Attack 16, at the size where another reader accepted a forged tile."""
    stored, (root,) = grow([70_000])
    index, read, choose = 69_950, [], random.Random(16)
    genuine = Tree(70_000, lambda tile: read.append(tile) or stored[tile]).inclusion_proof(index)
    refused = 0
    for tile in read:
        for at in choose.sample(range(len(stored[tile])), 32):
            forged = bytearray(stored[tile])
            forged[at] ^= 1 << choose.randrange(8)
            path = Tree(70_000, {**stored, tile: bytes(forged)}.__getitem__).inclusion_proof(index)
            if path != genuine:
                refused += 1
                with pytest.raises(ProofError):
                    merkle.verify_inclusion(HASHES[index], index, 70_000, path, root)
    assert len(read) == 3
    assert refused > 32


def test_a_tile_of_another_length_is_refused():
    stored, _ = grow([300])
    short = {**stored, Tile(0, 1, 44): stored[Tile(0, 1, 44)][:-1]}
    with pytest.raises(ProofError):
        Tree(300, short.__getitem__).root()


@given(leaves=st.lists(st.binary(max_size=300), max_size=256))
def test_bundles_round_trip(leaves):
    assert tiles.decode_bundle(tiles.encode_bundle(leaves), len(leaves)) == leaves


@pytest.mark.parametrize(
    ("data", "width"),
    [(b"\0\1a", 2), (b"\0\1a\0", 1), (b"\0\1a\0", 2), (b"\0\2a", 1), (b"\0", 1), (b"", 1), (b"\0\1ab", 1)],
)
def test_odd_bundles_are_refused(data, width):
    with pytest.raises(ProofError):
        tiles.decode_bundle(data, width)


@given(level=st.integers(0, 63), n=st.integers(0, 2**40), width=st.integers(1, 256))
def test_paths_round_trip(level, n, width):
    assert tiles.parse_path(tiles.path(Tile(level, n, width))) == Tile(level, n, width)


@pytest.mark.parametrize("tile", [Tile(64, 0), Tile(-1, 0), Tile(0, -1), Tile(0, 0, 0), Tile(0, 0, 257)])
def test_impossible_tiles_have_no_path(tile):
    with pytest.raises(ProofError):
        tiles.path(tile)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/x001",
        "tile/0/001.p/",
        "tile/0/٠٠١",
        "tile/0/001\n",
        "tile/0/000.p/1/2",
    ],
)
def test_other_spellings_of_a_path_are_refused(path):
    with pytest.raises(ProofError):
        tiles.parse_path(path)


def test_what_lies_outside_the_tree_is_refused():
    stored, _ = grow([300])
    tree = Tree(300, stored.__getitem__)
    for index in (-1, 300):
        with pytest.raises(ProofError):
            tree.inclusion_proof(index)
    for old in (0, 301):
        with pytest.raises(ProofError):
            tree.consistency_proof(old)
