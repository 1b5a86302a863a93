"""Writing a leaf: number, chain, commitments, record and openings, in the transaction that takes the decision."""

import os
import time
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from ledger import entry, openings
from ledger.calling import Function
from ledger.people import Acting, Row, Subject
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
    sealed = _Sealed(_key(row, subject))
    acting = {"role": str(actor.role), **sealed.one("actor.c", actor.private, actor.key)}
    about = {"kind": subject.kind, "ref": str(subject.ref), **sealed.one("subject.c", subject.private)}
    fields = {**data, **sealed.commitments(private or {})}
    if kind.series:
        fields["no"] = kind.series + _ANY_NUMBER
    if named:
        _check_refs(kind, named, table, pk)
    leaf_id = _uuid7()
    leaf = entry.unfinished(kind.label, str(leaf_id), acting, about, kind.check(fields))
    leaf.finished(_ANY_TIME, [_ANY_LEAF, *named])  # what is too long is refused before anything is sealed
    _write(table, pk, kind.series, leaf, named, leaf_id, sealed)
    return leaf_id


def prepare(rows: Iterable[Row]) -> None:
    """Reads the keys of rows that leaves are about to be written about at once; `append` would read them one by one.

    A destroyed key raises `KeyDestroyed` here as there.
    """
    openings.prepare([openings.key_id(_key(row, row.ledger_subject())) for row in rows])


def _key(row: Row, subject: Subject) -> UUID | str:
    """Under whose key the values of the row's leaves are sealed."""
    return subject.key or f"{row._meta.db_table}:{row.pk}"


class _Sealed:
    """Collects the private values of a leaf, each under a fresh salt."""

    def __init__(self, key: UUID | str) -> None:
        self.key = key
        self.values: list[openings.Sealing] = []

    def key_ids(self) -> list[UUID]:
        return list({value.key_id: None for value in self.values})

    def commitments(self, private: Mapping[str, Any]) -> dict[str, str]:
        return {
            f"{name}_c": self._commit(f"data.{name}_c", _spelled(value), self.key)
            for name, value in private.items()
            if value is not None
        }

    def one(self, path: str, private: Any, key: UUID | str | None = None) -> dict[str, str]:
        """The member `c` of actor or subject, or nothing when there is no private value.

        An actor without a key of its own is sealed under one named by its private value: the same person, the same key.
        """
        if private is None:
            return {}
        spelled = _spelled(private)
        if path == "actor.c" and key is None:
            key = spelled.decode()
        return {"c": self._commit(path, spelled, key or self.key)}

    def _commit(self, path: str, spelled: bytes, key: UUID | str) -> str:
        salt = os.urandom(entry.SALT_BYTES)
        self.values.append(openings.Sealing(path, openings.key_id(key), salt, spelled))
        return entry.commit_canonical(spelled, salt)


def _spelled(value: Any) -> bytes:
    return entry.canonical_value(_plain(value))


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


# What stands in a leaf where only the database knows what belongs there; none is shorter than what replaces it.
_ANY_TIME = "0001-01-01T00:00:00.000000Z"
_ANY_NUMBER = "/9999/1000000000000000000"
_ANY_LEAF = "00000000-0000-7000-8000-000000000000"

_call_write = Function(
    "ledger_write", *["text"] * 6, "text[]", "text", "uuid[]", "bytea[]", "text[]", "uuid[]", "bytea[]", "bytea[]"
)
#: How often the keys are read again, when they are wrapped anew or made by another transaction meanwhile.
_TRIES = 3


def _write(
    table: str, pk: str, series: str | None, leaf: entry.Unfinished, refs: list[str], leaf_id: UUID, sealed: _Sealed
) -> None:
    """Number, record and openings in one round trip, when the keys are known here; unknown ones are read before."""
    to_no, to_refs = _around_number(leaf.to_refs, series) if series else ("", leaf.to_refs)
    before = [table, pk, series, leaf.to_at, to_no, to_refs, list(dict.fromkeys(refs)), leaf.tail]
    ids = sealed.key_ids()
    deks = openings.remembered(ids)
    for _ in range(_TRIES):
        keys = deks if deks is not None else openings.read_deks(ids)
        rows = openings.seal(leaf_id, sealed.values, keys)
        columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], [], []]
        if _call_write([*before, ids, [keys[owner].wrapped for owner in ids], *columns]) in ("t", "true"):
            return
        deks = None
    raise openings.KeyUnavailable("the keys of this leaf changed each time it was written")


def _around_number(text: str, series: str) -> tuple[str, str]:
    """What comes before the number, and what follows it. Quotes within a string are escaped: what looks like the member is it."""
    start, _, rest = text.partition(f'"no":"{series}{_ANY_NUMBER}')
    return f'{start}"no":"', rest


def _check_refs(kind: EventType, refs: list[str], table: str, pk: str) -> None:
    """Refs name leaves that exist; a first leaf may not continue another row's chain, or the chain would fork."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leaf_id::text, convert_from(leaf, 'UTF8')::jsonb ->> 'type',"
            " EXISTS (SELECT FROM ledger_record own WHERE own.subject_table = %s AND own.subject_pk = %s)"
            " FROM ledger_record WHERE leaf_id = ANY(%s::uuid[])",
            [table, pk, refs],
        )
        found = {ref: (kind, goes_on) for ref, kind, goes_on in cursor.fetchall()}
    if missing := [ref for ref in refs if ref not in found]:
        raise InvalidData(f"refs name leaves that do not exist: {', '.join(missing)}")
    label, goes_on = found[refs[0]]
    if not goes_on and label.partition("/")[0].rpartition(".")[0] == kind.thing:
        raise InvalidData(f"the first leaf of a {kind.thing} cannot start from a leaf of another {kind.thing}")


def _uuid7() -> UUID:
    """A UUID of version 7 (RFC 9562 §5.7) for this instant, by this machine's clock."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    return UUID(int=milliseconds << 80 | 0x7 << 76 | (random >> 68) << 64 | 0b10 << 62 | random & (1 << 62) - 1)
