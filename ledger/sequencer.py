"""The sequencer: gives committed leaves their places in the tree, in one transaction, all or nothing.

It takes rows from a queue that the deciding transactions filled. Polling by `id > last` would lose rows, because
identity values commit out of order; the queue cannot. Two sequencers at once are harmless: the advisory lock keeps the
second idle, and should a pooler lose the lock, the conditional UPDATE of the tree's size hits no row.
"""

from django.db import connection, transaction
from psycopg.errors import UniqueViolation

from ledger import entry, stored, tiles
from ledger.stored import ROLE, State
from ledger.tiles import Tile

BATCH = 5000
# The advisory lock's number: "ledger" in ASCII.
LOCK = int.from_bytes(b"ledger", "big")


class Tampered(ValueError):
    """The tables contradict each other: somebody changed what only grows."""


class TreeMoved(ValueError):
    """Another sequencer extended the tree first; this one's work was rolled back."""


class Sequencer:
    """Moves pending records into the tree."""

    def step(self, *, wait: bool = False) -> int:
        """Integrates one batch; answers how many leaves, 0 when there are none or another sequencer is at work.

        With `wait` it waits for the other one instead.
        """
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {ROLE}")
            count = self._integrate(cursor) if self._lock(cursor, wait) else 0
            cursor.execute("RESET ROLE")
        return count

    def drain(self) -> int:
        """Integrates everything that was committed before, also after another sequencer; answers how many leaves."""
        total = 0
        while count := self.step(wait=True):
            total += count
        return total

    def _lock(self, cursor: stored.Cursor, wait: bool) -> bool:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return cursor.fetchone()[0]

    def _integrate(self, cursor: stored.Cursor) -> int:
        pending = self._pending(cursor)
        if not pending:
            return 0
        state = stored.tree_state(cursor)
        hashes = [digest for _, digest in pending]
        changed, root = tiles.extend(state.size, hashes, stored.tile_reader(cursor))
        self._store_entries(cursor, state.size, pending)
        self._store_tiles(cursor, changed)
        self._clear(cursor, [record for record, _ in pending])
        self._advance(cursor, state, State(state.size + len(pending), root))
        return len(pending)

    def _pending(self, cursor: stored.Cursor) -> list[tuple[int, bytes]]:
        """Ids and hashes of the oldest pending records; the hash is computed here and compared with the stored one."""
        cursor.execute(
            "SELECT r.id, r.leaf, r.leaf_hash FROM ledger_pending p JOIN ledger_record r ON r.id = p.record_id"
            " ORDER BY p.record_id LIMIT %s",
            [BATCH],
        )
        found = []
        for record, leaf, stored_hash in cursor.fetchall():
            digest = entry.leaf_hash(bytes(leaf))
            if digest != bytes(stored_hash):
                raise Tampered(f"record {record}: the leaf does not hash to its stored hash")
            found.append((record, digest))
        return found

    def _store_entries(self, cursor: stored.Cursor, size: int, pending: list[tuple[int, bytes]]) -> None:
        statement = "COPY ledger_entry (idx, record_id, leaf_hash) FROM STDIN (FORMAT BINARY)"
        try:
            with cursor.copy(statement) as copy:
                copy.set_types(["int8", "int8", "bytea"])
                for index, (record, digest) in enumerate(pending, size):
                    copy.write_row((index, record, digest))
        except UniqueViolation as error:
            raise TreeMoved("another sequencer gave these places away first") from error

    def _store_tiles(self, cursor: stored.Cursor, changed: dict[Tile, bytes]) -> None:
        """Only tiles that changed: writing an unchanged partial one again would hit the primary key."""
        with cursor.copy("COPY ledger_tile (level, n, width, data) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["int4", "int8", "int4", "bytea"])
            for tile, data in changed.items():
                copy.write_row((tile.level, tile.n, tile.width, data))
        for tile in changed:
            if tile.width == tiles.WIDTH:
                cursor.execute(
                    "DELETE FROM ledger_tile WHERE level = %s AND n = %s AND width < %s",
                    [tile.level, tile.n, tiles.WIDTH],
                )

    def _clear(self, cursor: stored.Cursor, records: list[int]) -> None:
        cursor.execute("DELETE FROM ledger_pending WHERE record_id = ANY(%s)", [records])
        if cursor.rowcount != len(records):
            raise TreeMoved("another sequencer took some of the same records")

    def _advance(self, cursor: stored.Cursor, old: State, new: State) -> None:
        cursor.execute(
            "UPDATE ledger_tree_state SET size = %s, root = %s WHERE id = 1 AND size = %s",
            [new.size, new.root, old.size],
        )
        if cursor.rowcount != 1:
            raise TreeMoved(f"the tree is no longer of size {old.size}")
