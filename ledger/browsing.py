"""What the public pages show of leaves: one leaf in words, lists by kind, number and time, the chain of a case."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext_lazy as _

from ledger import entry, openings, registry, words
from ledger.reading import UnknownLeaf

SEOUL = ZoneInfo("Asia/Seoul")
#: The longest chain that a page shows.
CHAIN = 100
_kind = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){0,3}(?:/[1-9][0-9]{0,3})?").fullmatch
_series = re.compile(r"[a-z][a-z0-9_.]*(?:/[0-9]{0,4}(?:/[0-9]{0,18})?)?").fullmatch


@dataclass(frozen=True)
class Shown:
    """A leaf as a page shows it; `index` is None while it waits for its place.

    One whose bytes are no leaf any more is `spoiled`: only its id and the time in that can be told.
    """

    index: int | None
    leaf: dict[str, Any]
    data: bytes
    spoiled: bool = False

    @property
    def id(self) -> str:
        return self.leaf["id"]

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.leaf["at"])

    @property
    def type(self) -> str:
        return self.leaf["type"]

    @property
    def thing(self) -> str:
        """The type without its event: what kind of case the leaf belongs to."""
        return self.type.partition("/")[0].rpartition(".")[0]

    @property
    def title(self) -> Any:
        """The event in words, or its name where no room has given words."""
        if self.spoiled:
            return _("원문이 바뀐 기록")
        try:
            return registry.find(self.type).title or self.type
        except registry.UnknownEvent:
            return self.type

    @property
    def room(self) -> Any:
        """The part of the portal that the leaf comes from, in words."""
        return words.of("room", self.type.partition(".")[0])

    @property
    def role(self) -> Any:
        """Who acted, as a role in words."""
        return words.of("role", self.leaf["actor"]["role"])

    @property
    def kind(self) -> Any:
        """What it is about, in words."""
        return words.of("kind", self.leaf["subject"]["kind"])

    @property
    def number(self) -> str:
        """The decision number, if it has one."""
        return self.leaf["data"].get("no", "")

    @cached_property
    def facts(self) -> list[tuple[Any, Any]]:
        """Public fields and their values, in words where there are some."""
        return list(words.facts(self.thing, self.leaf["data"]))

    @property
    def moved(self) -> tuple[Any, Any] | None:
        """The states before and after, in words, if the leaf moved a case."""
        data = self.leaf["data"]
        if "from" not in data or "to" not in data:
            return None
        return words.state(self.thing, data["from"]), words.state(self.thing, data["to"])

    @property
    def sealed(self) -> list[str]:
        """The places whose values are committed to and not shown."""
        found = [f"{part}.c" for part in ("actor", "subject") if "c" in self.leaf[part]]
        return found + [f"data.{name}" for name in self.leaf["data"] if name.endswith("_c")]

    @property
    def hash(self) -> str:
        return entry.leaf_hash(self.data).hex()

    @property
    def text(self) -> str:
        """The bytes as text; what is none shows as a replacement character."""
        return self.data.decode("utf-8", "replace")


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for: a kind (`space`, `space.lease`, `space.lease.signed/1`), a number or its beginning, days."""

    kind: str = ""
    number: str = ""
    since: date | None = None
    until: date | None = None

    def conditions(self) -> Iterator[tuple[str, list[Any]]]:
        """SQL conditions on `ledger_record r` with their parameters."""
        if self.kind:
            exact = _escaped(self.kind)
            wanted = [exact] if "/" in self.kind else [f"{exact}.%", f"{exact}/%"]
            # Apart, not LIKE ANY: only so does the index help.
            yield f"({' OR '.join(['ledger_type(r.leaf) LIKE %s'] * len(wanted))})", [*wanted]
        if self.number:
            yield "ledger_number(r.leaf) LIKE %s", [f"{_escaped(self.number)}%"]
        if self.since:
            yield "r.leaf_id >= %s", [_first_id(self.since)]
        if self.until:
            yield "r.leaf_id < %s", [_first_id(self.until + timedelta(days=1))]


@dataclass(frozen=True)
class Listed:
    """Leaves from the newest; `older` and `newer` are indexes to go on from, None at either end."""

    leaves: list[Shown]
    older: int | None = None
    newer: int | None = None


