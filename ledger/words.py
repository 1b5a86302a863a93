"""The words in which the public pages tell a leaf: what its codes are called on screen.

A leaf holds codes only; rooms give the words for them here when the portal starts. A code without a word is shown as
it is, so that a leaf of a room no longer installed can still be read.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

type Words = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """One kind of case: the first words of its leaves' types, its steps `{(from, to): event}`, and words for its states.

    `begins` are states in which a case may begin besides those where the steps say so.
    """

    thing: str
    steps: Mapping[tuple[str, str], str]
    states: Words = field(default_factory=dict)
    begins: frozenset[str] = frozenset()


#: The fields that come first on a page; the others in the order of the leaf.
FIRST = {"no": 0, "from": 1, "to": 2}

_words: dict[str, dict[str, Any]] = {"role": {}, "kind": {}, "field": {}, "room": {}}
_describers: list[Callable[[], Iterable[Case]]] = []


def name(*, roles: Words = {}, kinds: Words = {}, fields: Words = {}, rooms: Words = {}) -> None:  # noqa: B006
    """Gives words for roles that act, for kinds of subjects, for fields of leaves, for the first word of types."""
    for part, given in (("role", roles), ("kind", kinds), ("field", fields), ("room", rooms)):
        _words[part].update(given)


def describe_cases(describer: Callable[[], Iterable[Case]]) -> None:
    """Names a function that answers the rooms' cases; it is asked once, when all rooms are there."""
    _describers.append(describer)
    cases.cache_clear()


@lru_cache(maxsize=1)
def cases() -> Mapping[str, Case]:
    """Every kind of case, by its thing."""
    return {case.thing: case for describer in _describers for case in describer()}


def of(part: str, code: str) -> Any:
    """The word for a code of a `part` (role, kind, field, room), or the code."""
    return _words[part].get(code, code)


def rooms() -> list[tuple[str, Any]]:
    """Every first word of a type that has a name, with its name."""
    return list(_words["room"].items())


def state(thing: str, code: str) -> Any:
    """The word for a state of a kind of case, or the code."""
    case = cases().get(thing)
    return case.states.get(code, code) if case else code


def facts(thing: str, data: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Name and value of each public field of a leaf, in words where there are some: number and states first."""
    for key, value in sorted(data.items(), key=lambda pair: FIRST.get(pair[0], len(FIRST))):
        if not key.endswith("_c"):
            yield of("field", key), state(thing, value) if key in ("from", "to") else value
