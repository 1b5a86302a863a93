"""The clock's doors: closing, publishing, lapsing. Each finds what is due and may run any number of times."""

from __future__ import annotations

import contextlib
import logging

from ledger import log
from portal.celery import app
from portal.core.clock import database_now
from portal.core.errors import Overtaken, Refused
from portal.intake import queries, services

logger = logging.getLogger(__name__)


@app.task(name="portal.intake.tasks.carry_out_retention")
def carry_out_retention() -> int:
    """Destroy what is past its time; returns how many records of destruction were made."""
    now = database_now()
    services.clear_audit_files(now=now)
    return len(services.execute_retention(by=log.SYSTEM, now=now))


@app.task(name="portal.intake.tasks.make_audit_files")
def make_audit_files() -> int:
    """Make the audit files that somebody ordered; returns how many."""
    return services.make_audit_files(now=database_now())


@app.task(name="portal.intake.tasks.close_due_calls")
def close_due_calls() -> int:
    """Count calls whose entry is over; publish decisions whose time has come; let reserves and supplements lapse;
    remind of challenges past their day.
    """
    now = database_now()
    due = list(queries.due_calls(now - services.IN_FLIGHT))
    for call in due:
        services.close_call(call=call, by=log.SYSTEM, now=now)
    for decision in queries.due_publications(now):
        try:
            services.publish(decision=decision, by=log.SYSTEM, now=now)
        except Refused:
            logger.exception("the publication of decision %s is due and was refused", decision.public_id)
    services.lapse_reserves(by=log.SYSTEM, now=now)
    for request in queries.due_supplements(now - services.IN_FLIGHT):
        # Answered or lapsed at the same moment by somebody else: then there is nothing left to do.
        with contextlib.suppress(Overtaken):
            services.close_supplement(request=request, by=log.SYSTEM, now=now)
    services.remind_of_challenges(now=now)
    for stage in queries.stages_to_search():
        services.search_names(stage=stage, by=log.SYSTEM, now=now, most=10)
    return len(due)
