"""The distribution wizard with the waterfall explained step by step, the second person, the payment."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fund import papers, queries, rules, services, settlement_tables, tables
from fund.enums import DistributionStatus
from fund.forms import DistributionForm, ReasonForm
from fund.models import Distribution, DistributionShare, SubFund
from fund.views.shared import SignedIn, check_concerned, found_sub_fund
from portal.core.clock import database_now
from portal.core.errors import Invalid, Refused
from portal.core.papers import answer
from portal.core.ui.parts import Row
from portal.core.ui.trying import tried


@login_required
def new_distribution(request: SignedIn, sub_fund: UUID) -> HttpResponse:
    """First every tier and part, then the proposal; both from the same form."""
    found, now = found_sub_fund(request, sub_fund), database_now()
    rules.check_may_in(request.user, "distribution.prepare", found)
    form, plan = DistributionForm(request.POST or None, currency=found.currency), None
    if request.method == "POST" and form.is_valid():
        try:
            if "propose" in request.POST:
                made = services.propose_distribution(sub_fund=found, **form.cleaned_data, by=request.user, now=now)
                messages.success(request, _("배분을 계산해 결재를 올렸습니다."))
                return redirect("fund:distribution", distribution=made.public_id)
            plan = services.plan_distribution(sub_fund=found, **form.cleaned_data)
        except Refused as refusal:
            named = refusal.field if isinstance(refusal, Invalid) else None
            form.add_error(named if named in form.fields else None, str(refusal.message))
    context = {"sub_fund": found, "form": form, "tiers": None, "parts": None}
    if plan is not None:
        lines = [(line.tier, line.lp, line.gp) for line in plan.result.lines] if plan.result else []
        context |= {
            **_explained(found, lines, form.cleaned_data["on"]),
            "parts": tables.parts_of(plan.parts, dict(plan.inputs["allocated"]), found.currency),
        }
    return render(request, "fund/new_distribution.html", context, status=422 if form.errors else 200)


@login_required
def distribution(request: SignedIn, distribution: UUID) -> HttpResponse:
    """One distribution: its tiers, every part, what may be done next."""
    found = _distribution(request, distribution)
    shares = found.shares.select_related("commitment__partner").order_by("commitment_id")
    lines = [(str(tier), int(lp), int(gp)) for tier, lp, gp in found.run.get("lines", [])]
    decides = rules.may_in(request.user, "distribution.approve", found.sub_fund)
    context = {
        "distribution": found,
        "sub_fund": found.sub_fund,
        "tone": tables.TONES.get(found.status, ""),
        "facts": _facts(found),
        **_explained(found.sub_fund, lines, found.on_date),
        "parts": tables.parts_of(
            [(share.commitment, share.amount, share.capital) for share in shares],
            dict(found.run.get("inputs", {}).get("allocated", [])),
            found.sub_fund.currency,
        ),
        "steps": _steps(request, found),
        "reason": ReasonForm() if decides and found.status == DistributionStatus.PAID else None,
    }
    return render(request, "fund/distribution.html", context)


def _explained(sub_fund: SubFund, lines: list[tuple[str, int, int]], on: date) -> dict[str, object]:
    """The tiers in the agreement's words, and whether carry would have to come back."""
    agreement = queries.funds.agreement(sub_fund, on)
    if not lines or agreement is None:
        return {"tiers": None}
    return {
        "tiers": tables.tiers(lines, settlement_tables.terms_in_words(agreement), sub_fund.currency),
        "carry": settlement_tables.carry_facts(queries.settlements.carry_position(sub_fund, on=on), sub_fund.currency),
    }


def _facts(found: Distribution) -> list[Row]:
    return [
        Row(_("종류"), found.get_kind_display()),
        Row(_("배분일"), tables.day(found.on_date)),
        Row(_("배분할 금액"), tables.amount_in(found.sub_fund.currency, found.amount)),
        Row(_("계산에 쓴 자료의 지문"), found.inputs_hash),
        Row(_("기안"), found.proposed_by.name),
        Row(_("승인"), found.approved_by.name if found.approved_by else _("아직 없음")),
    ]


def _steps(request: SignedIn, found: Distribution) -> list[tuple[str, str]]:
    if rules.can_approve_distribution(request.user, found):
        return [("approve", _("배분 승인하기"))]
    manages = rules.may_in(request.user, "distribution.prepare", found.sub_fund)
    if manages and found.status == DistributionStatus.APPROVED:
        return [("pay", _("지급을 기록하고 알리기"))]
    return []


@require_POST
@login_required
def distribution_step(request: SignedIn, distribution: UUID, step: str) -> HttpResponse:
    """Approve, pay or take back."""
    found, now, by = _distribution(request, distribution), database_now(), request.user
    reason = request.POST.get("reason", "")
    done = {
        "approve": (lambda: services.approve_distribution(distribution=found, by=by), _("배분을 승인했습니다.")),
        "pay": (lambda: services.pay_distribution(distribution=found, by=by, now=now), _("지급을 기록했습니다.")),
        "reverse": (
            lambda: services.reverse_distribution(distribution=found, by=by, now=now, reason=reason),
            _("배분을 취소했습니다."),
        ),
    }.get(step)
    if done is None:
        raise Http404
    tried(request, *done)
    return redirect("fund:distribution", distribution=found.public_id)


@login_required
def part(request: SignedIn, distribution: UUID, commitment: UUID) -> HttpResponse:
    """A partner's own notice of a distribution that was paid."""
    share = _paid(request, distribution, commitment)
    context = {"share": share, "sub_fund": share.distribution.sub_fund, "facts": papers.distributed(share)}
    return render(request, "fund/part.html", context)


@login_required
def part_pdf(request: SignedIn, distribution: UUID, commitment: UUID) -> FileResponse:
    """The notice as a file."""
    share = _paid(request, distribution, commitment)
    name = f"distribution-{share.distribution.number}-{share.commitment.public_id}.pdf"
    return answer(papers.distribution_notice(share), name)


def _paid(request: SignedIn, distribution: UUID, commitment: UUID) -> DistributionShare:
    rows = DistributionShare.objects.select_related(
        "distribution__sub_fund__programme__cluster", "commitment__partner__organisation"
    ).filter(distribution__status__in=[DistributionStatus.PAID, DistributionStatus.REVERSED])
    share = get_object_or_404(rows, distribution__public_id=distribution, commitment__public_id=commitment)
    check_concerned(request, share.distribution.sub_fund, share.commitment)
    return share


def _distribution(request: SignedIn, public_id: UUID) -> Distribution:
    rows = Distribution.objects.select_related("sub_fund__programme__cluster", "proposed_by", "approved_by")
    found = get_object_or_404(rows, public_id=public_id)
    rules.check_can_read(request.user, found.sub_fund)
    return found
