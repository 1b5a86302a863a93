"""The worker's door: what the clock decides. Safe to run twice, late, or at the same time."""

import logging

from college import queries, services
from portal.celery import app
from portal.core.clock import database_now

logger = logging.getLogger(__name__)


@app.task(name="college.tasks.warn_of_endings")
def warn_of_endings() -> int:
    """Say that qualifications of instructors end within a month; each is said once."""
    return services.warn_of_endings(now=database_now())


@app.task(name="college.tasks.lapse_offers")
def lapse_offers() -> int:
    """Let unanswered offers and unpaid seats go and pass them on, seal lessons, fix lists of draws and orders of waiting rooms; answers how many went."""
    now = database_now()
    services.seal_due_lessons(now=now)
    services.list_due_draws(now=now)
    services.order_due_places(now=now)
    return services.lapse_due_offers(now=now) + services.expire_unpaid(now=now)


@app.task(name="college.tasks.recount_seats")
def recount_seats() -> int:
    """Count the seats and the line of every run from their rows, which the triggers do not; a difference is an alarm."""
    wrong = list(queries.miscounted_runs().values_list("code", flat=True))
    if wrong:
        logger.error("the counters of these runs differ from their rows: %s", ", ".join(wrong))
    return len(wrong)
