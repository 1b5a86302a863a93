"""The person's companies: registering one, inviting colleagues, leaving, handing over."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import queries, rules
from portal.accounts.enums import InvitationStatus
from portal.accounts.forms import InviteForm, OrganisationForm
from portal.accounts.models import Invitation, Membership, Organisation
from portal.accounts.requests import PersonRequest
from portal.accounts.services import (
    accept_invitation,
    end_membership,
    hand_over_master,
    invite,
    register_organisation,
    withdraw_invitation,
)
from portal.accounts.services.organisations import hash_token
from portal.accounts.views.answers import posted, show_refusal, tell_refusal
from portal.core.clock import database_now
from portal.core.errors import Refused


@login_required
@require_safe
def organisations(request: PersonRequest) -> HttpResponse:
    """Companies the person acts for, and invitations to their address."""
    context = {
        "organisations": queries.organisations_of(request.user),
        "invitations": queries.invitations_to(request.user, now=database_now()),
    }
    return render(request, "accounts/organisations.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: PersonRequest) -> HttpResponse:
    """Register a company; whoever does becomes its master account."""
    form = OrganisationForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            organisation = register_organisation(by=request.user, now=database_now(), **form.cleaned_data)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("기업을 등록했습니다. 이제 동료를 초대할 수 있습니다."))
            return redirect("accounts:organisation", organisation.public_id)
    return render(request, "accounts/register.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """The company, its people and open invitations; the master invites from here."""
    company = own_organisation(request, public_id)
    form = InviteForm(posted(request))
    now = database_now()
    if request.method == "POST" and form.is_valid():
        try:
            invite(by=request.user, organisation=company, email=form.cleaned_data["email"], now=now)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("초대를 보냈습니다."))
            return redirect("accounts:organisation", company.public_id)
    context = {
        "organisation": company,
        "members": queries.members_of(company),
        "invitations": queries.open_invitations(company, now=now),
        "is_master": rules.can_sign_for(request.user, company),
        "form": form,
    }
    return render(request, "accounts/organisation.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    invitation = get_object_or_404(Invitation.objects.select_related("organisation"), pk=pk)
    own_organisation(request, invitation.organisation.public_id)
    try:
        withdraw_invitation(by=request.user, invitation=invitation, now=database_now())
        messages.success(request, _("초대를 취소했습니다."))
    except Refused as refusal:
        tell_refusal(request, refusal)
    return redirect("accounts:organisation", invitation.organisation.public_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: PersonRequest, pk: int) -> HttpResponse:
    """Leave, or remove a member: asks first, then does it."""
    membership = _own_membership(request, pk)
    if request.method != "POST":
        return render(request, "accounts/end_membership.html", {"membership": membership})
    try:
        end_membership(by=request.user, membership=membership, now=database_now())
    except Refused as refusal:
        tell_refusal(request, refusal)
        return redirect("accounts:organisation", membership.organisation.public_id)
    messages.success(request, _("구성원에서 제외했습니다."))
    return redirect("accounts:organisations")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: PersonRequest, pk: int) -> HttpResponse:
    """Make another member the master account: asks first, then does it."""
    membership = _own_membership(request, pk)
    if request.method != "POST":
        return render(request, "accounts/hand_over.html", {"membership": membership})
    try:
        hand_over_master(by=request.user, membership=membership, now=database_now())
        messages.success(request, _("대표 계정을 넘겼습니다."))
    except Refused as refusal:
        tell_refusal(request, refusal)
    return redirect("accounts:organisation", membership.organisation.public_id)


@require_safe
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What the link of an invitation's mail opens: who invites, and how to go on. Accepting is done from here."""
    found = Invitation.objects.select_related("organisation", "invited_by").filter(token_hash=hash_token(token)).first()
    if found is None:
        raise Http404
    now = database_now()
    usable = found.status == InvitationStatus.SENT and now < found.expires_at
    own = request.user.is_authenticated and request.user.email.casefold() == found.email.casefold()
    context = {"invitation": found, "usable": usable, "own": own}
    return render(request, "accounts/invitation.html", context)


@login_required
@require_POST
def accept(request: PersonRequest, pk: int) -> HttpResponse:
    """Accept an invitation to the person's own address."""
    found = get_object_or_404(
        Invitation.objects.select_related("organisation"), pk=pk, email__iexact=request.user.email
    )
    try:
        accept_invitation(by=request.user, invitation=found, now=database_now())
    except Refused as refusal:
        tell_refusal(request, refusal)
        return redirect("accounts:organisations")
    messages.success(request, _("초대를 수락했습니다."))
    return redirect("accounts:organisation", found.organisation.public_id)


def own_organisation(request: PersonRequest, public_id: UUID) -> Organisation:
    """A company the person acts for; to everyone else it does not exist."""
    return get_object_or_404(queries.organisations_of(request.user), public_id=public_id)


def _own_membership(request: PersonRequest, pk: int) -> Membership:
    live = Membership.objects.select_related("organisation", "user").filter(ended_at__isnull=True)
    membership = get_object_or_404(live, pk=pk)
    own_organisation(request, membership.organisation.public_id)
    return membership
