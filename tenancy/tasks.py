"""The worker's door: what the clock decides. Safe to run twice, late, or at the same time."""

from portal.celery import app
from portal.core.clock import database_now
from tenancy import services


@app.task(name="tenancy.tasks.expire_offers")
def expire_offers() -> int:
    """Expire offers and unsigned contracts whose time is over, remind of the others; answers how many expired."""
    now = database_now()
    expired = services.expire_due_offers(now=now) + services.lapse_leases(now=now)
    services.remind_offers(now=now)
    return expired
