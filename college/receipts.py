"""The fingerprint of one attendance record: what its student keeps, and what the day's seal is made of. Pure."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from uuid import UUID


def record(*, lesson: UUID, case: UUID, kind: str, at: datetime, source: str, nonce: UUID) -> bytes:
    """The record in canonical bytes; its random ``nonce`` keeps outsiders from guessing it from the fingerprint."""
    said = {
        "at": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z",
        "case": str(case),
        "kind": str(kind),
        "lesson": str(lesson),
        "nonce": str(nonce),
        "source": str(source),
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def fingerprint(data: bytes) -> str:
    """The record's leaf hash (RFC 6962) in hex, as the day's Merkle tree holds it."""
    return hashlib.sha256(b"\x00" + data).hexdigest()
