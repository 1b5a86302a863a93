"""The Merkle tree of RFC 6962: roots, proofs and their verification (loops of RFC 9162 §2.1.3.2 and §2.1.4.2).

Proofs are built from *ranges*: every node of a proof covers a range of leaves, so that the same two functions serve a
list of hashes here and a folder of tiles in `ledger.tiles`.
"""

import hashlib
from collections.abc import Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
type Range = tuple[int, int]


class ProofError(ValueError):
    """A proof, a hash, an index or a size that cannot be right."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right), the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes; of none, SHA-256 of nothing."""
    _check_hashes(hashes)
    return _root(hashes)


def inclusion_proof(hashes: Sequence[bytes], index: int, size: int) -> list[bytes]:
    """The siblings of leaf `index` on its way to the root of the first `size` leaves, nearest first."""
    _check_bounds(0, index, size, len(hashes), "index")
    if index == size:
        raise ProofError("index is not below size")
    return _nodes(hashes, inclusion_ranges(index, size))


def consistency_proof(hashes: Sequence[bytes], old: int, new: int) -> list[bytes]:
    """The nodes that show the first `old` leaves to be the beginning of the first `new`; `old` is at least 1."""
    _check_bounds(1, old, new, len(hashes), "old size")
    return _nodes(hashes, consistency_ranges(old, new))


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The ranges of leaves under the nodes of an inclusion proof, nearest first."""
    ranges: list[Range] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + split(high - low)
        if index < middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The ranges of leaves under the nodes of a consistency proof, in the order of RFC 6962 §2.1.2."""
    ranges: list[Range] = []
    low, high, whole = 0, new, True
    while old != high:
        middle = low + split(high - low)
        if old <= middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low, whole = middle, False
    if not whole:
        ranges.append((low, high))
    return ranges[::-1]


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Returns when the leaf is number `index` of the tree of `size` leaves under `root`; else `ProofError`."""
    _check_hashes([leaf_hash, root, *_proof_list(proof)])
    if not _is_number(index) or not _is_number(size) or not 0 <= index < size:
        raise ProofError("index is not below size")
    position, last, computed = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            raise ProofError("proof too long")
        if position & 1 or position == last:
            computed = node_hash(sibling, computed)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            computed = node_hash(computed, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofError("proof too short")
    if computed != root:
        raise ProofError("proof leads to another root")


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Returns when the tree of `old_size` is the beginning of the tree of `new_size`; else `ProofError`.

    Size 0 is refused: everything begins with nothing, so a proof from it would say nothing.
    """
    path = _proof_list(proof)
    _check_hashes([old_root, new_root, *path])
    if not _is_number(old_size) or not _is_number(new_size) or not 0 < old_size <= new_size:
        raise ProofError("old size is not between 1 and the new size")
    if old_size == new_size:
        if path or old_root != new_root:
            raise ProofError("one size, but two roots or a proof")
        return
    if not path:
        raise ProofError("empty proof")
    if old_size & (old_size - 1) == 0:
        path = [old_root, *path]
    if _walk(old_size - 1, new_size - 1, path) != (old_root, new_root):
        raise ProofError("proof leads to other roots")


def split(size: int) -> int:
    """The largest power of two below `size` (which is at least 2): where the tree divides."""
    return 1 << (size - 1).bit_length() - 1


def _walk(position: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Both roots that a consistency path leads to."""
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("proof too long")
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofError("proof too short")
    return old, new


def _root(hashes: Sequence[bytes]) -> bytes:
    if not hashes:
        return EMPTY_ROOT
    sha256, level = hashlib.sha256, list(hashes)
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        # An odd node at the end stands alone and moves up unchanged: that is the split at a power of two.
        level = above + level[-1:] if len(level) & 1 else above
    return level[0]


def _nodes(hashes: Sequence[bytes], ranges: Sequence[Range]) -> list[bytes]:
    _check_hashes(hashes)
    return [_root(hashes[low:high]) for low, high in ranges]


def _check_bounds(least: int, inner: int, outer: int, available: int, name: str) -> None:
    if not _is_number(inner) or not _is_number(outer) or not least <= inner <= outer <= available:
        raise ProofError(f"{name} or size out of range")


def _is_number(value: object) -> bool:
    return type(value) is int


def _proof_list(proof: Sequence[bytes]) -> list[bytes]:
    if not isinstance(proof, list | tuple):
        raise ProofError("a proof is a list of hashes")
    return list(proof)


def _check_hashes(hashes: Sequence[bytes]) -> None:
    for item in hashes:
        if not isinstance(item, bytes) or len(item) != HASH_BYTES:
            raise ProofError(f"a hash is {HASH_BYTES} bytes")
