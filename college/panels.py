"""Sections of shared pages: what waits for a student, and what waits at the college's desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from college import queries
from college.enums import RefundStatus, RequestStatus
from portal.accounts.queries import clusters_of
from portal.accounts.roles import roles_for
from portal.core.panels import Panel
from portal.core.ui.parts import Figure

_DESK = roles_for("enrolment.manage") | roles_for("completion.decide")


def my(user: Any, now: datetime) -> Mapping[str, Any] | None:
    """Offers to answer and refunds under way; nothing for whoever has neither."""
    person = queries.person_of(user) if user.is_authenticated else None
    if person is None:
        return None
    there, count = reverse("college:mine"), pgettext("단위", "건")
    offered = sum(one.status == RequestStatus.OFFERED for one in queries.live_of(person))
    refunds = queries.refunds_of(person).count()
    figures = [
        Figure(_("답할 자리 제안"), offered, count, href=there),
        Figure(_("진행 중인 환불"), refunds, count, href=there),
    ]
    return {"figures": figures} if offered or refunds else None


def desk(user: Any, now: datetime) -> Mapping[str, Any] | None:
    """Refunds by the step they wait for."""
    found = list(queries.open_refunds(clusters_of(user, *_DESK)))
    if not found:
        return None
    count = pgettext("단위", "건")
    steps = [
        (_("산정할 환불"), RefundStatus.REQUESTED),
        (_("승인할 환불"), RefundStatus.CALCULATED),
        (_("지급할 환불"), RefundStatus.APPROVED),
    ]
    return {
        "figures": [_first(label, [one for one in found if one.status == status], count) for label, status in steps]
    }


def _first(label: str, refunds: list[Any], unit: str) -> Figure:
    """How many, and the way to the one that is due first."""
    if not refunds:
        return Figure(label, 0, unit)
    return Figure(
        label, len(refunds), unit, href=reverse("college:office-fee", args=[refunds[0].payment.enrolment.public_id])
    )


PANELS = [
    Panel("college", "my", gettext_lazy("교육"), "college/panel.html", my, order=46),
    Panel("college", "desk", gettext_lazy("교육"), "college/panel.html", desk, roles=_DESK, order=61),
]
