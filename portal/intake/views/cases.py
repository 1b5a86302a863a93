"""선정취소 절차 at the desk: notice with evidence, the company's reply, the decision of somebody else."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.clock import database_now
from portal.core.ui.parts import Column, Row, Table, link
from portal.intake import queries, rules, services
from portal.intake.enums import CaseStatus
from portal.intake.forms.exceptions import CaseDecisionForm, CaseForm
from portal.intake.models import DisqualificationCase
from portal.intake.views import acting
from portal.intake.views.desk import staff_application, staff_call

_OPEN = (CaseStatus.NOTICED, CaseStatus.HEARD)


@login_required
@require_safe
def of_call(request: HttpRequest, code: str) -> HttpResponse:
    """Every case of a call."""
    call = staff_call(request, code)
    columns = (
        Column(_("신청서")),
        Column(_("기업")),
        Column(_("취소 사유")),
        Column(_("의견 제출 기한")),
        Column(_("상태")),
    )
    rows = [
        (
            link(str(row.application), reverse("intake:case", args=[row.public_id])),
            row.application.organisation.name,
            row.get_ground_display(),
            acting.last_day(row.reply_by),
            row.get_status_display(),
        )
        for row in queries.cases_of(call)
    ]
    return acting.workbench(
        request,
        title=_("선정취소 절차"),
        note=_(
            "신청서 화면에서 절차를 시작합니다. 통지한 사람은 결정할 수 없고, 기업이 의견을 내거나 그 기한이 지난 뒤에 결정합니다."
        ),
        tables=[Table(_("선정취소 절차"), columns, rows, empty=_("시작한 절차가 없습니다."), caption_hidden=True)],
        **acting.of_call(call),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """통지: what the company is accused of, and how long it may answer."""
    found = staff_application(request, public_id)
    rules.check_can_notice_case(request.user, found)
    least = found.call.current.term("case_days", 10) if found.call.current else 10
    form = CaseForm(request.POST or None, initial={"days": least})
    return acting.confirmed(
        request,
        form,
        lambda **given: services.notice_case(application=found, **given),
        title=_("선정취소 절차 시작하기"),
        lead=f"{found} · {found.organisation}",
        warning=_("통지하면 기업이 사유와 증거를 읽고 의견을 낼 수 있습니다. 결정은 다른 결정권자가 합니다."),
        done=_("절차를 시작하고 기업에 통지했습니다."),
        back=reverse("intake:desk-application", args=[public_id]),
        danger=True,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One case; the approver decides here once the company was heard or its time is over."""
    row: DisqualificationCase = get_object_or_404(queries.case_for_staff(request.user), public_id=public_id)
    now = database_now()
    may = row.status in _OPEN and rules.allowed(rules.check_can_decide_case, request.user, row, now=now)
    if request.method == "POST":
        rules.check_can_decide_case(request.user, row, now=now)
    form = CaseDecisionForm(request.POST or None) if may or request.method == "POST" else None
    done = _("결정을 남기고 기업에 알렸습니다.")
    if acting.taken(request, form, lambda **given: services.decide_case(case=row, **given), done):
        return redirect("intake:case", public_id)
    code = row.application.call.code
    return acting.workbench(
        request,
        title=_("선정취소 절차"),
        lead=f"{row.application} · {row.application.organisation}",
        status=row.get_status_display(),
        back=reverse("intake:cases", args=[code]),
        back_word=_("선정취소 절차"),
        rows=_rows(row),
        form=form,
        act=_("결정하기"),
        submit=_("결정하기"),
    )


def _rows(row: DisqualificationCase) -> list[Row]:
    rows = [
        Row(_("취소 사유"), row.get_ground_display()),
        Row(_("증거"), row.evidence),
        Row(_("통지"), f"{row.noticed_by} · {timezone.localtime(row.noticed_at):%Y. %m. %d. %H:%M}"),
        Row(_("의견 제출 기한"), acting.last_day(row.reply_by)),
        Row(_("기업의 의견"), row.reply or _("아직 없음")),
    ]
    if row.reasons:
        rows += [Row(_("결정 이유"), row.reasons), Row(_("결정"), str(row.decided_by))]
    return rows
