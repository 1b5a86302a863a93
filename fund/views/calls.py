"""The call wizard with every partner's share, the second person, the bank's receipts, and the partner's own notice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fund import papers, queries, rules, services, tables
from fund.enums import CallStatus, ShareStatus
from fund.forms import CallForm, ReasonForm, ReceiptForm
from fund.models import CallShare, CapitalCall
from fund.views.shared import SignedIn, check_concerned, found_sub_fund
from portal.core.clock import database_now
from portal.core.errors import Invalid, Refused
from portal.core.papers import answer
from portal.core.ui.parts import Row, Table
from portal.core.ui.trying import tried


@login_required
def new_call(request: SignedIn, sub_fund: UUID) -> HttpResponse:
    """First the preview of each share, then the proposal; both from the same form."""
    found, now = found_sub_fund(request, sub_fund), database_now()
    rules.check_may_in(request.user, "capital_call.prepare", found)
    form, shares = CallForm(request.POST or None, currency=found.currency), None
    if request.method == "POST" and form.is_valid():
        try:
            services.check_notice(found, form.cleaned_data["due"], now)
            shares = queries.calls.shares(found, **services.sums(form.asked()))
            if "propose" in request.POST:
                call = services.propose_call(
                    sub_fund=found, due=form.cleaned_data["due"], lines=form.asked(), by=request.user, now=now
                )
                messages.success(request, _("출자요청을 기안했습니다. 다른 결재자가 승인하면 통지할 수 있습니다."))
                return redirect("fund:call", call=call.public_id)
        except Refused as refusal:
            shares = None
            named = refusal.field if isinstance(refusal, Invalid) else None
            form.add_error(named if named in form.fields else None, str(refusal.message))
    context = {"sub_fund": found, "form": form, "preview": tables.preview(shares, found.currency) if shares else None}
    return render(request, "fund/new_call.html", context, status=422 if form.errors else 200)


@login_required
def call(request: SignedIn, call: UUID) -> HttpResponse:
    """One call: lines, every share, what may be done next."""
    found = _call(request, call)
    return _call_page(request, found)


def _call_page(request: SignedIn, found: CapitalCall, receipt: tuple[int, ReceiptForm] | None = None) -> HttpResponse:
    shares = list(queries.calls.shares_of(found))
    manages = rules.may_in(request.user, "capital_call.prepare", found.sub_fund)
    drafted = found.status in (CallStatus.DRAFT, CallStatus.APPROVED)
    context = {
        "call": found,
        "sub_fund": found.sub_fund,
        "tone": tables.TONES.get(found.status, ""),
        "facts": _facts(found),
        "table": _shares(found, shares, drafted=drafted),
        "steps": _steps(request, found),
        "reason": ReasonForm() if manages and found.status in _TAKES_BACK else None,
        "receipts": _open(shares, receipt) if manages and not drafted else [],
    }
    return render(request, "fund/call.html", context, status=422 if receipt else 200)


def _shares(found: CapitalCall, shares: list[CallShare], *, drafted: bool) -> Table:
    currency = found.sub_fund.currency
    return tables.preview(_planned(found), currency) if drafted else tables.issued(shares, currency)


_TAKES_BACK = (CallStatus.DRAFT, CallStatus.APPROVED, CallStatus.ISSUED)


def _planned(found: CapitalCall) -> list[Any]:
    try:
        return queries.calls.shares(found.sub_fund, **services.sums(services.asked_of(found)))
    except Invalid:
        return []


def _open(shares: list[CallShare], receipt: tuple[int, ReceiptForm] | None) -> list[tuple[CallShare, ReceiptForm]]:
    """Each unpaid share with its form; the one that was refused keeps what was typed."""
    unpaid = [share for share in shares if share.status in (ShareStatus.DUE, ShareStatus.LATE)]
    kept = dict([receipt]) if receipt else {}
    return [(share, kept.get(share.pk) or _receipt(share)) for share in unpaid]


def _receipt(share: CallShare, data: Any = None) -> ReceiptForm:
    return ReceiptForm(
        data, initial={"amount": share.open}, prefix=f"s{share.pk}", currency=share.call.sub_fund.currency
    )


def _facts(found: CapitalCall) -> list[Row]:
    lines, money = found.lines.filter(revision=found.revision), tables.spell_in(found.sub_fund.currency)
    words = [f"{line.get_purpose_display()} {money(line.amount)}" for line in lines]
    return [
        Row(_("납입 기한"), tables.day(found.due_date)),
        Row(_("항목"), " · ".join(words)),
        Row(_("합계"), money(sum(line.amount for line in lines))),
        Row(_("기안"), found.proposed_by.name),
        Row(_("승인"), found.approved_by.name if found.approved_by else _("아직 없음")),
    ]


def _steps(request: SignedIn, found: CapitalCall) -> list[tuple[str, str]]:
    """What this person may do with the call now: the step's name and its button."""
    manages = rules.may_in(request.user, "capital_call.prepare", found.sub_fund)
    if rules.can_approve_call(request.user, found):
        return [("approve", _("출자요청 승인하기"))]
    if manages and found.status == CallStatus.APPROVED:
        return [("issue", _("출자자에게 통지하기"))]
    if manages and found.status == CallStatus.FUNDED:
        return [("close", _("출자요청 마감하기"))]
    return []


