"""The desk: the officer's board, entries, eligibility bench, application; reads for approver and auditor too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.roles import AUDITOR
from portal.core.clock import database_now
from portal.core.errors import Refused
from portal.core.ui.parts import Column, Figure, Next, Row, Step, Table, Task, badge, link
from portal.intake import blocks, pipeline, queries, rules, services, tracking
from portal.intake.enums import ApplicationStatus, DecisionKind, Finding
from portal.intake.forms import FindingForm, SupplementForm
from portal.intake.models import Application, Call
from portal.intake.services.eligibility import rule_name
from portal.intake.views.answers import show_refusal
from portal.intake.views.review import file_links

PER_PAGE = 50


def staff_call(request: HttpRequest, code: str) -> Call:
    """A call the person runs, decides or audits, or 404."""
    return get_object_or_404(queries.calls_for_staff(request.user), code=code)


def title_of(call: Call) -> str:
    return call.current.title_text if call.current else blocks.in_language(call.versions.get(number=1).title)


@login_required
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Every call of my desks, each with its next step and whose move it is."""
    tasks = []
    page = Paginator(queries.calls_for_staff(request.user).distinct(), PER_PAGE).get_page(request.GET.get("page"))
    facts = pipeline.Facts.of(list(page))
    for call in page:
        step = pipeline.next_step(call, facts)
        hint = _("다음: %(what)s (%(who)s)") % {"what": step.label, "who": step.owner.label} if step else ""
        tasks.append(
            Task(title_of(call), call.get_status_display(), "info", reverse("intake:desk-call", args=[call.code]), hint)
        )
    may_write = rules.allowed(rules.check_can_begin_call, request.user)
    return render(request, "intake/desk_calls.html", {"tasks": tasks, "page": page, "can_write": may_write})


@login_required
@require_safe
def call(request: HttpRequest, code: str) -> HttpResponse:
    """The pipeline board: every step, the next one and who owns it."""
    found, now = staff_call(request, code), database_now()
    if (role := rules.check_can_observe(request.user, found)) == AUDITOR:
        # What an auditor has seen of a call: the desk tells what changed since.
        services.record_access(call=found, what="call", by=request.user, role=role, now=now)
    steps = pipeline.steps_of(found)
    current = next((step for step in steps if not step.done), None)
    shown = [
        Step(
            step.label, "done" if step.done else "current" if step is current else "waiting", note=str(step.owner.label)
        )
        for step in steps
    ]
    decisions = list(found.decisions.select_related("stage", "decided_by", "prepared_by"))
    context = {
        "call": found,
        "title": title_of(found),
        "now": now,
        "steps": shown,
        "then": Next(current.label, str(current.owner.label), found.closes_at if current.code == "close" else None)
        if current
        else None,
        "action": step_address(found, current) if current and may_take(request.user, found, current) else "",
        "current": current,
        "figures": _figures(found),
        "stages": list(found.stages.order_by("number")),
        "decisions": decisions,
        "ranked": any(decision.kind == DecisionKind.FINAL for decision in decisions),
        "appeals": queries.appeals_for(request.user).filter(application__call=found)[:PER_PAGE],
        **_text_in_work(request, found),
    }
    return render(request, "intake/desk_call.html", context)


def _text_in_work(request: HttpRequest, found: Call) -> dict[str, Any]:
    """The text of the call: who may write it, and a correction that waits for its approval."""
    correction = found.versions.filter(published_at__isnull=True).first() if found.current_id else None
    return {
        "can_edit": rules.allowed(rules.check_can_edit_call, request.user, found),
        "correction": correction,
        "can_correct": correction is not None
        and rules.allowed(rules.check_can_publish_call, request.user, found, correction.written_by_id),
        "can_cancel": found.status in ("DRAFT", "PUBLISHED", "REVIEWING")
        and rules.allowed(rules.check_can_cancel_call, request.user, found),
    }


def may_take(user: Any, call: Call, step: pipeline.PipelineStep) -> bool:
    """Whether the step is this person's; what is counted by itself can also be done by the officer."""
    if step.code == "publish":
        return rules.allowed(rules.check_can_publish_draft, user, call)
    if step.decision is not None and step.code in ("decide", "tell"):
        check = rules.check_can_decide if step.code == "decide" else rules.check_can_publish
        return rules.allowed(check, user, step.decision)
    return rules.allowed(rules.check_can_run, user, call)


