"""Under which keys the ledger seals what is a person's own, besides the person's: each room that uses such keys names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

#: Answers the key names of a person (`User`) in one room.
type Keys = Callable[[Any], Iterable[str]]

_rooms: list[Keys] = []


def register_keys(keys: Keys) -> None:
    """Name a function that answers the further keys under which a room's lines of the ledger seal what is about a person."""
    _rooms.append(keys)


def of_rooms(user: Any) -> Iterator[str]:
    """The key names that the rooms give to this person."""
    for keys in _rooms:
        yield from keys(user)
