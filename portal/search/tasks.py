"""The clock's doors: what the rooms show is findable a minute later, and every night the index is filled anew."""

from __future__ import annotations

from portal.celery import app
from portal.core.clock import database_now
from portal.search import services


@app.task(name="portal.search.tasks.refresh")
def refresh() -> int:
    """Bring the index up to what the rooms show; returns how much changed."""
    return services.refresh(now=database_now())


@app.task(name="portal.search.tasks.rebuild")
def rebuild() -> int:
    """Fill the index anew; returns how many things it holds."""
    return services.rebuild(now=database_now())
