"""What a call keeps and for how long, what holds it, what was destroyed; and how applicants found its panels."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.core.clock import database_now
from portal.core.errors import Refused
from portal.core.ui.parts import Column, Table, link
from portal.intake import exact, policy, queries, rules, services
from portal.intake.enums import RatedOn
from portal.intake.forms import ConfirmForm
from portal.intake.forms.desk import HoldForm
from portal.intake.models import Call, RetentionHold
from portal.intake.views.answers import show_refusal, tell_refusal
from portal.intake.views.desk import staff_call, title_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def of_call(request: HttpRequest, code: str) -> HttpResponse:
    """Terms, holds and records of destruction of a call, with a form to place a hold."""
    call = staff_call(request, code)
    form = HoldForm(request.POST or None, applications=call.applications.exclude(status="DRAFT"))
    if request.method == "POST":
        rules.check_can_hold(request.user, call)
        if form.is_valid():
            try:
                services.place_hold(call=call, by=request.user, now=database_now(), **form.cleaned_data)
            except Refused as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _("파기를 멈추었습니다. 다른 결재자가 풀 때까지 남습니다."))
                return redirect("intake:keeping", code)
    context = {
        "title": _("보존과 파기"),
        "lead": title_of(call),
        "back": reverse("intake:desk-call", args=[code]),
        "back_word": title_of(call),
        "note": _("기간이 지난 답과 파일은 밤마다 파기하며, 접수번호와 결과, 감사원장의 기록은 남습니다."),
        "tables": [_terms(call), _holds(request, call), _records(call), _ratings(call)],
        "form": form if rules.allowed(rules.check_can_hold, request.user, call) else None,
        "act": _("파기 보류"),
        "submit": _("파기 멈추기"),
    }
    return render(request, "intake/workbench.html", context, status=422 if form.errors else 200)


def _terms(call: Call) -> Table:
    terms = policy.retention(call.current)
    rows = [
        (_("보내지 않은 작성본"), _("마감 뒤 %(n)s일") % {"n": terms["draft_days"]}),
        (_("선정되지 않은 신청서"), _("마지막 결과 뒤 %(n)s일") % {"n": terms["ended_days"]}),
        (_("선정된 신청서"), _("마지막 결과 뒤 %(n)s일") % {"n": terms["kept_days"]}),
    ]
    if statute := terms.get("statute"):
        rows.append(
            (_("법정 보존 사본"), _("%(law)s, 파기 뒤 %(n)s일") % {"law": statute["law"], "n": statute["days"]})
        )
    return Table(_("보존 기간"), (Column(_("자료")), Column(_("기간"))), rows)


def _holds(request: HttpRequest, call: Call) -> Table:
    columns = (Column(_("대상")), Column(_("보존의 근거")), Column(_("사유")), Column(_("상태")))
    rows = []
    for hold in queries.holds_of(call):
        hold.call = call
        state = _("%(who)s 님이 풂") % {"who": hold.lifted_by} if hold.lifted_by else _("보존 중")
        if rules.allowed(rules.check_can_lift_hold, request.user, hold) and not hold.lifted_at:
            state = link(_("보존 명령 풀기"), reverse("intake:lift-hold", args=[hold.public_id]))
        rows.append((str(hold.application or _("공고 전체")), hold.get_basis_display(), hold.reason, state))
    return Table(_("파기 보류"), columns, rows, empty=_("보존 명령이 없습니다."))


def _records(call: Call) -> Table:
    columns = (
        Column(_("파기한 때")),
        Column(_("자료")),
        Column(_("신청서"), number=True),
        Column(_("파일"), number=True),
    )
    rows = [
        (timezone.localtime(row.executed_at), row.get_kind_display(), row.applications, row.files)
        for row in call.destructions.all()
    ]
    return Table(_("파기 기록"), columns, rows, empty=_("아직 파기한 자료가 없습니다."))


def _ratings(call: Call) -> Table:
    """The panels as applicants found them; nothing below five companies."""
    columns = (Column(_("평가위원회")), *(Column(question.label, number=True) for question in RatedOn))
    rows = []
    for stage in call.stages.order_by("number"):
        means = queries.ratings_of(stage)
        if means is not None:
            rows.append((stage.name_text, *(exact.cut(means[question]) for question in RatedOn.values)))
    empty = _("다섯 곳 이상이 평가한 위원회부터 보여 드립니다.")
    return Table(_("신청 기업이 본 평가위원회(5점 만점)"), columns, rows, empty=empty)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End a hold; never by who placed it."""
    rows = RetentionHold.objects.select_related("call__cluster", "call__current", "application")
    hold = get_object_or_404(rows.filter(call__in=queries.calls_for_staff(request.user)), public_id=public_id)
    rules.check_can_lift_hold(request.user, hold)
    back = reverse("intake:keeping", args=[hold.call.code])
    if request.method == "POST":
        try:
            services.lift_hold(hold=hold, by=request.user, now=database_now())
        except Refused as refusal:
            tell_refusal(request, refusal)
        else:
            messages.success(request, _("보존 명령을 풀었습니다."))
        return redirect(back)
    context = {
        "form": ConfirmForm(),
        "title": _("보존 명령 풀기"),
        "lead": hold.reason,
        "warning": _("기간이 지난 자료는 다음 밤에 파기되며 되돌릴 수 없습니다."),
        "submit": _("보존 명령 풀기"),
        "kind": "danger",
        "cancel": back,
    }
    return render(request, "layout/confirm.html", context)
