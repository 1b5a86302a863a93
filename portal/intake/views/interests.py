"""이해관계: what an evaluator declares of employers, shares and other ties; the desk reads it beside the panel."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.business_number import formatted
from portal.core.clock import database_now
from portal.core.errors import Refused
from portal.core.ui.parts import Column, Table
from portal.intake import exact, queries, rules, services
from portal.intake import interests as ties
from portal.intake.enums import InterestKind
from portal.intake.forms.interests import CorrectInterestForm, EndInterestForm, InterestForm, as_typed
from portal.intake.models import Interest
from portal.intake.views import acting
from portal.intake.views.answers import show_refusal
from portal.intake.views.steps import staff_stage


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """Everything I declared, ended and corrected rows included; one form to add."""
    if not rules.allowed(rules.check_can_declare_interests, request.user):
        raise Http404
    form = InterestForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.declare_interest(**form.tie(), by=request.user, now=database_now())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("이해관계를 신고했습니다. 해당하는 기업의 신청서에서 곧 제외합니다."))
            return redirect("intake:interests")
    context = {"form": form, "interests": queries.interests_of(request.user)}
    return render(request, "intake/interests.html", context, status=422 if form.errors else 200)


def _own(request: HttpRequest, pk: int) -> Interest:
    """A declaration of one's own that stands, or 404."""
    standing = queries.interests_of(request.user).filter(corrected_at__isnull=True)
    return get_object_or_404(standing.select_related("user"), pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """On which day the tie ended."""
    found = _own(request, pk)
    if found.until_date:
        raise Http404

    def run(*, until_date: Any, **given: Any) -> None:
        services.end_interest(interest=found, until=until_date, **given)

    return acting.confirmed(
        request,
        EndInterestForm(_posted(request)),
        run,
        title=_("끝난 날 적기"),
        lead=str(found),
        warning=_("그날까지의 관계는 기록에 남고, 이미 정해진 제척은 그대로입니다."),
        done=_("관계가 끝난 날을 적었습니다."),
        back=reverse("intake:interests"),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right what I declared wrongly; the old wording stays in the record."""
    found = _own(request, pk)
    form = CorrectInterestForm(_posted(request), initial=as_typed(found))
    if request.method == "POST" and form.is_valid():
        right: dict[str, Any] = {"reason": form.cleaned_data["reason"], **form.tie()}
        try:
            services.correct_interest(interest=found, by=request.user, now=database_now(), **right)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("신고를 고쳤습니다. 먼저 신고한 내용은 기록에 남습니다."))
            return redirect("intake:interests")
    return _correcting(request, found, form)


def _correcting(request: HttpRequest, found: Interest, form: forms.Form) -> HttpResponse:
    context = {
        "form": form,
        "title": _("신고 고치기"),
        "lead": str(found),
        "warning": _("먼저 신고한 내용과 고친 까닭은 기록에 남고, 이미 정해진 제척은 그대로입니다."),
        "submit": _("고치기"),
        "cancel": reverse("intake:interests"),
    }
    return render(request, "layout/confirm.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def of_member(request: HttpRequest, code: str, number: int, pk: int) -> HttpResponse:
    """For the desk, to read only: what a member declared, and what the desk entered in the pool."""
    stage = staff_stage(request, code, number)
    member = get_object_or_404(queries.members_of(stage), pk=pk)
    return acting.workbench(
        request,
        title=_("%(name)s 위원의 이해관계") % {"name": member.evaluator},
        lead=stage.name_text,
        back=reverse("intake:members", args=[code, number]),
        back_word=_("위원회 운영"),
        note=_("평가위원이 스스로 신고한 내용은 본인만 고칩니다. 제척은 두 표를 모두 읽어 찾습니다."),
        tables=[_declared(member.evaluator.user), _entered(member.evaluator)],
    )


def _declared(user: Any) -> Table:
    columns = (Column(_("기업")), Column(_("관계")), Column(_("시작한 날")), Column(_("끝난 날")), Column(_("상태")))
    rows = []
    for one in queries.interests_of(user):
        kind = one.get_kind_display()
        words = f"{kind} {_percent(one.share_bp)}" if one.share_bp else kind
        state = _("고침: %(why)s") % {"why": one.corrected_reason} if one.corrected_at else _("신고")
        rows.append(
            (f"{one.name} ({formatted(one.business_number)})", words, one.since_date, one.until_date or "–", state)
        )
    return Table(_("본인이 신고한 이해관계"), columns, rows, empty=_("신고한 이해관계가 없습니다."))


def _entered(evaluator: Any) -> Table:
    columns = (Column(_("사업자등록번호 또는 대표자")), Column(_("관계")), Column(_("끝난 날")))
    rows = []
    for tie in ties.entered(evaluator.employers, evaluator.shareholdings, evaluator.ties):
        kind = str(InterestKind(tie.kind).label) if tie.kind in InterestKind.values else tie.kind
        rows.append((tie.to, f"{kind} {_percent(tie.share_bp)}" if tie.share_bp else kind, tie.until or "–"))
    return Table(_("위원 명부에 적힌 이해관계"), columns, rows, empty=_("위원 명부에 적힌 이해관계가 없습니다."))


def _percent(basis_points: int) -> str:
    return exact.cut(Fraction(basis_points, 100)).removesuffix(".00") + " %"
