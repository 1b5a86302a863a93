"""The worker's door: what the clock decides. Safe to run twice, late, or at the same time."""

from portal.celery import app
from portal.core.clock import database_now
from portal.mice import services


@app.task(name="portal.mice.tasks.follow_clock")
def follow_clock() -> int:
    """Free allotments, let unanswered offers of places go to the next and close sessions whose cutoff came, forget old names, mark clawbacks
    that are overdue; answers how many."""
    now = database_now()
    services.release_due_allotments(now=now)
    services.erase_due_names(now=now)
    services.mark_overdue(now=now)
    return services.lapse_due_offers(now=now) + services.close_due_sessions(now=now)
