"""Writing a leaf: number, chain, commitments, record and openings, in the transaction that takes the decision."""

import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import connection

from ledger import entry, openings
from ledger.people import Acting, Row
from ledger.registry import EventType, InvalidData, find


class NotInTransaction(ValueError):
    """`append` was called outside the transaction that takes the decision."""


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
    kind, named = find(event), [str(ref) for ref in refs]
    table, pk = row._meta.db_table, str(row.pk)
    actor, subject = by.ledger_actor(), row.ledger_subject()
    sealed = _Sealed(subject.key or f"{table}:{pk}")
    people = {
        "actor": {"role": str(actor.role), **sealed.one("actor.c", actor.private, actor.key)},
        "subject": {"kind": subject.kind, "ref": str(subject.ref), **sealed.one("subject.c", subject.private)},
    }
    fields = {**data, **sealed.commitments(private or {})}
    now, previous, number, keys = _read(kind, table, pk, sealed.key_ids())
    if named:
        _check_refs(kind, named, first=previous is None)
    leaf_id = _uuid7(now)
    leaf = {
        "v": 1,
        "type": kind.label,
        "id": str(leaf_id),
        "at": f"{now:%Y-%m-%dT%H:%M:%S.%f}Z",
        "data": kind.check({**fields, **number}),
        "refs": list(dict.fromkeys(filter(None, [previous, *named]))),
        **people,
    }
    _write(table, pk, entry.leaf_bytes(leaf), openings.seal(leaf_id, sealed.values, keys))
    return leaf_id


class _Sealed:
    """Collects the private values of a leaf, each under a fresh salt."""

    def __init__(self, key: UUID | str) -> None:
        self.key = key
        self.values: list[openings.Sealing] = []

    def key_ids(self) -> list[UUID]:
        return sorted({value.key_id for value in self.values})

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
        salt, spelled = secrets.token_bytes(entry.SALT_BYTES), entry.canonical_value(_plain(value))
        self.values.append(openings.Sealing(path, openings.key_id(key), salt, spelled))
        return entry.commit_canonical(spelled, salt)


def _plain(value: Any) -> Any:
    """A private value as the leaf's value rules want it: text in NFC, other things as the text they stand for."""
    if type(value) is str:
        return unicodedata.normalize("NFC", value)
    if type(value) is dict:
        return {str(name): _plain(item) for name, item in value.items() if item is not None}
    if isinstance(value, bool | float | bytes) or type(value) is int:
        return value  # the rules refuse floats and bytes with a better message than any conversion
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return unicodedata.normalize("NFC", "".join(value) if isinstance(value, str) else str(value))


_READ = "SELECT at, previous, no, key_id, wrapped_dek, kek_id FROM ledger_context(%s, %s, %s, %s::uuid[])"
_WRITE = "SELECT ledger_append_sealed(%s, %s, %s, %s::text[], %s::uuid[], %s::bytea[], %s::bytea[])"


class _Prepared(psycopg.Cursor):
    """Sends parameters apart from the statement, which the server parses once for each connection."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        return super().execute(query, params, prepare=True, **options)


def _prepared() -> Any:
    """Django's cursor over one that prepares: an append is two statements, always the same."""
    raw = connection.connection
    if not settings.LEDGER["PREPARE"]:
        return connection.cursor()
    if raw.prepare_threshold is None:
        # Django turns this off, because its own statements differ from call to call; they stay unprepared.
        raw.prepare_threshold = 0
    cursor: Any = _Prepared(raw)
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)


def _read(
    kind: EventType, table: str, pk: str, key_ids: list[UUID]
) -> tuple[datetime, str | None, dict[str, str], openings.Keys]:
    """In one round trip: the database's clock, the row's previous leaf, the decision number, the subject keys.

    The number's row stays locked to the end of the transaction, so it is taken last, right before the leaf.
    """
    with _prepared() as cursor:
        cursor.execute(_READ, [table, pk, kind.series, _array(map(str, key_ids))])
        rows = cursor.fetchall()
    now, previous, number = rows[0][:3]
    return now.astimezone(UTC), previous, {"no": number} if number else {}, [row[3:] for row in rows if row[3]]


def _write(table: str, pk: str, leaf: bytes, sealed: list[openings.Sealed]) -> None:
    """Record and openings in one round trip."""
    columns = (
        (value.path for value in sealed),
        (str(value.key_id) for value in sealed),
        (_hex(value.nonce) for value in sealed),
        (_hex(value.ciphertext) for value in sealed),
    )
    with _prepared() as cursor:
        cursor.execute(_WRITE, [table, pk, leaf, *map(_array, columns)])


def _array(items: Iterable[str]) -> str:
    """PostgreSQL's spelling of an array of items without special characters; the driver's own takes several times longer."""
    return f"{{{','.join(items)}}}"


def _hex(data: bytes) -> str:
    """PostgreSQL's spelling of bytes within an array."""
    return f'"\\\\x{data.hex()}"'


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
