"""A function of the database that is called again and again: parsed once on each connection, past the driver's cursor.

What Django and the driver do around a statement costs an append more than the database's work on it. Whoever watches
Django's statements (a log of queries, a tracer's wrapper) gets a common one instead.
"""

from collections.abc import Callable, Mapping, Sequence
from struct import Struct
from typing import Any
from uuid import UUID
from weakref import WeakSet

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import errors, pq


class Function:
    """One function of the database that answers one value.

    `types` are those of its parameters, among `text`, `text[]` (lists of str), `uuid[]` (of UUID) and `bytea[]` (of
    bytes). On the short way they go as PostgreSQL's own binary, which neither end has to spell and read.
    """

    def __init__(self, name: str, *types: str) -> None:
        self.name, self._statement = name, name.encode()
        self._common = f"SELECT ({name}({', '.join(f'%s::{kind}' for kind in types)}))::text"
        self._numbered = f"SELECT {name}({', '.join(f'${n}::{kind}' for n, kind in enumerate(types, 1))})".encode()
        self._dumpers = [_DUMPERS[kind] for kind in types]
        self._formats = [pq.Format.BINARY] * len(types)
        self._known = WeakSet[Any]()

    def __call__(self, parameters: Sequence[Any]) -> str | None:
        """The answer as PostgreSQL spells it. Errors are Django's."""
        own = connections[DEFAULT_DB_ALIAS]
        own.validate_thread_sharing()
        if _is_watched(own) or not _has_begun(own.connection) or not settings.LEDGER["PREPARE"]:
            return self._call_commonly(own, parameters)
        own.validate_no_broken_transaction()
        with own.wrap_database_errors:
            return self._call(own.connection, parameters)

    def _call(self, raw: Any, parameters: Sequence[Any]) -> str | None:
        if raw not in self._known:
            _checked(raw.pgconn.prepare(self._statement, self._numbered))
            self._known.add(raw)
        sent = [None if value is None else dump(value) for dump, value in zip(self._dumpers, parameters, strict=True)]
        answer = _checked(raw.pgconn.exec_prepared(self._statement, sent, self._formats)).get_value(0, 0)
        return None if answer is None else answer.decode()

    def _call_commonly(self, own: BaseDatabaseWrapper, parameters: Sequence[Any]) -> str | None:
        with own.cursor() as cursor:
            cursor.execute(self._common, parameters)
            answer: str | None = cursor.fetchone()[0]
        return answer


def _is_watched(own: BaseDatabaseWrapper) -> bool:
    return bool(own.queries_logged or own.execute_wrappers)


def _has_begun(raw: Any) -> bool:
    """Whether the server knows of the transaction: the driver tells it with the first statement, and only with its own."""
    return raw is not None and raw.pgconn.transaction_status == pq.TransactionStatus.INTRANS


def _checked(result: Any) -> Any:
    if result.status not in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
        raise errors.error_from_result(result)
    return result


def _text(value: str) -> bytes:
    if "\0" in value:
        raise ValueError("the database's text ends at U+0000")
    return value.encode()


# An array of one dimension: dimensions, whether it holds nulls, type of its items, their number, the first one's index;
# then each item after its length. Without items it has no dimension either.
_head, _no_items, _length = Struct("!iiIii").pack, Struct("!iiI").pack, Struct("!i").pack
_TEXT, _BYTEA, _UUID = 25, 17, 2950


def _array(kind: int, items: list[bytes]) -> bytes:
    if not items:
        return _no_items(0, 0, kind)
    return _head(1, 0, kind, len(items), 1) + b"".join([_length(len(item)) + item for item in items])


def _texts(values: Sequence[str]) -> bytes:
    return _array(_TEXT, [_text(value) for value in values])


def _uuids(values: Sequence[UUID]) -> bytes:
    return _array(_UUID, [value.bytes for value in values])


def _byteas(values: Sequence[bytes]) -> bytes:
    return _array(_BYTEA, list(values))


_DUMPERS: Mapping[str, Callable[[Any], bytes]] = {"text": _text, "text[]": _texts, "uuid[]": _uuids, "bytea[]": _byteas}
