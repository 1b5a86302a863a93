"""Ending an alarm: a person says what was found, the log records it and goes on."""

from django.db import transaction

from ledger import events
from ledger.models import TreeState
from ledger.people import SYSTEM
from ledger.recording import append
from ledger.settling import Machinery, database_now

#: backup: an older backup was put back, and was replaced by the right database. witness: a witness was wrong. order:
#: somebody with the right to do so ordered the log to go on.
CAUSES = ("backup", "witness", "order")


def resume(cause: str) -> str | None:
    """Ends the alarm and records `ledger.incident/1`; answers what the alarm said, None when there was none."""
    board = Machinery.installed().board
    if board.alarm() is None:
        return None
    with transaction.atomic():
        state = TreeState.objects.get(id=1)
        append(events.INCIDENT, row=state, by=SYSTEM, data={"cause": cause, "size": state.size})
        # Last, so that an alarm ends only together with its record.
        return board.silence(database_now())
