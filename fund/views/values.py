"""Values and what takes from them: each proposed on one page, judged by another person on its own."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fund import queries, rules, services, tables, value_tables
from fund.enums import MeasureStatus, ValuationStatus
from fund.forms import ReasonForm
from fund.models import Holding, Measure, Valuation
from fund.value_forms import AnswerForm, MeasureForm, ValuationForm
from fund.views.shared import SignedIn
from portal.core.clock import database_now
from portal.core.errors import Invalid, Refused
from portal.core.ui.trying import tried


@login_required
def new_valuation(request: SignedIn, holding: UUID) -> HttpResponse:
    """Submit a value."""
    found, now = _prepares(request, holding), database_now()
    form = ValuationForm(request.POST or None, currency=found.sub_fund.currency)

    def submit() -> HttpResponse:
        made = services.submit_valuation(holding=found, by=request.user, now=now, **form.cleaned_data)
        messages.success(request, _("평가를 제출했습니다. 다른 사람이 승인하면 확정할 수 있습니다."))
        return redirect("fund:valuation", valuation=made.public_id)

    return _answered(request, form, submit) or render(
        request, "fund/new_valuation.html", {"holding": found, "form": form}, status=422 if form.errors else 200
    )


@login_required
def new_measure(request: SignedIn, holding: UUID) -> HttpResponse:
    """Propose a write-down, its restoration, a sale or a redemption."""
    found, now = _prepares(request, holding), database_now()
    form = MeasureForm(request.POST or None, holding=found)

    def propose() -> HttpResponse:
        made = services.propose_measure(holding=found, by=request.user, now=now, **form.asked())
        messages.success(request, _("기안했습니다. 다른 사람이 승인하면 장부에 적힙니다."))
        return redirect("fund:measure", measure=made.public_id)

    return _answered(request, form, propose) or render(
        request, "fund/new_measure.html", {"holding": found, "form": form}, status=422 if form.errors else 200
    )


def _answered(request: SignedIn, form: forms.Form, action: Callable[[], HttpResponse]) -> HttpResponse | None:
    """What the action answered; None when the form is asked again, with what was wrong."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return action()
    except Refused as refusal:
        named = refusal.field if isinstance(refusal, Invalid) else None
        form.add_error(named if named in form.fields else None, str(refusal.message))
    return None


def _prepares(request: SignedIn, public_id: UUID) -> Holding:
    found = queries.holdings.holding_of(public_id)
    if found is None:
        raise Http404
    rules.check_may_in(request.user, "valuation.prepare", found.sub_fund)
    return found


@login_required
def valuation(request: SignedIn, valuation: UUID) -> HttpResponse:
    """One value: how it was found, and what may be done next."""
    found = _valuation(request, valuation)
    prepares = rules.may_in(request.user, "valuation.prepare", found.holding.sub_fund)
    judges = rules.may_in(request.user, "valuation.approve", found.holding.sub_fund)
    waiting = found.status == ValuationStatus.SUBMITTED
    needs_motion = queries.values.needs_motion(found)
    steps = []
    if judges and waiting and not needs_motion and found.motion is None and found.submitted_by_id != request.user.pk:
        steps.append(("approve", _("평가 승인하기")))
    if prepares and waiting and needs_motion and found.motion is None:
        steps.append(("table", _("투자심의에 올리기")))
    if prepares and found.status == ValuationStatus.APPROVED:
        steps.append(("publish", _("평가 확정하기")))
    answer = AnswerForm(
        initial={"amount": found.amount, "evidence": found.evidence}, currency=found.holding.sub_fund.currency
    )
    context = {
        "valuation": found,
        "holding": found.holding,
        "tone": tables.TONES.get(found.status, ""),
        "facts": value_tables.valuation_facts(
            found, opens_motion=rules.may_in(request.user, "fund.read", found.holding.sub_fund)
        ),
        "steps": steps,
        "reason": ReasonForm() if judges and waiting and found.submitted_by_id != request.user.pk else None,
        "answer": answer if prepares and found.status == ValuationStatus.CHALLENGED else None,
    }
    return render(request, "fund/valuation.html", context)


