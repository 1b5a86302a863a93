"""이의신청 at the desk: all of a call with their clock, the one extension, and carrying out what an upheld one leads to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.clock import database_now
from portal.core.ui.parts import Column, Table, badge, link
from portal.intake import queries, rules, services
from portal.intake.enums import AppealStatus, DecisionKind, Remedy, ResultStatus
from portal.intake.forms import ConfirmForm, ReasonForm
from portal.intake.forms.exceptions import CorrectionForm, ExtensionForm, StageChoiceForm
from portal.intake.models import Appeal, Decision
from portal.intake.views import acting
from portal.intake.views.decisions import staff_decision
from portal.intake.views.desk import staff_call, title_of

OPEN = (AppealStatus.FILED, AppealStatus.ADMITTED)
_UPHELD = (AppealStatus.UPHELD, AppealStatus.PARTLY)
#: Remedies that are carried out by a new result.
_BY_CORRECTION = (Remedy.RECOUNT, Remedy.SELECT, Remedy.RESERVE)


@login_required
@require_safe
def of_call(request: HttpRequest, code: str) -> HttpResponse:
    """Every appeal with its clock, its outcome and what it leads to."""
    call, now = staff_call(request, code), database_now()
    columns = (Column(_("신청서")), Column(_("접수")), Column(_("답변 기한")), Column(_("상태")), Column(_("구제")))
    rows = [
        (
            link(str(row.application), reverse("intake:appeal", args=[row.public_id])),
            timezone.localtime(row.filed_at),
            acting.last_day(row.due_at),
            badge(_("답변 기한 지남"), "danger")
            if row.status in OPEN and row.due_at <= now
            else row.get_status_display(),
            _remedy(row),
        )
        for row in queries.appeals_of(call)
    ]
    return acting.workbench(
        request,
        title=_("이의신청"),
        note=_("이 공고에 관여하지 않은 이의신청 심사자가 답변합니다. 인용하면서 정한 구제는 여기에서 실행합니다."),
        tables=[Table(_("이의신청"), columns, rows, empty=_("이의신청이 없습니다."), caption_hidden=True)],
        **acting.of_call(call),
    )


def _remedy(row: Appeal) -> object:
    if row.status not in _UPHELD or not row.remedy:
        return "–"
    return link(row.get_remedy_display(), reverse("intake:remedy", args=[row.public_id]))


def _staff_appeal(request: HttpRequest, public_id: UUID) -> Appeal:
    rows = Appeal.objects.filter(application__call__in=queries.calls_for_staff(request.user).values("pk"))
    rows = rows.select_related(
        "application__call__cluster",
        "application__call__current",
        "application__organisation",
        "application__track",
        "application__quota_track",
        "notice__line__decision__corrects",
    )
    return get_object_or_404(rows, public_id=public_id)


#: What pressing the button of a remedy does.
_MEANS = {
    Remedy.RESCORE: gettext_lazy(
        "고른 평가단계를 다시 엽니다. 예비위원을 배정해 이 신청서를 다시 평가한 뒤, 다시 집계해 결과를 정정합니다."
    ),
    Remedy.REINSTATE: gettext_lazy("부적격 결과를 거두고 이 신청서를 심사에 올립니다. 기업에 알립니다."),
    Remedy.RESTORE: gettext_lazy("선정취소를 되돌려 다시 선정으로 둡니다. 기업에 알립니다."),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The one extension of the answer, with its reason."""
    row = _staff_appeal(request, public_id)
    rules.check_can_review_appeal(request.user, row.application.call)
    return acting.confirmed(
        request,
        ExtensionForm(request.POST or None),
        lambda **given: services.extend_appeal(appeal=row, **given),
        title=_("답변 기한 연장하기"),
        lead=str(row.application),
        warning=_("답변 기한은 한 번만 연장할 수 있고, 기업에 까닭을 알립니다."),
        done=_("답변 기한을 연장하고 기업에 알렸습니다."),
        back=reverse("intake:appeal", args=[public_id]),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remedy(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Carry out what the answer ordered; by a new result, or by letting the file take part again."""
    row = _staff_appeal(request, public_id)
    call = row.application.call
    if row.status not in _UPHELD or not row.remedy:
        raise Http404
    check = rules.check_can_cancel_call if row.remedy == Remedy.RESTORE else rules.check_can_run
    check(request.user, call)
    if row.remedy in _BY_CORRECTION:
        found = _told_by(row)
        if found is None:
            raise Http404
        return redirect(f"{reverse('intake:correct-result', args=[found.public_id])}?appeal={row.pk}")
    form: forms.Form = ConfirmForm(request.POST if request.method == "POST" else None)
    if row.remedy == Remedy.RESCORE:
        form = StageChoiceForm(request.POST or None, stages=call.stages.exclude(status="WAITING").order_by("-number"))
    acts: dict[str, Any] = {
        Remedy.RESCORE: services.order_rescoring,
        Remedy.REINSTATE: services.reinstate,
        Remedy.RESTORE: services.restore,
    }
    return acting.confirmed(
        request,
        form,
        lambda **given: acts[row.remedy](appeal=row, **given),
        title=_("구제 실행하기"),
        lead=f"{row.application} · {row.get_remedy_display()}",
        warning=str(_MEANS[Remedy(row.remedy)]),
        done=_("구제를 실행했습니다."),
        back=reverse("intake:appeals", args=[call.code]),
    )


def _told_by(row: Appeal) -> Decision | None:
    """The decision that told the contested line; behind a correction the one it corrects."""
    line = row.notice.line
    if line is None:
        return None
    return line.decision.corrects or line.decision


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """결과 정정: a fresh run, and a draft with everyone whose line changes."""
    found = staff_decision(request, public_id)
    rules.check_can_run(request.user, found.call)
    kinds = (DecisionKind.FINAL, DecisionKind.SHORTLIST)
    if found.status != ResultStatus.PUBLISHED or found.kind not in kinds:
        raise Http404
    upheld = Appeal.objects.filter(application__call=found.call, status__in=_UPHELD).select_related("application__call")
    form = CorrectionForm(request.POST or None, appeals=upheld, initial={"appeal": request.GET.get("appeal")})
    return acting.confirmed(
        request,
        form,
        lambda **given: services.prepare_correction(corrects=found, **given),
        title=_("결과 정정 작성하기"),
        lead=f"{title_of(found.call)} · {found.get_kind_display()}",
        warning=_("지금의 평가표로 다시 집계해 달라지는 결과만 적습니다. 이미 선정된 기업의 자리는 그대로입니다."),
        done=_("결과 정정을 작성했습니다. 결정권자가 결정하고 발표하면 기업에 알립니다."),
        back=reverse("intake:desk-call", args=[found.call.code]),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a decision back before it is told."""
    found = staff_decision(request, public_id)
    rules.check_can_decide(request.user, found)
    if found.status != ResultStatus.DECIDED:
        raise Http404
    return acting.confirmed(
        request,
        ReasonForm(request.POST or None),
        lambda **given: services.reopen_decision(decision=found, **given),
        title=_("결정 되돌리기"),
        lead=f"{title_of(found.call)} · {found.get_kind_display()}",
        warning=_("아직 아무에게도 알리지 않은 결정입니다. 되돌리면 담당자가 다시 작성합니다."),
        done=_("결정을 되돌렸습니다."),
        back=reverse("intake:decision", args=[public_id]),
        danger=True,
    )