def is_kind(text: str) -> bool:
    """Whether the text can name a kind of leaf."""
    return _kind(text) is not None


def is_number(text: str) -> bool:
    """Whether the text is a decision number or the beginning of one."""
    return _series(text) is not None


_LISTED = "SELECT e.idx, r.leaf_id, r.leaf FROM ledger_record r JOIN ledger_entry e ON e.record_id = r.id WHERE "
_PUBLISHED = "e.idx < (SELECT coalesce(max(size), 0) FROM ledger_published)"


def listed(wanted: Wanted, count: int, *, before: int | None = None, after: int | None = None) -> Listed:
    """Up to `count` published leaves, newest first: below index `before`, or those right above index `after`."""
    parts = [(_PUBLISHED, []), *wanted.conditions()]
    if after is not None:
        parts.append(("e.idx > %s", [after]))
    elif before is not None:
        parts.append(("e.idx < %s", [before]))
    order = "ASC" if after is not None else "DESC"
    statement = f"{_LISTED}{' AND '.join(text for text, _ in parts)} ORDER BY e.idx {order} LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(statement, [*(value for _, values in parts for value in values), count + 1])
        leaves = [_of(*row) for row in cursor.fetchall()]
    more, leaves = len(leaves) > count, leaves[:count]
    if after is not None:
        leaves.reverse()
    if not leaves:
        return Listed([])
    last, first = leaves[-1].index, leaves[0].index
    if after is not None:
        return Listed(leaves, last, first if more else None)
    return Listed(leaves, last if more else None, first if before is not None else None)


def selected(wanted: Wanted, most: int) -> list[Shown]:
    """The published leaves that a reader looks for, from the first, at most so many."""
    parts = [(_PUBLISHED, []), *wanted.conditions()]
    statement = f"{_LISTED}{' AND '.join(text for text, _ in parts)} ORDER BY e.idx LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(statement, [*(value for _, values in parts for value in values), most])
        return [_of(*row) for row in cursor.fetchall()]


def named(text: str) -> UUID | None:
    """The leaf that a reader's words name outright: its id, its decision number or its place in the log."""
    with connection.cursor() as cursor:
        for statement, value in _ways(text.strip()):
            cursor.execute(statement, [value])
            if row := cursor.fetchone():
                return row[0]
    return None


def _ways(text: str) -> Iterator[tuple[str, Any]]:
    if text.isascii() and text.isdecimal() and len(text) < 19:
        yield f"SELECT r.leaf_id {_FROM} WHERE e.idx = %s AND {_PUBLISHED}", int(text)
    elif "/" in text and is_number(text):
        yield "SELECT leaf_id FROM ledger_record r WHERE ledger_number(r.leaf) = %s ORDER BY id LIMIT 1", text
    elif entry.is_leaf_id(text.lower()):
        yield "SELECT leaf_id FROM ledger_record WHERE leaf_id = %s", text.lower()


_FROM = "FROM ledger_record r JOIN ledger_entry e ON e.record_id = r.id"
_SHOWN = "SELECT e.idx, r.leaf_id, r.leaf FROM ledger_record r LEFT JOIN ledger_entry e ON e.record_id = r.id"


def shown(leaf_id: UUID) -> Shown:
    """One leaf; `UnknownLeaf`."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_SHOWN} WHERE r.leaf_id = %s", [leaf_id])
        row = cursor.fetchone()
    if row is None:
        raise UnknownLeaf(f"no leaf {leaf_id}")
    return _of(*row)


def chain(leaf_id: UUID) -> list[Shown]:
    """The leaves of the same case in their order, this one among them; at most the last hundred."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_SHOWN} JOIN ledger_record own ON own.leaf_id = %s"
            " WHERE r.subject_table = own.subject_table AND r.subject_pk = own.subject_pk ORDER BY r.id DESC LIMIT %s",
            [leaf_id, CHAIN],
        )
        return [_of(*row) for row in reversed(cursor.fetchall())]


