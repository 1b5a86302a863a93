"""What a person may see of an application while the review is blind. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

# Those who judge see no names while the stage is blind; those who run, decide or check the call see everything.
JUDGES = frozenset({"evaluator", "chair"})
SIGHTED = frozenset({"applicant", "member", "master", "officer", "approver", "appeal_reviewer", "auditor", "system"})


class Block(Protocol):
    """A form block as far as blindness goes."""

    @property
    def code(self) -> str: ...
    @property
    def hidden_when_blind(self) -> bool: ...
    @property
    def from_stage(self) -> int: ...


class Stage(Protocol):
    """A stage as far as blindness goes: its number from 1, whether it is blind, and further blocks it hides."""

    @property
    def number(self) -> int: ...
    @property
    def blind(self) -> bool: ...
    @property
    def hidden_blocks(self) -> Iterable[str]: ...


@dataclass(frozen=True, slots=True)
class PlainBlock:
    """A block outside the database."""

    code: str
    hidden_when_blind: bool = False
    from_stage: int = 0


@dataclass(frozen=True, slots=True)
class PlainStage:
    """A stage outside the database."""

    number: int
    blind: bool = False
    hidden_blocks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A name found in an answer that should not show it."""

    code: str
    name: str


def visible[B: Block](blocks: Iterable[B], role: str, stage: Stage) -> list[B]:
    """The blocks ``role`` may see at ``stage``, in their order; blocks asked at a later stage are left out.

    ``role`` may carry its room (``intake.evaluator``). A role this house does not know sees nothing.
    """
    person = role.rpartition(".")[2]
    if person not in JUDGES | SIGHTED:
        return []
    asked = [block for block in blocks if block.from_stage <= stage.number]
    if person in SIGHTED or not stage.blind:
        return asked
    hidden = set(stage.hidden_blocks)
    return [block for block in asked if not block.hidden_when_blind and block.code not in hidden]


def alias(position: int) -> str:
    """What judges call the application at ``position`` (from 0) of a draw made for the stage: A, B … Z, AA …"""
    letters = ""
    position += 1
    while position:
        position, letter = divmod(position - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def hits(answers: Iterable[tuple[str, str]], names: Sequence[str]) -> list[Hit]:
    """Where a company, person or number shows in (block code, text), ignoring case, spaces, hyphens and width.

    Names of one character are not searched: they would be found everywhere.
    """
    wanted = [(name, plain(name)) for name in names]
    found = []
    for code, text in answers:
        searched = plain(text)
        found += [Hit(code, name) for name, needle in wanted if len(needle) > 1 and needle in searched]
    return found


def plain(text: str) -> str:
    """A name without case, width, spaces, hyphens and what says only that it is a company."""
    compatible = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\(주\)|주식회사|[\s\-‐–·.()]", "", compatible)
