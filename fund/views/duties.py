"""The duties of a sub-fund with their clocks: how they stand on a day, what was counted, and what may be done."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fund import duty_tables, queries, rules, services, tables
from fund.duty_enums import DutyStatus
from fund.duty_forms import DutyForm, WaiverForm
from fund.forms import ReasonForm
from fund.models import Duty, SubFund
from fund.views.shared import SignedIn, as_of, found_sub_fund
from portal.core.clock import database_now
from portal.core.errors import Invalid, Refused
from portal.core.periods import SEOUL
from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Row


@require_safe
@login_required
def duties(request: SignedIn, sub_fund: UUID) -> HttpResponse:
    """Every duty of a sub-fund on a day, as known at an instant: for the desk, the manager's people and the City's."""
    found, now = _sub_fund(request, sub_fund), database_now()
    on, known, form = as_of(request, now)
    rows = queries.duties.measured_all(list(queries.duties.duties_of([found])), on=on, known=known)
    asked = urlencode({key: request.GET[key] for key in ("on", "known") if request.GET.get(key)})
    table = duty_tables.overview(rows, query=asked)
    context = {
        "sub_fund": found,
        "as_of_form": form,
        "above": _above(request, found),
        "facts": [Row(_("기준일"), tables.day(on)), Row(_("인지시점"), f"{known.astimezone(SEOUL):%Y-%m-%d %H:%M}")],
        "table": table,
        "picture": duty_tables.picture(found, rows, table) if rows else None,
        "may_set": rules.can_set_duty(request.user, found),
    }
    return render(request, "fund/duties.html", context)


@login_required
def new_duty(request: SignedIn, sub_fund: UUID) -> HttpResponse:
    """Bind a sub-fund to a duty."""
    found, now = found_sub_fund(request, sub_fund), database_now()
    rules.check_can_set_duty(request.user, found)
    initial = {"start": found.registered_date or found.formed_date, "deadline": found.investment_end_date}
    form = DutyForm(request.POST or None, initial={**initial, "base": "CITY", "counted": "INVESTMENT"})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.set_duty(sub_fund=found, by=request.user, now=now, **form.asked())
            messages.success(request, _("투자의무를 정했습니다."))
            return redirect("fund:duty", duty=made.public_id)
        except Refused as refusal:
            asked = (refusal.field or "") if isinstance(refusal, Invalid) else ""
            named = DutyForm.NAMES.get(asked, asked)
            form.add_error(named if named in form.fields else None, str(refusal.message))
    return render(request, "fund/new_duty.html", {"sub_fund": found, "form": form}, status=422 if form.errors else 200)


@login_required
def duty(request: SignedIn, duty: UUID) -> HttpResponse:
    """One duty: its clock, what is owed, every company that was counted, and the tests that were recorded."""
    found = _duty(duty)
    rules.check_can_see_duties(request.user, found.sub_fund)
    on, known, _form = as_of(request, database_now())
    measured = queries.duties.measured(found, on=on, known=known)
    reads, let_go = rules.may_in(request.user, "fund.read", found.sub_fund), list(found.waivers.all())
    case = Case(
        title=found.field,
        back=(_("%(sub_fund)s 투자의무") % {"sub_fund": found.sub_fund}, reverse("fund:duties", args=[found.sub_fund.public_id])),
        caption=found.sub_fund,
        status=found.get_status_display(),
        tone=duty_tables.STATUS.get(found.status, ""),
        figures=duty_tables.figures(measured),
        rows=[
            Row(_("기준일"), tables.day(on)),
            Row(_("이 날의 상태"), duty_tables.standing(measured)),
            *duty_tables.facts(measured),
        ],
        notes=[_("확인하지 못한 금액은 인정하지 않습니다. 기업의 현황이 확인되면 다시 셉니다.")] if measured.counted.unknown else [],
        tables=[
            duty_tables.companies(measured, linked=reads),
            *([duty_tables.waivers(let_go, linked=reads)] if let_go else []),
            duty_tables.tests(list(found.tests.all()), found.sub_fund.currency),
        ],
        acts=_acts(request, found),
        recorded=[found, *let_go] if reads else [],
    )  # fmt: skip
    return show(request, case)


def _acts(request: SignedIn, found: Duty) -> list[Act]:
    made = []

    def table(answers: Any, now: Any) -> None:
        services.table_waiver(duty=found, by=request.user, now=now, **answers)

    def waive(answers: Any, now: Any) -> None:
        services.waive_duty(duty=found, by=request.user, now=now, reason=answers["reason"])

    if found.status == DutyStatus.OPEN and rules.can_set_duty(request.user, found.sub_fund):
        done = _("한시 면제를 투자심의에 올렸습니다.")
        made.append(Act("table", _("한시 면제 심의"), WaiverForm, _("투자심의에 올리기"), table, done))
    if rules.can_waive_duty(request.user, found):
        made.append(Act(
            "waive", _("투자의무 면제"), ReasonForm, _("이 의무를 면제하기"), waive, _("투자의무를 면제했습니다."), kind="danger"
        ))  # fmt: skip
    return made


def _sub_fund(request: SignedIn, public_id: UUID) -> SubFund:
    found = queries.funds.sub_fund_of(public_id)
    if found is None:
        raise Http404
    rules.check_can_see_duties(request.user, found)
    return found


def _duty(public_id: UUID) -> Duty:
    found = queries.duties.duty_of(public_id)
    if found is None:
        raise Http404
    return found


def _above(request: SignedIn, sub_fund: SubFund) -> tuple[str, str]:
    """The page one comes from: the sub-fund's for who reads it, the managers' reports for others."""
    if rules.may_in(request.user, "fund.read", sub_fund):
        return str(sub_fund), reverse("fund:sub_fund", args=[sub_fund.public_id])
    if rules.can_report(request.user, sub_fund):
        return _("운용사 보고"), reverse("fund:reporting")
    return _("서울시 출자 현황"), reverse("fund:city")
