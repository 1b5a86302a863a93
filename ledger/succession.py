"""A new log after a stolen key: it begins by naming the last size and root of the one before, and holds all its leaves.

The new name has a new key, which the thief does not hold, and witnesses that have seen nothing of it yet. Leaf 0 is
`ledger.genesis/2`; the leaves of the former log follow from 1 on in their old order, so cases, numbers and references
go on, every old decision gets a proof under the new name, and anybody can recompute the old root from the new log.
Folders of the former log are kept beside, under the hash of its name: they are evidence.
"""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from ledger import documents, durable, entry, events, machines, merkle, note, policy, sequencer, stored, tiles
from ledger.models import Record, TreeState
from ledger.note import Checkpoint
from ledger.people import SYSTEM, Subject
from ledger.publisher import CHECKPOINT
from ledger.recording import append
from ledger.settling import LOCAL, POLICY, Machinery, connect, database_now
from ledger.signer import initialise, vkey

#: What the tables hold about the tree of one name; the records themselves stay.
OF_THE_NAME = ("published", "cosignature", "checkpoint", "tile", "entry", "tree_state")
OWNER = "ledger_owner"
#: Files of the public folder that leaves name by their hash.
NAMED = ("schemas", "machines", "verifiers")


class SuccessionRefused(ValueError):
    """There is nothing to go on from, or what there is contradicts itself; a person has to look."""


class Succeeded(NamedTuple):
    """The new log's key, and which log it goes on from."""

    vkey: str
    before: Checkpoint


class _Beginning:
    """The new log itself, as the row that its first leaf is about: without a leaf before it."""

    _meta = SimpleNamespace(db_table="ledger_origin")

    def __init__(self, origin: str) -> None:
        self.pk = _hash(origin)

    def ledger_subject(self) -> Subject:
        return TreeState(id=1).ledger_subject()


def succeed(machinery: Machinery, own_key: str | None = None) -> Succeeded:
    """Begins the log of the machinery's name with all leaves of the former one; run again, it finishes what is missing.

    `own_key` is the verifier key of a signer on another host; without one, the signer of this machine gets a fresh
    folder and is stopped meanwhile. Nothing is published meanwhile. `SuccessionRefused` when the
    public folder shows no verified checkpoint of another name, or the tables do not hold what that checkpoint says.
    """
    with machinery.board.locked(wait=True):
        before = _before(machinery)
        machinery.board.sound(f"a new log, {machinery.origin}, takes the place of {before.origin}", database_now())
        if not _is_begun(machinery.origin):
            _begin(machinery.origin, before)
        own = _take_places(machinery, before, own_key)
        documents.publish(machinery.public)
        machinery.board.silence(database_now())
    return Succeeded(own, before)


def _hash(origin: str) -> str:
    return hashlib.sha256(origin.encode()).hexdigest()


def _before(machinery: Machinery) -> Checkpoint:
    """The former log's last published checkpoint, verified under the policy of its time."""
    for shown, rules in _pairs(machinery):
        if not shown.exists() or not rules.exists():
            continue
        full, known = shown.read_text("utf-8"), policy.parse(rules.read_text("utf-8"))
        origin = full.partition("\n")[0]
        if origin == machinery.origin or origin not in {note.parse_vkey(own).name for own in known.logs}:
            continue
        try:
            return known.check(full)
        except ValueError as error:
            raise SuccessionRefused(f"the checkpoint in {shown.parent} is not good: {error}") from error
    raise SuccessionRefused(
        f"no checkpoint of a former log is published here: LEDGER_ORIGIN is to name the new log, not {machinery.origin}"
    )


def _pairs(machinery: Machinery) -> Iterator[tuple[Path, Path]]:
    """Checkpoint and policy: those in use, and those that an earlier run, cut off at any moment, put aside."""
    folders, rules = [machinery.public], [machinery.policy_file]
    mine = _first()
    if mine and mine["type"] == events.SUCCEEDED.label:
        folders.append(_aside(machinery.public, mine["data"]["before_hash"]))
        rules.append(_aside(machinery.policy_file, mine["data"]["before_hash"]))
    yield from ((folder / CHECKPOINT, file) for folder in folders for file in rules)


def _aside(path: Path, origin_hash: str) -> Path:
    return path.with_name(f"{path.name}.before-{origin_hash[:16]}")


def _first() -> dict[str, Any] | None:
    """The leaf at place 0."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT r.leaf FROM ledger_entry e JOIN ledger_record r ON r.id = e.record_id WHERE e.idx = 0")
        row = cursor.fetchone()
    return entry.parse_leaf(bytes(row[0])) if row else None


def _is_begun(origin: str) -> bool:
    first = _first()
    return (
        first is not None and first["type"] == events.SUCCEEDED.label and first["data"]["origin_hash"] == _hash(origin)
    )


@transaction.atomic
def _begin(origin: str, before: Checkpoint) -> None:
    """The tables change their tree in one transaction: old places are taken back, the first leaf and all others placed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [sequencer.LOCK])
        placed = _checked(cursor, before)
        with _owning(cursor):
            tables = ", ".join(f"ledger_{table}" for table in OF_THE_NAME if table != "tree_state")
            cursor.execute(f"TRUNCATE {tables}")
            cursor.execute("UPDATE ledger_tree_state SET size = 0, root = %s", [merkle.EMPTY_ROOT])
        leaf_id = append(events.SUCCEEDED, row=_Beginning(origin), by=SYSTEM, data=_told(origin, before))
        cursor.execute(f"SET LOCAL ROLE {stored.ROLE}")
        _place(cursor, leaf_id, placed)
        cursor.execute("RESET ROLE")


