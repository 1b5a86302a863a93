"""The desk's steps: each confirmed on a page of its own, then one service; stages and panels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.core.clock import database_now
from portal.core.errors import Refused
from portal.core.ui.parts import Column, Tab, Table, link
from portal.intake import queries, rules, services
from portal.intake.enums import AssignmentStatus, StageStatus
from portal.intake.forms import ConfirmForm, LotteryForm, PanelForm, ReasonForm
from portal.intake.models import Assignment, Call, Panel, Stage
from portal.intake.views import rankings
from portal.intake.views.answers import show_refusal
from portal.intake.views.desk import PER_PAGE, staff_call, title_of


@dataclass(frozen=True, slots=True)
class Act:
    """One step: its words and the service behind it."""

    title: str | Promise
    run: Callable[..., Any]
    warning: str | Promise = ""
    form: type[forms.Form] = ConfirmForm
    #: Whose step it is; the page is shown to nobody else.
    check: Callable[[Any, Call], Any] = rules.check_can_run


ON_CALL: Mapping[str, Act] = {
    "publish": Act(
        gettext_lazy("공고하기"),
        services.publish_call,
        gettext_lazy("공고하면 모집부문, 평가기준, 자격요건을 바꿀 수 없습니다."),
        check=rules.check_can_publish_draft,
    ),
    "correct": Act(
        gettext_lazy("정정공고 내기"),
        services.publish_pending_correction,
        gettext_lazy("작성 중이거나 제출한 모든 기업에 정정 사유를 알립니다."),
        check=rules.check_can_publish_correction,
    ),
    "cancel": Act(
        gettext_lazy("공고 취소하기"),
        services.cancel_call,
        gettext_lazy("취소하면 되돌릴 수 없습니다. 신청한 모든 기업에 사유를 알립니다."),
        form=ReasonForm,
        check=rules.check_can_cancel_call,
    ),
    "close": Act(
        gettext_lazy("접수 마감과 집계"),
        services.close_by_hand,
        gettext_lazy("접수 건수와 모든 접수증의 지문을 감사원장에 기록합니다."),
    ),
    "draw": Act(gettext_lazy("동점 추첨 공개 값 등록"), services.draw_lottery, form=LotteryForm),
    "eligibility": Act(gettext_lazy("자격검토 결과 작성"), services.prepare_eligibility),
    "exclusions": Act(
        gettext_lazy("제척 다시 확인"),
        services.find_exclusions,
        gettext_lazy("구성원, 재직, 지분, 신고한 관계를 모든 신청 기업과 다시 대조합니다."),
    ),
    "final": Act(gettext_lazy("최종 결과 작성"), services.prepare_final),
    "finalise": Act(gettext_lazy("확정하기"), services.finalise_call),
    "archive": Act(
        gettext_lazy("보관하기"),
        services.archive_call,
        gettext_lazy("모든 절차가 끝난 공고로 둡니다. 기록은 그대로 읽을 수 있고, 파기는 공고의 보존 기한을 따릅니다."),
    ),
}
ON_STAGE: Mapping[str, Act] = {
    "open": Act(gettext_lazy("평가 시작"), services.open_stage),
    "propose": Act(gettext_lazy("자동 배정"), services.propose_assignments),
    "confirm": Act(
        gettext_lazy("배정 확인"),
        services.confirm_assignments,
        gettext_lazy("확인하면 평가위원이 신청서를 볼 수 있습니다."),
    ),
    "settle": Act(
        gettext_lazy("집계"), services.settle_stage, gettext_lazy("집계하면 이 단계의 평가표를 다시 열 수 없습니다.")
    ),
    "shortlist": Act(gettext_lazy("단계 결과 작성"), services.prepare_shortlist),
    "reopen": Act(
        gettext_lazy("단계 다시 열기"),
        services.reopen_stage,
        gettext_lazy("예비위원이 평가할 수 있게 됩니다. 다시 집계하면 새 순위를 내며, 먼저 낸 순위도 그대로 남습니다."),
        form=ReasonForm,
    ),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_call(request: HttpRequest, code: str, step: str) -> HttpResponse:
    """A step of the whole call."""
    call = staff_call(request, code)
    return _confirmed(
        request, ON_CALL.get(step), {"call": call}, title_of(call), reverse("intake:desk-call", args=[code])
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def on_stage(request: HttpRequest, code: str, number: int, step: str) -> HttpResponse:
    """A step of one stage."""
    stage = staff_stage(request, code, number)
    back = reverse("intake:desk-stage", args=[code, number])
    return _confirmed(request, ON_STAGE.get(step), {"stage": stage}, stage.name_text, back)


def _confirmed(request: HttpRequest, act: Act | None, on: dict[str, Any], lead: str, back: str) -> HttpResponse:
    if act is None:
        raise Http404
    act.check(request.user, on["call"] if "call" in on else on["stage"].call)
    form = act.form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            act.run(**on, **form.cleaned_data, by=request.user, now=database_now())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("처리했습니다: %(step)s") % {"step": act.title})
            return redirect(back)
    context = {
        "form": form,
        "title": act.title,
        "lead": lead,
        "warning": act.warning,
        "submit": act.title,
        "cancel": back,
    }
    return render(request, "layout/confirm.html", context, status=422 if form.errors else 200)


def staff_stage(request: HttpRequest, code: str, number: int) -> Stage:
    """A stage of a call at the person's desks, or 404."""
    call = staff_call(request, code)
    stage = get_object_or_404(Stage.objects.select_related("call__current", "call__cluster"), call=call, number=number)
    stage.call = call
    return stage


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def stage(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Panel room, assignment, progress by member and file, ranking with the cut-off."""
    found = staff_stage(request, code, number)
    panel = Panel.objects.filter(stage=found).first()
    form = None if panel else PanelForm(request.POST or None, call=found.call)
    if request.method == "POST" and form is not None and form.is_valid():
        chosen = form.cleaned_data
        try:
            services.form_panel(
                stage=found,
                evaluators=list(chosen["evaluators"]),
                chair=chosen["chair"],
                substitutes=list(chosen["substitutes"]),
                by=request.user,
                now=database_now(),
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("intake:desk-stage", code, number)
    run = rankings.last_run(found)
    role = rules.check_can_observe(request.user, found.call)
    unfinished = request.GET.get("show") == "unfinished"
    page = Paginator(queries.file_counts(found, unfinished=unfinished), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "call": found.call,
        "title": title_of(found.call),
        "stage": found,
        "tabs": tabs_of(found),
        "panel": panel,
        "form": form,
        "can_run": rules.allowed(rules.check_can_run, request.user, found.call),
        "proposed": Assignment.objects.filter(stage=found, status=AssignmentStatus.PROPOSED).count(),
        "members": _members(found),
        "conflicts": _conflicts(found.call) if not role.endswith("approver") else None,
        "files": _files(found, page),
        "page": page,
        "unfinished": unfinished,
        "run": run,
        "ranking": rankings.heads(run, found) if run else [],
        "questions": queries.answers_to(found),
        "running": found.status == StageStatus.RUNNING,
    }
    return render(request, "intake/desk_stage.html", context, status=422 if form is not None and form.errors else 200)


def tabs_of(found: Stage, name: str = "desk-stage") -> list[Tab]:
    """The stages of the call, side by side."""
    return [
        Tab(each.name_text, reverse(f"intake:{name}", args=[found.call.code, each.number]), each.pk == found.pk)
        for each in found.call.stages.order_by("number")
    ]


def _members(found: Stage) -> Table:
    columns = (
        Column(_("평가위원")),
        Column(_("소속")),
        Column(_("상태")),
        Column(_("배정"), number=True),
        Column(_("제출"), number=True),
    )
    rows = [
        (str(member.evaluator), member.evaluator.employer, member.get_status_display(), member.files, member.locked)
        for member in queries.progress(found)
    ]
    return Table(_("평가위원별 진행"), columns, rows, empty=_("아직 위원회가 없습니다."))


def _conflicts(call: Call) -> Table:
    columns = (Column(_("평가위원")), Column(_("기업")), Column(_("근거")), Column(_("범위")))
    rows = [
        (str(row.evaluator), row.organisation.name, row.get_ground_display(), row.get_scope_display())
        for row in call.conflicts.select_related("evaluator__user", "organisation").order_by("pk")
    ]
    return Table(_("이해충돌"), columns, rows, empty=_("신고되거나 발견된 이해충돌이 없습니다."))


def _files(found: Stage, page: Page[Any]) -> Table:
    columns = (
        Column(_("신청서")),
        Column(_("모집부문")),
        Column(_("평가위원"), number=True),
        Column(_("제출"), number=True),
    )
    rows = [
        (
            link(
                f"{one.receipt_number} {one.organisation.name}",
                reverse("intake:readers", args=[found.call.code, found.number, one.public_id]),
            ),
            str(one.track),
            one.readers,
            one.locked,
        )
        for one in page
    ]
    return Table(_("신청서별 진행"), columns, rows, empty=_("아직 배정하지 않았습니다."))
