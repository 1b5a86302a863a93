"""The desk of those who run and decide a hub: bench of allocation, offers, leases, keys, invoices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from portal.accounts.queries import clusters_of
from portal.accounts.roles import roles_for
from portal.core.clock import database_now
from portal.core.errors import NotAllowed
from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Tab
from portal.core.ui.trying import tried
from portal.intake.models import Call
from tenancy import money_tables, queries, rate_rules, rules, services, tables
from tenancy.enums import AllocationStatus
from tenancy.forms import ReasonForm, RunForm
from tenancy.handover_forms import HandoverForm
from tenancy.models import AllocationRun, Hub, Invoice
from tenancy.views.shared import SignedIn, found_lease, found_offer

_STEPS = {
    "confirm": (services.confirm_allocation, gettext_lazy("배정을 확정했습니다.")),
    "publish": (services.publish_allocation, gettext_lazy("배정을 공개하고 입주 제안을 모두 보냈습니다.")),
}


@login_required
def desk(request: SignedIn) -> HttpResponse:
    """Rounds to give out, offers and leases of the hubs I work for."""
    hubs = _hubs(request)
    if not hubs:
        raise NotAllowed(_("거점의 담당자만 볼 수 있는 화면입니다."))
    shown = request.GET.get("show", "offers")
    table = (
        tables.leases(list(queries.leases_in(hubs)), company=True)
        if shown == "leases"
        else tables.offers(list(queries.offers_in(hubs)), company=True)
    )
    context = {
        "calls": queries.rounds_in(hubs),
        "tabs": [
            Tab(_("입주 제안"), "?show=offers", current=shown != "leases"),
            Tab(_("입주계약"), "?show=leases", current=shown == "leases"),
        ],
        "table": table,
        "hubs": hubs,
        "priced": sorted(
            {hub.cluster for hub in hubs if rate_rules.may_read_rate_cards(request.user, hub.cluster)}, key=str
        ),
        "readable": [hub for hub in hubs if rules.may_in(request.user, "lease.read", hub)],
        "drafting": [hub for hub in hubs if rules.may_in(request.user, "unit.draft", hub)],
        "handled": [hub for hub in hubs if rules.may_in(request.user, "booking.handle", hub)],
        "renewals": tables.renewals(list(queries.renewals_in(hubs)), company=True),
        "move_outs": tables.move_outs(list(queries.move_outs_in(hubs))),
        "credits": money_tables.credit_notes(queries.credits_waiting(hubs), decide=_handles_credits(request, hubs)),
    }
    return render(request, "tenancy/desk.html", context)


def _handles_credits(request: SignedIn, hubs: list[Hub]) -> bool:
    return any(rules.may_in(request.user, f"credit_note.{step}", hub) for hub in hubs for step in ("prepare", "decide"))


def _hubs(request: SignedIn) -> list[Hub]:
    clusters = clusters_of(request.user, *roles_for("lease.read"), *roles_for("invoice.issue"))
    return [
        hub
        for hub in Hub.objects.filter(cluster__in=clusters).select_related("cluster")
        if rules.may_in(request.user, "lease.read", hub) or rules.may_in(request.user, "invoice.issue", hub)
    ]


@login_required
def bench(request: SignedIn, call: str) -> HttpResponse:
    """Needs, what fits and why not, runs with the checker's report."""
    found = _call(request, call)
    return _bench_page(request, found, RunForm())


@require_POST
@login_required
def run(request: SignedIn, call: str) -> HttpResponse:
    """Seal the inputs and compute."""
    found, form = _call(request, call), RunForm(request.POST)
    if not form.is_valid():
        return _bench_page(request, found, form, status=422)
    now, reason = database_now(), form.cleaned_data["reason"]
    tried(
        request,
        lambda: services.run_allocation(call=found, by=request.user, now=now, reason=reason),
        _("배정을 계산했습니다. 결과를 확인한 뒤 결재자가 확정합니다."),
    )
    return redirect("tenancy:bench", call=found.code)


@require_POST
@login_required
def decide(request: SignedIn, call: str, number: int, step: str) -> HttpResponse:
    """Confirm or publish a run."""
    found = _call(request, call)
    if step not in _STEPS:
        raise Http404
    row = get_object_or_404(AllocationRun.objects.select_related("call__cluster"), call=found, number=number)
    action, done = _STEPS[step]
    now = database_now()
    tried(request, lambda: action(run=row, by=request.user, now=now), str(done))
    return redirect("tenancy:bench", call=found.code)


