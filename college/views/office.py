"""The office's desk: runs, requests and the waitlist board, the steps of a run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from college import queries, rules, services, survey_tables, tables
from college.enums import CorrectionStatus, CredentialStatus, DrawStatus, EventKind, RunStatus
from college.forms import CapacityForm, DrawForm, ReasonForm
from college.models import Correction, Run
from college.views.drafting import my_courses
from college.views.public import facts
from college.views.shared import SignedIn
from portal.accounts.queries import clusters_of
from portal.accounts.roles import roles_for
from portal.core.clock import database_now
from portal.core.errors import Invalid, NotAllowed, Refused
from portal.core.ui.parts import Row
from portal.core.ui.trying import tried

_DESK = roles_for("enrolment.manage") | roles_for("completion.decide")

#: From here on there is attendance to look at.
TAUGHT = (RunStatus.RUNNING, RunStatus.ENDED, RunStatus.JUDGED, RunStatus.CLOSED)


def _publish(run: Run, by: Any, now: datetime) -> None:
    services.publish_run(run=run, by=by, now=now)


def _judge(run: Run, by: Any, now: datetime) -> None:
    services.judge_run(run=run, by=by, now=now)


def _certify(run: Run, by: Any, now: datetime) -> None:
    services.certify_run(run=run, by=by, now=now)


def _to(status: RunStatus) -> Callable[[Run, Any, datetime], None]:
    return lambda run, by, now: services.move_run(run=run, to=status, by=by, now=now)


STEPS: dict[str, tuple[RunStatus, Callable[[Run, Any, datetime], None], str | Promise]] = {
    "publish": (RunStatus.DRAFT, _publish, gettext_lazy("기수 공고하기")),
    "confirm": (RunStatus.PUBLISHED, _to(RunStatus.CONFIRMED), gettext_lazy("개강 확정")),
    "start": (RunStatus.CONFIRMED, _to(RunStatus.RUNNING), gettext_lazy("기수 시작")),
    "end": (RunStatus.RUNNING, _to(RunStatus.ENDED), gettext_lazy("종강")),
    "judge": (RunStatus.ENDED, _judge, gettext_lazy("수료 판정하기")),
    "certify": (RunStatus.JUDGED, _certify, gettext_lazy("수료증 모두 발급하기")),
}
#: Steps that the approver takes; the others are the officer's.
APPROVED = frozenset({"judge", "certify"})


@login_required
def desk(request: SignedIn) -> HttpResponse:
    """All runs of the clusters I work for."""
    clusters = clusters_of(request.user, *_DESK)
    if not clusters.exists():
        raise NotAllowed(_("교육 담당자만 볼 수 있는 화면입니다."))
    found = Run.objects.filter(course__cluster__in=clusters).select_related("course__cluster")
    listed = [run for run in found if may_see(request.user, run)]
    return render(
        request, "college/office.html", {"table": tables.runs(listed), "makes": bool(my_courses(request.user))}
    )


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


def _page(
    request: SignedIn, run: Run, form: CapacityForm | None, status: int = 200, drawing: DrawForm | None = None
) -> HttpResponse:
    manages = rules.may_for(request.user, "enrolment.manage", run.course)
    decides = rules.may_for(request.user, "completion.decide", run.course)
    draw = queries.draw_of(run)
    listed = draw is not None and draw.status == DrawStatus.LISTED
    context = {
        "run": run,
        "name": tables.name(run),
        "drafting": run.status == RunStatus.DRAFT and rules.may_for(request.user, "run.edit", run.course),
        "tone": tables.TONES.get(run.status, ""),
        "facts": facts(run),
        "draw": draw,
        "draw_facts": tables.draw_facts(draw) if draw else None,
        "drawing": (drawing or DrawForm()) if listed and manages else None,
        "line": tables.line(list(queries.line_of(run))),
        "timetable": tables.timetable(list(run.lessons.order_by("starts_at", "id"))),
        "steps": [
            (word, label)
            for word, (start, _act, label) in STEPS.items()
            if start == run.status and (decides if word in APPROVED else manages)
        ],
        "previews": tables.previews(queries.previews(run)) if run.status in TAUGHT else None,
        "corrections": tables.corrections(list(queries.open_corrections([run]))),
        "certificates": tables.certificates(list(queries.certificates_of(run))) if run.status in TAUGHT else None,
        **_survey(run),
        "room": tables.waiting_room(run, queries.window_of(run), database_now()),
        "capacity": (form or CapacityForm(initial={"capacity": run.capacity}))
        if manages and run.status != RunStatus.DRAFT
        else None,
        "cancel": ReasonForm()
        if manages and run.status in (RunStatus.PUBLISHED, RunStatus.CONFIRMED, RunStatus.RUNNING)
        else None,
    }
    return render(request, "college/office_run.html", context, status=status)


def _survey(run: Run) -> dict[str, Any]:
    """What the students said, as far as anybody may read it."""
    survey = queries.survey_of(run)
    if survey is None:
        return {"survey": None}
    results = queries.survey_results(survey)
    facts = [
        Row(_("답한 사람"), f"{survey.tickets.count():,} / {queries.asked_in_survey(run).count():,}"),
        Row(_("설문 마감"), tables.instant(survey.closes_at)),
    ]
    return {
        "survey": survey,
        "survey_facts": facts,
        "survey_marks": survey_tables.marks(results) if results else None,
        "survey_words": survey_tables.words(results) if results else [],
    }


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
def draw(request: SignedIn, code: str) -> HttpResponse:
    """Draw with the public value that came out after closing."""
    run, form, now = found(request, code), DrawForm(request.POST), database_now()
    if not form.is_valid():
        return _page(request, run, None, status=422, drawing=form)
    value = form.cleaned_data["public_value"]
    try:
        services.draw_seats(run=run, public_value=value, by=request.user, now=now)
    except Invalid as refusal:
        form.add_error("public_value", str(refusal.message))
        return _page(request, run, None, status=422, drawing=form)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("추첨했습니다. 신청한 사람 모두에게 알렸습니다."))
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


_ON_CORRECTION = {
    "check": gettext_lazy("1차 확인했습니다. 다른 결재자가 반영합니다."),
    "apply": gettext_lazy("출결을 정정했습니다."),
    "refuse": gettext_lazy("출결정정을 반려했습니다."),
}


@login_required
def correction(request: SignedIn, public_id: UUID) -> HttpResponse:
    """One correction: the evidence, and the step that is this person's."""
    row = _correction(request, public_id)
    form = ReasonForm(request.POST if request.POST.get("act") == "refuse" else None)
    if request.method == "POST" and _acted(request, row, form):
        return redirect("college:office-run", code=row.lesson.run.code)
    context = {
        "row": row,
        "name": tables.name(row.lesson.run),
        "facts": _correction_facts(row),
        "form": form,
        "check": row.status == CorrectionStatus.REQUESTED,
        "apply": row.status == CorrectionStatus.CHECKED and row.checked_by_id != request.user.pk,
        "second": row.status == CorrectionStatus.CHECKED and row.checked_by_id == request.user.pk,
    }
    return render(request, "college/correction.html", context, status=422 if form.errors else 200)


