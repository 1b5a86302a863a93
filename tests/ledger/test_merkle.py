"""Proofs of all small trees, and every way in which a proof can be wrong."""

import hashlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger import log, merkle
from ledger.merkle import ProofError

HASHES = [hashlib.sha256(bytes([number])).digest() for number in range(130)]
SIZES = range(1, 66)


def naive_root(hashes):
    """The recursive definition of RFC 6962 §2.1, as printed."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(hashes[:k]) + naive_root(hashes[k:])).digest()


def naive_consistency(old, hashes, whole=True):
    """The recursive definition of RFC 6962 §2.1.2, as printed."""
    if old == len(hashes):
        return [] if whole else [naive_root(hashes)]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    if old <= k:
        return [*naive_consistency(old, hashes[:k], whole), naive_root(hashes[k:])]
    return [*naive_consistency(old - k, hashes[k:], False), naive_root(hashes[:k])]


@pytest.mark.parametrize("size", SIZES)
def test_roots_and_proofs_follow_the_definition(size):
    hashes, root = HASHES[:size], merkle.root(HASHES[:size])
    assert root == naive_root(hashes)
    for index in range(size):
        merkle.verify_inclusion(HASHES[index], index, size, merkle.inclusion_proof(HASHES, index, size), root)
    for old in range(1, size + 1):
        path = merkle.consistency_proof(HASHES, old, size)
        assert path == naive_consistency(old, hashes)
        merkle.verify_consistency(old, size, merkle.root(HASHES[:old]), root, path)


@given(size=st.integers(1, 128), data=st.data())
def test_a_proof_of_another_leaf_index_size_or_root_is_refused(size, data):
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, 129))
    path, root = merkle.inclusion_proof(HASHES, index, size), merkle.root(HASHES[:size])
    assume(other != index)
    with pytest.raises(ProofError):
        merkle.verify_inclusion(HASHES[other], index, size, path, root)
    with pytest.raises(ProofError):
        merkle.verify_inclusion(HASHES[index], other, size, path, root)
    with pytest.raises(ProofError):
        merkle.verify_inclusion(HASHES[index], index, size, path, HASHES[other] if size == 1 else HASHES[index])


def wrong_proofs(path):
    yield [*path, HASHES[0]]
    yield [HASHES[0], *path]
    if path:
        yield path[:-1]
        yield path[1:]
        yield [*path, path[-1]]
        yield path * 2
        yield [path[0][:31], *path[1:]]
        yield [path[0] + b"\0", *path[1:]]
        yield [bytes([path[0][0] ^ 1]) + path[0][1:], *path[1:]]
        yield b"".join(path)
        yield [path[0].hex(), *path[1:]]
    if len(path) > 1:
        yield path[::-1]


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 2), (4, 5), (5, 8), (6, 7), (2, 3), (64, 65)])
def test_odd_inclusion_proofs_are_refused(index, size):
    path, root = merkle.inclusion_proof(HASHES, index, size), merkle.root(HASHES[:size])
    for wrong in wrong_proofs(path):
        with pytest.raises(ProofError):
            merkle.verify_inclusion(HASHES[index], index, size, wrong, root)


@pytest.mark.parametrize(("old", "new"), [(1, 2), (2, 3), (3, 7), (4, 7), (6, 8), (8, 8), (7, 65)])
def test_odd_consistency_proofs_are_refused(old, new):
    path, roots = merkle.consistency_proof(HASHES, old, new), (merkle.root(HASHES[:old]), merkle.root(HASHES[:new]))
    for wrong in wrong_proofs(path):
        with pytest.raises(ProofError):
            merkle.verify_consistency(old, new, *roots, wrong)
    for swapped in [(roots[0], HASHES[9]), (HASHES[9], roots[1]), (roots[0][:31], roots[1])]:
        with pytest.raises(ProofError):
            merkle.verify_consistency(old, new, *swapped, path)


@pytest.mark.parametrize(("old", "new"), [(0, 5), (6, 5), (-1, 5), (True, 5), (5, 5.0), (0, 0)])
def test_sizes_out_of_range_are_refused(old, new):
    with pytest.raises(ProofError):
        merkle.verify_consistency(old, new, HASHES[0], HASHES[0], [])
    with pytest.raises(ProofError):
        merkle.consistency_proof(HASHES, old, new)


@pytest.mark.parametrize(("index", "size"), [(5, 4), (5, 5), (-1, 5), (0, 0), (0, 131), (True, 2), (1, "2"), (0, -1)])
def test_an_index_out_of_range_is_refused(index, size):
    with pytest.raises(ProofError):
        merkle.inclusion_proof(HASHES, index, size)
    with pytest.raises(ProofError):
        merkle.verify_inclusion(HASHES[5], index, size, [], HASHES[5])


def test_a_tree_of_one_under_a_foreign_root_is_refused():
    """Without the check for too long a path, a verifier would walk from one leaf to any root."""
    root = merkle.root(HASHES[:4])
    with pytest.raises(ProofError):
        merkle.verify_inclusion(HASHES[0], 0, 1, merkle.inclusion_proof(HASHES, 0, 4), root)


@pytest.mark.parametrize("wrong", [b"", HASHES[0][:31], HASHES[0] + b"\0", HASHES[0].hex(), bytearray(HASHES[0]), None])
def test_a_hash_is_32_bytes(wrong):
    for call in (
        lambda: merkle.root([wrong]),
        lambda: merkle.inclusion_proof([HASHES[0], wrong], 0, 2),
        lambda: merkle.consistency_proof([HASHES[0], wrong], 1, 2),
        lambda: merkle.verify_inclusion(wrong, 0, 1, [], HASHES[0]),
        lambda: merkle.verify_inclusion(HASHES[0], 0, 1, [], wrong),
        lambda: merkle.verify_consistency(1, 1, wrong, wrong, []),
    ):
        with pytest.raises(ProofError):
            call()


def test_equal_sizes_need_equal_roots_and_no_proof():
    merkle.verify_consistency(3, 3, HASHES[0], HASHES[0], [])
    with pytest.raises(ProofError):
        merkle.verify_consistency(3, 3, HASHES[0], HASHES[1], [])


def test_the_doors_root_is_the_tree_over_the_values_leaf_hashes():
    values = [b"one", b"two", b"three"]
    assert log.root_of(values) == merkle.root([hashlib.sha256(b"\x00" + value).digest() for value in values]).hex()
    assert log.root_of([]) == merkle.EMPTY_ROOT.hex()
