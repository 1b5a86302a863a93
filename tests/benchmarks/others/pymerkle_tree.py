"""pymerkle over the leaves of a file, run by the interpreter of its own environment: ``python pymerkle_tree.py LEAVES FOLDER``.

Prints one JSON object: how many appends a second on SQLite with a commit each, leaves a second in bulk, and the median
of a proof under the whole tree in milliseconds, on SQLite (nothing cached) and in memory.
"""

import json
import random
import statistics
import sys
import time
from pathlib import Path

from pymerkle import InmemoryTree, SqliteTree

SINGLE, PROOFS = 300, 5


def main(leaves_file: str, folder: str) -> None:
    leaves = [bytes.fromhex(line) for line in Path(leaves_file).read_text().split()]
    stored = SqliteTree(str(Path(folder, "tree.db")))
    single = seconds(lambda: [stored.append_entry(leaf) for leaf in leaves[:SINGLE]])
    bulk = seconds(lambda: stored.append_entries(leaves[SINGLE:]))
    memory = InmemoryTree()
    added = seconds(lambda: [memory.append_entry(leaf) for leaf in leaves])
    print(
        json.dumps(
            {
                "single": SINGLE / single,
                "bulk": (len(leaves) - SINGLE) / bulk,
                "proof_ms": proof_ms(stored, len(leaves)),
                "memory": len(leaves) / added,
                "memory_proof_ms": proof_ms(memory, len(leaves)),
            }
        )
    )


def seconds(work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def proof_ms(tree, size: int) -> float:
    """The median, each with an empty cache: a web process that is asked for one proof has none."""
    found = []
    for _ in range(PROOFS):
        tree.cache_clear()
        index = random.randrange(1, size + 1)
        found.append(1000 * seconds(lambda: tree.prove_inclusion(index, size)))  # noqa: B023
    return statistics.median(found)


if __name__ == "__main__":
    main(*sys.argv[1:])
