"""기피신청 at the desk: who asked that whom step aside, until when it is decided, and what follows when it is not."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.clock import database_now
from portal.core.ui.parts import Column, Row, Table, badge, link
from portal.intake import queries, rules, services
from portal.intake.enums import ChallengeStatus
from portal.intake.forms.exceptions import ChallengeDecisionForm
from portal.intake.models import Challenge
from portal.intake.views import acting
from portal.intake.views.desk import staff_call


@login_required
@require_safe
def of_call(request: HttpRequest, code: str) -> HttpResponse:
    """Every challenge with its clock."""
    call, now = staff_call(request, code), database_now()
    columns = (Column(_("신청서")), Column(_("평가위원")), Column(_("접수")), Column(_("결정 기한")), Column(_("상태")))
    rows = [
        (
            link(str(row.application), reverse("intake:challenge", args=[code, row.pk])),
            str(row.evaluator),
            timezone.localtime(row.filed_at),
            acting.last_day(row.decide_by),
            _state(row, late=row.decide_by <= now),
        )
        for row in queries.challenges_of(call)
    ]
    return acting.workbench(
        request,
        title=_("기피신청"),
        note=_(
            "접수하면 그 위원의 평가를 바로 멈춥니다. 기한까지 결정하지 않으면 위원은 그 신청서를 평가하지 않고, 평가표는 비어 있는 채로 셈에서 빠집니다."
        ),
        tables=[Table(_("기피신청"), columns, rows, empty=_("기피신청이 없습니다."), caption_hidden=True)],
        **acting.of_call(call),
    )


def _state(row: Challenge, *, late: bool) -> object:
    if row.status == ChallengeStatus.FILED and late:
        return badge(_("기한 지남: 위원 평가 제외"), "danger")
    return row.get_status_display()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One challenge: grounds, clock, and the decision of the approver."""
    call = staff_call(request, code)
    row: Challenge = get_object_or_404(queries.challenges_of(call), pk=pk)
    may = row.status == ChallengeStatus.FILED and rules.allowed(rules.check_can_decide_challenge, request.user, call)
    if request.method == "POST":
        rules.check_can_decide_challenge(request.user, call)
    form = ChallengeDecisionForm(request.POST or None) if may or request.method == "POST" else None
    done = _("기피신청을 결정하고 신청 기업에 이유를 알렸습니다.")
    if acting.taken(request, form, lambda **given: services.decide_challenge(challenge=row, **given), done):
        return redirect("intake:challenges", code)
    return acting.workbench(
        request,
        title=_("기피신청 내용"),
        lead=str(row.application),
        status=row.get_status_display(),
        back=reverse("intake:challenges", args=[code]),
        back_word=_("기피신청"),
        rows=_rows(row),
        form=form,
        act=_("결정하기"),
        submit=_("기피신청 결정하기"),
    )


def _rows(row: Challenge) -> list[Row]:
    rows = [
        Row(_("신청 기업"), str(row.application.organisation)),
        Row(
            _("평가위원"),
            f"{row.evaluator} · {row.evaluator.employer}" if row.evaluator.employer else str(row.evaluator),
        ),
        Row(_("기피하는 까닭"), row.grounds),
        Row(_("접수"), timezone.localtime(row.filed_at)),
        Row(_("결정 기한"), acting.last_day(row.decide_by)),
    ]
    if row.evidence is not None and row.evidence.name:
        address = reverse("intake:file", args=[row.evidence.public_id])
        rows.insert(3, Row(_("증빙 자료"), link(row.evidence.name, address)))
    if row.reasons:
        rows += [Row(_("결정 이유"), row.reasons), Row(_("결정"), timezone.localtime(row.decided_at))]
    return rows
