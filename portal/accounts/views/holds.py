"""Legal holds on people's data, for administrators."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import queries, rules
from portal.accounts.forms import HoldForm
from portal.accounts.requests import PersonRequest
from portal.accounts.services import lift_hold, place_hold
from portal.accounts.views.answers import posted, show_refusal, tell_refusal
from portal.core.errors import Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def holds(request: PersonRequest) -> HttpResponse:
    """What stands now, and a form to place one."""
    rules.check_may(request.user, "hold.place")
    form = HoldForm(posted(request))
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("basis", "reason")}
        try:
            place_hold(by=request.user, user=form.person, **values)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("보존 명령을 걸었습니다."))
            return redirect("accounts:holds")
    context = {"form": form, "holds": queries.standing_holds()}
    return render(request, "accounts/holds.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def lift(request: PersonRequest, hold: UUID) -> HttpResponse:
    """End one; the reason goes sealed into the ledger."""
    rules.check_may(request.user, "hold.lift")
    reason = request.POST.get("reason", "").strip()[:500].replace("\0", "")
    try:
        lift_hold(by=request.user, hold=hold, reason=reason)
        messages.success(request, _("보존 명령을 풀었습니다."))
    except Refused as refusal:
        tell_refusal(request, refusal)
    return redirect("accounts:holds")
