"""The evaluator's screens: pledge and conflicts, my files, file beside sheet, summary, lock, receipts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts import second_factor
from portal.core.clock import database_now
from portal.core.errors import Refused
from portal.core.ui.parts import Column, Receipt, Row, Table, Task, link
from portal.intake import blind, blocks, exact, policy, queries, rules, scoring, services
from portal.intake.enums import SheetStatus
from portal.intake.forms import ConfirmForm, ReasonForm, SheetForm
from portal.intake.models import Call, Criterion, ScoreSheet
from portal.intake.views.answers import saved_words, show_refusal


@login_required
@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """The calls on whose panels I sit, with what is left to do."""
    mine = queries.sheets_of(request.user)
    tasks = []
    for call in queries.calls_to_review(request.user):
        here = [sheet for sheet in mine if sheet.assignment.stage.call_id == call.pk]
        left = sum(sheet.status == SheetStatus.OPEN for sheet in here)
        status = _("%(left)s건 남음") % {"left": left} if left else _("남은 평가 없음")
        title = call.current.title_text if call.current else call.code
        tasks.append(Task(title, status, "warning" if left else "", reverse("intake:review-call", args=[call.code])))
    context = {"tasks": tasks, "in_a_pool": queries.is_in_a_pool(request.user)}
    return render(request, "intake/reviews.html", context)


def seated_call(request: HttpRequest, code: str) -> Call:
    """A call on whose panel the person sits or is asked to sit, or 404."""
    return get_object_or_404(queries.calls_to_review(request.user).select_related("cluster"), code=code)


@login_required
@require_safe
def review_call(request: HttpRequest, code: str) -> HttpResponse:
    """My files: done and left, with the deadline; before the pledge, the pledge."""
    call = seated_call(request, code)
    if not queries.has_pledged(call, request.user):
        return redirect("intake:pledge", code)
    sheets = list(queries.sheets_of(request.user).filter(assignment__stage__call=call))
    running = [sheet for sheet in sheets if sheet.assignment.stage.status == "RUNNING"]
    context = {
        "call": call,
        "now": database_now(),
        "sheets": sheets,
        "locked": sum(sheet.status == SheetStatus.LOCKED for sheet in running),
        "running": len(running),
        "left": len(running) - sum(sheet.status == SheetStatus.LOCKED for sheet in running),
        "upcoming": queries.sittings_of(request.user).filter(stage__call=call).exists(),
        "due_at": next((sheet.assignment.stage.due_at for sheet in running), None),
        "table": _my_files(sheets),
    }
    return render(request, "intake/review_call.html", context)


def name_of(sheet: ScoreSheet) -> str:
    """What the evaluator calls the file: its alias while the stage is blind."""
    application = sheet.assignment.application
    if sheet.assignment.stage.blind:
        return _("%(alias)s 신청서") % {"alias": sheet.assignment.alias}
    return f"{application.receipt_number} {application.organisation.name}"


def _my_files(sheets: list[ScoreSheet]) -> Table:
    columns = (
        Column(_("신청서")),
        Column(_("평가단계")),
        Column(_("모집부문")),
        Column(_("상태")),
        Column(_("제출 확인")),
    )
    rows = [
        (
            link(name_of(sheet), reverse("intake:sheet", args=[sheet.public_id])),
            sheet.assignment.stage.name_text,
            str(sheet.assignment.application.track),
            sheet.get_status_display(),
            link(
                _("%(name)s 제출 확인") % {"name": name_of(sheet)},
                reverse("intake:sheet-receipt", args=[sheet.public_id]),
            )
            if sheet.locked_at
            else "",
        )
        for sheet in sheets
    ]
    return Table(_("내 평가 대상"), columns, rows, empty=_("아직 배정된 신청서가 없습니다."))


def _sheet(request: HttpRequest, public_id: UUID) -> ScoreSheet:
    """One's own sheet of a file one is cleared for, or 404."""
    found = queries.sheets_of(request.user).select_related("assignment__stage__call__cluster").prefetch_related("items")
    return get_object_or_404(found, public_id=public_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The file beside its sheet; saved as it stands, locked on a page of its own."""
    found = _sheet(request, public_id)
    rules.check_can_open_file(request.user, found.assignment)
    criteria = list(found.assignment.stage.criteria.all())
    form = SheetForm(request.POST or None, criteria=criteria, sheet=found)
    if request.method == "POST":
        return _save(request, found, form, criteria)
    return _show(request, found, form, criteria)


def _save(request: HttpRequest, found: ScoreSheet, form: SheetForm, criteria: list[Criterion]) -> HttpResponse:
    form.full_clean()
    now = database_now()
    try:
        version = ConfirmForm.whole(request.POST.get("version"))
        services.fill_sheet(
            sheet=found,
            scores=form.scores(),
            reasons=form.reasons(),
            comment=form.cleaned_data.get("comment", ""),
            version=version,
            by=request.user,
            now=now,
        )
    except Refused as refusal:
        show_refusal(form, refusal)
        return _show(request, found, form, criteria, status=refusal.http_status)
    found.edited_at = now
    if request.headers.get("X-Autosave"):
        return JsonResponse({"saved": saved_words(now, so_far(found, criteria)), "version": found.version})
    if form.errors or ("lock" in request.POST and not form.insist()):
        return _show(request, found, form, criteria, status=422)
    if "lock" in request.POST:
        return redirect("intake:lock", found.public_id)
    messages.success(request, _("저장했습니다."))
    return redirect("intake:sheet", found.public_id)


def _show(
    request: HttpRequest, found: ScoreSheet, form: SheetForm, criteria: list[Criterion], status: int = 200
) -> HttpResponse:
    before, after, position, files = _neighbours(request, found)
    context = {
        "sheet": found,
        "position": position,
        "files": files,
        "name": name_of(found),
        "call": found.assignment.stage.call,
        "stage": found.assignment.stage,
        "form": form,
        "sections": answers_for_panel(found),
        "open": rules.allowed(rules.check_can_score, request.user, found),
        "saved": saved_words(found.edited_at, so_far(found, criteria)) if found.edited_at else "",
        "marks": _marks(found, criteria),
        "before": before,
        "after": after,
        "this_url": reverse("intake:sheet", args=[found.public_id]),
    }
    return render(request, "intake/sheet.html", context, status=status)


def so_far(found: ScoreSheet, criteria: list[Criterion]) -> str:
    """How many items are settled, and the total of those scored, cut after two decimals."""
    items = {item.criterion.code: item for item in found.items.select_related("criterion")}
    settled = sum(item.score is not None or bool(item.reason.strip()) for item in items.values())
    words = _("%(n)s/%(of)s개 항목") % {"n": settled, "of": len(criteria)}
    scores = {code: item.score for code, item in items.items()}
    total = scoring.rank([scoring.Sheet("me", "file", scores)], policy.read_criteria(criteria), scoring.Rule())
    return (
        words
        if not total or total[0].total is None
        else _("%(items)s, 지금 %(total)s점")
        % {
            "items": words,
            "total": exact.cut(total[0].total),
        }
    )


def _neighbours(request: HttpRequest, found: ScoreSheet) -> tuple[ScoreSheet | None, ScoreSheet | None, int, int]:
    """The file before and after this one, which one it is, of how many."""
    mine = list(queries.sheets_of(request.user).filter(assignment__stage=found.assignment.stage))
    at = next((i for i, one in enumerate(mine) if one.pk == found.pk), 0)
    return (mine[at - 1] if at else None), (mine[at + 1] if at + 1 < len(mine) else None), at + 1, len(mine)


def answers_for_panel(found: ScoreSheet) -> list[tuple[blocks.Section, list[Row]]]:
    """What was sent, as this evaluator may see it at this stage: from the revision that counts, blind where it is blind."""
    application, stage = found.assignment.application, found.assignment.stage
    revision = queries.last_revision(application)
    if revision is None:
        return []
    revision.version.call = stage.call
    form, content = revision.version.parsed_form, revision.content
    seen = {block.code for block in blind.visible(form.for_panels(), "evaluator", stage)}
    seen -= queries.withheld_blocks(application, stage)
    asked = {block.code for block in blocks.asked(form, content["answers"], stage.number)}
    sections = [
        (
            section,
            [
                Row(block.label_text, _shown(form, block, content, application))
                for block in section.blocks
                if block.code in seen & asked
            ],
        )
        for section in form.sections
    ]
    return [(section, rows) for section, rows in sections if rows]


def _shown(form: blocks.Form, block: blocks.Block, content: dict[str, Any], application: Any) -> Any:
    if block.kind == "file":
        return file_links(content["files"].get(block.code, []))
    if block.kind == "company_card":
        return content["company"]["name"]
    return form.kind(block).shown(block, content["answers"].get(block.code))


def file_links(files: list[dict[str, Any]]) -> Any:
    return format_html_join(
        "",
        '<a class="btn btn--text btn--small" href="{}">{}</a> ',
        ((reverse("intake:file", args=[f["id"]]), f["name"]) for f in files),
    )


def _marks(found: ScoreSheet, criteria: list[Criterion]) -> list[Row]:
    items = {item.criterion_id: item for item in found.items.all()}
    rows = []
    for criterion in criteria:
        item = items.get(criterion.pk)
        value = (
            ""
            if item is None
            else _("기권: %(why)s") % {"why": item.reason}
            if item.score is None
            else f"{item.score} / {criterion.max_points}"
        )
        rows.append(Row(criterion.name_text, value))
    return rows


@login_required
@second_factor.required(back="intake:lock")
@require_http_methods(["GET", "HEAD", "POST"])
def lock(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Summary before locking; a locked sheet cannot be changed."""
    found = _sheet(request, public_id)
    if found.locked_at is not None:
        return redirect("intake:sheet-receipt", public_id)
    rules.check_can_score(request.user, found)
    criteria = list(found.assignment.stage.criteria.all())
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            services.lock_sheet(sheet=found, by=request.user, now=database_now())
        except Refused as refusal:
            form.full_clean()
            form.add_error(None, str(refusal))
        else:
            return redirect("intake:sheet-receipt", found.public_id)
    context = {
        "form": form,
        "title": _("평가표 제출"),
        "lead": name_of(found),
        "warning": _("제출하면 고칠 수 없습니다. 내용의 암호학적 확약이 감사원장에 기록됩니다."),
        "rows": [*_marks(found, criteria), Row(_("지금까지"), so_far(found, criteria)), Row(_("의견"), found.comment)],
        "submit": _("제출하기"),
        "cancel": reverse("intake:sheet", args=[found.public_id]),
    }
    return render(request, "layout/confirm.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def sheet_receipt(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was locked, and when."""
    found = _sheet(request, public_id)
    if found.locked_at is None:
        return redirect("intake:sheet", public_id)
    criteria = list(found.assignment.stage.criteria.all())
    shown = Receipt(
        number=str(found.public_id)[:8].upper(),
        at=timezone.localtime(found.locked_at),
        title=_("평가표를 제출했습니다"),
        rows=(Row(_("신청서"), name_of(found)), *_marks(found, criteria)),
    )
    _before, after, _position, _files = _neighbours(request, found)
    return render(
        request,
        "intake/sheet_receipt.html",
        {
            "sheet": found,
            "receipt": shown,
            "after": after,
            "call": found.assignment.stage.call,
            "discuss": rules.allowed(rules.check_can_discuss, request.user, found),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def recuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """회피, from the file: one's sheet no longer counts."""
    found, form = _sheet(request, public_id), ReasonForm(request.POST or None)
    call = found.assignment.stage.call
    if request.method == "POST" and form.is_valid():
        try:
            services.recuse(
                call=call,
                organisation=found.assignment.application.organisation,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=database_now(),
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("회피했습니다. 이 신청서는 더 보이지 않습니다."))
            return redirect("intake:review-call", call.code)
    context = {
        "form": form,
        "title": _("평가 회피"),
        "lead": name_of(found),
        "warning": _("회피하면 이 신청서에 매긴 점수는 결과에 들어가지 않으며, 되돌릴 수 없습니다."),
        "submit": _("회피하기"),
        "kind": "danger",
        "cancel": reverse("intake:sheet", args=[found.public_id]),
    }
    return render(request, "layout/confirm.html", context, status=422 if form.errors else 200)
