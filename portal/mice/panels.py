"""Sections of shared pages: awards that wait for the organiser, and those that wait at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from portal.accounts.queries import clusters_of
from portal.accounts.roles import roles_for
from portal.core.panels import Panel
from portal.core.ui.parts import Figure
from portal.mice import queries
from portal.mice.enums import Owner
from portal.mice.workflow import MACHINES


def _owned_by(*owners: Owner) -> list[str]:
    return [state for state, owner in MACHINES["award"].owners.items() if owner in owners]


def my(user: Any, now: datetime) -> Mapping[str, Any] | None:
    """The awards of the person's companies; nothing where there are none."""
    mine = queries.awards_of(user) if user.is_authenticated else None
    if mine is None or not mine.exists():
        return None
    there, count = reverse("support:mine"), pgettext("단위", "건")
    waiting = mine.filter(status__in=_owned_by(Owner.ORGANISER)).count()
    return {
        "figures": [
            Figure(_("우리가 할 일이 있는 지원"), waiting, count, href=there),
            Figure(_("받은 지원"), mine.count(), count, href=there),
        ]
    }


def desk(user: Any, now: datetime) -> Mapping[str, Any] | None:
    """Awards on which the next step is the officers' or the payer's."""
    found = queries.awards_on_desk(clusters_of(user, *roles_for("award.read")))
    there, count = reverse("support:desk"), pgettext("단위", "건")
    officers, payer = (found.filter(status__in=_owned_by(owner)).count() for owner in (Owner.OFFICER, Owner.PAYER))
    return {
        "figures": [
            Figure(_("지원담당이 처리할 지원"), officers, count, href=there),
            Figure(_("결재자가 처리할 지원"), payer, count, href=there),
        ]
    }


PANELS = [
    Panel("event-support", "my", gettext_lazy("행사 지원"), "support/panel.html", my, order=47),
    Panel(
        "event-support", "desk", gettext_lazy("행사 지원"), "support/panel.html", desk, roles=roles_for("award.read"), order=62
    ),
]  # fmt: skip
