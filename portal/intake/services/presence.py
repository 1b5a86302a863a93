"""Who has a page open: so that two people who write at once know of each other before they clash."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from portal.intake import rules
from portal.intake.models import Application, PagePresence


@transaction.atomic
def be_on_page(*, application: Application, section: str, by: Any, now: datetime) -> None:
    """The person has the page open now."""
    rules.check_can_draft(by, application)
    PagePresence.objects.update_or_create(application=application, section=section, user=by, defaults={"seen_at": now})
