"""The evaluator's answer to an invitation: pledge and conflicts, or no."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.core.clock import database_now
from portal.core.errors import Refused
from portal.core.ui.parts import Row
from portal.intake import queries, services
from portal.intake.forms import PledgeForm, ReasonForm
from portal.intake.views.answers import show_refusal
from portal.intake.views.review import seated_call


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pledge(request: HttpRequest, code: str) -> HttpResponse:
    """서약하고 이해충돌을 신고. No file opens before."""
    call = seated_call(request, code)
    form = PledgeForm(request.POST or None, companies=queries.companies_of(call))
    if request.method == "POST" and form.is_valid():
        try:
            services.sign_pledge(call=call, by=request.user, now=database_now(), conflicts=form.conflicts())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("서약했습니다. 이해관계를 신고한 기업의 신청서는 배정하지 않습니다."))
            return redirect("intake:review-call", code)
    context = {"form": form, "call": call, "now": database_now(), "companies": len(form.companies)}
    context |= {"invited": list(queries.invitations(call, request.user))}
    return render(request, "intake/pledge.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, code: str) -> HttpResponse:
    """고사: no to every seat of the call that was offered and not accepted yet."""
    call, form = seated_call(request, code), ReasonForm(request.POST or None)
    invited = list(queries.invitations(call, request.user))
    if not invited:
        raise Http404
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                for member in invited:
                    services.decline_seat(
                        member=member, reason=form.cleaned_data["reason"], by=request.user, now=database_now()
                    )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("위촉을 고사했습니다. 담당자에게 알렸습니다."))
            return redirect("intake:reviews")
    context = {
        "form": form,
        "title": _("위촉 고사"),
        "lead": call.current.title_text if call.current else call.code,
        "rows": [Row(_("평가단계"), ", ".join(member.panel.stage.name_text for member in invited))],
        "submit": _("고사하기"),
        "cancel": reverse("intake:pledge", args=[code]),
    }
    return render(request, "layout/confirm.html", context, status=422 if form.errors else 200)