def holding(keys: Iterable[str], count: int, *, before: int | None = None) -> Listed:
    """Up to `count` leaves that hold values sealed under these keys, newest first, below the record `before`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, e.idx, r.leaf_id, r.leaf FROM ledger_record r LEFT JOIN ledger_entry e ON e.record_id = r.id"
            " WHERE r.id IN (SELECT record_id FROM ledger_opening WHERE key_id = ANY(%s))"
            " AND (%s::bigint IS NULL OR r.id < %s) ORDER BY r.id DESC LIMIT %s",
            [_key_ids(keys), before, before, count + 1],
        )
        rows = cursor.fetchall()
    more, rows = len(rows) > count, rows[:count]
    return Listed([_of(*row) for _, *row in rows], rows[-1][0] if more else None)


@dataclass(frozen=True)
class Told:
    """A leaf about a row that somebody looks at: whether it is published, and whether it holds values of theirs."""

    leaf: Shown
    published: bool
    mine: bool


_TOLD = """
SELECT e.idx, r.leaf_id, r.leaf, coalesce(e.idx < (SELECT max(size) FROM ledger_published), false),
  EXISTS (SELECT FROM ledger_opening o WHERE o.record_id = r.id AND o.key_id = ANY(%s))
FROM ledger_record r LEFT JOIN ledger_entry e ON e.record_id = r.id
WHERE (r.subject_table, r.subject_pk) IN (SELECT * FROM unnest(%s::text[], %s::text[])) ORDER BY r.id DESC LIMIT %s
"""


def told(rows: Sequence[tuple[str, str]], keys: Iterable[str]) -> list[Told]:
    """The leaves about rows, each as table and primary key, in their order and seen by a holder of these keys."""
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [_key_ids(keys), [table for table, _ in rows], [pk for _, pk in rows], CHAIN])
        return [Told(_of(index, leaf_id, data), *rest) for index, leaf_id, data, *rest in reversed(cursor.fetchall())]


def concerns(leaf_id: UUID, keys: Iterable[str]) -> bool:
    """Whether a leaf holds values sealed under one of these keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM ledger_record r JOIN ledger_opening o ON o.record_id = r.id"
            " WHERE r.leaf_id = %s AND o.key_id = ANY(%s))",
            [leaf_id, _key_ids(keys)],
        )
        return cursor.fetchone()[0]


class Printed(NamedTuple):
    """What a paper says of a leaf: enough to find it and to compare its hash."""

    id: str
    title: Any
    number: str
    at: datetime
    hash: str


def printed(leaf_id: UUID) -> Printed:
    """A leaf for a paper; `UnknownLeaf`. The same at all times: nothing of how far the log has come since.

    The number is that of the decision: the leaf's own, or the newest before it in the same case.
    """
    one = shown(leaf_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_number(r.leaf) FROM ledger_record r JOIN ledger_record own ON own.leaf_id = %s"
            " WHERE r.subject_table = own.subject_table AND r.subject_pk = own.subject_pk AND r.id <= own.id"
            " AND ledger_number(r.leaf) IS NOT NULL ORDER BY r.id DESC LIMIT 1",
            [leaf_id],
        )
        row = cursor.fetchone()
    return Printed(one.id, one.title, row[0] if row else "", one.at, one.hash)


def _key_ids(keys: Iterable[str]) -> list[UUID]:
    return [openings.key_id(key) for key in keys]


def _of(index: int | None, leaf_id: UUID, data: bytes) -> Shown:
    try:
        return Shown(index, entry.parse_leaf(bytes(data)), bytes(data))
    except entry.InvalidLeaf:
        return Shown(index, _nameless(leaf_id), bytes(data), spoiled=True)


def _nameless(leaf_id: UUID) -> dict[str, Any]:
    """In place of a leaf that cannot be read: what its id says."""
    at = datetime.fromtimestamp(min(leaf_id.int >> 80, 253_402_300_799_000) / 1000, UTC)
    return {
        "id": str(leaf_id),
        "at": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z",
        "type": "",
        "actor": {"role": ""},
        "subject": {"kind": "", "ref": ""},
        "data": {},
        "refs": [],
    }


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _first_id(day: date) -> UUID:
    """The smallest id of version 7 that a leaf of this day (in Seoul) can have."""
    start = datetime.combine(day, time(), SEOUL)
    return UUID(int=int(start.timestamp() * 1000) << 80)
