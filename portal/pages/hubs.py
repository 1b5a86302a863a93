"""What a hub's page takes from the room: where it is, its rooms by floor, and the same for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from portal.core.clock import database_now
from portal.pages import elevation, linked
from tenancy import queries

if TYPE_CHECKING:
    from portal.pages.models import HubPage


def context(page: HubPage, address: str) -> dict[str, Any]:
    """The hub as of today; without rooms yet there is neither drawing nor table."""
    hub = queries.hubs().filter(code=page.hub_code).first()
    on = timezone.localtime(database_now()).date()
    drawing = elevation.of_hub(hub, on) if hub else None
    return {
        "hub": hub,
        "on": on,
        "drawing": drawing,
        "table": elevation.table(drawing) if drawing else None,
        "linked": linked.spelled(linked.place(page, hub, address)),
    }
