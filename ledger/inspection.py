"""The nightly inspection: the invariants of the tables, and the public folder against the tables, byte by byte."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from ledger import entry, merkle, replaying, stored, tiles
from ledger.merkle import ProofError
from ledger.publisher import rebuild
from ledger.settling import Machinery

BATCH = 10_000


def problems(machinery: Machinery) -> Iterator[str]:
    """Each broken promise in a sentence; none when all is well. Reads everything once, in batches."""
    yield from _queue_problems()
    yield from _tree_problems()
    yield from replaying.problems()
    if machinery.policy_file.exists():
        yield from _folder_problems(machinery)


def _queue_problems() -> Iterator[str]:
    """I2: every record waits or has a place, never both."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id FROM ledger_record r LEFT JOIN ledger_pending p ON p.record_id = r.id"
            " LEFT JOIN ledger_entry e ON e.record_id = r.id WHERE (p IS NULL) = (e IS NULL) ORDER BY 1 LIMIT 10"
        )
        for (record,) in cursor.fetchall():
            yield f"record {record} is neither waiting nor in the tree, or both"


def _tree_problems() -> Iterator[str]:
    """I3, I4, I5 and I6: places without gaps, hashes of the leaves, and every root at its size."""
    with connection.cursor() as cursor:
        state = stored.tree_state(cursor)
        cursor.execute("SELECT size, root FROM ledger_checkpoint ORDER BY size", [])
        roots = [*((size, bytes(root), "checkpoint") for size, root in cursor.fetchall()), (*state, "tree")]
        hashes: list[bytes] = []
        for low in range(0, state.size, BATCH):
            cursor.execute(
                "SELECT e.idx, e.leaf_hash, r.leaf FROM ledger_entry e JOIN ledger_record r ON r.id = e.record_id"
                " WHERE e.idx >= %s AND e.idx < %s ORDER BY e.idx",
                [low, low + BATCH],
            )
            for index, leaf_hash, leaf in cursor.fetchall():
                if index != len(hashes):
                    yield f"entry {len(hashes)} is missing"
                    return
                hashes.append(entry.leaf_hash(bytes(leaf)))
                if hashes[-1] != bytes(leaf_hash):
                    yield f"entry {index}: the leaf does not hash to its stored hash"
    if len(hashes) != state.size:
        yield f"the tree says {state.size} entries, there are {len(hashes)}"
        return
    tree = _tree(hashes)
    for size, root, what in roots:
        if size > len(hashes):
            yield f"the {what} of size {size} is larger than the tree"
        elif (tree.node(0, size) if size else merkle.EMPTY_ROOT) != root:
            yield f"the {what} of size {size} has another root than its leaves"


def _tree(hashes: list[bytes]) -> tiles.Tree:
    """The tree over these hashes, whose inner nodes are computed once."""
    nothing: dict[tiles.Tile, bytes] = {}
    made, _ = tiles.extend(0, hashes, nothing.__getitem__)
    return tiles.Tree(len(hashes), made.__getitem__)


def _folder_problems(machinery: Machinery) -> Iterator[str]:
    """The public folder is what a folder rebuilt from the tables is."""
    with tempfile.TemporaryDirectory() as scratch:
        again = Path(scratch)
        try:
            rebuild(again)
        except ProofError as error:
            yield f"the public folder cannot be rebuilt: {error}"
            return
        for path in sorted(item for item in again.rglob("*") if item.is_file()):
            name = path.relative_to(again)
            shown = machinery.public / name
            if not shown.is_file():
                yield f"the public folder lacks {name}"
            elif shown.read_bytes() != path.read_bytes():
                yield f"the public folder holds another {name} than the tables"
