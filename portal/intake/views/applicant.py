"""The applicant's screens beside writing: what I applied for, its track, tracker, receipt, result, appeal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.clock import arrived_at, database_now
from portal.core.errors import Refused
from portal.core.papers import answer
from portal.core.ui.parts import Receipt, Row, Task
from portal.intake import blocks, papers, queries, rules, services, tracking, workflow
from portal.intake.enums import ApplicationStatus
from portal.intake.forms import AnswerForm, AppealForm, ReasonForm, TrackForm
from portal.intake.models import Application, Revision, SupplementRequest
from portal.intake.views.answers import show_refusal, tell_refusal
from portal.intake.views.drafting import ends_at, open_blocks, open_pages, own, shown_now, version_of


@login_required
@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    """Everything my companies applied for."""
    found = queries.applications_of(request.user)
    tasks = [
        Task(
            one.call.current.title_text if one.call.current else one.call.code,
            tracking.word(one),
            "info",
            reverse("intake:application", args=[one.public_id]),
            f"{one.organisation} · {one.track}" if one.call.per_track else str(one.organisation),
        )
        for one in found
    ]
    return render(request, "intake/applications.html", {"tasks": tasks})


@login_required
@require_safe
def application(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The task list while it is written; afterwards where it stands."""
    found = own(request, public_id)
    now = database_now()
    asked = queries.open_request(found)
    ends = ends_at(found, asked)
    editable = rules.allowed(rules.check_can_draft, request.user, found) and now < ends
    context = {
        "application": found,
        "call": found.call,
        "version": version_of(found),
        "now": now,
        "word": tracking.word(found),
        "editable": editable,
        "asked": asked,
        "ends": ends,
        "tasks": _tasks(found, asked) if editable else [],
        "steps": tracking.steps(found),
        "then": tracking.next_of(found),
        "receipts": list(found.revisions.order_by("-number")),
        "rateable": queries.stages_to_rate(found),
        "late": queries.late_code_of(found),
        "reserve": _reserve(found),
        "announced": queries.announced_members(found).exists(),
        "challenges": list(found.challenges.select_related("evaluator__user").order_by("pk")),
        "cases": list(found.cases.order_by("pk")),
        "is_master": rules.allowed(rules.check_can_sign, request.user, found),
        "notices": list(found.notices.select_related("line__decision")),
        "appeals": list(found.appeals.all()),
        "can_withdraw": found.status in ("SUBMITTED", "SUPPLEMENT", "IN_REVIEW", "RESERVED", "SELECTED")
        and rules.allowed(rules.check_can_withdraw, request.user, found),
    }
    return render(request, "intake/application.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Another track for a draft."""
    found = own(request, public_id)
    if found.status != ApplicationStatus.DRAFT:
        raise Http404
    form = TrackForm(request.POST or None, call=found.call, initial={"track": found.track_id})
    if request.method == "POST" and form.is_valid():
        try:
            chosen = form.cleaned_data["track"]
            services.choose_track(application=found, track=chosen, by=request.user, now=database_now())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("모집부문을 저장했습니다."))
            return redirect("intake:application", public_id)
    context = {"form": form, "application": found, "call": found.call}
    return render(request, "intake/track.html", context, status=422 if form.errors else 200)


def _reserve(found: Application) -> dict[str, Any] | None:
    """The rank on the reserve list, who is before us, until when it holds, and why it was passed over; None without one."""
    if found.status != ApplicationStatus.RESERVED:
        return None
    entry = found.reserve
    return {"entry": entry, "ahead": queries.ahead_of(entry), "skips": entry.skips}


def _tasks(found: Application, asked: SupplementRequest | None) -> list[Task]:
    """The pages to write; of a request those with a question that is open."""
    form = version_of(found).parsed_form
    answers, files = shown_now(found, asked)
    begun, stage = (
        set(found.drafts.values_list("section", flat=True)),
        asked.stage.number if asked and asked.stage else 0,
    )
    named = open_blocks(form, asked)
    open_sections = {one.section for one in blocks.troubles(form, answers, files, stage) if one.block.code in named}
    pages = [_task(found, section, begun, open_sections) for section in open_pages(form, asked)]
    return [*_track_task(found), *pages]


def _track_task(found: Application) -> list[Task]:
    """Which track, as long as it can be chosen."""
    if found.status != ApplicationStatus.DRAFT or found.call.tracks.count() < 2:
        return []
    word, tone = (found.track.name_text, "info") if found.track else (_("골라 주십시오"), "warning")
    return [Task(_("모집부문"), word, tone, reverse("intake:track", args=[found.public_id]))]  # type: ignore[arg-type]


def _task(found: Application, section: blocks.Section, begun: set[str], open_sections: set[str]) -> Task:
    href = reverse("intake:page", args=[found.public_id, section.code])
    if section.code not in open_sections:
        return Task(section.name_text, _("작성함"), "success", href)
    if section.code in begun:
        return Task(section.name_text, _("확인할 것이 있음"), "warning", href)
    return Task(section.name_text, _("시작 전"), "", href)


