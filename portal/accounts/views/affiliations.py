"""Parents and subsidiaries of one's own company: declaring one, and saying when the relation ended."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts import queries, rules
from portal.accounts.forms import AffiliationForm, EndAffiliationForm
from portal.accounts.models import Affiliation
from portal.accounts.requests import PersonRequest
from portal.accounts.services import declare_affiliation, end_affiliation
from portal.accounts.views.answers import posted, show_refusal
from portal.accounts.views.organisations import own_organisation
from portal.core.clock import database_now
from portal.core.errors import Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def affiliations(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """What the company declared; the master adds to it."""
    company = own_organisation(request, public_id)
    form = AffiliationForm(posted(request))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            declare_affiliation(
                organisation=company, kind=asked["kind"], name=asked["name"], since=asked["since_date"],
                business_number=asked["business_number"], by=request.user, now=database_now(),
            )  # fmt: skip
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("관계 기업을 신고했습니다."))
            return redirect("accounts:affiliations", company.public_id)
    context = {
        "organisation": company,
        "affiliations": queries.affiliations_of(company),
        "is_master": rules.can_sign_for(request.user, company),
        "form": form,
    }
    return render(request, "accounts/affiliations.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask for the day on which the relation ended, and note it."""
    found = get_object_or_404(Affiliation.objects.select_related("organisation"), pk=pk, until_date__isnull=True)
    company = own_organisation(request, found.organisation.public_id)
    form = EndAffiliationForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            until = form.cleaned_data["until_date"]
            end_affiliation(affiliation=found, until=until, by=request.user, now=database_now())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("관계가 끝난 날을 적었습니다."))
            return redirect("accounts:affiliations", company.public_id)
    context = {"affiliation": found, "organisation": company, "form": form}
    return render(request, "accounts/end_affiliation.html", context, status=422 if form.errors else 200)
