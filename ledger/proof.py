"""Proof files (C2SP tlog-proof): one leaf, its place, the hashes to the root, and the checkpoint that signs the root."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ledger import entry, merkle, note
from ledger.merkle import HASH_BYTES, ProofError
from ledger.note import Checkpoint
from ledger.policy import Policy

HEADER = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 63
_number = re.compile("0|[1-9][0-9]{0,18}").fullmatch


@dataclass(frozen=True)
class Proof:
    """A parsed proof; `extra` is what the file's maker added and nobody vouches for."""

    index: int
    hashes: list[bytes]
    checkpoint: str
    extra: bytes | None = None


def text(proof: Proof) -> str:
    """The file's text."""
    lines = [HEADER]
    if proof.extra is not None:
        lines.append(f"extra {_b64(proof.extra)}")
    lines += [f"index {proof.index}", *map(_b64, proof.hashes)]
    return "\n".join(lines) + "\n\n" + proof.checkpoint


def parse(data: str) -> Proof:
    """The parts of a proof file, nothing verified; `ProofError` when malformed."""
    head, blank, checkpoint = data.partition("\n\n")
    lines = head.split("\n")
    if not blank or lines.pop(0) != HEADER:
        raise ProofError(f"a proof begins with {HEADER}")
    extra = _unb64(lines.pop(0).removeprefix("extra ")) if lines and lines[0].startswith("extra ") else None
    index = lines.pop(0).removeprefix("index ") if lines and lines[0].startswith("index ") else ""
    if _number(index) is None:
        raise ProofError("a proof names the index of its leaf")
    hashes = [_unb64(line) for line in lines]
    if len(hashes) > MAX_HASHES or any(len(item) != HASH_BYTES for item in hashes):
        raise ProofError(f"a proof has at most {MAX_HASHES} hashes of {HASH_BYTES} bytes")
    return Proof(int(index), hashes, checkpoint, extra)


def verify(data: str, leaf: bytes, policy: Policy, *, now: int | None = None, max_age: int | None = None) -> Checkpoint:
    """The checkpoint under which `leaf` is proven to lie in the log.

    Raises `InvalidLeaf`, `NoteError`, `PolicyUnmet` or `ProofError`, whichever is found first.
    """
    entry.parse_leaf(leaf)
    return verify_data(data, leaf, policy, now=now, max_age=max_age)


def verify_data(
    data: str, leaf: bytes, policy: Policy, *, now: int | None = None, max_age: int | None = None
) -> Checkpoint:
    """As `verify`, for a log whose entries need not be leaves of ours."""
    proof = parse(data)
    checkpoint = policy.check(proof.checkpoint, now=now, max_age=max_age)
    merkle.verify_inclusion(entry.leaf_hash(leaf), proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    return checkpoint


def make(index: int, hashes: Sequence[bytes], checkpoint: str) -> str:
    """The proof file of leaf `index` under a signed checkpoint."""
    note.split(checkpoint)
    return text(Proof(index, list(hashes), checkpoint))


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unb64(line: str) -> bytes:
    try:
        data = base64.b64decode(line, validate=True)
    except ValueError as error:
        raise ProofError("malformed base64") from error
    if _b64(data) != line:
        raise ProofError("base64 that is not canonical")
    return data
