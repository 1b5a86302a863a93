"""The office's desk: runs, requests and the waitlist board, the steps of a run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from college import queries, rules, services, tables
from college.enums import RunStatus
from college.forms import CapacityForm, ReasonForm
from college.models import Run
from college.views.public import facts
from college.views.shared import SignedIn, tried
from portal.accounts.queries import clusters_of
from portal.accounts.roles import roles_for
from portal.core.clock import database_now
from portal.core.errors import NotAllowed

_DESK = roles_for("enrolment.manage") | roles_for("completion.decide")


def _publish(run: Run, by: Any, now: datetime) -> None:
    services.publish_run(run=run, by=by, now=now)


def _to(status: RunStatus) -> Callable[[Run, Any, datetime], None]:
    return lambda run, by, now: services.move_run(run=run, to=status, by=by, now=now)


STEPS: dict[str, tuple[RunStatus, Callable[[Run, Any, datetime], None], str | Promise]] = {
    "publish": (RunStatus.DRAFT, _publish, gettext_lazy("기수 공고하기")),
    "confirm": (RunStatus.PUBLISHED, _to(RunStatus.CONFIRMED), gettext_lazy("개강 확정")),
    "start": (RunStatus.CONFIRMED, _to(RunStatus.RUNNING), gettext_lazy("기수 시작")),
    "end": (RunStatus.RUNNING, _to(RunStatus.ENDED), gettext_lazy("종강")),
}


@login_required
def desk(request: SignedIn) -> HttpResponse:
    """All runs of the clusters I work for."""
    clusters = clusters_of(request.user, *_DESK)
    if not clusters.exists():
        raise NotAllowed(_("교육 담당자만 볼 수 있는 화면입니다."))
    found = Run.objects.filter(course__cluster__in=clusters).select_related("course__cluster")
    listed = [run for run in found if may_see(request.user, run)]
    return render(request, "college/office.html", {"table": tables.runs(listed)})


def may_see(user: Any, run: Run) -> bool:
    """Officers and approvers of the course."""
    return rules.may_for(user, "enrolment.manage", run.course) or rules.may_for(user, "completion.decide", run.course)


def found(request: SignedIn, code: str) -> Run:
    """A run in any state, for those who run or decide it."""
    run = Run.objects.filter(code=code).select_related("course__cluster").first()
    if run is None:
        raise Http404
    if not may_see(request.user, run):
        raise NotAllowed(_("교육 담당자만 볼 수 있는 화면입니다."))
    return run


@login_required
def run(request: SignedIn, code: str) -> HttpResponse:
    """One run: seats, line, timetable, and the step that comes next."""
    return _page(request, found(request, code), None)


def _page(request: SignedIn, run: Run, form: CapacityForm | None, status: int = 200) -> HttpResponse:
    manages = rules.may_for(request.user, "enrolment.manage", run.course)
    context = {
        "run": run,
        "name": tables.name(run),
        "tone": tables.TONES.get(run.status, ""),
        "facts": facts(run),
        "line": tables.line(list(queries.line_of(run))),
        "timetable": tables.timetable(list(run.lessons.order_by("starts_at", "id"))),
        "steps": [(word, label) for word, (start, _act, label) in STEPS.items() if start == run.status and manages],
        "capacity": (form or CapacityForm(initial={"capacity": run.capacity})) if manages else None,
        "cancel": ReasonForm()
        if manages and run.status in (RunStatus.PUBLISHED, RunStatus.CONFIRMED, RunStatus.RUNNING)
        else None,
    }
    return render(request, "college/office_run.html", context, status=status)


@require_POST
@login_required
def step(request: SignedIn, code: str, word: str) -> HttpResponse:
    """Publish, confirm, start, end."""
    run, now = found(request, code), database_now()
    if word not in STEPS:
        raise Http404
    _start, act, label = STEPS[word]
    done = _("처리했습니다: %(step)s") % {"step": label}
    tried(request, lambda: act(run, request.user, now), done)
    return redirect("college:office-run", code=run.code)


@require_POST
@login_required
def capacity(request: SignedIn, code: str) -> HttpResponse:
    """Change the number of seats; new ones are offered at once."""
    run, form, now = found(request, code), CapacityForm(request.POST), database_now()
    if not form.is_valid():
        return _page(request, run, form, status=422)
    wanted = form.cleaned_data["capacity"]
    tried(
        request,
        lambda: services.change_capacity(run=run, capacity=wanted, by=request.user, now=now),
        _("정원을 바꾸었습니다."),
    )
    return redirect("college:office-run", code=run.code)


@require_POST
@login_required
def cancel(request: SignedIn, code: str) -> HttpResponse:
    """The run does not take place."""
    run, form, now = found(request, code), ReasonForm(request.POST), database_now()
    if not form.is_valid():
        return _page(request, run, None, status=422)
    reason = form.cleaned_data["reason"]
    tried(
        request,
        lambda: services.cancel_run(run=run, by=request.user, now=now, reason=reason),
        _("폐강했습니다. 신청한 사람 모두에게 알렸습니다."),
    )
    return redirect("college:office-run", code=run.code)
