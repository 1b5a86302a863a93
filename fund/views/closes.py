"""Holding a close: first what it would bring about, with what is settled between partners, then the signature."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from fund import close_tables, queries, rules, services
from fund.commitment_forms import CloseForm
from fund.queries.closes import Planned
from fund.views.shared import SignedIn, found_sub_fund
from portal.core.clock import database_now
from portal.core.errors import Invalid, Refused
from portal.core.periods import SEOUL


@login_required
def new_close(request: SignedIn, sub_fund: UUID) -> HttpResponse:
    """Who comes in and what they settle is shown first; only what was seen is held."""
    found, now = found_sub_fund(request, sub_fund), database_now()
    rules.check_can_hold_close(request.user, found)
    today = now.astimezone(SEOUL).date()
    form, planned = CloseForm(request.POST or None, currency=found.currency, initial={"on": today}), None
    if request.method == "POST" and form.is_valid():
        try:
            if "hold" in request.POST:
                made = services.hold_close(
                    sub_fund=found, by=request.user, now=now, seen=request.POST.get("seen") or "-", **form.cleaned_data
                )
                messages.success(request, _("%(number)s차 결성을 기록했습니다.") % {"number": made.number})
                return redirect(reverse("fund:sub_fund", args=[found.public_id]))
            planned = services.plan_close(sub_fund=found, now=now, **form.cleaned_data)
        except Refused as refusal:
            named = refusal.field if isinstance(refusal, Invalid) else None
            form.add_error(named if named in form.fields else None, str(refusal.message))
    context = {
        "sub_fund": found,
        "form": form,
        "held": close_tables.held(list(queries.closes.closes_of(found))),
        **(_shown(planned) if planned else {}),
    }
    return render(request, "fund/new_close.html", context, status=422 if form.errors else 200)


def _shown(planned: Planned) -> dict[str, Any]:
    return {
        "planned": planned,
        "results": close_tables.figures(planned),
        "joining": close_tables.joining(planned),
        "settled": close_tables.settled(planned),
    }