@login_required
def void(request: SignedIn, call: str, number: int) -> HttpResponse:
    """Set a computed run aside, with a reason; what is confirmed stands."""
    found = _call(request, call)
    rules.check_can_run_allocation(request.user, found)
    row = get_object_or_404(AllocationRun.objects.select_related("call__cluster"), call=found, number=number)

    def set_aside(answers: Mapping[str, Any], now: datetime) -> None:
        services.void_allocation(run=row, by=request.user, **answers)

    back = reverse("tenancy:bench", args=[found.code])
    act = Act(
        "void", _("배정 폐기"), ReasonForm, _("이 계산 폐기하기"), set_aside, _("계산을 폐기했습니다."), kind="danger"
    )
    case = Case(
        title=_("%(number)s차 계산 폐기") % {"number": row.number},
        back=(_("호실 배정"), back),
        caption=found.code,
        status=row.get_status_display(),
        acts=[act] if row.status in (AllocationStatus.DRAFT, AllocationStatus.COMPUTED) else [],
        recorded=[row],
    )
    return show(request, case, then=back)


def _bench_page(request: SignedIn, call: Call, form: RunForm, status: int = 200) -> HttpResponse:
    terms = queries.terms_of(call)
    rows = list(queries.runs_of(call).order_by("-number"))
    in_force = any(row.status in (AllocationStatus.CONFIRMED, AllocationStatus.PUBLISHED) for row in rows)
    context = {
        "call": call,
        "terms": terms,
        "needs": tables.feasibility(queries.feasibility(call, terms)) if terms else None,
        "runs": [_shown(request, row) for row in rows],
        "form": form if terms and not in_force and rules.may_on_call(request.user, "allocation.run", call) else None,
    }
    return render(request, "tenancy/bench.html", context, status=status)


def _shown(request: SignedIn, row: AllocationRun) -> dict[str, Any]:
    """A run with its lines and what this person may do with it now."""
    table = tables.allocation(row) if row.result is not None else None
    void = row.status == AllocationStatus.COMPUTED and rules.may_on_call(request.user, "allocation.run", row.call)
    return {"run": row, "table": table, "step": _step(request, row), "void": void}


def _step(request: SignedIn, row: AllocationRun) -> tuple[str, str] | None:
    """What this person may do with the run now: the step's name and its button."""
    if row.status == AllocationStatus.COMPUTED and rules.can_confirm_allocation(request.user, row):
        return "confirm", _("이 결과로 확정하기")
    if row.status == AllocationStatus.CONFIRMED and rules.may_on_call(request.user, "allocation.publish", row.call):
        return "publish", _("공개하고 제안 보내기")
    return None


def _call(request: SignedIn, code: str) -> Call:
    found = get_object_or_404(Call.objects.select_related("cluster", "current"), code=code, programme="space")
    rules.check_may_on_call(request.user, "lease.read", found)
    return found


@require_POST
@login_required
def prepare(request: SignedIn, offer: UUID) -> HttpResponse:
    """Write the contract over an accepted offer."""
    found, now = found_offer(offer), database_now()
    rules.check_can_prepare_lease(request.user, found)
    tried(
        request,
        lambda: services.prepare_lease(offer=found, by=request.user, now=now),
        _("계약서를 작성해 입주기업에 알렸습니다."),
    )
    return redirect("tenancy:offer", offer=found.public_id)


@require_POST
@login_required
def hand_over(request: SignedIn, lease: UUID) -> HttpResponse:
    """Record that the key was handed over."""
    found, form, now = found_lease(lease), HandoverForm(request.POST), database_now()
    rules.check_can_move_in(request.user, found)
    if form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if value is not None}
        tried(
            request,
            lambda: services.move_in(lease=found, by=request.user, now=now, **given),
            _("입주를 기록하고 첫 달 임대료를 작성했습니다."),
        )
    return redirect("tenancy:lease", lease=found.public_id)


@require_POST
@login_required
def issue(request: SignedIn, invoice: int) -> HttpResponse:
    """Issue a drafted invoice."""
    rows = Invoice.objects.select_related(
        "lease__unit__floor__building__hub__cluster", "lease__rate_card", "lease__organisation"
    )
    row, now = get_object_or_404(rows, pk=invoice), database_now()
    rules.check_can_issue_invoice(request.user, row)
    tried(
        request,
        lambda: services.issue_invoice(invoice=row, by=request.user, now=now),
        _("임대료를 고지했습니다."),
    )
    return redirect("tenancy:lease", lease=row.lease.public_id)
