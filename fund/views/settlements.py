"""Fees and settlements: worked out step by step, laid before a second person, paid, undone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fund import queries, rules, services, settlement_tables, tables
from fund.deal_forms import DayForm
from fund.enums import SettlementStatus
from fund.forms import ReasonForm, SettlementForm
from fund.models import Settlement
from fund.queries.settlements import Worked
from fund.views.shared import SignedIn, found_sub_fund
from portal.core.clock import database_now
from portal.core.errors import Invalid, Refused
from portal.core.ui.trying import tried


@login_required
def new_settlement(request: SignedIn, sub_fund: UUID) -> HttpResponse:
    """First every step of the amount, then the proposal; both from the same form."""
    found, now = found_sub_fund(request, sub_fund), database_now()
    rules.check_may_in(request.user, "distribution.prepare", found)
    initial = {"kind": request.GET.get("kind", "FEE"), "start": queries.settlements.next_fee_day(found)}
    form, worked = SettlementForm(request.POST or None, initial=initial, currency=found.currency), None
    if request.method == "POST" and form.is_valid():
        try:
            if "propose" in request.POST:
                made = services.propose_settlement(sub_fund=found, by=request.user, now=now, **form.asked())
                messages.success(request, _("정산을 기안했습니다. 다른 결재자가 승인하면 장부에 적힙니다."))
                return redirect("fund:settlement", settlement=made.public_id)
            worked = _worked(found, form.asked(), now)
        except Refused as refusal:
            named = refusal.field if isinstance(refusal, Invalid) else None
            form.add_error(named if named in form.fields else None, str(refusal.message))
    context = {"sub_fund": found, "form": form, **(_explained(found, worked.run()) if worked else {})}
    return render(request, "fund/new_settlement.html", context, status=422 if form.errors else 200)


def _worked(found: Any, asked: dict[str, Any], now: Any) -> Worked:
    services.check_settlement(found, asked["kind"], asked["on"], now)
    period = services.fee_period(asked["kind"], asked["start"], asked["until"])
    if period and services.charged(found, period):
        raise Invalid(_("이 기간의 관리보수는 이미 기안했거나 지급했습니다."), field="start")
    return queries.settlements.work_out(found, asked["kind"], on=asked["on"], period=period, amount=asked["amount"])


def _explained(sub_fund: Any, run: dict[str, Any]) -> dict[str, Any]:
    return {
        "steps_table": settlement_tables.steps(run, sub_fund.currency),
        "slices": settlement_tables.slices(run, sub_fund.currency),
        "moved": settlement_tables.moved(run, list(queries.funds.commitments_of(sub_fund)), sub_fund.currency),
    }


@login_required
def settlement(request: SignedIn, settlement: UUID) -> HttpResponse:
    """One settlement: how its amount came, and what may be done next."""
    found = _settlement(request, settlement)
    manages = rules.may_in(request.user, "distribution.prepare", found.sub_fund)
    decides = rules.may_in(request.user, "distribution.approve", found.sub_fund)
    booked = found.status in (SettlementStatus.OWED, SettlementStatus.SETTLED)
    judges = rules.can_approve_settlement(request.user, found)
    context = {
        "settlement": found,
        "sub_fund": found.sub_fund,
        "tone": tables.TONES.get(found.status, ""),
        "facts": settlement_tables.facts(found),
        **_explained(found.sub_fund, found.run),
        "judges": judges,
        "refuse": ReasonForm() if judges else None,
        "pay": DayForm() if manages and found.status == SettlementStatus.OWED else None,
        "reverse": ReasonForm() if decides and booked else None,
    }
    return render(request, "fund/settlement.html", context)


@require_POST
@login_required
def settlement_step(request: SignedIn, settlement: UUID, step: str) -> HttpResponse:
    """Approve, send back, pay or undo."""
    found, now, by = _settlement(request, settlement), database_now(), request.user
    reason = request.POST.get("reason", "")
    done = {
        "approve": (
            lambda: services.approve_settlement(settlement=found, by=by, now=now),
            _("승인해 장부에 적었습니다."),
        ),
        "refuse": (lambda: services.refuse_settlement(settlement=found, by=by, reason=reason), _("반려했습니다.")),
        "pay": (lambda: _pay(request, found), _("지급을 기록했습니다.")),
        "reverse": (
            lambda: services.reverse_settlement(settlement=found, by=by, now=now, reason=reason),
            _("정산을 취소했습니다."),
        ),
    }.get(step)
    if done is None:
        raise Http404
    tried(request, *done)
    return redirect("fund:settlement", settlement=found.public_id)


def _pay(request: SignedIn, found: Settlement) -> None:
    rules.check_may_in(request.user, "distribution.prepare", found.sub_fund)
    form = DayForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("지급일을 적어 주십시오."), field="on")
    services.pay_settlement(settlement=found, on=form.cleaned_data["on"], by=request.user, now=database_now())


def _settlement(request: SignedIn, public_id: UUID) -> Settlement:
    found = queries.settlements.settlement_of(public_id)
    if found is None:
        raise Http404
    rules.check_can_read(request.user, found.sub_fund)
    return found
