"""Deals: the board, the proposal, one deal with its next step."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fund import deal_tables, queries, rules, services, tables
from fund.deal_forms import DayForm, DealForm
from fund.enums import DealStatus
from fund.forms import ReasonForm
from fund.models import Deal, SubFund
from fund.views.shared import SignedIn, found_sub_fund
from portal.core.clock import database_now
from portal.core.errors import Invalid, NotAllowed, Refused
from portal.core.ui.parts import Tab
from portal.core.ui.trying import tried

_STOPPABLE = (DealStatus.SOURCED, DealStatus.DILIGENCE, DealStatus.APPROVED)


@login_required
def deals(request: SignedIn) -> HttpResponse:
    """Every deal of the sub-funds one reads, by state."""
    if not queries.funds.reads_funds(request.user):
        raise NotAllowed(_("투자 업무 담당자만 볼 수 있는 화면입니다."))
    found = SubFund.objects.filter(programme__in=queries.funds.programmes_for(request.user))
    mine = [row for row in found.select_related("programme__cluster") if rules.may_in(request.user, "fund.read", row)]
    rows = list(Deal.objects.filter(sub_fund__in=mine).select_related("company", "sub_fund").order_by("-id"))
    shown = request.GET.get("state", "")
    counts = {state: sum(row.status == state for row in rows) for state in DealStatus.values}
    tabs = [Tab(_("전체"), "?", current=shown not in counts, count=len(rows))]
    tabs += [
        Tab(DealStatus(state).label, f"?state={state}", current=shown == state, count=number)
        for state, number in counts.items()
    ]
    chosen = [row for row in rows if shown not in counts or row.status == shown]
    return render(request, "fund/deals.html", {"tabs": tabs, "table": deal_tables.deals(chosen, of_all=True)})


@login_required
def new_deal(request: SignedIn, sub_fund: UUID) -> HttpResponse:
    """Whom, how, how much, why."""
    found, now = found_sub_fund(request, sub_fund), database_now()
    rules.check_may_in(request.user, "deal.prepare", found)
    form = DealForm(request.POST or None, sub_fund=found)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                company = form.cleaned_data["company"] or services.add_company(
                    sub_fund=found, by=request.user, **form.new_company()
                )
                made = services.propose_deal(sub_fund=found, company=company, by=request.user, now=now, **form.asked())
            messages.success(request, _("투자건을 등록했습니다. 실사를 시작할 수 있습니다."))
            return redirect("fund:deal", deal=made.public_id)
        except Refused as refusal:
            named = refusal.field if isinstance(refusal, Invalid) else None
            form.add_error(named if named in form.fields else None, str(refusal.message))
    context = {"sub_fund": found, "form": form}
    return render(request, "fund/new_deal.html", context, status=422 if form.errors else 200)


@login_required
def deal(request: SignedIn, deal: UUID) -> HttpResponse:
    """One deal: what is asked, where it stands, what may be done next."""
    return _page(request, _deal(request, deal))


def _page(request: SignedIn, found: Deal, day: DayForm | None = None) -> HttpResponse:
    manages = rules.may_in(request.user, "deal.prepare", found.sub_fund)
    context = {
        "deal": found,
        "sub_fund": found.sub_fund,
        "tone": tables.TONES.get(found.status, ""),
        "facts": deal_tables.deal_facts(found, opens_motion=rules.may_in(request.user, "fund.read", found.sub_fund)),
        "steps": _steps(found) if manages else [],
        "day": (day or DayForm()) if manages and found.status == DealStatus.CONTRACTED else None,
        "reason": ReasonForm() if manages and found.status in _STOPPABLE else None,
        "holding": found.lots.first() and found.lots.all()[0].holding,
    }
    return render(request, "fund/deal.html", context, status=422 if day else 200)


def _steps(found: Deal) -> list[tuple[str, str]]:
    """The next step's name and its button."""
    step = {
        DealStatus.SOURCED: ("examine", _("실사 시작하기")),
        DealStatus.DILIGENCE: ("table", _("투자심의에 올리기")),
        DealStatus.APPROVED: ("contract", _("계약 체결 기록하기")),
    }.get(DealStatus(found.status))
    return [step] if step else []


@require_POST
@login_required
def deal_step(request: SignedIn, deal: UUID, step: str) -> HttpResponse:
    """Examine, table, contract, pay or stop."""
    found, now, by = _deal(request, deal), database_now(), request.user
    reason = request.POST.get("reason", "")
    if step == "fund":
        return _fund(request, found)
    done = {
        "examine": (lambda: services.examine_deal(deal=found, by=by), _("실사를 시작했습니다.")),
        "table": (
            lambda: services.table_deal(deal=found, by=by, now=now),
            _("투자심의에 올렸습니다. 위원들에게 알렸습니다."),
        ),
        "contract": (lambda: services.contract_deal(deal=found, by=by), _("계약 체결을 기록했습니다.")),
        "decline": (lambda: services.decline_deal(deal=found, by=by, reason=reason), _("투자건을 중단했습니다.")),
    }.get(step)
    if done is None:
        raise Http404
    tried(request, *done)
    return redirect("fund:deal", deal=found.public_id)


def _fund(request: SignedIn, found: Deal) -> HttpResponse:
    form, now = DayForm(request.POST), database_now()
    if form.is_valid():
        try:
            lot = services.fund_deal(deal=found, on=form.cleaned_data["on"], by=request.user, now=now)
            messages.success(request, _("투자금 지급을 기록했습니다."))
            return redirect("fund:holding", holding=lot.holding.public_id)
        except Invalid as refusal:
            form.add_error("on", str(refusal.message))
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal.message))
            return redirect("fund:deal", deal=found.public_id)
    return _page(request, found, form)


def _deal(request: SignedIn, public_id: UUID) -> Deal:
    found = queries.holdings.deal_of(public_id)
    if found is None:
        raise Http404
    rules.check_can_read(request.user, found.sub_fund)
    return found
