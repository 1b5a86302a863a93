"""The worker's door to the outbox."""

from portal.celery import app
from portal.core import outbox


@app.task(name="portal.core.tasks.drain_outbox")
def drain_outbox() -> int:
    """Work off what is due; safe to run any number of times at once."""
    return outbox.drain()
