"""The worker's door: what the clock decides. Safe to run twice, late, or at the same time."""

from college import services
from portal.celery import app
from portal.core.clock import database_now


@app.task(name="college.tasks.lapse_offers")
def lapse_offers() -> int:
    """Let unanswered offers and unpaid seats go and pass them on, seal lessons, fix lists of draws and orders of waiting rooms; answers how many went."""
    now = database_now()
    services.seal_due_lessons(now=now)
    services.list_due_draws(now=now)
    services.order_due_places(now=now)
    return services.lapse_due_offers(now=now) + services.expire_unpaid(now=now)
