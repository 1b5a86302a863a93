"""Reading the tree from its tables through any PostgreSQL cursor: the worker's (Django) and the signer's (psycopg)."""

from typing import Any, NamedTuple, Protocol

from ledger import tiles
from ledger.merkle import ProofError
from ledger.tiles import Tile


class Cursor(Protocol):
    """What both kinds of cursor can do."""

    @property
    def rowcount(self) -> int: ...

    def execute(self, query: Any, params: Any = ..., /) -> Any: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> Any: ...

    def copy(self, statement: Any, /) -> Any: ...


#: The worker's role in the database, for sequencer and publisher alike.
ROLE = "ledger_sequencer"


class State(NamedTuple):
    """The committed tree."""

    size: int
    root: bytes


class Signed(NamedTuple):
    """A checkpoint of the log's own signer."""

    size: int
    note: str


def newest_signed(cursor: Cursor) -> Signed | None:
    """The largest checkpoint that the signer has stored."""
    cursor.execute("SELECT size, note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1", [])
    row = cursor.fetchone()
    return Signed(*row) if row else None


def tree_state(cursor: Cursor) -> State:
    """Size and root of the whole tree."""
    cursor.execute("SELECT size, root FROM ledger_tree_state WHERE id = 1", [])
    size, root = cursor.fetchone()
    return State(size, bytes(root))


def tile_reader(cursor: Cursor) -> tiles.ReadTile:
    """Reads hash tiles; a partial one that is gone is cut out of a wider one, whose beginning it is."""

    def read(tile: Tile) -> bytes:
        cursor.execute(
            "SELECT data FROM ledger_tile WHERE level = %s AND n = %s AND width >= %s ORDER BY width LIMIT 1",
            [tile.level, tile.n, tile.width],
        )
        row = cursor.fetchone()
        if row is None:
            raise ProofError(f"the tables lack {tiles.path(tile)}")
        return bytes(row[0])[: 32 * tile.width]

    return read


def leaves(cursor: Cursor, low: int, high: int) -> list[bytes]:
    """The leaves from index `low` up to, not with, `high`."""
    cursor.execute(
        "SELECT r.leaf FROM ledger_entry e JOIN ledger_record r ON r.id = e.record_id"
        " WHERE e.idx >= %s AND e.idx < %s ORDER BY e.idx",
        [low, high],
    )
    found = [bytes(leaf) for (leaf,) in cursor.fetchall()]
    if len(found) != high - low:
        raise ProofError(f"the tables lack entries between {low} and {high}")
    return found
