"""A log that took the place of another one, whose key was stolen: whether it holds what that one had."""

from collections.abc import Sequence
from typing import Any

from ledger import merkle
from ledger.note import Checkpoint

#: The type of leaf 0 of a log that goes on from another.
SUCCEEDED = "ledger.genesis/2"


class Interrupted(ValueError):
    """Evidence against the log: it does not go on from the one that it names, or from the one that was known."""


def check(first: dict[str, Any] | None, hashes: Sequence[bytes], before: Sequence[Checkpoint]) -> None:
    """`Interrupted` unless the leaves from 1 on are those of the former log that leaf 0 names.

    `hashes` are those of all leaves, `before` verified checkpoints of the former log that somebody kept: it must have
    been at least as long, and begun with the same leaves.
    """
    succeeds = first is not None and first["type"] == SUCCEEDED
    if not succeeds or first is None:
        if before:
            raise Interrupted("the log names no former one")
        return
    size, root = first["data"].get("size"), first["data"].get("root")
    if type(size) is not int or not 0 <= size < len(hashes) or merkle.root(list(hashes[1 : size + 1])).hex() != root:
        raise Interrupted("the leaves that the log took over lead to another root than its first leaf names")
    for kept in before:
        if kept.size > size:
            raise Interrupted(f"the former log had {kept.size} leaves, the new one took over {size}")
        if merkle.root(list(hashes[1 : kept.size + 1])) != kept.root:
            raise Interrupted(f"the log did not take over what the former one showed at {kept.size} leaves")
