"""What the door tells about leaves that are recorded: proofs, receipts, the log's health."""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.db import connection

from ledger import openings, proof, stored
from ledger.people import Row
from ledger.settling import LOCAL, Machinery
from ledger.tiles import Tree

DEGRADED_AFTER = timedelta(seconds=60)
#: Verifiers of live views accept cosignatures this old.
STALE_AFTER = timedelta(minutes=15)


class NotYetWitnessed(ValueError):
    """No published checkpoint covers the leaf yet; it is recorded and only has to wait."""


class UnknownLeaf(ValueError):
    """No leaf has that id."""


class Reader(Protocol):
    """Somebody who asks for a receipt: the names of the subject keys whose values are theirs to see."""

    def ledger_keys(self) -> set[str]: ...


@dataclass(frozen=True)
class WitnessHealth:
    """One witness of the policy: what it cosigned last, and what keeps it from the next one if something does."""

    name: str
    size: int
    at: datetime | None
    complaint: str | None
    local: bool


@dataclass(frozen=True)
class Status:
    """The log's health at `now`.

    `degraded` when a leaf has waited for its publication for more than a minute, when the published checkpoint's
    cosignatures are older than verifiers accept, or when an alarm has stopped the log.
    """

    now: datetime
    size: int
    pending: int
    waiting_since: datetime | None
    signed_size: int
    published_size: int
    published_at: datetime | None
    cosigners: tuple[WitnessHealth, ...]
    alarm: str | None
    #: The last nightly inspection: when, and how many broken promises it found.
    inspected_at: datetime | None = None
    problems: int = 0

    @property
    def state(self) -> str:
        """`alarm` when a person has to look, `degraded` when something is late, else `ok`."""
        if self.alarm or self.problems:
            return "alarm"
        return "degraded" if self.degraded else "ok"

    @property
    def waiting(self) -> int:
        """Leaves that no published checkpoint covers yet."""
        return self.size + self.pending - self.published_size

    @property
    def lag(self) -> timedelta:
        """For how long the oldest leaf without a published checkpoint has waited."""
        return max(self.now - self.waiting_since, timedelta(0)) if self.waiting_since else timedelta(0)

    @property
    def age(self) -> timedelta | None:
        """How long ago the published checkpoint was cosigned last; None when no witness has seen it."""
        times = [found.at for found in self.cosigners if found.at and found.size >= self.published_size]
        return self.now - max(times) if times else None

    @property
    def stale(self) -> bool:
        """Whether live views refuse the published checkpoint for its age."""
        return bool(self.cosigners) and self.published_size > 0 and (self.age is None or self.age > STALE_AFTER)

    @property
    def witnesses(self) -> int:
        return len(self.cosigners)

    @property
    def independent(self) -> int:
        """Witnesses that other bodies run."""
        return sum(not found.local for found in self.cosigners)

    @property
    def degraded(self) -> bool:
        return self.alarm is not None or self.lag > DEGRADED_AFTER or self.stale


_STATUS = """
SELECT clock_timestamp(), (SELECT size FROM ledger_tree_state), (SELECT count(*) FROM ledger_pending),
  (SELECT min((convert_from(r.leaf, 'UTF8')::jsonb ->> 'at')::timestamptz) FROM ledger_record r WHERE r.id = (
     SELECT coalesce((SELECT e.record_id FROM ledger_entry e WHERE e.idx = shown.size), (SELECT min(record_id) FROM ledger_pending)))),
  (SELECT coalesce(max(size), 0) FROM ledger_checkpoint), shown.size, shown.published_at, inspected.at, coalesce(inspected.problems, 0)
FROM (SELECT coalesce(max(size), 0) AS size, max(published_at) AS published_at FROM ledger_published) AS shown
LEFT JOIN (SELECT at, problems FROM ledger_inspection ORDER BY id DESC LIMIT 1) AS inspected ON true
"""


def status() -> Status:
    """Sizes and times of what is recorded, signed, witnessed and published."""
    with connection.cursor() as cursor:
        cursor.execute(_STATUS)
        now, size, pending, since, signed, published, published_at, inspected_at, problems = cursor.fetchone()
    machinery = Machinery.installed()
    alarm = machinery.board.alarm() or machinery.signer_folder.complaint()
    seen = tuple(_cosigners(machinery))
    return Status(now, size, pending, since, signed, published, published_at, seen, alarm, inspected_at, problems)


def _cosigners(machinery: Machinery) -> Iterator[WitnessHealth]:
    if not machinery.policy_file.exists():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (witness) witness, size, to_timestamp(at) FROM ledger_cosignature"
            " ORDER BY witness, at DESC, size DESC"
        )
        last = {name: (size, at) for name, size, at in cursor.fetchall()}
    complaints = machinery.board.complaints()
    for name in machinery.rules().witnesses:
        size, at = last.get(name, (0, None))
        told = complaints.get(name)
        yield WitnessHealth(name, size, at, told.why if told else None, name == LOCAL)


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


def leaves_of(table: str, pks: Iterable[str]) -> list[UUID]:
    """The leaves about rows of a table, in the order they were recorded: the whole history of each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leaf_id FROM ledger_record WHERE subject_table = %s AND subject_pk = ANY(%s) ORDER BY id",
            [table, list(pks)],
        )
        return [row[0] for row in cursor.fetchall()]


def last_leaf_of(row: Row) -> UUID | None:
    """The newest leaf about a row; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leaf_id FROM ledger_record WHERE subject_table = %s AND subject_pk = %s ORDER BY id DESC LIMIT 1",
            [row._meta.db_table, str(row.pk)],
        )
        found = cursor.fetchone()
    return found[0] if found else None


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
