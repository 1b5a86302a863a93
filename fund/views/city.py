"""The City as a partner: its share and the room under its cap, what may still be called, pacing, duties, performance."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fund import city_tables, duty_tables, queries, rules, services, tables
from fund.enums import BreachStatus
from fund.forms import CallPlanForm
from fund.models import Programme
from fund.views.shared import SignedIn, as_of
from portal.core.clock import database_now
from portal.core.errors import Invalid, NotAllowed, Refused
from portal.core.periods import SEOUL
from portal.core.ui.parts import Row


@require_safe
@login_required
def city(request: SignedIn) -> HttpResponse:
    """Every programme that one reads as a whole, or in which one acts for the City, on a day as known at an instant."""
    programmes = _programmes(request)
    if not programmes and not queries.funds.reads_funds(request.user):
        raise NotAllowed(_("투자 업무 담당자와 서울시만 볼 수 있는 화면입니다."))
    now = database_now()
    on, known, form = as_of(request, now)
    today = now.astimezone(SEOUL).date()
    current = on >= today and known == now
    on = min(on, today)  # what is not there yet has no share and no rate
    asked = urlencode({key: request.GET[key] for key in ("on", "known") if request.GET.get(key)})
    context = {
        "as_of_form": form,
        "facts": [Row(_("기준일"), tables.day(on)), Row(_("인지시점"), f"{known.astimezone(SEOUL):%Y-%m-%d %H:%M}")],
        "programmes": [_shown(request, one, on, known, asked, current=current) for one in programmes],
    }
    return render(request, "fund/city.html", context)


def _programmes(request: SignedIn) -> list[Programme]:
    """A role in one sub-fund is not enough: the page is about the whole."""
    reads = [one for one in queries.funds.programmes_for(request.user) if rules.may_on(request.user, "fund.read", one)]
    found = {one.pk: one for one in [*reads, *queries.city.programmes_of(request.user)]}
    return sorted(found.values(), key=lambda one: one.code)


def _shown(
    request: SignedIn, programme: Programme, on: date, known: datetime, asked: str, *, current: bool
) -> dict[str, Any]:
    content = queries.city.read(programme, on=on, known=known)
    told, reads = content["figures"], rules.may_on(request.user, "fund.read", programme)
    rows = list(queries.funds.sub_funds_of(programme))
    # Today the cap is measured on what is in force; of another day the books know no defaults and no rates.
    in_force = programme.city_committed, programme.total_committed
    measured = in_force if current else (told["committed_city"], told["committed_total"])
    room = queries.city.headroom(measured[0], measured[1], programme.cap_bp)
    years = queries.city.years(programme, on=on, known=known)
    shares = queries.city.shares(programme, on=on, known=known)
    duties = queries.duties.measured_all(list(queries.duties.of_programme(programme)), on=on, known=known)
    return {
        "programme": programme,
        "figures": city_tables.figures(programme, content, measured, room, current=current),
        "over": bool(room.missing),
        "waived": _waived(programme, on),
        "duties": duty_tables.overview(duties, query=asked, sub_funds=True),
        "pictures": city_tables.pictures(programme, content, years, shares, rows, linked=reads),
        "apart": city_tables.apart(content, rows, linked=reads),
        "may_plan": rules.can_set_call_plan(request.user, programme),
    }


def _waived(programme: Programme, on: date) -> bool:
    """Whether the breach that stands had been let stand by that day."""
    breach = programme.cap_breach
    if breach is None or breach.status != BreachStatus.WAIVED or breach.ended_at is None:
        return False
    return bool(breach.ended_at.astimezone(SEOUL).date() <= on)


@login_required
def call_plan(request: SignedIn, programme: str) -> HttpResponse:
    """Set what the City expects to be called in a year."""
    found = get_object_or_404(Programme.objects.select_related("cluster"), code=programme)
    rules.check_can_set_call_plan(request.user, found)
    now = database_now()
    form = CallPlanForm(request.POST or None, initial={"year": now.astimezone(SEOUL).year})
    if request.method == "POST" and form.is_valid():
        try:
            services.set_call_plan(programme=found, by=request.user, now=now, **form.cleaned_data)
            messages.success(request, _("출자 계획을 정했습니다."))
            return redirect("fund:city")
        except Refused as refusal:
            named = refusal.field if isinstance(refusal, Invalid) else None
            form.add_error(named if named in form.fields else None, str(refusal.message))
    context = {"programme": found, "form": form}
    return render(request, "fund/call_plan.html", context, status=422 if form.errors else 200)
