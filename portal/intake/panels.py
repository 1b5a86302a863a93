"""What intake shows on the shared pages: my applications, my reviews, the calls of my desks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.panels import Panel, register
from portal.core.ui.parts import Task
from portal.intake import blocks, pipeline, queries, tracking, waiting
from portal.intake.enums import CallStatus, SheetStatus

_MOST = 8
_LIVE = (CallStatus.DRAFT, CallStatus.PUBLISHED, CallStatus.REVIEWING, CallStatus.DECIDED, CallStatus.ANNOUNCED)


def my_applications(user: Any, now: datetime) -> Mapping[str, Any] | None:
    """The applications of my companies, the latest first; None without any."""
    found = queries.applications_of(user)[:_MOST] if user.is_authenticated else []
    tasks = [
        Task(
            one.call.current.title_text if one.call.current else one.call.code,
            tracking.word(one),
            "info",
            reverse("intake:application", args=[one.public_id]),
            str(one.organisation),
        )
        for one in found
    ]
    return {"tasks": tasks, "more": reverse("intake:applications")} if tasks else None


def my_reviews(user: Any, now: datetime) -> Mapping[str, Any] | None:
    """Calls that I judge, with how many files are left; None without any."""
    if not user.is_authenticated:
        return None
    left: dict[int, int] = {}
    for sheet in queries.sheets_of(user).filter(status=SheetStatus.OPEN):
        call = sheet.assignment.stage.call_id
        left[call] = left.get(call, 0) + 1
    tasks = [
        Task(
            call.current.title_text if call.current else call.code,
            _("%(left)s건 남음") % {"left": left[call.pk]} if call.pk in left else _("남은 평가 없음"),
            "warning" if call.pk in left else "",
            reverse("intake:review-call", args=[call.code]),
        )
        for call in queries.calls_to_review(user)[:_MOST]
    ]
    return {"tasks": tasks, "more": reverse("intake:reviews")} if tasks else None


def my_desk(user: Any, now: datetime) -> Mapping[str, Any] | None:
    """Calls under way at my desks, each with its next step and whose move it is; None without any."""
    tasks = []
    found = list(queries.calls_for_staff(user).filter(status__in=_LIVE)[:_MOST])
    facts = pipeline.Facts.of(found)
    for call in found:
        step = pipeline.next_step(call, facts)
        title = call.current.title_text if call.current else blocks.in_language(call.versions.get(number=1).title)
        tasks.append(
            Task(
                title,
                call.get_status_display(),
                "info",
                reverse("intake:desk-call", args=[call.code]),
                _("다음: %(what)s (%(who)s)") % {"what": step.label, "who": step.owner.label} if step else "",
            )
        )
    return {"tasks": tasks, "more": reverse("intake:desk-calls")} if tasks else None


def register_all() -> None:
    """Put the sections on the shared pages."""
    template = "intake/panel.html"
    register(Panel("intake-applications", "my", gettext_lazy("내 신청"), template, my_applications, order=10))
    register(Panel("intake-reviews", "my", gettext_lazy("내 평가"), template, my_reviews, order=20))
    register(Panel("intake-reviews", "desk", gettext_lazy("내 평가"), template, my_reviews, order=20))
    register(Panel("intake-waiting", "desk", gettext_lazy("나를 기다리는 일"), template, waiting.panel, order=5))
    register(Panel("intake-calls", "desk", gettext_lazy("공고 업무"), template, my_desk, order=10))
