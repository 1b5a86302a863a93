"""Writing a leaf: number, chain, commitments, record and openings, in the transaction that takes the decision."""

import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

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
    _write(table, pk, leaf_id, entry.leaf_bytes(leaf), openings.seal(leaf_id, sealed.values, keys))
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


_NUMBER = (
    "SELECT y, ledger_next_number(%s, y)"
    " FROM (SELECT extract(year FROM clock_timestamp() AT TIME ZONE 'Asia/Seoul')::int AS y) AS seoul; "
)
_CONTEXT = (
    "SELECT clock_timestamp(), (SELECT leaf_id::text FROM ledger_record"
    " WHERE subject_table = %s AND subject_pk = %s ORDER BY id DESC LIMIT 1)"
)


def _read(
    kind: EventType, table: str, pk: str, key_ids: list[UUID]
) -> tuple[datetime, str | None, dict[str, str], openings.Keys]:
    """In one round trip: the database's clock, the row's previous leaf, the decision number, the subject keys.

    The number's row stays locked to the end of the transaction, so it is taken last, right before the leaf; the clock
    is read after it, because waiting for it may take long.
    """
    number: dict[str, str] = {}
    with connection.cursor() as cursor:
        if kind.series:
            cursor.execute(_NUMBER + _CONTEXT + openings.KEYS, [kind.series, table, pk, key_ids])
            year, last = cursor.fetchone()
            number["no"] = f"{kind.series}/{year}/{last}"
            cursor.nextset()
        else:
            cursor.execute(_CONTEXT + openings.KEYS, [table, pk, key_ids])
        now, previous = cursor.fetchone()
        cursor.nextset()
        return now.astimezone(UTC), previous, number, cursor.fetchall()


def _write(table: str, pk: str, leaf_id: UUID, leaf: bytes, sealed: list[list[Any]]) -> None:
    """Record and openings in one round trip; each statement sees what the one before it wrote."""
    places = ", ".join(["(%s, %s::uuid, %s::bytea, %s::bytea)"] * len(sealed))
    statement = "SELECT ledger_append(%s, %s, %s)"
    parameters: list[Any] = [table, pk, leaf]
    if sealed:
        statement += (
            "; INSERT INTO ledger_opening (record_id, path, key_id, nonce, ciphertext)"  # noqa: S608
            f" SELECT r.id, o.* FROM ledger_record r, (VALUES {places}) AS o WHERE r.leaf_id = %s"
        )
        parameters += [*(value for row in sealed for value in row), leaf_id]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


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
