"""Profile, consents, and the person's own data."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import queries, second_factor
from portal.accounts.consents import TEXTS
from portal.accounts.export import archive
from portal.accounts.forms import ProfileForm
from portal.accounts.personal import all_holdings
from portal.accounts.requests import PersonRequest
from portal.accounts.roles import ROLES
from portal.accounts.services import cancel_deletion, change_profile, give_consent, request_deletion, withdraw_consent
from portal.accounts.views.answers import posted, tell_refusal
from portal.core.clock import database_now
from portal.core.errors import Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: PersonRequest) -> HttpResponse:
    """Profile and language, with the ways to everything else about the account."""
    form = ProfileForm(posted(request), instance=request.user)
    if request.method == "POST" and form.is_valid():
        change_profile(by=request.user, **form.cleaned_data)
        with translation.override(request.user.language):
            messages.success(request, _("저장했습니다."))
        return redirect("accounts:account")
    held = [(ROLES.get(row.role), row) for row in queries.roles_of(request.user)]
    context = {"form": form, "held": held, "protected": second_factor.has_authenticator(request)}
    return render(request, "accounts/account.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def consents(request: PersonRequest) -> HttpResponse:
    """Each consent with its text; optional ones can be given and withdrawn."""
    if request.method == "POST":
        return _change_consent(request)
    given = {consent.purpose: consent for consent in queries.consents_of(request.user)}
    rows = [(text, given.get(purpose)) for purpose, text in TEXTS.items()]
    return render(request, "accounts/consents.html", {"rows": rows})


def _change_consent(request: PersonRequest) -> HttpResponse:
    purpose, now = request.POST.get("purpose", ""), database_now()
    try:
        if request.POST.get("action") == "withdraw":
            withdraw_consent(by=request.user, purpose=purpose, now=now)
            messages.success(request, _("동의를 철회했습니다."))
        else:
            give_consent(by=request.user, purpose=purpose, now=now)
            messages.success(request, _("동의했습니다."))
    except Refused as refusal:
        tell_refusal(request, refusal)
    return redirect("accounts:consents")


@login_required
@require_safe
def data(request: PersonRequest) -> HttpResponse:
    """What the portal holds about the person: what would go with the account, what would stay and why."""
    holdings = [(holding, len(list(holding.rows(request.user)))) for holding in all_holdings()]
    return render(request, "accounts/data.html", {"holdings": holdings})


@login_required
@require_POST
def export(request: PersonRequest) -> HttpResponse:
    """All of it as a ZIP of JSON files."""
    now = database_now()
    response = HttpResponse(archive(user=request.user, now=now), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="madang-{now:%Y%m%d}.zip"'
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def deletion(request: PersonRequest) -> HttpResponse:
    """Ask for the account to be deleted, or take that back."""
    try:
        if request.POST.get("action") == "cancel":
            cancel_deletion(by=request.user)
            messages.success(request, _("삭제 요청을 취소했습니다."))
        else:
            request_deletion(by=request.user, now=database_now())
            messages.success(request, _("삭제 요청을 받았습니다. 처리하기 전까지 언제든지 취소할 수 있습니다."))
    except Refused as refusal:
        tell_refusal(request, refusal)
    return redirect("accounts:data")
