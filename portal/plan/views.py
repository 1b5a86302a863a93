"""The public pages of the plans, and the form that states the progress of a promise without a metric."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.clock import database_now
from portal.core.errors import Invalid
from portal.core.ui import parts
from portal.plan import queries, rules, services, tables
from portal.plan.forms import ProgressForm
from portal.plan.models import PlanVersion
from portal.plan.queries import PlanPage
from portal.plan.wording import day, quantity, spoken


class SignedIn(HttpRequest):
    """A request behind ``login_required``."""

    user: User


def progress(request: HttpRequest) -> HttpResponse:
    """The plans of all cities, with how many promises each made and their total budget."""
    items = [_card(version) for version in queries.newest_versions()]
    return render(request, "plan/progress.html", {"cards": items})


def plan(request: HttpRequest, cluster: str) -> HttpResponse:
    """A city's plan: promised against counted."""
    version = _version(cluster)
    page = queries.plan_page(version, on=_today(database_now()))
    return render(request, "plan/plan.html", _shown(page, request))


@login_required
def state_progress(request: SignedIn, cluster: str, target: str) -> HttpResponse:
    """State how far a promise has come."""
    version = _version(cluster)
    rules.check_can_state_progress(request.user, version.plan)
    promise = get_object_or_404(version.targets, code=target, metric="")
    now = database_now()
    form = ProgressForm(request.POST or None, initial={"on_date": _today(now)})
    if request.method == "POST" and form.is_valid() and _state(request, form, version, target, now):
        messages.success(request, _("추진 상황을 공개했습니다."))
        return redirect("plan:plan", cluster=cluster)
    status = 422 if form.errors else 200
    context = {"version": version, "name": spoken(version, "name"), "promise": spoken(promise, "name"), "form": form}
    return render(request, "plan/state_progress.html", context, status=status)


def _state(request: SignedIn, form: ProgressForm, version: PlanVersion, target: str, now: datetime) -> bool:
    try:
        services.state_progress(by=request.user, plan=version.plan, target_code=target, now=now, **form.cleaned_data)
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        return False
    return True


def _shown(page: PlanPage, request: HttpRequest) -> dict[str, Any]:
    version = page.version
    return {
        "page": page,
        "name": spoken(version, "name"),
        "cluster": spoken(page.cluster, "name"),
        "sources": [(source, spoken(source, "note")) for source in version.sources.all()],
        "remarks": [(remark, spoken(remark, "text")) for remark in version.remarks.all()],
        "targets": tables.targets(page, state_urls=_state_urls(page, request)),
        "target_bars": tables.target_bars(page.lines),
        "budget": tables.budget(page.budget),
        "budget_bars": tables.budget_bars(page.budget),
        "hubs": tables.hubs(page),
        "baselines": tables.baselines(list(version.baselines.select_related("source"))),
    }


def _state_urls(page: PlanPage, request: HttpRequest) -> dict[str, str]:
    if not request.user.is_authenticated or not rules.can_state_progress(request.user, page.version.plan):
        return {}
    return {
        line.target.code: reverse("plan:state_progress", args=[page.cluster.code, line.target.code])
        for line in page.lines
        if not line.target.metric
    }


def _card(version: PlanVersion) -> parts.Card:
    amounts = version.budgetlines.filter(code="total").values_list("amount_won", flat=True)
    facts = [parts.Row(_("발표일"), day(version.announced_date))]
    facts += [parts.Row(_("총사업비"), quantity(amount, "won")) for amount in amounts if amount is not None]
    return parts.Card(
        title=spoken(version, "name"),
        href=reverse("plan:plan", args=[version.plan.cluster.code]),
        above=spoken(version.plan.cluster, "name"),
        facts=[*facts, parts.Row(_("공개한 약속"), _("%(count)s건") % {"count": version.targets.count()})],
    )


def _version(cluster: str) -> PlanVersion:
    version = queries.newest_version(cluster)
    if version is None:
        raise Http404
    return version


def _today(now: datetime) -> date:
    return timezone.localdate(now)
