"""What closing commits to: the count and Merkle root of all receipts. Pure.

Each company can check from its own receipt that it is among those counted, and nobody can add or drop one later.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from portal.intake.canonical import canonical


def receipt_hash(receipt: Mapping[str, Any]) -> bytes:
    """The leaf of one receipt: SHA-256(0x00 ‖ canonical JSON). Its salt keeps outsiders from guessing."""
    return hashlib.sha256(b"\x00" + canonical(dict(receipt))).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The RFC 6962 root over the receipt hashes in the order given; of nothing, SHA-256 of nothing."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << ((len(hashes) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + root(hashes[:half]) + root(hashes[half:])).digest()