def _told(origin: str, before: Checkpoint) -> dict[str, object]:
    return {
        "origin_hash": _hash(origin),
        "format": "hub-ledger-v1",
        "before_hash": _hash(before.origin),
        "size": before.size,
        "root": before.root.hex(),
    }


def _checked(cursor: stored.Cursor, before: Checkpoint) -> list[tuple[int, bytes]]:
    """Records and hashes in the order of the former tree, hashed again; its root must be the published one."""
    cursor.execute(
        "SELECT e.idx, r.id, r.leaf FROM ledger_entry e JOIN ledger_record r ON r.id = e.record_id ORDER BY e.idx"
    )
    placed: list[tuple[int, bytes]] = []
    for index, record, leaf in cursor.fetchall():
        if index != len(placed):
            raise SuccessionRefused(f"entry {len(placed)} is missing")
        placed.append((record, entry.leaf_hash(bytes(leaf))))
    hashes = [digest for _, digest in placed]
    if before.size > len(hashes) or merkle.root(hashes[: before.size]) != before.root:
        raise SuccessionRefused(
            f"this database does not hold the {before.size} leaves that {before.origin} published last:"
            " bring back the one that does"
        )
    return placed


@contextmanager
def _owning(cursor: stored.Cursor) -> Iterator[None]:
    """As the tables' owner and without their guards, which come back in the same transaction."""
    cursor.execute(f"SET LOCAL ROLE {OWNER}")
    cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A' AND tgrelid = ANY(%s::regclass[])", [[f"ledger_{table}" for table in OF_THE_NAME]])  # fmt: skip
    guards = cursor.fetchall()
    for table, guard in guards:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {guard}")
    yield
    for table, guard in guards:
        cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {guard}")
    cursor.execute("RESET ROLE")


def _place(cursor: stored.Cursor, leaf_id: UUID, placed: list[tuple[int, bytes]]) -> None:
    """The new tree, written by the sequencer's own steps under its own role."""
    record = Record.objects.get(leaf_id=leaf_id)
    every = [(record.pk, entry.leaf_hash(bytes(record.leaf))), *placed]
    nothing: dict[tiles.Tile, bytes] = {}
    made, root = tiles.extend(0, [digest for _, digest in every], nothing.__getitem__)
    worker = sequencer.Sequencer()
    worker._store_entries(cursor, 0, every)
    worker._store_tiles(cursor, made)
    worker._clear(cursor, [record.pk])
    worker._advance(cursor, stored.State(0, merkle.EMPTY_ROOT), stored.State(len(every), root))


def _take_places(machinery: Machinery, before: Checkpoint, own_key: str | None) -> str:
    """Fresh folders, a fresh key and a new policy where those of the former log were; answers the key."""
    name, signer = _hash(before.origin), machinery.signer_folder
    for path in (machinery.public, signer.folder, machinery.policy_file):
        if path.exists() and not _aside(path, name).exists():
            path.rename(_aside(path, name))
            durable.sync_folder(path.parent)
    if own_key is None:
        if not signer.is_initialised():
            with connect() as own:
                initialise(own, signer, succeeding=machinery.origin)
        own_key = vkey(signer, machinery.origin)
    elif note.parse_vkey(own_key).name != machinery.origin:
        raise SuccessionRefused(f"{own_key} is no key of {machinery.origin}")
    _inherit(machinery, name)
    if machinery.policy_file.exists() and own_key not in machinery.rules().logs:
        raise SuccessionRefused("the new policy names another key: give the one of the signer with --vkey")
    if not machinery.policy_file.exists():
        _write_policy(machinery, _aside(machinery.policy_file, name).read_text("utf-8"), own_key)
    return own_key


def _inherit(machinery: Machinery, name: str) -> None:
    """Files that old leaves name, and what the former log showed last, under the hash of its name."""
    old, kept = _aside(machinery.public, name), machinery.public / "before" / name
    for folder in NAMED:
        if (old / folder).is_dir():
            shutil.copytree(old / folder, machinery.public / folder, dirs_exist_ok=True)
    durable.make_folder(kept)
    durable.write(kept / CHECKPOINT, (old / CHECKPOINT).read_bytes())
    durable.write(kept / POLICY, _aside(machinery.policy_file, name).read_bytes())


def _write_policy(machinery: Machinery, old: str, own_key: str) -> None:
    """The former policy with the new key; other bodies' witnesses stay, the local one goes by a new name.

    The local witness forgets the stolen key. The policy file comes last: it says that all the rest is there.
    """
    witness = machinery.witness_folder
    if witness.is_initialised():
        witness.know(own_key)
        for stolen in policy.parse(old).logs:
            witness.forget(stolen)
    lines = [f"log {own_key}"]
    for line in old.splitlines():
        words = line.split()
        if words[:2] == ["witness", LOCAL] and witness.is_initialised():
            lines.append(" ".join([*words[:2], machinery.local_vkey(), *words[3:]]))
        elif words[:1] != ["log"]:
            lines.append(line)
    text = ("\n".join(lines) + "\n").encode()
    sha256 = machines.digest(text)
    with transaction.atomic():
        append(events.POLICY_PUBLISHED, row=TreeState(id=1), by=SYSTEM, data={"sha256": sha256})
    durable.make_folder(machinery.public / "policies")
    durable.write(machinery.public / "policies" / sha256, text)
    durable.write(machinery.public / POLICY, text)
    durable.write(machinery.policy_file, text)