@require_POST
@login_required
def call_step(request: SignedIn, call: UUID, step: str) -> HttpResponse:
    """Approve, issue, close or take back."""
    found, now = _call(request, call), database_now()
    reason = request.POST.get("reason", "")
    done = {
        "approve": (lambda: services.approve_call(call=found, by=request.user, now=now), _("출자요청을 승인했습니다.")),
        "issue": (lambda: services.issue_call(call=found, by=request.user, now=now), _("출자자에게 통지했습니다.")),
        "close": (lambda: services.close_call(call=found, by=request.user, now=now), _("출자요청을 마감했습니다.")),
        "rescind": (
            lambda: services.rescind_call(call=found, by=request.user, now=now, reason=reason),
            _("출자요청을 취소했습니다."),
        ),
    }.get(step)
    if done is None:
        raise Http404
    tried(request, *done)
    return redirect("fund:call", call=found.public_id)


@require_POST
@login_required
def receive(request: SignedIn, share: int) -> HttpResponse:
    """Record one receipt."""
    row = get_object_or_404(CallShare.objects.select_related("call__sub_fund__programme__cluster"), pk=share)
    rules.check_may_in(request.user, "capital_call.prepare", row.call.sub_fund)
    form, now = _receipt(row, request.POST), database_now()
    if form.is_valid():
        try:
            services.receive(share=row, **form.cleaned_data, by=request.user, now=now)
            messages.success(request, _("납입을 기록했습니다."))
            return redirect("fund:call", call=row.call.public_id)
        except Refused as refusal:
            form.add_error(refusal.field if isinstance(refusal, Invalid) else None, str(refusal.message))
    return _call_page(request, _call(request, row.call.public_id), (row.pk, form))


@login_required
def notice(request: SignedIn, call: UUID, commitment: UUID) -> HttpResponse:
    """A partner's own call notice: its share, and what is unfunded before and after."""
    share = _noticed(request, call, commitment)
    context = {"share": share, "sub_fund": share.call.sub_fund, "facts": papers.asked(share)}
    return render(request, "fund/notice.html", context)


@login_required
def notice_pdf(request: SignedIn, call: UUID, commitment: UUID) -> FileResponse:
    """The notice as a file."""
    share = _noticed(request, call, commitment)
    return answer(papers.call_notice(share), f"call-{share.call.number}-{share.commitment.public_id}.pdf")


def _noticed(request: SignedIn, call: UUID, commitment: UUID) -> CallShare:
    rows = CallShare.objects.select_related("call__sub_fund__programme__cluster", "commitment__partner__organisation")
    share = rows.filter(call__public_id=call, commitment__public_id=commitment).order_by("-revision").first()
    if share is None:
        raise Http404
    check_concerned(request, share.call.sub_fund, share.commitment)
    return share


def _call(request: SignedIn, public_id: UUID) -> CapitalCall:
    rows = CapitalCall.objects.select_related("sub_fund__programme__cluster", "proposed_by", "approved_by")
    found = get_object_or_404(rows, public_id=public_id)
    rules.check_can_read(request.user, found.sub_fund)
    return found
