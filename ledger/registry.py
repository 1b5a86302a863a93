"""Event types: what each kind of leaf may say.

A type is `room.thing.event`, past tense, with a version that never changes meaning once published. Its fields are from
a closed list of kinds, so that no free text and no personal value can slip into a leaf:

`code:A|B` one of the listed codes · `int` · `bool` · `decimal` a decimal string (money, area, rates) · `date`
`YYYY-MM-DD` · `time` `YYYY-MM-DDTHH:MM:SS[.ffffff]Z` · `ref` 1 to 64 of `A-Za-z0-9._:-` (also hex hashes) ·
`commitment` a personal or confidential value, given through `private=` under the name without its `_c`.
A `?` after the kind makes the field optional, `[]` makes it a list: `"ref[]"`, `"date?"`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from ledger import entry

# Fields every type may carry: state before and after, the decision number, the sealed reason.
COMMON = {"from": "ref?", "to": "ref?", "no": "no?", "reason_c": "commitment?"}

_name = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){1,3}").fullmatch
_series = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){1,3}").fullmatch
_kind = re.compile(
    r"(code:[^|?\[\]]+(?:\|[^|?\[\]]+)*|int|bool|decimal|date|time|ref|no|commitment)(\[\])?(\?)?"
).fullmatch
_decimal = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?").fullmatch
_date = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_time = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?Z").fullmatch
_no = re.compile(r"[a-z][a-z0-9_.]*/[0-9]{4}/[1-9][0-9]*").fullmatch


class UnknownEvent(ValueError):
    """No event type of that name is registered, or another one already is."""


class InvalidData(ValueError):
    """The data do not fit the event type."""


@dataclass(frozen=True)
class EventType:
    """One published kind of leaf.

    `series` (room.thing) gives its leaves gap-free decision numbers; `title` says on the public pages, in a translated
    phrase such as "공간 배정을 결정했습니다", what happened.
    """

    name: str
    version: int
    fields: Mapping[str, str]
    series: str | None = None
    title: Any = field(default="", compare=False)

    def __post_init__(self) -> None:
        if _name(self.name) is None or not 1 <= self.version <= 9999:
            raise InvalidData(f"{self.name!r}/{self.version!r} is not the name of an event type")
        if self.series is not None and _series(self.series) is None:
            raise InvalidData(f"{self.series!r} is not the name of a series")
        for name, kind in self.fields.items():
            if not re.fullmatch("[a-z0-9_]{1,64}", name) or _kind(kind) is None:
                raise InvalidData(f"{self.name}: field {name!r} of kind {kind!r}")
            if name.endswith("_c") != kind.startswith("commitment"):
                raise InvalidData(f"{self.name}: {name}: commitments, and only they, end in _c")

    @property
    def label(self) -> str:
        """The `type` of its leaves."""
        return f"{self.name}/{self.version}"

    @property
    def thing(self) -> str:
        """The name without its event: leaves of one thing that follow each other form the chain of a case."""
        return self.name.rpartition(".")[0]

    def check(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The data as a leaf holds them; `InvalidData` for a field unknown, missing or of another kind."""
        kinds = self._kinds
        if unknown := data.keys() - kinds.keys():
            raise InvalidData(f"{self.label}: unknown field {', '.join(sorted(unknown))}")
        if missing := self._required - data.keys():
            raise InvalidData(f"{self.label}: missing field {', '.join(sorted(missing))}")
        return {name: _converted(self, name, *kinds[name], value) for name, value in data.items()}

    @cached_property
    def _kinds(self) -> dict[str, tuple[str, bool]]:
        """Kind of each field, and whether it is a list."""
        return {
            name: (spec.rstrip("?").removesuffix("[]"), "[]" in spec)
            for name, spec in {**COMMON, **self.fields}.items()
        }

    @cached_property
    def _required(self) -> frozenset[str]:
        return frozenset(name for name, spec in self.fields.items() if not spec.endswith("?"))


_types: dict[str, EventType] = {}
_latest: dict[str, EventType] = {}


def register(event: EventType) -> EventType:
    """Makes an event type known; the same one twice is no error, another of the same label is."""
    known = _types.setdefault(event.label, event)
    if known != event:
        raise UnknownEvent(f"{event.label} is already registered with other fields")
    if event.name not in _latest or _latest[event.name].version < event.version:
        _latest[event.name] = event
    return event


def find(event: "str | EventType") -> EventType:
    """The newest version by name, one version by label `name/1`; `UnknownEvent` when not registered."""
    label = event.label if isinstance(event, EventType) else event
    known = _types.get(label) or _latest.get(label)
    if known is None:
        raise UnknownEvent(f"no event type {label} is registered")
    return known


def all_types() -> list[EventType]:
    """Every registered type, by label."""
    return [_types[label] for label in sorted(_types)]


def _converted(event: EventType, name: str, kind: str, many: bool, value: Any) -> Any:
    if not many:
        return _one(event, name, kind, value)
    if not isinstance(value, list | tuple):
        raise InvalidData(f"{event.label}: {name} is a list")
    return [_one(event, name, kind, item) for item in value]


def _one(event: EventType, name: str, kind: str, value: Any) -> Any:
    plain = _plain(kind, value)
    if not _fits(kind, plain):
        raise InvalidData(f"{event.label}: {name} is not {kind}: {value!r}")
    return plain


def _plain(kind: str, value: Any) -> Any:
    """Exact types for the encoder: model choices, identifiers and dates become the strings they stand for."""
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return str(int(value)) if kind in ("decimal", "ref") else int(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z" if value.tzinfo else value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    # A member of a text enumeration is a str; str() of it may be its name, so the characters are copied.
    return "".join(value) if isinstance(value, str) else value


def _fits(kind: str, value: Any) -> bool:
    if kind == "int":
        return type(value) is int and abs(value) <= entry.MAX_INTEGER
    if kind == "bool":
        return type(value) is bool
    if type(value) is not str:
        return False
    if kind.startswith("code:"):
        return value in kind.removeprefix("code:").split("|")
    return bool(_TEXT_KINDS[kind](value))


def _is_date(text: str) -> bool:
    return _date(text) is not None and _is_real(text)


def _is_time(text: str) -> bool:
    return _time(text) is not None and _is_real(text)


def _is_real(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


_TEXT_KINDS: dict[str, Callable[[str], object]] = {
    "decimal": _decimal,
    "date": _is_date,
    "time": _is_time,
    "ref": entry.is_token,
    "no": _no,
    "commitment": entry.is_commitment,
}
