"""Who else is on a page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portal.intake.models import Application, PagePresence

#: A page that has not spoken up for this long is taken to be closed.
GONE = timedelta(minutes=2)


def others_on_page(application: Application, section: str, user: Any, now: datetime) -> list[str]:
    """The names of the other members who have the page open, whoever came last first."""
    rows = PagePresence.objects.filter(application=application, section=section, seen_at__gt=now - GONE)
    return [str(row.user) for row in rows.exclude(user=user).select_related("user").order_by("-seen_at", "pk")]
