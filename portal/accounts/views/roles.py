"""Roles given and taken, for administrators."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import queries, rules
from portal.accounts.forms import RoleForm
from portal.accounts.models import RoleAssignment
from portal.accounts.requests import PersonRequest
from portal.accounts.roles import ROLES
from portal.accounts.services import grant_role, revoke_role
from portal.accounts.views.answers import posted, show_refusal, tell_refusal
from portal.core.clock import database_now
from portal.core.errors import Refused

PAGE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def roles(request: PersonRequest) -> HttpResponse:
    """Who holds which role where; a form to give one."""
    rules.check_may(request.user, "role.grant")
    form = RoleForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            _grant(request, form)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("역할을 주었습니다."))
            return redirect("accounts:roles")
    page = Paginator(queries.live_roles(), PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "rows": [(ROLES.get(row.role), row) for row in page], "all": ROLES.values()}
    return render(request, "accounts/roles.html", context, status=422 if form.errors else 200)


def _grant(request: PersonRequest, form: RoleForm) -> None:
    values = {name: form.cleaned_data[name] for name in ("role", "cluster", "scope_kind", "scope_ref")}
    grant_role(by=request.user, user=form.person, now=database_now(), **values)


@login_required
@require_POST
def revoke(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a role back; the reason goes sealed into the ledger."""
    rules.check_may(request.user, "role.revoke")
    assignment = get_object_or_404(RoleAssignment.objects.select_related("user", "cluster"), pk=pk)
    reason = request.POST.get("reason", "")[:500].replace("\0", "")
    try:
        revoke_role(by=request.user, assignment=assignment, now=database_now(), reason=reason)
        messages.success(request, _("역할을 거두었습니다."))
    except Refused as refusal:
        tell_refusal(request, refusal)
    return redirect("accounts:roles")