def step_address(call: Call, step: pipeline.PipelineStep) -> str:
    """Where the step is done."""
    if step.decision is not None and step.code in ("decide", "tell"):
        return reverse("intake:decision", args=[step.decision.public_id])
    if step.code in ("panel", "score", "assign") and step.stage is not None:
        return reverse("intake:desk-stage", args=[call.code, step.stage.number])
    if step.code == "findings":
        return reverse("intake:bench", args=[call.code])
    number = [step.stage.number] if step.stage else []
    return reverse("intake:stage-step" if number else "intake:step", args=[call.code, *number, step.code])


def _figures(call: Call) -> list[Figure]:
    counts = queries.counts_by_status(call)
    entered = sum(count for status, count in counts.items() if status not in (ApplicationStatus.DRAFT,))
    listed = reverse("intake:entries", args=[call.code])
    return [
        Figure(_("접수"), entered, _("건"), href=listed),
        Figure(_("작성 중(미제출)"), counts.get(ApplicationStatus.DRAFT, 0), _("건")),
        Figure(_("심사 중"), counts.get(ApplicationStatus.IN_REVIEW, 0), _("건")),
        Figure(
            _("선정"), counts.get(ApplicationStatus.SELECTED, 0) + counts.get(ApplicationStatus.FULFILLED, 0), _("건")
        ),
    ]


@login_required
@require_safe
def entries(request: HttpRequest, code: str) -> HttpResponse:
    """What came in, by receipt number; drafts are their companies' alone and only counted."""
    found = staff_call(request, code)
    rows = (
        found.applications.exclude(status=ApplicationStatus.DRAFT)
        .select_related("organisation", "track")
        .order_by(*queries.by_receipt())
    )
    if (status := request.GET.get("status", "")) in ApplicationStatus.values:
        rows = rows.filter(status=status)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    columns = (
        Column(_("접수번호")),
        Column(_("기업")),
        Column(_("모집부문")),
        Column(_("접수 시각")),
        Column(_("상태")),
    )
    table = Table(
        _("접수 현황"),
        columns,
        [
            (
                link(one.receipt_number or "", reverse("intake:desk-application", args=[one.public_id])),
                one.organisation.name,
                str(one.track),
                f"{timezone.localtime(one.submitted_at):%m. %d. %H:%M:%S}" if one.submitted_at else "",
                one.get_status_display(),
            )
            for one in page
        ],
    )
    counts = queries.counts_by_status(found)
    tabs = [
        (status, ApplicationStatus(status).label, counts[status])
        for status in ApplicationStatus.values
        if counts.get(status) and status != "DRAFT"
    ]
    return render(
        request,
        "intake/entries.html",
        {"call": found, "title": title_of(found), "table": table, "page": page, "counts": tabs},
    )


def staff_application(request: HttpRequest, public_id: UUID) -> Application:
    """An application, sent, of a call at the person's desks, or 404."""
    seen = Application.objects.filter(call__in=queries.calls_for_staff(request.user).values("pk"))
    rows = seen.exclude(status=ApplicationStatus.DRAFT).select_related(
        "call__current", "call__cluster", "organisation", "track", "quota_track"
    )
    return get_object_or_404(rows, public_id=public_id)


