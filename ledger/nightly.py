"""What the clock asks for: the inspection of every night, and the close of a year's decision numbers."""

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from ledger import alarms, entry, events, inspection
from ledger.models import Inspection, Record, TreeState
from ledger.people import SYSTEM
from ledger.recording import append
from ledger.settling import Machinery

SEOUL = ZoneInfo("Asia/Seoul")
ROLE = "ledger_sequencer"
logger = logging.getLogger("ledger.nightly")


def inspect(machinery: Machinery) -> list[str]:
    """Inspects tables and public folder, keeps the result, and raises the alarm when a promise is broken."""
    found = list(inspection.problems(machinery))
    _keep(found)
    if found:
        alarms.sound("inspection", f"{len(found)} problems, first: {found[0]}")
    else:
        logger.info("the ledger is in order")
    return found


@transaction.atomic
def _keep(found: list[str]) -> None:
    """The result as a row; with problems a leaf too, for whoever changed the tables may change the row."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        cursor.execute(
            "INSERT INTO ledger_inspection (size, problems, first) SELECT size, %s, %s FROM ledger_tree_state",
            [len(found), found[0] if found else ""],
        )
        cursor.execute("RESET ROLE")
    if found:
        private = {"first": found[0]}
        append(events.INSPECTION_FAILED, row=TreeState(id=1), by=SYSTEM, data={"problems": len(found)}, private=private)


def last_inspection() -> Inspection | None:
    """The newest result."""
    return Inspection.objects.order_by("-id").first()


@transaction.atomic
def close_series(now: datetime) -> bool:
    """States the last decision number of each series of the year before, once; answers whether it did now.

    From then on a number left out at the end of the year shows as well: the audit compares.
    """
    year = now.astimezone(SEOUL).year - 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('ledger.series.closed'))")
        cursor.execute("SELECT series, last FROM ledger_last_numbers(%s)", [year])
        rows = cursor.fetchall()
    if not rows or _is_closed(year):
        return False
    data = {"year": year, "series": [series for series, _ in rows], "last": [last for _, last in rows]}
    append(events.SERIES_CLOSED, row=TreeState(id=1), by=SYSTEM, data=data)
    return True


def _is_closed(year: int) -> bool:
    leaves = Record.objects.filter(subject_table=TreeState._meta.db_table).values_list("leaf", flat=True)
    told = (entry.parse_leaf(bytes(leaf)) for leaf in leaves)
    return any(leaf["type"] == events.SERIES_CLOSED.label and leaf["data"]["year"] == year for leaf in told)