@require_POST
@login_required
def valuation_step(request: SignedIn, valuation: UUID, step: str) -> HttpResponse:
    """Approve, challenge, answer, lay before the committee or publish."""
    found, now, by = _valuation(request, valuation), database_now(), request.user
    reason = request.POST.get("reason", "")
    done = {
        "approve": (lambda: services.approve_valuation(valuation=found, by=by), _("평가를 승인했습니다.")),
        "challenge": (
            lambda: services.challenge_valuation(valuation=found, by=by, reason=reason),
            _("평가에 이의를 제기했습니다."),
        ),
        "answer": (lambda: _answer(request, found), _("평가를 다시 제출했습니다.")),
        "table": (
            lambda: services.table_valuation(valuation=found, by=by, now=now),
            _("투자심의에 올렸습니다. 위원들에게 알렸습니다."),
        ),
        "publish": (
            lambda: services.publish_valuation(valuation=found, by=by, now=now),
            _("평가를 확정해 장부에 적었습니다."),
        ),
    }.get(step)
    if done is None:
        raise Http404
    tried(request, *done)
    return redirect("fund:valuation", valuation=found.public_id)


def _answer(request: SignedIn, found: Valuation) -> None:
    rules.check_may_in(request.user, "valuation.prepare", found.holding.sub_fund)
    form = AnswerForm(request.POST, currency=found.holding.sub_fund.currency)
    if not form.is_valid():
        raise Invalid(_("평가액과 근거를 적어 주십시오."), field="amount")
    services.resubmit_valuation(valuation=found, by=request.user, now=database_now(), **form.cleaned_data)


def _valuation(request: SignedIn, public_id: UUID) -> Valuation:
    rows = Valuation.objects.select_related(
        "holding__sub_fund__programme__cluster", "holding__company", "motion", "submitted_by", "approved_by"
    )
    found = get_object_or_404(rows, public_id=public_id)
    rules.check_can_read(request.user, found.holding.sub_fund)
    return found


@login_required
def measure(request: SignedIn, measure: UUID) -> HttpResponse:
    """One write-down or exit, and the second person's decision."""
    found = _measure(request, measure)
    decides = rules.may_in(request.user, "valuation.approve", found.holding.sub_fund)
    open_to = decides and found.status == MeasureStatus.PROPOSED and found.proposed_by_id != request.user.pk
    context = {
        "measure": found,
        "holding": found.holding,
        "tone": tables.TONES.get(found.status, ""),
        "facts": value_tables.measure_facts(found),
        "open_to": open_to,
        "reason": ReasonForm() if open_to else None,
    }
    return render(request, "fund/measure.html", context)


@require_POST
@login_required
def measure_step(request: SignedIn, measure: UUID, step: str) -> HttpResponse:
    """Approve or send back."""
    found, now, by = _measure(request, measure), database_now(), request.user
    reason = request.POST.get("reason", "")
    done = {
        "approve": (
            lambda: services.approve_measure(measure=found, by=by, now=now),
            _("승인해 장부에 적었습니다."),
        ),
        "refuse": (lambda: services.refuse_measure(measure=found, by=by, reason=reason), _("반려했습니다.")),
    }.get(step)
    if done is None:
        raise Http404
    tried(request, *done)
    return redirect("fund:measure", measure=found.public_id)


def _measure(request: SignedIn, public_id: UUID) -> Measure:
    rows = Measure.objects.select_related(
        "holding__sub_fund__programme__cluster", "holding__company", "lot", "proposed_by", "approved_by"
    )
    found = get_object_or_404(rows, public_id=public_id)
    rules.check_can_read(request.user, found.holding.sub_fund)
    return found
