"""The file of a room that is being left: opened once, with the list of the inspection."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ledger import log
from tenancy.enums import EndKind
from tenancy.models import ChecklistItem, Lease, MoveOut

#: The list of every inspection (design 05 §9), in order; the words stand in ``reasons.CHECKLIST``.
CHECKLIST = ("RESTORED", "CARDS", "METERS", "MAIL", "REGISTRATION", "DEFECTS")


def open_move_out(lease: Lease, leave: date, kind: EndKind, *, by: Any, now: datetime) -> MoveOut:
    """Begin the leaving of a room, with every point of the list still to do. ``by`` acts in a role."""
    move_out = MoveOut.objects.create(lease=lease, leave_date=leave, noticed_at=now, end_kind=kind)
    data = {"to": move_out.status, "leave": leave, "kind": kind}
    log.append("space.move_out.noticed", row=move_out, by=by, data=data)
    ChecklistItem.objects.bulk_create(
        ChecklistItem(move_out=move_out, position=position, code=code)
        for position, code in enumerate(CHECKLIST, start=1)
    )
    return move_out
