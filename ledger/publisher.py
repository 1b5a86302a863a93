"""The publisher: puts a signed tree into the public folder once its checkpoint meets the policy.

Tiles and entries first, made durable, and only then the checkpoint that names them; so whatever a reader or a crash
finds in the folder is a whole log. Without a quorum the last checkpoint stays up.
"""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction

from ledger import durable, note, policy, stored, tiles
from ledger.policy import Policy
from ledger.tiles import Tile

ROLE = "ledger_sequencer"
CHECKPOINT = "checkpoint"
LOCK = int.from_bytes(b"publish", "big")


class RolledBack(ValueError):
    """The public folder is ahead of the database: stop and find out why, never publish over it."""


class Signed(NamedTuple):
    """A checkpoint of the log's own signer."""

    size: int
    note: str


class Publisher:
    """Publishes the newest signed checkpoint, once per call of `step`."""

    def __init__(self, folder: Path, rules: Policy) -> None:
        self.folder, self.rules = folder, rules

    def step(self, now: datetime) -> int | None:
        """The size that this step published; None when nothing was new or the quorum is not there yet."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {ROLE}")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            published, signed = self._published(cursor), self._newest(cursor)
            full = self._witnessed(cursor, signed) if signed and signed.size > published else None
            if signed and full:
                self._check_folder(signed.size)
                self._write_tiles(cursor, signed.size, published)
                self._write_checkpoint(full)
                self._record(cursor, signed.size, full, now)
                self._drop_partial(signed.size, published)
            cursor.execute("RESET ROLE")
        return signed.size if signed and full else None

    def rebuild(self, folder: Path) -> int:
        """Writes the whole log as last published into an empty folder, for comparison; answers its size."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT size, note FROM ledger_published ORDER BY id DESC LIMIT 1")
            row = cursor.fetchone()
            if row is None:
                return 0
            other = Publisher(folder, self.rules)
            other._write_tiles(cursor, row[0], 0)
            other._write_checkpoint(row[1])
        return row[0]

    def _published(self, cursor: stored.Cursor) -> int:
        cursor.execute("SELECT coalesce(max(size), 0) FROM ledger_published", [])
        return cursor.fetchone()[0]

    def _newest(self, cursor: stored.Cursor) -> Signed | None:
        cursor.execute("SELECT size, note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1", [])
        row = cursor.fetchone()
        return Signed(*row) if row else None

    def _witnessed(self, cursor: stored.Cursor, signed: Signed) -> str | None:
        """The note with the witnesses' lines, if together they meet the policy."""
        cursor.execute(
            "SELECT DISTINCT ON (witness) line FROM ledger_cosignature WHERE size = %s ORDER BY witness, at DESC",
            [signed.size],
        )
        full = signed.note + "".join(line for (line,) in cursor.fetchall())
        try:
            self.rules.check(full)
        except (policy.PolicyUnmet, note.NoteError):
            return None
        return full

    def _check_folder(self, size: int) -> None:
        """A folder that shows more than the database knows means that the database was put back."""
        shown = published_size(self.folder)
        if shown > size:
            raise RolledBack(f"the public folder shows {shown} leaves, the database would publish {size}")

    def _write_tiles(self, cursor: stored.Cursor, size: int, since: int) -> None:
        for tile, data in self._files(cursor, size, since):
            target = self.folder / tiles.path(tile)
            # A file that is there is whole (it was renamed into place) and never changes.
            if not target.exists():
                durable.make_folder(target.parent)
                durable.write(target, data)

    def _files(self, cursor: stored.Cursor, size: int, since: int) -> Iterator[tuple[Tile, bytes]]:
        read = stored.tile_reader(cursor)
        for tile in tiles.layout(size, since):
            yield tile, read(tile)
        for tile in tiles.bundles(size, since):
            low = tile.n * tiles.WIDTH
            yield tile, tiles.encode_bundle(stored.leaves(cursor, low, low + tile.width))

    def _write_checkpoint(self, full: str) -> None:
        durable.make_folder(self.folder)
        durable.write(self.folder / CHECKPOINT, full.encode())

    def _drop_partial(self, size: int, since: int) -> None:
        """Removes partial tiles whose full one is there now; readers of older checkpoints fall back to the full one."""
        for tile in (*tiles.layout(size, since), *tiles.bundles(size, since)):
            if tile.width == tiles.WIDTH:
                full = self.folder / tiles.path(tile)
                shutil.rmtree(full.with_name(f"{full.name}.p"), ignore_errors=True)

    def _record(self, cursor: stored.Cursor, size: int, full: str, now: datetime) -> None:
        cursor.execute("INSERT INTO ledger_published (size, note, published_at) VALUES (%s, %s, %s)", [size, full, now])


def published_size(folder: Path) -> int:
    """The size that the folder's checkpoint names; 0 when there is none."""
    try:
        full = (folder / CHECKPOINT).read_text("utf-8")
    except FileNotFoundError:
        return 0
    return note.parse_checkpoint(note.split(full)[0]).size
