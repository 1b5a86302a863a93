"""Sections of shared pages: what waits for a student, and what waits at the college's desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from college import queries
from college.enums import QualificationStatus, RefundStatus, RequestStatus
from college.models import Course
from portal.accounts.queries import clusters_of
from portal.accounts.roles import roles_for
from portal.core.panels import Panel
from portal.core.periods import SEOUL
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
    """Refunds by the step they wait for, and what instructors lack."""
    found = list(queries.open_refunds(clusters_of(user, *_DESK)))
    teaching = _teaching(user, now)
    if not found:
        return {"figures": teaching} if teaching else None
    count = pgettext("단위", "건")
    steps = [
        (_("산정할 환불"), RefundStatus.REQUESTED),
        (_("승인할 환불"), RefundStatus.CALCULATED),
        (_("지급할 환불"), RefundStatus.APPROVED),
    ]
    refunds = [_first(label, [one for one in found if one.status == status], count) for label, status in steps]
    return {"figures": [*refunds, *teaching]}


def _teaching(user: Any, now: datetime) -> list[Figure]:
    """Qualifications to decide and lessons to come without a qualified instructor; empty when there are neither."""
    courses = Course.objects.filter(cluster__in=clusters_of(user, *_DESK))
    waiting = queries.qualifications_of(courses).filter(status=QualificationStatus.SUBMITTED).count()
    gaps, ends = queries.uncovered_in(courses, now).count(), queries.ending(now.astimezone(SEOUL).date())
    ending = ends.filter(course__in=courses).count()
    there, count = reverse("college:teachers"), pgettext("단위", "건")
    figures = [
        Figure(_("승인할 강사 자격"), waiting, count, href=there),
        Figure(_("한 달 안에 끝나는 강사 자격"), ending, count, href=there),
        Figure(_("강사 자격이 없는 예정 수업"), gaps, count, href=there),
    ]
    return figures if waiting or gaps or ending else []


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
