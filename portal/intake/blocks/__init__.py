"""The form is data: sections (pages) of blocks (questions), read from a call's version into types. No database.

Every kind of block turns into a Django field, so a page without JavaScript, the check before sending and the tests all
ask the same rules. A draft keeps whatever was typed; only sending insists that it fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.intake.blocks.avoided import AVOIDED, Avoided
from portal.intake.blocks.kinds import (
    Area,
    Block,
    BlockKind,
    Choice,
    Choices,
    CompanyCard,
    Consent,
    Date,
    Declaration,
    File,
    Integer,
    LongText,
    Money,
    Text,
    both,
    in_language,
)
from portal.intake.blocks.table import Table, check_columns

__all__ = [
    "AVOIDED",
    "KINDS",
    "Block",
    "BlockKind",
    "Form",
    "Integer",
    "InvalidForm",
    "Section",
    "Trouble",
    "asked",
    "both",
    "in_language",
    "is_shown",
    "parse_form",
    "troubles",
]

_CODE = re.compile(r"[a-z][a-z0-9_]{0,40}")


class InvalidForm(ValueError):
    """The form's definition contradicts itself; the message says where."""


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the form."""

    code: str
    name: Mapping[str, str]
    blocks: tuple[Block, ...]

    @property
    def name_text(self) -> str:
        return in_language(self.name)


@dataclass(frozen=True, slots=True)
class Form:
    """The whole form of one version of a call, with the kinds its programme adds."""

    sections: tuple[Section, ...]
    kinds: Mapping[str, BlockKind]

    def blocks(self) -> Iterator[Block]:
        for section in self.sections:
            yield from section.blocks

    def section(self, code: str) -> Section | None:
        return next((section for section in self.sections if section.code == code), None)

    def block(self, code: str) -> Block | None:
        return next((block for block in self.blocks() if block.code == code), None)

    def kind(self, block: Block) -> BlockKind:
        return self.kinds[block.kind]

    def for_panels(self) -> list[Block]:
        """What a panel may read at all; a blind stage shows less of it."""
        return [block for block in self.blocks() if not self.kind(block).for_desk]

    def of_stage(self, number: int) -> list[str]:
        """Codes of what is asked only of those who go on to that stage; 0: what is asked when applying."""
        return [block.code for block in self.blocks() if block.from_stage == number]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an answer cannot be sent as it is."""

    section: str
    block: Block
    message: str


KINDS: Mapping[str, BlockKind] = {
    "text": Text(),
    "long_text": LongText(),
    "integer": Integer(),
    "money": Money(),
    "area": Area(),
    "date": Date(),
    "choice": Choice(),
    "choices": Choices(),
    "table": Table(),
    AVOIDED: Avoided(),
    "file": File(),
    "declaration": Declaration(),
    "consent": Consent(),
    "company_card": CompanyCard(),
}


def parse_form(data: Mapping[str, Any], own: Mapping[str, type[BlockKind]] | None = None) -> Form:
    """Read a form's definition; ``own`` are the programme's kinds. Raises ``InvalidForm``."""
    kinds = {**KINDS, **{name: kind() for name, kind in (own or {}).items()}}
    seen: dict[str, int] = {}
    sections: list[Section] = []
    for row in data.get("sections", ()):
        blocks = tuple(_block(block, kinds, seen) for block in row.get("blocks", ()))
        if not _CODE.fullmatch(str(row.get("code", ""))) or any(row["code"] == other.code for other in sections):
            raise InvalidForm(f"section code {row.get('code')!r}")
        sections.append(Section(row["code"], row["name"], blocks))
    return Form(tuple(sections), kinds)


def _block(row: Mapping[str, Any], kinds: Mapping[str, BlockKind], seen: dict[str, int]) -> Block:
    code, kind, condition = str(row.get("code", "")), str(row.get("kind")), row.get("shown_if")
    if not _CODE.fullmatch(code) or code in seen:
        raise InvalidForm(f"block code {code!r} is malformed or comes twice")
    if kind not in kinds:
        raise InvalidForm(f"{code}: unknown kind {kind!r}")
    if condition is not None and condition.get("block") not in seen:
        raise InvalidForm(f"{code}: shown_if names no earlier block")
    from_stage = row.get("from_stage", 0)
    if isinstance(from_stage, bool) or not isinstance(from_stage, int) or from_stage < 0:
        raise InvalidForm(f"{code}: from_stage is the number of a stage")
    if from_stage and kind == "company_card":
        raise InvalidForm(f"{code}: the company is frozen when the application is sent")
    if condition is not None and seen[condition["block"]] > from_stage:
        raise InvalidForm(f"{code}: shown_if names a block that is asked later")
    if kind == "table" and (trouble := check_columns(row.get("limits", {}))):
        raise InvalidForm(f"{code}: {trouble}")
    seen[code] = from_stage
    return Block(
        code=code,
        kind=kind,
        label=row["label"],
        help=row.get("help", {}),
        required=bool(row.get("required", False)),
        limits=row.get("limits", {}),
        shown_if=(condition["block"], condition["is"]) if condition else None,
        from_stage=from_stage,
        hidden_when_blind=bool(row.get("hidden_when_blind", False)),
    )


def is_shown(block: Block, answers: Mapping[str, Any]) -> bool:
    """Whether the one condition of the block holds; a list answer holds it when it contains the value."""
    if block.shown_if is None:
        return True
    other, wanted = block.shown_if
    given = answers.get(other)
    return wanted in given if isinstance(given, list) else given == wanted


def asked(form: Form, answers: Mapping[str, Any], stage: int = 0) -> list[Block]:
    """The blocks that are asked now: of this stage or before, and shown by their condition."""
    return [block for block in form.blocks() if block.from_stage <= stage and is_shown(block, answers)]


def troubles(
    form: Form, answers: Mapping[str, Any], files: Mapping[str, Sequence[Any]], stage: int = 0
) -> list[Trouble]:
    """Everything that stands against sending, in the order of the form; ``files`` by block code."""
    now_asked = {block.code for block in asked(form, answers, stage)}
    found = []
    for section in form.sections:
        for block in section.blocks:
            if block.code not in now_asked:
                continue
            if block.kind == "file":
                missing = block.required and not files.get(block.code)
                messages = [str(_("파일을 첨부해 주십시오."))] if missing else []
            else:
                messages = form.kind(block).check(block, answers.get(block.code))
            found += [Trouble(section.code, block, message) for message in messages]
    return found
