"""The publisher: puts a signed tree into the public folder once its checkpoint meets the policy.

Tiles and entries first, made durable, and only then the checkpoint that names them; so whatever a reader or a crash
finds in the folder is a whole log. Without a quorum the last checkpoint stays up.
"""

import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction

from ledger import alarms, durable, note, policy, stored, tiles
from ledger.board import Board
from ledger.cosigning import Ask, Cosigners, RolledBack
from ledger.note import Checkpoint
from ledger.policy import Policy
from ledger.stored import ROLE, Signed
from ledger.tiles import Tile

CHECKPOINT = "checkpoint"
LOCK = int.from_bytes(b"publish", "big")


class Shown(NamedTuple):
    """What was published last."""

    size: int
    note: str


class PublicFolder:
    """The folder that is the log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write_tiles(self, cursor: stored.Cursor, size: int, since: int) -> None:
        """Writes the tiles and entry bundles that a tree of `size` has beyond one of `since`."""
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

    def write_checkpoint(self, full: str) -> None:
        """Shows a checkpoint whose tiles are all there."""
        durable.make_folder(self.folder)
        durable.write(self.folder / CHECKPOINT, full.encode())

    def drop_partial(self, size: int, since: int) -> None:
        """Removes partial tiles whose full one is there now; readers of older checkpoints fall back to the full one."""
        for tile in (*tiles.layout(size, since), *tiles.bundles(size, since)):
            if tile.width == tiles.WIDTH:
                full = self.folder / tiles.path(tile)
                shutil.rmtree(full.with_name(f"{full.name}.p"), ignore_errors=True)

    def checkpoint(self) -> Checkpoint | None:
        """What the folder's checkpoint says; None when there is none."""
        try:
            full = (self.folder / CHECKPOINT).read_text("utf-8")
        except FileNotFoundError:
            return None
        return note.parse_checkpoint(note.split(full)[0])


class Publisher:
    """Has the newest signed checkpoint cosigned and publishes it, once per call of `step`."""

    def __init__(self, folder: Path, rules: Policy, board: Board, asks: Mapping[str, Ask]) -> None:
        self.public, self.rules, self.board = PublicFolder(folder), rules, board
        self.cosigners = Cosigners(rules, asks, board)

    def step(self, now: datetime, *, wait: bool = False) -> int | None:
        """The size that this step published; None when there was nothing to do or the quorum is not there yet.

        After an alarm nothing is published until a person has looked; `RolledBack` is raised once, with the alarm. With
        `wait` it waits for a publisher at work in another process instead of leaving the work to it.
        """
        with self.board.locked(wait=wait) as ours:
            if not ours or self.board.alarm():
                return None
            try:
                self._check_folder()
                self.cosigners.step(now, insist=wait)
                return self._publish(now)
            except RolledBack as error:
                self.board.sound(str(error), now)
                alarms.sound("rollback", str(error))
                raise

    def _check_folder(self) -> None:
        """A folder that shows more than the database knows, or something else, means that the database was put back."""
        shown = self.public.checkpoint()
        if shown is None:
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT root FROM ledger_checkpoint WHERE size = %s", [shown.size])
            row = cursor.fetchone()
        if row is None:
            raise RolledBack(f"the public folder shows {shown.size} leaves, which this database has not signed")
        if bytes(row[0]) != shown.root:
            raise RolledBack(f"the public folder shows another root at size {shown.size} than this database")

    def _publish(self, now: datetime) -> int | None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {ROLE}")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            shown, signed = self._shown(cursor), stored.newest_signed(cursor)
            full = self._witnessed(cursor, signed) if signed and signed.size >= shown.size else None
            news = signed is not None and full is not None and full != shown.note
            if signed and full and news:
                self.public.write_tiles(cursor, signed.size, shown.size)
                self.public.write_checkpoint(full)
                self._record(cursor, signed.size, full, now)
                self.public.drop_partial(signed.size, shown.size)
            cursor.execute("RESET ROLE")
        return signed.size if signed and news else None

    def _shown(self, cursor: stored.Cursor) -> Shown:
        cursor.execute("SELECT size, note FROM ledger_published ORDER BY id DESC LIMIT 1", [])
        return Shown(*(cursor.fetchone() or (0, "")))

    def _witnessed(self, cursor: stored.Cursor, signed: Signed) -> str | None:
        """The note with the witnesses' newest lines, if together they meet the policy."""
        cursor.execute(
            "SELECT DISTINCT ON (witness) witness, line FROM ledger_cosignature WHERE size = %s"
            " ORDER BY witness, at DESC",
            [signed.size],
        )
        lines = [line for witness, line in cursor.fetchall() if witness in self.rules.witnesses]
        full = signed.note + "".join(lines)
        try:
            self.rules.check(full)
        except (policy.PolicyUnmet, note.NoteError):
            return None
        return full

    def _record(self, cursor: stored.Cursor, size: int, full: str, now: datetime) -> None:
        cursor.execute("INSERT INTO ledger_published (size, note, published_at) VALUES (%s, %s, %s)", [size, full, now])


def rebuild(folder: Path) -> int:
    """Writes the whole log as last published into an empty folder, for comparison; answers its size."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT size, note FROM ledger_published ORDER BY id DESC LIMIT 1")
        row = cursor.fetchone()
        if row is None:
            return 0
        public = PublicFolder(folder)
        public.write_tiles(cursor, row[0], 0)
        public.write_checkpoint(row[1])
    return int(row[0])


def published_size(folder: Path) -> int:
    """The size that the folder's checkpoint names; 0 when there is none."""
    shown = PublicFolder(folder).checkpoint()
    return shown.size if shown else 0
