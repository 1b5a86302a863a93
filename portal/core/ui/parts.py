"""What views hand to components. Plain data without markup; each is shown, with its states, on the style page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

type Text = str | Promise
type Tone = Literal["", "info", "success", "warning", "danger", "solid"]


def link(text: Text, href: str) -> SafeString:
    """A link, for a table cell or a summary value."""
    return format_html('<a href="{}">{}</a>', href, text)


def badge(label: Text, tone: Tone = "") -> SafeString:
    """A status tag: the word carries the meaning, the colour only helps."""
    return format_html('<span class="badge{}">{}</span>', f" badge--{tone}" if tone else "", label)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a status tracker. ``stopped`` ends the way: refused, withdrawn, cancelled."""

    label: Text
    state: Literal["done", "current", "waiting", "stopped"] = "waiting"
    at: datetime | date | None = None
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Next:
    """What happens next, who has to act, and by when."""

    what: Text
    who: Text
    due_at: datetime | date | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A line of a task list; without ``href`` it cannot be started yet and ``hint`` says why."""

    label: Text
    status: Text
    tone: Tone = ""
    href: str = ""
    hint: Text = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A name and its value; ``change`` leads to the page where it is answered, ``problem`` says what is wrong with it."""

    label: Text
    value: object = ""
    change: str = ""
    problem: Text = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure; ``href`` opens what it was counted from."""

    label: Text
    value: object
    unit: Text = ""
    note: Text = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a timeline."""

    title: Text
    at: datetime | date | None = None
    text: Text = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab is a link to a page of its own."""

    label: Text
    href: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A thing in a list of cards; the whole card is the link."""

    title: Text
    href: str = ""
    text: Text = ""
    status: Text = ""
    tone: Tone = ""
    above: Text = ""
    facts: Sequence[Row] = ()
    foot: Text = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a data table. ``sort`` is the value of ``?sort=`` that orders by it, ``-`` in front for descending."""

    label: Text
    number: bool = False
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A data table: on a phone each row becomes a card headed by the first cell. ``foot`` holds totals."""

    caption: Text
    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]
    foot: Sequence[object] = ()
    empty: Text = ""
    sorted_by: str = ""
    caption_hidden: bool = False

    @property
    def foot_cells(self) -> list[tuple[Column, object]]:
        """The totals with their columns."""
        return list(zip(self.columns, self.foot, strict=True)) if self.foot else []


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was received: number, instant to the second, fingerprint of the content."""

    number: str
    at: datetime
    digest: str = ""
    title: Text = ""
    rows: Sequence[Row] = field(default_factory=tuple)
    qr_svg: str = ""