@login_required
@require_safe
def application(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All of one case: what was sent, findings, lines, notices."""
    found = staff_application(request, public_id)
    rules.check_can_observe(request.user, found.call)
    context = {
        "application": found,
        "call": found.call,
        "word": tracking.word(found),
        "steps": tracking.steps(found),
        "then": tracking.next_of(found),
        "sections": _sent(found),
        "revisions": list(found.revisions.all()),
        "findings": _findings(found),
        "can_ask": rules.allowed(rules.check_can_ask_supplement, request.user, found),
        "answered": found.supplements.filter(stage=None, status="ANSWERED").exists(),
        "questions": list(
            found.supplements.exclude(stage=None).select_related("stage", "answer").order_by("stage__number")
        ),
        "can_run": rules.allowed(rules.check_can_run, request.user, found.call),
        "can_notice": rules.allowed(rules.check_can_notice_case, request.user, found),
        "cases": list(found.cases.all()),
        "notices": list(found.notices.select_related("line__decision")),
    }
    return render(request, "intake/desk_application.html", context)


def _sent(found: Application) -> list[tuple[blocks.Section, list[Row]]]:
    revision = queries.last_revision(found)
    if revision is None:
        return []
    revision.version.call = found.call
    form, content = revision.version.parsed_form, revision.content
    stage = queries.asked_up_to(found, form)
    asked = {block.code for block in blocks.asked(form, content["answers"], stage)}
    pages = [
        (page, [Row(block.label_text, shown(form, block, content)) for block in page.blocks if block.code in asked])
        for page in form.sections
    ]
    return [(page, rows) for page, rows in pages if rows]


def shown(form: blocks.Form, block: blocks.Block, content: dict[str, Any]) -> Any:
    if block.kind == "file":
        return file_links(content["files"].get(block.code, []))
    if block.kind == "company_card":
        company = content["company"]
        return "\n".join(
            filter(
                None, (company["name"], company["business_number"], company["representative"], company["opened_date"])
            )
        )
    return form.kind(block).shown(block, content["answers"].get(block.code))


def _findings(found: Application) -> Table:
    columns = (Column(_("요건")), Column(_("판단")), Column(_("값")), Column(_("근거")), Column(_("누가")))
    rows = [
        (rule_name(row.rule), row.get_outcome_display(), row.value, row.evidence, str(row.found_by or _("시스템")))
        for row in found.findings.select_related("found_by")
    ]
    return Table(_("자격검토"), columns, rows)


_TONES = {Finding.PASS: "success", Finding.FAIL: "danger", Finding.MANUAL: "warning"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def supplement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """보완요청: which questions open again, what is missing, until when."""
    found = staff_application(request, public_id)
    if found.call.current is None:
        raise Http404
    rules.check_can_ask_supplement(request.user, found)
    form = SupplementForm(request.POST or None, form=found.call.current.parsed_form)
    back = reverse("intake:desk-application", args=[public_id])
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            services.ask_supplement(
                application=found,
                block_codes=asked["blocks"],
                missing=asked["missing"],
                due_at=asked["due_at"],
                by=request.user,
                now=database_now(),
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return redirect(back)
    context = {"form": form, "title": _("보완요청"), "lead": str(found), "submit": _("보완 요청하기"), "cancel": back}
    return render(request, "layout/confirm.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bench(request: HttpRequest, code: str) -> HttpResponse:
    """자격검토: a row per application, a column per rule; POST runs the rules again."""
    found = staff_call(request, code)
    if request.method == "POST":
        try:
            added = services.record_findings(call=found, by=request.user, now=database_now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("자격요건을 확인했습니다. 새 판단 %(n)s건.") % {"n": added})
        return redirect("intake:bench", code)
    rule_codes = [row["rule"] for row in (found.current.eligibility if found.current else [])]
    applications = found.applications.exclude(status__in=["DRAFT", "WITHDRAWN"]).select_related("organisation")
    page = Paginator(applications.order_by(*queries.by_receipt()), PER_PAGE).get_page(request.GET.get("page"))
    last = queries.last_findings(found, page)
    rows = [
        (
            f"{one.receipt_number} {one.organisation.name}",
            *(_cell(one, last.get(one.pk, {}).get(rule), rule) for rule in rule_codes),
        )
        for one in page
    ]
    columns = (Column(_("신청서")), *(Column(rule_name(rule)) for rule in rule_codes))
    context = {
        "call": found,
        "title": title_of(found),
        "table": Table(_("자격검토"), columns, rows),
        "page": page,
        "waiting": queries.count_unsettled(found, rule_codes),
        "can_run": rules.allowed(rules.check_can_run, request.user, found),
    }
    return render(request, "intake/bench.html", context)


def _cell(one: Application, finding: Any, rule: str) -> Any:
    href = reverse("intake:finding", args=[one.public_id, rule])
    if finding is None:
        return link(_("판단 전"), href)
    return link(badge(finding.get_outcome_display(), _TONES[Finding(finding.outcome)]), href)  # type: ignore[arg-type]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def finding(request: HttpRequest, public_id: UUID, rule: str) -> HttpResponse:
    """One rule of one application: what was found, with the officer's own finding over it."""
    found = staff_application(request, public_id)
    last = found.findings.filter(rule=rule).last()
    may = rules.allowed(rules.check_can_judge_eligibility, request.user, found)
    if request.method == "POST" and not may:
        rules.check_can_judge_eligibility(request.user, found)
    form = FindingForm(request.POST or None, finding=last) if may else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            services.record_finding(
                application=found, rule=rule, by=request.user, now=database_now(), **form.cleaned_data
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("intake:bench", found.call.code)
    history = [
        Row(
            f"{row.get_outcome_display()} · {timezone.localtime(row.found_at):%Y. %m. %d. %H:%M}",
            f"{row.value} {row.evidence}",
        )
        for row in found.findings.filter(rule=rule)
    ]
    context = {"application": found, "call": found.call, "rule": rule_name(rule), "form": form, "history": history}
    return render(request, "intake/finding.html", context, status=422 if form is not None and form.errors else 200)
