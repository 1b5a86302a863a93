"""Erasing a person's values: the sealed values and their key go, the leaves and every proof stay.

The law asks for irreversibility (PIPA Art. 21, Decree Art. 16(1)). The key table's own backups are kept at most 30
days; after them nobody can open anything sealed under the key again.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from psycopg.errors import NoDataFound

from ledger import events, openings
from ledger.models import SubjectKey
from ledger.people import Acting
from ledger.recording import append

# Ids and paths of so many values stay well under the size of a leaf.
BATCH = 400


class NothingToErase(ValueError):
    """No values are sealed under that key, or they were erased before."""


class Held(ValueError):
    """A legal hold keeps the values: its basis (`suit`, `audit`, `appeal`, `law`) and since when."""

    def __init__(self, basis: str, since: datetime) -> None:
        super().__init__(f"a legal hold ({basis}) keeps these values since {since:%Y-%m-%d}")
        self.basis, self.since = basis, since


@transaction.atomic
def erase(subject_key: UUID | str, *, basis: str, by: Acting) -> list[UUID]:
    """Destroys all values sealed under a key and records that; answers the leaves `privacy.erased` it wrote.

    `basis` is `request`, `retention`, `order` or `other`. Raises `NothingToErase` or, under a legal hold, `Held`.
    """
    key = openings.key_id(subject_key)
    with connection.cursor() as cursor:
        _check_holds(cursor, key)
        try:
            cursor.execute("SELECT record_id, path FROM ledger_erase(%s)", [key])
        except DatabaseError as error:
            if isinstance(error.__cause__, NoDataFound):
                raise NothingToErase("no values are sealed under this key") from error
            raise
        gone = cursor.fetchall()
        cursor.execute("SELECT id, leaf_id FROM ledger_record WHERE id = ANY(%s)", [[record for record, _ in gone]])
        leaves = dict(cursor.fetchall())
    openings.forget(key)
    row = SubjectKey(id=key)
    return [append(events.ERASED, row=row, by=by, data={**part, "basis": basis}) for part in _parts(gone, leaves)]


def _check_holds(cursor: Any, key: UUID) -> None:
    """The reason in words; a hold placed at this very moment is met by the database's trigger."""
    cursor.execute("SELECT basis, placed_at FROM ledger_hold WHERE key_id = %s AND lifted_at IS NULL LIMIT 1", [key])
    if row := cursor.fetchone():
        raise Held(*row)


def _parts(gone: list[tuple[int, str]], leaves: dict[int, UUID]) -> Iterator[dict[str, Any]]:
    """Leaf ids and paths, side by side; at least one part, so that an erasure without values shows too."""
    for at in range(0, max(len(gone), 1), BATCH):
        part = sorted(gone[at : at + BATCH])
        yield {"leaves": [leaves[record] for record, _ in part], "paths": [path for _, path in part]}
