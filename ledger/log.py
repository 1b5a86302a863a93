"""The ledger's one door: what the rest of the portal may call.

Rooms declare `EventType`s, give their rows `ledger_subject()` and their people `ledger_actor()`, and call `append` in
the transaction that takes the decision. Everything behind this module may change.
"""

import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from django.db import connection

from ledger import entry, openings
from ledger.registry import EventType, InvalidData, UnknownEvent, all_types, find, register

__all__ = [
    "SYSTEM",
    "Actor",
    "EventType",
    "InvalidData",
    "NotInTransaction",
    "Subject",
    "UnknownEvent",
    "all_types",
    "append",
    "register",
]


class NotInTransaction(ValueError):
    """`append` was called outside the transaction that takes the decision."""


@dataclass(frozen=True)
class Subject:
    """Whom or what a leaf is about.

    `ref` is public: random per leaf for natural persons, one random ref per case for applications, stable only where
    the law publishes the company. `private` (any JSON value) shows as a commitment. `key` names the key under which
    the private values are sealed, such as `user:17` or `organisation:42`; by default it is the row's own.
    """

    kind: str
    ref: str
    private: Any = None
    key: UUID | str | None = None


@dataclass(frozen=True)
class Actor:
    """Who acted: the role is public, `private` (any JSON value, such as `{"user": "u-17"}`) shows as a commitment."""

    role: str
    private: Any = None
    key: UUID | str | None = None


class Acting(Protocol):
    """A person in a role."""

    def ledger_actor(self) -> Actor: ...


class Row(Protocol):
    """An instance of a decision table."""

    pk: Any
    _meta: Any

    def ledger_subject(self) -> Subject: ...


class _System:
    """The jobs of the portal itself."""

    def ledger_actor(self) -> Actor:
        return Actor("system")

    def acting_as(self, role: str) -> "_System":
        """A job has no roles: it stays the system whatever rule allowed it."""
        return self


SYSTEM = _System()


def append(
    event: str | EventType,
    *,
    row: Row,
    by: Acting,
    data: Mapping[str, Any],
    private: Mapping[str, Any] | None = None,
    refs: Iterable[UUID | str] = (),
) -> UUID:
    """Records a decision about `row` in the transaction that takes it, and returns the leaf's id.

    `private` values show as commitments: `{"reason": "…"}` becomes the field `reason_c`. The previous leaf of the same
    row becomes `refs[0]`; the first leaf of a row starts its case, and `refs` then names the leaf it came from (of
    another thing: a chain cannot fork). Raises `NotInTransaction`, `UnknownEvent`, `InvalidData` or `InvalidLeaf`.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction("a leaf is written in the transaction that takes the decision")
    kind = find(event)
    table, pk = row._meta.db_table, str(row.pk)
    actor, subject = by.ledger_actor(), row.ledger_subject()
    sealed = _Sealed(subject.key or f"{table}:{pk}")
    fields = {**data, **sealed.commitments(private or {})}
    # The number's row stays locked to the end of the transaction, so it is taken last, right before the leaf.
    number = {"no": _next_number(kind.series)} if kind.series else {}
    now, chain = _chain(kind, table, pk, [str(ref) for ref in refs])
    leaf_id = _uuid7(now)
    leaf = entry.leaf_bytes(
        {
            "v": 1,
            "type": kind.label,
            "id": str(leaf_id),
            "at": f"{now:%Y-%m-%dT%H:%M:%S.%f}Z",
            "actor": {"role": str(actor.role), **sealed.one("actor.c", actor.private, actor.key)},
            "subject": {"kind": subject.kind, "ref": str(subject.ref), **sealed.one("subject.c", subject.private)},
            "data": kind.check({**fields, **number}),
            "refs": chain,
        }
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_append(%s, %s, %s)", [table, pk, leaf])
    openings.seal(leaf_id, sealed.values)
    return leaf_id


class _Sealed:
    """Collects the private values of a leaf, each under a fresh salt."""

    def __init__(self, key: UUID | str) -> None:
        self.key = key
        self.values: list[openings.Sealing] = []

    def commitments(self, private: Mapping[str, Any]) -> dict[str, str]:
        return {
            f"{name}_c": self._commit(f"data.{name}_c", value, self.key)
            for name, value in private.items()
            if value is not None
        }

    def one(self, path: str, private: Any, key: UUID | str | None = None) -> dict[str, str]:
        """The member `c` of actor or subject, or nothing when there is no private value.

        An actor without a key of its own is sealed under one named by its private value: the same person, the same key.
        """
        if private is None:
            return {}
        if path == "actor.c" and key is None:
            key = entry.canonical_value(_plain(private)).decode()
        return {"c": self._commit(path, private, key or self.key)}

    def _commit(self, path: str, value: Any, key: UUID | str) -> str:
        salt, plain = secrets.token_bytes(entry.SALT_BYTES), _plain(value)
        self.values.append(openings.Sealing(path, openings.key_id(key), salt, plain))
        return entry.commit(plain, salt)


def _plain(value: Any) -> Any:
    """A private value as the leaf's value rules want it: text in NFC, other things as the text they stand for."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", "".join(value))
    if isinstance(value, bool) or type(value) is int:
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int | UUID) or hasattr(value, "__str__") and not isinstance(value, float | bytes):
        return unicodedata.normalize("NFC", str(value))
    return value


def _next_number(series: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT y, ledger_next_number(%s, y)"
            " FROM (SELECT extract(year FROM clock_timestamp() AT TIME ZONE 'Asia/Seoul')::int AS y) AS seoul",
            [series],
        )
        year, last = cursor.fetchone()
    return f"{series}/{year}/{last}"


def _chain(kind: EventType, table: str, pk: str, refs: list[str]) -> tuple[datetime, list[str]]:
    """The database's clock and the leaf's refs: the previous leaf of the row, then those the caller named."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT clock_timestamp(), (SELECT leaf_id::text FROM ledger_record"
            " WHERE subject_table = %s AND subject_pk = %s ORDER BY id DESC LIMIT 1)",
            [table, pk],
        )
        now, previous = cursor.fetchone()
    if refs:
        _check_refs(kind, refs, first=previous is None)
    return now.astimezone(UTC), list(dict.fromkeys(filter(None, [previous, *refs])))


def _check_refs(kind: EventType, refs: list[str], *, first: bool) -> None:
    """Refs name leaves that exist; a first leaf may not continue another row's chain, or the chain would fork."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leaf_id::text, convert_from(leaf, 'UTF8')::jsonb ->> 'type' FROM ledger_record"
            " WHERE leaf_id = ANY(%s::uuid[])",
            [refs],
        )
        types = dict(cursor.fetchall())
    if missing := [ref for ref in refs if ref not in types]:
        raise InvalidData(f"refs name leaves that do not exist: {', '.join(missing)}")
    if first and types[refs[0]].partition("/")[0].rpartition(".")[0] == kind.thing:
        raise InvalidData(f"the first leaf of a {kind.thing} cannot start from a leaf of another {kind.thing}")


def _uuid7(now: datetime) -> UUID:
    """A UUID of version 7 (RFC 9562 §5.7) for this instant."""
    milliseconds = int(now.timestamp() * 1000)
    random = secrets.randbits(74)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & (1 << 62) - 1)
