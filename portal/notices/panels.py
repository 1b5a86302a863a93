"""What notices shows on the desk: effects that failed for good, to those who can have them tried again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.roles import roles_for
from portal.core.panels import Panel, register
from portal.core.ui.parts import Task
from portal.notices import queries


def failed(user: Any, now: datetime) -> Mapping[str, Any] | None:
    """How many wait for a person's decision; None when there are none."""
    waiting = queries.dead_letters().count()
    if not waiting:
        return None
    return {"tasks": [Task(_("발신 실패"), str(waiting), "danger", reverse("notices:dead_letters"))]}


register(
    Panel(
        "dead_letters", "desk", gettext_lazy("발신 실패"), "notices/panel.html", failed, roles_for("outbox.revive"), 91
    )
)
