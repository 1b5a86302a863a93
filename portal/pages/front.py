"""What the front door shows, gathered from the rooms."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from portal.core import panels
from portal.core.clock import database_now


def context(request: HttpRequest) -> dict[str, Any]:
    """Open calls first, then what the rooms contribute."""
    now = database_now()
    return {"now": now, "openings": [], "panels": panels.shown("home", request, roles=frozenset(), now=now)}
