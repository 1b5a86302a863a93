"""A function of the database that is called again and again: parsed once on each connection, past the driver's cursor.

What Django and the driver do around a statement costs an append more than the database's work on it. Whoever watches
Django's statements (a log of queries, a tracer's wrapper) gets a common one instead.
"""

from collections.abc import Sequence
from typing import Any
from weakref import WeakSet

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import errors, pq


class Function:
    """One function of the database that answers one value."""

    def __init__(self, name: str, parameters: int) -> None:
        self.name, self._statement = name, name.encode()
        self._common = f"SELECT {name}({', '.join(['%s'] * parameters)})"
        self._numbered = f"SELECT {name}({', '.join(f'${n}' for n in range(1, parameters + 1))})"
        self._known = WeakSet[Any]()

    def __call__(self, parameters: Sequence[str | None]) -> str | None:
        """The answer as PostgreSQL spells it; the parameters too are in its spelling. Errors are Django's."""
        own = connections[DEFAULT_DB_ALIAS]
        own.validate_thread_sharing()
        if _is_watched(own) or not _has_begun(own.connection) or not settings.LEDGER["PREPARE"]:
            return self._call_commonly(own, parameters)
        own.validate_no_broken_transaction()
        with own.wrap_database_errors:
            return self._call(own.connection, parameters)

    def _call(self, raw: Any, parameters: Sequence[str | None]) -> str | None:
        if raw not in self._known:
            _checked(raw.pgconn.prepare(self._statement, self._numbered.encode()))
            self._known.add(raw)
        result = _checked(raw.pgconn.exec_prepared(self._statement, [_sent(value) for value in parameters]))
        answer = result.get_value(0, 0)
        return None if answer is None else answer.decode()

    def _call_commonly(self, own: BaseDatabaseWrapper, parameters: Sequence[str | None]) -> str | None:
        with own.cursor() as cursor:
            cursor.execute(f"SELECT ({self._common})::text", parameters)
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


def _sent(value: str | None) -> bytes | None:
    if value is not None and "\0" in value:
        raise ValueError("the database's text ends at U+0000")
    return None if value is None else value.encode()
