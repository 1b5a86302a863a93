"""The part of the inspection that reads what leaves say: their form and dates, the rules of the rooms, and whether the
portal's tables are in the states to which the log leads (invariant I15)."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import connection, transaction

from ledger import documents, entry
from ledger.dates import Windows
from ledger.machines import BrokenRule, Machines, parse

BATCH = 5_000
#: Leaves of one role within one minute (attack 27). A whole round is announced with some hundreds.
MOST_PER_MINUTE = 3_000
_condition = re.compile(r" WHEN \((.*)\) EXECUTE FUNCTION ", re.DOTALL).search


class Watched(NamedTuple):
    """A decision table under completeness: where its key and state are, and which rows need a leaf (SQL over `new`)."""

    table: str
    pk: str
    state: str
    condition: str


class Read(NamedTuple):
    """A leaf with its place (None while it waits) and the row it is about."""

    place: int | None
    table: str
    pk: str
    data: bytes


def problems() -> Iterator[str]:
    """Each contradiction in a sentence. Reads all leaves once, and the tables as they were at the same instant."""
    with _one_instant():
        replay = _Replay()
        for read in _leaves():
            yield from replay.add(read)
        said = replay.states()
        for watched in _tables():
            yield from _differences(watched, said)


@contextmanager
def _one_instant() -> Iterator[None]:
    """A transaction that sees one state of the database throughout; within another it has to do with that one's."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


class _Replay:
    """All leaves through the machines in their order, and what each row has come to by them."""

    def __init__(self) -> None:
        self._machines, self._windows = Machines(parse(documents.machine().data)), Windows(_cosignatures())
        self._rows: dict[str, tuple[str, str]] = {}
        self._rate: Counter[tuple[str, str]] = Counter()

    def add(self, read: Read) -> Iterator[str]:
        name = f"leaf {read.place}" if read.place is not None else "a waiting leaf"
        try:
            leaf = entry.parse_leaf(read.data)
        except entry.InvalidLeaf as error:
            yield f"{name}: {error}"
            return
        self._rows[leaf["id"]] = (read.table, read.pk)
        if wrong := self._taken(leaf):
            yield f"{name}: {wrong}"
        if read.place is not None and (late := self._windows.wrong(read.place, leaf)):
            yield late
        yield from self._flood(leaf["actor"]["role"], leaf["at"][:16])

    def _taken(self, leaf: dict[str, Any]) -> str | None:
        try:
            return self._machines.add(leaf)
        except BrokenRule as error:
            return str(error)

    def _flood(self, role: str, minute: str) -> Iterator[str]:
        self._rate[role, minute] += 1
        if role != "system" and self._rate[role, minute] == MOST_PER_MINUTE + 1:
            yield f"the role {role} wrote more than {MOST_PER_MINUTE} leaves in the minute of {minute}"

    def states(self) -> dict[tuple[str, str], str]:
        """The state of each row by the newest leaf that gave it one."""
        return {self._rows[leaf]: case.state for leaf, case in self._machines.states() if case.state is not None}


def _cosignatures() -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT size, at FROM ledger_cosignature")
        return cursor.fetchall()


_PLACED = """SELECT e.idx, r.subject_table, r.subject_pk, r.leaf FROM ledger_entry e
JOIN ledger_record r ON r.id = e.record_id WHERE e.idx >= %s AND e.idx < %s ORDER BY e.idx"""
_WAITING = """SELECT NULL, r.subject_table, r.subject_pk, r.leaf FROM ledger_pending p
JOIN ledger_record r ON r.id = p.record_id ORDER BY r.id"""


def _leaves() -> Iterator[Read]:
    """In the order of the log, then those that wait in the order in which they will follow."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(idx), -1) FROM ledger_entry")
        for low in range(0, cursor.fetchone()[0] + 1, BATCH):
            cursor.execute(_PLACED, [low, low + BATCH])
            yield from (Read(index, table, pk, bytes(leaf)) for index, table, pk, leaf in cursor.fetchall())
        cursor.execute(_WAITING)
        yield from (Read(None, table, pk, bytes(leaf)) for _, table, pk, leaf in cursor.fetchall())


def _tables() -> list[Watched]:
    """Every table whose rows have a state and need a leaf, as its own triggers say."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgrelid::regclass::text, t.tgargs, pg_get_triggerdef(t.oid) FROM pg_trigger t"
            " WHERE t.tgfoid = 'ledger_require_leaf'::regproc AND t.tgtype & 4 <> 0 ORDER BY 1"
        )
        return list(_watched(cursor.fetchall()))


def _watched(rows: list[tuple[str, bytes, str]]) -> Iterator[Watched]:
    for table, arguments, definition in rows:
        pk, _, state = bytes(arguments).decode().rstrip("\0").partition("\0")
        if state:
            condition = _condition(definition)
            yield Watched(table, pk, state, condition[1] if condition else "true")


def _differences(watched: Watched, said: dict[tuple[str, str], str]) -> Iterator[str]:
    """Rows in another state than the log says, rows of which it says nothing, and rows that are gone."""
    table, pk, state, condition = watched
    with connection.cursor() as cursor:
        # All names come from the database's own catalogue.
        cursor.execute(f'SELECT new."{pk}"::text, new."{state}"::text, ({condition}) FROM {table} AS new')  # noqa: S608
        rows = {key: (found, needed) for key, found, needed in cursor.fetchall()}
    for key, (found, needed) in rows.items():
        known = said.get((table, key))
        if known != found and (known is not None or needed):
            yield f"{table} {key} is {found}, the log says {known or 'nothing'}"
    for _, key in (named for named in said if named[0] == table and named[1] not in rows):
        yield f"{table} {key} is gone, the log says {said[table, key]}"
