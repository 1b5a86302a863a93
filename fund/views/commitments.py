"""Commitments: who means to commit how much, the council's consent, the second person's signature."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from fund import commitment_tables, queries, rules, services, tables
from fund.commitment_forms import CommitmentForm, ConsentForm
from fund.enums import PartnerRole
from fund.forms import ReasonForm
from fund.models import Commitment, SubFund
from fund.views.shared import SignedIn, found_sub_fund
from portal.core.clock import database_now
from portal.core.errors import Invalid, Refused
from portal.core.ui.case import Act, Case, show


@login_required
def new_commitment(request: SignedIn, sub_fund: UUID) -> HttpResponse:
    """Prepare the commitment of a partner, or the stake of another sub-fund."""
    found, now = found_sub_fund(request, sub_fund), database_now()
    rules.check_can_prepare_commitment(request.user, found)
    form = CommitmentForm(
        request.POST or None,
        partners=queries.funds.uncommitted(found),
        holders=queries.stakes.may_hold(found),
        price=tables.amount_in(found.currency, found.unit_price),
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = _prepare(request, found, form, now)
            messages.success(request, _("출자약정을 준비했습니다. 다른 결재자가 체결합니다."))
            return redirect("fund:commitment", commitment=made.public_id)
        except Refused as refusal:
            asked = (refusal.field or "") if isinstance(refusal, Invalid) else ""
            named = CommitmentForm.NAMES.get(asked, asked)
            form.add_error(named if named in form.fields else None, str(refusal.message))
    context = {"sub_fund": found, "form": form}
    return render(request, "fund/new_commitment.html", context, status=422 if form.errors else 200)


def _prepare(request: SignedIn, found: SubFund, form: CommitmentForm, now: Any) -> Commitment:
    who, units = form.chosen(), form.cleaned_data["units"]
    if isinstance(who, SubFund):
        return services.record_stake(holder=who, held=found, units=units, by=request.user, now=now)
    return services.prepare_commitment(sub_fund=found, partner=who, units=units, by=request.user, now=now)


@login_required
def commitment(request: SignedIn, commitment: UUID) -> HttpResponse:
    """One commitment and what this person may do with it now."""
    found = queries.funds.commitment_of(commitment)
    if found is None:
        raise Http404
    rules.check_can_read(request.user, found.sub_fund)
    case = Case(
        title=str(found.partner),
        back=(str(found.sub_fund), reverse("fund:sub_fund", args=[found.sub_fund.public_id])),
        caption=_("%(sub_fund)s 출자약정") % {"sub_fund": found.sub_fund},
        status=found.get_status_display(),
        tone=commitment_tables.TONES.get(found.status, ""),
        rows=commitment_tables.facts(found),
        notes=_notes(found),
        acts=_acts(request, found),
        recorded=[found] if rules.may_in(request.user, "fund.read", found.sub_fund) else [],
    )
    return show(request, case)


def _notes(found: Commitment) -> list[str]:
    if found.partner.role != PartnerRole.SUB_FUND:
        return []
    return [
        _(
            "다른 자펀드의 돈은 그 자펀드에 약정될 때 이미 세었습니다. 사업의 약정 합계와 서울시 비율에는 다시 세지 않습니다."
        )
    ]


def _acts(request: SignedIn, found: Commitment) -> list[Act]:
    by, made = request.user, []

    def sign(answers: Any, now: Any) -> None:
        services.sign_commitment(commitment=found, by=by, now=now)

    def consent(answers: Any, now: Any) -> None:
        services.record_consent(commitment=found, by=by, **answers)

    def withdraw(answers: Any, now: Any) -> None:
        services.withdraw_commitment(commitment=found, by=by, reason=answers["reason"])

    if rules.can_sign(by, found):
        made.append(
            Act(
                "sign",
                _("약정 체결"),
                forms.Form,
                _("이 약정을 체결하기"),
                sign,
                _("출자약정을 체결했습니다. 다음 결성일에 효력이 생깁니다."),
            )
        )
    if rules.can_record_consent(by, found):
        options = {"currency": found.sub_fund.currency}
        made.append(
            Act(
                "consent",
                _("시의회 동의 기록"),
                ConsentForm,
                _("동의를 기록하기"),
                consent,
                _("시의회의 동의를 기록했습니다."),
                options=options,
            )
        )
    if rules.can_withdraw(by, found):
        made.append(
            Act(
                "withdraw",
                _("약정 철회"),
                ReasonForm,
                _("이 약정을 철회하기"),
                withdraw,
                _("출자약정을 철회했습니다."),
                kind="danger",
            )
        )
    return made
