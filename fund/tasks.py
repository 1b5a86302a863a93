"""The worker's door: what the clock decides in the fund. Safe to run twice, late, or at the same time."""

from fund import services
from portal.celery import app
from portal.core.clock import database_now


@app.task(name="fund.tasks.follow_duties")
def follow_duties() -> int:
    """Warn of duties whose clock comes to its end and close those that are over; answers how many were tested."""
    return services.follow_duties(now=database_now())


@app.task(name="fund.tasks.mark_late")
def mark_late() -> int:
    """Mark the shares of calls whose day has passed; answers how many."""
    return services.mark_late(now=database_now())
