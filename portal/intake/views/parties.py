"""What a company may ask and answer beyond its application: a challenge of an evaluator, a case against it, giving up an appeal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.core.clock import database_now
from portal.core.errors import Refused
from portal.core.ui.parts import Row
from portal.intake import queries, rules, services
from portal.intake.enums import CaseStatus
from portal.intake.forms import ConfirmForm
from portal.intake.forms.parties import ChallengeForm, ReplyForm, in_words
from portal.intake.models import Application, DisqualificationCase
from portal.intake.views.answers import show_refusal
from portal.intake.views.drafting import own


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def challenge(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """기피신청: who sits on the announced panel, whom we challenged and what came of it, and one form."""
    found = own(request, public_id)
    members = queries.announced_members(found)
    filed = list(found.challenges.select_related("evaluator__user", "evidence").order_by("-pk"))
    if not members and not filed:
        raise Http404
    may = rules.allowed(rules.check_can_challenge, request.user, found)
    standing = {one.evaluator_id for one in filed if one.status in ("FILED", "UPHELD")}
    left = members.exclude(pk__in=standing)
    form = ChallengeForm(request.POST or None, request.FILES or None, members=left) if may and left else None
    if request.method == "POST":
        rules.check_can_challenge(request.user, found)
        if form is not None and form.is_valid() and _file(request, found, form):
            return redirect("intake:challenge-evaluator", public_id)
    context = {
        "application": found,
        "now": database_now(),
        "members": [in_words(one) for one in members],
        "filed": filed,
        "form": form,
        "may": may,
    }
    return render(
        request, "intake/challenge_evaluator.html", context, status=422 if form is not None and form.errors else 200
    )


def _file(request: HttpRequest, found: Application, form: ChallengeForm) -> bool:
    try:
        services.file_challenge(application=found, by=request.user, now=database_now(), **form.cleaned_data)
    except Refused as refusal:
        show_refusal(form, refusal)
        return False
    messages.success(
        request, _("기피신청을 접수했습니다. 결정할 때까지 그 평가위원은 우리 신청서를 평가하지 않습니다.")
    )
    return True


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_challenge(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """기피신청 취하, confirmed on a page of its own."""
    found = own(request, public_id)
    filed = get_object_or_404(found.challenges.select_related("evaluator__user"), pk=pk, status="FILED")
    filed.application = found
    rules.check_can_sign(request.user, found)
    words = {
        "title": _("기피신청 취하"),
        "warning": _("취하하면 그 평가위원이 우리 신청서를 다시 평가합니다."),
        "rows": [
            Row(_("평가위원"), filed.whom if filed.from_form else in_words(filed.evaluator)),
            Row(_("기피하는 까닭"), filed.grounds),
        ],
        "submit": _("취하하기"),
    }
    back = reverse("intake:challenge-evaluator", args=[public_id])
    return _confirmed(request, words, back, services.withdraw_challenge, challenge=filed)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_appeal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """이의신청 취하, confirmed on a page of its own."""
    mine = queries.appeals_for(request.user).filter(application__in=queries.applications_of(request.user).values("pk"))
    found = get_object_or_404(mine, public_id=public_id, status__in=["FILED", "ADMITTED"])
    rules.check_can_sign(request.user, found.application)
    words = {
        "title": _("이의신청 취하"),
        "warning": _("취하하면 이 이의신청에는 답변하지 않습니다. 기한 안이면 다시 신청할 수 있습니다."),
        "rows": [Row(_("사유"), found.grounds)],
        "submit": _("취하하기"),
    }
    back = reverse("intake:appeal", args=[public_id])
    return _confirmed(request, words, back, services.withdraw_appeal, appeal=found)


def _confirmed(request: HttpRequest, words: dict[str, Any], back: str, run: Any, **on: Any) -> HttpResponse:
    """A step that ends something: one button, back to where it came from."""
    form: forms.Form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            run(**on, by=request.user, now=database_now())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("취하했습니다."))
            return redirect(back)
    context = {**words, "form": form, "kind": "danger", "cancel": back}
    return render(request, "layout/confirm.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """선정취소 절차 against us: ground and evidence, until when we may answer, our answer, the decision with its reasons."""
    found = get_object_or_404(
        DisqualificationCase.objects.select_related("application__call__current", "application__organisation"),
        public_id=public_id,
        application__in=queries.applications_of(request.user).values("pk"),
    )
    now = database_now()
    may = found.status == CaseStatus.NOTICED and rules.allowed(
        rules.check_can_reply_to_case, request.user, found, now=now
    )
    form = ReplyForm(request.POST or None) if may else None
    if request.method == "POST":
        rules.check_can_reply_to_case(request.user, found, now=now)
        if form is not None and form.is_valid() and _reply(request, found, form):
            return redirect("intake:my-case", public_id)
    context: dict[str, Any] = {"case": found, "application": found.application, "call": found.application.call}
    # A second reply finds the first standing.
    context |= {"now": now, "form": form, "notice": getattr(found, "notice", None)}
    status = 422 if form is not None and form.errors else 409 if request.method == "POST" and form is None else 200
    return render(request, "intake/my_case.html", context, status=status)


def _reply(request: HttpRequest, found: DisqualificationCase, form: ReplyForm) -> bool:
    try:
        services.reply_to_case(case=found, by=request.user, now=database_now(), **form.cleaned_data)
    except Refused as refusal:
        show_refusal(form, refusal)
        return False
    messages.success(request, _("의견을 냈습니다. 결재자가 의견을 읽고 결정합니다."))
    return True