@login_required
@require_POST
def request_sending(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = own(request, public_id)
    try:
        services.request_sending(application=found, by=request.user, now=database_now())
    except Refused as refusal:
        tell_refusal(request, refusal)
    else:
        messages.success(request, _("대표 계정에 제출을 요청했습니다."))
    return redirect("intake:application", found.public_id)


@login_required
@require_safe
def receipt(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """접수증: number, time to the second, fingerprint; printable."""
    found, revision = _revision(request, public_id, number)
    shown = Receipt(
        number=found.receipt_number or "",
        at=timezone.localtime(revision.received_at),
        digest=revision.sha256,
        rows=papers.receipt_rows(found, revision),
    )
    return render(request, "intake/receipt.html", {"application": found, "revision": revision, "receipt": shown})


@login_required
@require_safe
def receipt_pdf(request: HttpRequest, public_id: UUID, number: int) -> FileResponse:
    """접수증 as a file."""
    found, revision = _revision(request, public_id, number)
    return answer(papers.receipt(found, revision), f"receipt-{found.receipt_number}-{revision.number}.pdf")


def _revision(request: HttpRequest, public_id: UUID, number: int) -> tuple[Application, Revision]:
    found = own(request, public_id)
    return found, get_object_or_404(found.revisions.select_related("sent_by", "version"), number=number)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """철회 cannot be taken back: confirmed on a page of its own."""
    found, form = own(request, public_id), ReasonForm(request.POST or None)
    if found.status == ApplicationStatus.DRAFT:
        raise Http404
    rules.check_can_withdraw(request.user, found)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw(
                application=found, reason=form.cleaned_data["reason"], by=request.user, now=database_now()
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("신청을 철회했습니다."))
            return redirect("intake:application", found.public_id)
    waits = found.status == ApplicationStatus.RESERVED
    context = {
        "form": form,
        "title": _("예비 순위 포기") if waits else _("신청 철회"),
        "warning": _("철회하면 되돌릴 수 없습니다. 선정되었거나 예비 순위가 있으면 그것도 사라집니다."),
        "rows": [Row(_("접수번호"), found.receipt_number), Row(_("신청 기업"), str(found.organisation))],
        "submit": _("예비 순위 포기하기") if waits else _("철회하기"),
        "kind": "danger",
        "cancel": reverse("intake:application", args=[found.public_id]),
    }
    return render(request, "layout/confirm.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def notice(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """결과통지: outcome, own scores, rank of n, cut-off, reasons, what comes next, how to appeal."""
    found = get_object_or_404(queries.notices_of(request.user), public_id=public_id)
    now = database_now()
    context = {
        "notice": found,
        "content": found.content,
        "application": found.application,
        "call": found.application.call,
        "now": now,
        "outcome": found.outcome_text,
        "can_appeal": rules.allowed(rules.check_can_appeal, request.user, found, now=now),
        "appeals": list(found.appeals.all()),
    }
    return render(request, "intake/notice.html", context)


@login_required
@require_safe
def notice_pdf(request: HttpRequest, public_id: UUID) -> FileResponse:
    """결과통지 as a file."""
    found = get_object_or_404(queries.notices_of(request.user).select_related("case"), public_id=public_id)
    return answer(papers.notice(found), f"result-{found.application.receipt_number}.pdf")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def appeal_form(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = get_object_or_404(
        queries.notices_of(request.user).select_related("application__call__cluster"), public_id=public_id
    )
    rules.check_can_sign(request.user, found.application)
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            appeal = services.file_appeal(
                notice=found, grounds=form.cleaned_data["grounds"], by=request.user, now=arrived_at(request)
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("이의신청을 접수했습니다."))
            return redirect("intake:appeal", appeal.public_id)
    context = {"form": form, "notice": found, "call": found.application.call, "now": database_now()}
    return render(request, "intake/appeal_form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The appeal with its clock, for the company and for who decides it; the reviewer answers here."""
    found = get_object_or_404(queries.appeals_for(request.user), public_id=public_id)
    outcomes = [to for (start, to) in workflow.APPEAL if start == found.status and to != "WITHDRAWN"]
    hears = bool(outcomes) and rules.allowed(rules.check_can_review_appeal, request.user, found.application.call)
    form = AnswerForm(request.POST or None, outcomes=outcomes) if hears else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            services.decide_appeal(appeal=found, by=request.user, now=database_now(), **form.cleaned_data)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("intake:appeal", found.public_id)
    may_withdraw = found.status in ("FILED", "ADMITTED") and rules.allowed(
        rules.check_can_sign, request.user, found.application
    )
    context = {
        "appeal": found,
        "call": found.application.call,
        "now": database_now(),
        "form": form,
        "may_withdraw": may_withdraw,
        "can_extend": hears and found.extended_at is None,
        "can_remedy": bool(found.remedy) and rules.allowed(rules.check_can_run, request.user, found.application.call),
    }
    return render(request, "intake/appeal.html", context, status=422 if form is not None and form.errors else 200)


@login_required
@require_safe
def appeal_pdf(request: HttpRequest, public_id: UUID) -> FileResponse:
    """이의신청 접수 or its decision as a file."""
    found = get_object_or_404(queries.appeals_for(request.user), public_id=public_id)
    return answer(papers.appeal(found), f"appeal-{found.application.receipt_number}.pdf")