def _correction(request: SignedIn, public_id: UUID) -> Correction:
    row = (
        Correction.objects.filter(public_id=public_id)
        .select_related("lesson__run__course__cluster", "enrolment__person", "enrolment__run", "checked_by")
        .first()
    )
    if row is None:
        raise Http404
    if not may_see(request.user, row.lesson.run):
        raise NotAllowed(_("교육 담당자만 볼 수 있는 화면입니다."))
    return row


def _acted(request: SignedIn, row: Correction, form: ReasonForm) -> bool:
    act, now = request.POST.get("act", ""), database_now()
    if act not in _ON_CORRECTION or (act == "refuse" and not form.is_valid()):
        return False
    acts: dict[str, Callable[[], object]] = {
        "check": lambda: services.check_correction(correction=row, by=request.user, now=now),
        "apply": lambda: services.apply_correction(correction=row, by=request.user, now=now),
        "refuse": lambda: services.refuse_correction(
            correction=row, by=request.user, now=now, reason=form.cleaned_data["reason"]
        ),
    }
    return tried(request, acts[act], str(_ON_CORRECTION[act]))


def _correction_facts(row: Correction) -> list[Row]:
    times = ", ".join(
        f"{EventKind(kind).label} {tables.instant(datetime.fromisoformat(at))}" for kind, at in row.entries
    )
    return [
        Row(_("교육생"), row.enrolment.person.name),
        Row(_("차시"), f"{row.lesson.number} · {tables.instant(row.lesson.starts_at)}"),
        Row(_("바라는 기록"), EventKind.EXCUSE.label if row.excuse else times),
        Row(_("사유"), row.get_reason_display()),
        Row(_("증빙"), row.evidence),
        Row(_("1차 확인"), str(row.checked_by or _("아직 없음"))),
    ]


_ON_CERTIFICATE: dict[str, tuple[CredentialStatus, Callable[..., object], str | Promise]] = {
    "suspend": (CredentialStatus.ISSUED, services.suspend, gettext_lazy("효력 정지하기")),
    "restore": (CredentialStatus.SUSPENDED, services.restore, gettext_lazy("효력 되살리기")),
    "revoke": (CredentialStatus.SUSPENDED, services.revoke, gettext_lazy("수료증 취소하기")),
    "reissue": (CredentialStatus.ISSUED, services.reissue, gettext_lazy("새로 발급하기")),
}


@login_required
def certificate(request: SignedIn, public_id: UUID) -> HttpResponse:
    """One certificate: suspend, hear, restore or revoke; each with its reason."""
    row = queries.certificate_of(public_id)
    if row is None:
        raise Http404
    run = row.enrolment.run
    if not may_see(request.user, run):
        raise NotAllowed(_("교육 담당자만 볼 수 있는 화면입니다."))
    form, act = ReasonForm(request.POST or None), request.POST.get("act", "")
    if request.method == "POST" and act in _ON_CERTIFICATE and form.is_valid():
        _start, service, label = _ON_CERTIFICATE[act]
        now, why = database_now(), form.cleaned_data["reason"]
        done = _("처리했습니다: %(step)s") % {"step": label}
        if tried(request, lambda: service(credential=row, by=request.user, now=now, reason=why), done):
            return redirect("college:office-run", code=run.code)
    issues = rules.may_for(request.user, "certificate.issue", run.course)
    context = {
        "row": row,
        "name": tables.name(run),
        "tone": tables.TONES.get(row.status, ""),
        "form": form,
        "acts": [
            (word, label) for word, (start, _act, label) in _ON_CERTIFICATE.items() if start == row.status and issues
        ],
    }
    return render(request, "college/office_certificate.html", context, status=422 if form.errors else 200)
