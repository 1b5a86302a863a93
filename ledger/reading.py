"""What the door tells about leaves that are recorded: proofs, receipts, the log's health."""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.db import connection

from ledger import openings, proof, stored
from ledger.settling import Machinery
from ledger.tiles import Tree

DEGRADED_AFTER = timedelta(seconds=60)


class NotYetWitnessed(ValueError):
    """No published checkpoint covers the leaf yet; it is recorded and only has to wait."""


class UnknownLeaf(ValueError):
    """No leaf has that id."""


class Reader(Protocol):
    """Somebody who asks for a receipt: the names of the subject keys whose values are theirs to see."""

    def ledger_keys(self) -> set[str]: ...


@dataclass(frozen=True)
class Status:
    """The log's health at `now`. `degraded` when a leaf has waited for its publication for more than a minute."""

    now: datetime
    size: int
    pending: int
    waiting_since: datetime | None
    signed_size: int
    published_size: int
    published_at: datetime | None
    witnesses: int

    @property
    def waiting(self) -> int:
        """Leaves that no published checkpoint covers yet."""
        return self.size + self.pending - self.published_size

    @property
    def degraded(self) -> bool:
        return self.waiting_since is not None and self.now - self.waiting_since > DEGRADED_AFTER


_STATUS = """
SELECT clock_timestamp(), (SELECT size FROM ledger_tree_state), (SELECT count(*) FROM ledger_pending),
  (SELECT min((convert_from(r.leaf, 'UTF8')::jsonb ->> 'at')::timestamptz) FROM ledger_record r WHERE r.id = (
     SELECT coalesce((SELECT e.record_id FROM ledger_entry e WHERE e.idx = shown.size), (SELECT min(record_id) FROM ledger_pending)))),
  (SELECT coalesce(max(size), 0) FROM ledger_checkpoint), shown.size, shown.published_at
FROM (SELECT coalesce(max(size), 0) AS size, max(published_at) AS published_at FROM ledger_published) AS shown
"""


def status() -> Status:
    """Sizes and times of what is recorded, signed and published."""
    with connection.cursor() as cursor:
        cursor.execute(_STATUS)
        now, size, pending, since, signed, published, published_at = cursor.fetchone()
    machinery = Machinery.installed()
    witnesses = len(machinery.rules().witnesses) if machinery.policy_file.exists() else 0
    return Status(now, size, pending, since, signed, published, published_at, witnesses)


def leaf(leaf_id: UUID) -> bytes:
    """The exact bytes of a leaf; `UnknownLeaf`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT leaf FROM ledger_record WHERE leaf_id = %s", [leaf_id])
        row = cursor.fetchone()
    if row is None:
        raise UnknownLeaf(f"no leaf {leaf_id}")
    return bytes(row[0])


def prove(leaf_id: UUID) -> str:
    """The proof file of a leaf under the newest published checkpoint; `UnknownLeaf` or `NotYetWitnessed`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.idx, p.size, p.note FROM ledger_record r LEFT JOIN ledger_entry e ON e.record_id = r.id"
            " LEFT JOIN LATERAL (SELECT size, note FROM ledger_published ORDER BY id DESC LIMIT 1) p ON p.size > e.idx"
            " WHERE r.leaf_id = %s",
            [leaf_id],
        )
        row = cursor.fetchone()
        if row is None:
            raise UnknownLeaf(f"no leaf {leaf_id}")
        index, size, checkpoint = row
        if size is None:
            raise NotYetWitnessed(f"leaf {leaf_id} is recorded; its checkpoint is on its way")
        return proof.make(index, Tree(size, stored.tile_reader(cursor)).inclusion_proof(index), checkpoint)


def consistency(old: int, new: int) -> list[bytes]:
    """The proof that the tree of `old` leaves is the beginning of that of `new`; `ProofError` when out of range."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(size), 0) FROM ledger_published")
        if not 1 <= old <= new <= cursor.fetchone()[0]:
            raise proof.ProofError("sizes lie between 1 and the published size")
        return Tree(new, stored.tile_reader(cursor)).consistency_proof(old)


def receipt(leaf_id: UUID, reader: Reader) -> bytes:
    """A zip of leaf, proof, policy and those openings that are the reader's: all that an offline check needs."""
    names = {openings.key_id(name) for name in reader.ledger_keys()}
    opened = openings.open_leaf(leaf_id, names)
    parts = {
        "leaf.json": leaf(leaf_id),
        "leaf.tlog-proof": prove(leaf_id).encode(),
        "policy": Machinery.installed().policy_file.read_bytes(),
    }
    if opened:
        parts["openings.json"] = json.dumps(opened, ensure_ascii=False, indent=1).encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()
