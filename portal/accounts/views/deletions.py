"""Deletion requests carried out, by administrators."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts import queries, rules
from portal.accounts.requests import PersonRequest
from portal.accounts.services import delete_person
from portal.accounts.views.answers import tell_refusal
from portal.core.clock import database_now
from portal.core.errors import Refused

PAGE = 50


@login_required
@require_safe
def deletions(request: PersonRequest) -> HttpResponse:
    """Who asked, and since when."""
    rules.check_may(request.user, "person.delete")
    page = Paginator(queries.deletions_asked(), PAGE).get_page(request.GET.get("page"))
    held = {person.public_id for person, _basis, _hold in queries.standing_holds() if person}
    return render(request, "accounts/deletions.html", {"page": page, "held": held})


@login_required
@require_POST
def delete(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Carry one out."""
    rules.check_may(request.user, "person.delete")
    user = get_object_or_404(queries.deletions_asked(), public_id=public_id)
    try:
        delete_person(by=request.user, user=user, now=database_now())
        messages.success(request, _("계정을 삭제했습니다. 남는 기록에서는 누구인지 알 수 없습니다."))
    except Refused as refusal:
        tell_refusal(request, refusal)
    return redirect("accounts:deletions")
