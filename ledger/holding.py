"""Legal holds: a suit, an audit, an appeal or a law keeps somebody's sealed values until the hold is lifted.

Both ends are leaves; the reason is sealed with the values it keeps. The database refuses an erasure under a hold.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from ledger import events, openings
from ledger.erasure import Held
from ledger.models import Hold
from ledger.people import Acting, Subject
from ledger.recording import append


class AlreadyLifted(ValueError):
    """The hold was lifted before."""


@dataclass(frozen=True)
class Standing:
    """A hold as staff see it; whom it keeps (the subject's private value) and why are None once they cannot be opened."""

    id: UUID
    basis: str
    placed_at: datetime
    lifted_at: datetime | None
    leaf: UUID
    whom: Any
    reason: str | None


@transaction.atomic
def place(whom: Subject, *, basis: str, reason: str, by: Acting) -> UUID:
    """Keeps what is sealed under the subject's key, on the basis `suit`, `audit`, `appeal` or `law`; answers the hold's id.

    Raises `KeyDestroyed` when it was erased before.
    """
    key = openings.key_id(whom.key)
    hold = Hold(id=uuid4(), key_id=key, basis=basis)
    hold.whom = whom.private
    append(events.HOLD_PLACED, row=hold, by=by, data={"basis": basis}, private={"reason": reason})
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_place_hold(%s, %s, %s)", [hold.id, key, basis])
    return hold.id


@transaction.atomic
def lift(hold_id: UUID, *, reason: str, by: Acting) -> None:
    """Ends a hold; `AlreadyLifted` when it stands no more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_lift_hold(%s)", [hold_id])
        if cursor.fetchone() != (True,):
            raise AlreadyLifted("this hold was lifted before")
    hold = Hold.objects.get(id=hold_id)
    append(events.HOLD_LIFTED, row=hold, by=by, data={"basis": hold.basis}, private={"reason": reason})


def standing() -> list[Standing]:
    """All holds that stand now, the oldest first."""
    return [_standing(hold) for hold in Hold.objects.filter(lifted_at__isnull=True).order_by("placed_at")]


def check_unheld(subject_key: UUID | str) -> None:
    """Raises `Held` while a hold stands."""
    hold = Hold.objects.filter(key_id=openings.key_id(subject_key), lifted_at__isnull=True).first()
    if hold is not None:
        raise Held(hold.basis, hold.placed_at)


def _standing(hold: Hold) -> Standing:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leaf_id FROM ledger_record WHERE subject_table = %s AND subject_pk = %s ORDER BY id LIMIT 1",
            [Hold._meta.db_table, str(hold.id)],
        )
        leaf = cursor.fetchone()[0]
    opened = {item["path"]: item["value"] for item in openings.open_leaf(leaf, {hold.key_id})}
    return Standing(
        hold.id, hold.basis, hold.placed_at, hold.lifted_at, leaf, opened.get("subject.c"), opened.get("data.reason_c")
    )
