"""A manager's report: the template, the file that comes back, what it would change, the confirmation."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fund import filing_tables, queries, report_tables, report_words, rules, services
from fund.due import quarter_end, quarter_of
from fund.enums import BreakStatus, RowState, UploadStatus
from fund.models import Break, SubFund, Upload
from fund.queries.reporting import Task
from fund.report_forms import BreakForm, UploadForm
from fund.views.shared import SignedIn
from fund.workbook.writing import Named, template, with_reasons
from portal.core.clock import database_now
from portal.core.errors import Invalid, Refused
from portal.core.periods import SEOUL
from portal.core.ui.parts import Tab
from portal.core.ui.trying import tried

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PER_PAGE = 50


@login_required
def report(request: SignedIn, sub_fund: UUID, year: int, quarter: int) -> HttpResponse:
    """One quarter of one sub-fund: when it is due, the template, the file that comes back, what differs."""
    found, task, today = _task(request, sub_fund, year, quarter)
    may = rules.can_report(request.user, found)
    stands = queries.filing.applied(found, task.end)
    form = UploadForm(request.POST or None, request.FILES or None, correcting=stands is not None) if may else None
    if request.method == "POST":
        rules.check_can_report(request.user, found)
    if request.method == "POST" and form is not None and form.is_valid():
        row = _receive(request, found, task.end, form)
        if row is not None:
            return redirect("fund:upload", row.public_id)
    names = stands.result.get("names", {}) if stands else {}
    judge = rules.may_in(request.user, "valuation.prepare", found)
    context = {
        "task": task,
        "quarter": report_tables.quarter(task.end),
        "tone": report_tables.TONES[task.state],
        "facts": filing_tables.task_facts(task, report_tables.when(task, today)),
        "form": form,
        "stands": stands,
        "place": [found.public_id, year, quarter],
        "uploads": filing_tables.uploads(list(queries.filing.uploads_of(found, task.end))),
        "breaks": filing_tables.breaks(
            list(queries.filing.breaks_of(found, task.end)), names, found.currency, judge
        ),
    }  # fmt: skip
    return render(request, "fund/report.html", context, status=422 if form is not None and form.errors else 200)


def _receive(request: SignedIn, found: SubFund, end: date, form: UploadForm) -> Upload | None:
    try:
        row = services.receive_upload(
            sub_fund=found, end=end, content=form.cleaned_data["file"], by=request.user, now=database_now(),
            reason=form.cleaned_data.get("reason", ""),
        )  # fmt: skip
    except Refused as refusal:
        named = refusal.field if isinstance(refusal, Invalid) else None
        form.add_error(named if named in form.fields else None, str(refusal.message))
        return None
    if row.status == UploadStatus.APPLIED:
        messages.info(request, _("이미 반영한 파일입니다. 바뀐 것이 없습니다."))
    else:
        messages.success(request, _("파일을 장부와 맞춰 보았습니다. 아직 아무것도 반영하지 않았습니다."))
    return row


def _task(request: SignedIn, public_id: UUID, year: int, quarter: int) -> tuple[SubFund, Task, date]:
    """The task, for those who may see it; 404 for a quarter on which nothing is due."""
    found = SubFund.objects.select_related("programme__cluster", "manager").filter(public_id=public_id).first()
    if found is None or not 1 <= quarter <= 4 or not 1990 <= year <= 2100:
        raise Http404
    rules.check_can_see_report(request.user, found)
    end, today = quarter_end(year, quarter), database_now().astimezone(SEOUL).date()
    for task in queries.reporting.tasks([found], today=today):
        if task.end == end:
            return found, task, today
    raise Http404


@login_required
@require_safe
def report_template(request: SignedIn, sub_fund: UUID, year: int, quarter: int) -> HttpResponse:
    """The workbook to fill in, with what the books know."""
    found, task, _today = _task(request, sub_fund, year, quarter)
    known = queries.filing.in_quarter(queries.filing.known(found, task.end))
    return _workbook(template(known, _names(found)), f"{found.code}-{year}Q{quarter}.xlsx")


def _names(found: SubFund) -> Named:
    manager = found.manager
    return Named(f"{found.name_ko} {found.name_en}", f"{manager.name_ko} {manager.name_en}".strip())


def _workbook(data: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type=_XLSX, headers=headers)


@login_required
@require_safe
def upload(request: SignedIn, upload: UUID) -> HttpResponse:
    """What a file would change or changed: refused rows first; whoever handed it in confirms or closes it."""
    found = _upload(request, upload)
    counts = filing_tables.counts(found.result)
    first = next((state for state, number in counts.items() if number), RowState.SAME.value)
    state = request.GET.get("show", first)
    state = state if state in counts else first
    shown = [row for row in found.result.get("rows", ()) if row["state"] == state]
    page = Paginator(shown, _PER_PAGE).get_page(request.GET.get("page"))
    open_to = rules.can_report(request.user, found.sub_fund) and found.status == UploadStatus.CHECKED
    context = {
        "upload": found,
        "place": _place(found),
        "quarter": report_tables.quarter(found.end_date),
        "tone": filing_tables.TONES.get(found.status, ""),
        "facts": filing_tables.facts(found),
        "refused": counts[RowState.REFUSED],
        "open_to": open_to,
        "totals": filing_tables.totals(found),
        "tabs": [Tab(str(RowState(one).label), f"?show={one}", one == state, counts[one]) for one in counts],
        "table": filing_tables.rows(found, list(page), state),
        "page": page,
    }
    return render(request, "fund/upload.html", context)


def _place(found: Upload) -> list[Any]:
    return [found.sub_fund.public_id, found.end_date.year, quarter_of(found.end_date)]


def _upload(request: SignedIn, public_id: UUID) -> Upload:
    found = queries.filing.upload_of(public_id)
    if found is None:
        raise Http404
    rules.check_can_see_report(request.user, found.sub_fund)
    return found


@login_required
@require_POST
def upload_step(request: SignedIn, upload: UUID, step: str) -> HttpResponse:
    """Apply what was seen, hold it against the books again, or give it up."""
    found, by, now = _upload(request, upload), request.user, database_now()
    rules.check_can_report(by, found.sub_fund)
    seen = request.POST.get("digest", "")
    done = {
        "apply": (
            lambda: services.apply_upload(upload=found, digest_seen=seen, by=by, now=now),
            _("보고를 반영했습니다. 평가와 전표는 투자운용 담당의 승인을 기다립니다."),
        ),
        "check": (
            lambda: services.check_upload(upload=found, by=by, now=now),
            _("지금의 장부와 다시 맞춰 보았습니다."),
        ),
        "close": (lambda: services.close_upload(upload=found, by=by, now=now), _("반영하지 않고 닫았습니다.")),
    }.get(step)
    if done is None:
        raise Http404
    tried(request, *done)
    return redirect("fund:upload", found.public_id)


@login_required
@require_safe
def upload_errors(request: SignedIn, upload: UUID) -> HttpResponse:
    """What was handed in with the reasons beside the rows, to be mended and handed in again."""
    found = _upload(request, upload)
    said = services.read_for(found.sub_fund, found.end_date, services.stored(found))
    known = queries.filing.known(found.sub_fund, found.end_date)
    told = report_words.by_row(found.result.get("rows", ()))
    name = f"{found.sub_fund.code}-{found.end_date.year}Q{quarter_of(found.end_date)}-errors.xlsx"
    return _workbook(with_reasons(known, _names(found.sub_fund), said, told), name)


@login_required
@require_safe
def upload_file(request: SignedIn, upload: UUID) -> HttpResponse:
    """The file as it came, always downloaded and never shown; a refusal where it is no longer the one handed in."""
    found = _upload(request, upload)
    answer = HttpResponse(services.stored(found), content_type=found.content_type)
    answer["Content-Disposition"] = content_disposition_header(True, found.name)
    return answer


@login_required
def judge(request: SignedIn, found: UUID) -> HttpResponse:
    """Explain a difference, or resolve it, for a stated reason."""
    row = Break.objects.select_related("sub_fund__programme__cluster").filter(public_id=found).first()
    if row is None:
        raise Http404
    rules.check_can_judge_break(request.user, row)
    place = [row.sub_fund.public_id, row.on_date.year, quarter_of(row.on_date)]
    if row.status == BreakStatus.RESOLVED:
        messages.info(request, _("이미 해소한 차이입니다."))
        return redirect("fund:report", *place)
    form = BreakForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            services.judge_break(found=row, to=asked["to"], reason=asked["reason"], by=request.user, now=database_now())
            messages.success(request, _("대사차이에 이유를 적었습니다."))
            return redirect("fund:report", *place)
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    context = {
        "form": form,
        "place": place,
        "quarter": report_tables.quarter(row.on_date),
        "break": row,
        "facts": filing_tables.break_facts(row),
    }
    return render(request, "fund/break.html", context, status=422 if form.errors else 200)
