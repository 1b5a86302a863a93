"""Leaving: notice, inspection and keys; what the approver takes back or ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Column, Row, Table
from tenancy import change_forms, forms, handover_forms, queries, rules, services, tables
from tenancy.enums import MOVE_OUT_OPEN, ArrearsStatus, LeaseFileKind, LeaseStatus, MoveOutStatus
from tenancy.models import ArrearsCase, ChecklistItem, Lease, MoveOut
from tenancy.reasons import CHECKLIST
from tenancy.views.handover import photos, readings
from tenancy.views.shared import SignedIn, found_lease, found_offer


@login_required
def notice(request: SignedIn, lease: UUID) -> HttpResponse:
    """The tenant says when it leaves."""
    found = found_lease(lease)
    rules.check_can_give_notice(request.user, found)

    def give(answers: Mapping[str, Any], now: datetime) -> None:
        services.give_notice(lease=found, by=request.user, now=now, **answers)

    back = reverse("tenancy:lease", args=[found.public_id])
    act = Act(
        "notice",
        _("퇴거 통보"),
        forms.NoticeForm,
        _("퇴거 통보하기"),
        give,
        _("퇴거를 통보했습니다. 점검 일정을 알려 드립니다."),
        kind="danger",
    )
    case = Case(
        title=_("퇴거 통보"),
        back=(str(found), back),
        caption=found.organisation,
        lead=_("호실이 다른 기업에 제안되기 전까지는 철회할 수 있습니다. 쓰지 않은 날의 임대료는 감액합니다."),
        acts=[act],
    )
    return show(request, case, then=back)


@login_required
def revoke(request: SignedIn, offer: UUID) -> HttpResponse:
    """The approver takes an offer back, with a reason."""
    found = found_offer(offer)
    rules.check_can_revoke_offer(request.user, found)

    def take_back(answers: Mapping[str, Any], now: datetime) -> None:
        services.revoke_offer(offer=found, by=request.user, now=now, **answers)

    back = reverse("tenancy:offer", args=[found.public_id])
    act = Act("revoke", _("입주 제안 취소"), change_forms.RevokeForm, _("제안 취소하기"), take_back, _("제안을 취소하고 기업에 알렸습니다."), kind="danger")  # fmt: skip
    case = Case(
        title=_("입주 제안 취소"),
        back=(_("입주 제안"), back),
        caption=found.need.organisation,
        status=found.get_status_display(),
        rows=[Row(_("호실"), found.unit.code), Row(_("답변 기한"), tables.instant(found.expires_at))],
        acts=[act] if found.status in queries.ANSWERABLE else [],
        recorded=[found],
    )
    return show(request, case, then=back)


@login_required
def end_lease(request: SignedIn, lease: UUID) -> HttpResponse:
    """The approver ends a lease: nobody moved in, or what is owed stays unpaid after a hearing."""
    found = found_lease(lease)
    rules.check_can_sign_as_lessor(request.user, found)
    arrears = found.arrears.exclude(status=ArrearsStatus.CLOSED).first()
    back, acts = reverse("tenancy:lease", args=[found.public_id]), _ending_acts(request, found, arrears)
    case = Case(
        title=_("계약 해지와 미체결"),
        back=(str(found), back),
        caption=found.organisation,
        lead=_("해지는 최고가 끝나고 입주기업의 의견을 들은 뒤에만 할 수 있습니다."),
        status=found.get_status_display(),
        rows=[
            Row(_("체납 단계"), arrears.get_status_display() if arrears else _("없음")),
            Row(_("의견을 들은 날"), tables.day(arrears.heard_date) if arrears else ""),
        ],
        notes=[] if acts else [_("지금 단계에서 결재자가 할 일은 없습니다.")],
        acts=acts,
        recorded=[found, *([arrears] if arrears else [])],
    )
    return show(request, case)


def _ending_acts(request: SignedIn, found: Lease, arrears: ArrearsCase | None) -> list[Act]:
    def abandon(answers: Mapping[str, Any], now: datetime) -> None:
        services.abandon_lease(lease=found, by=request.user, now=now, **answers)

    def hear(answers: Mapping[str, Any], now: datetime) -> None:
        assert arrears is not None
        services.start_termination(case=arrears, by=request.user, now=now, **answers)

    def terminate(answers: Mapping[str, Any], now: datetime) -> None:
        services.terminate(lease=found, by=request.user, now=now, **answers)

    def graduate(answers: Mapping[str, Any], now: datetime) -> None:
        services.graduate(lease=found, by=request.user, now=now, **answers)

    step = arrears.status if arrears else ""
    possible = [
        (found.status == LeaseStatus.SIGNED, Act("abandon", _("입주하지 않은 계약"), forms.ReasonForm, _("미체결로 끝내기"), abandon, _("계약을 끝내고 호실을 다음 기업에 넘겼습니다."), kind="danger")),
        (step == ArrearsStatus.FINAL_NOTICE, Act("hear", _("해지 절차"), change_forms.HearingForm, _("해지 절차 시작하기"), hear, _("해지 절차를 시작했습니다."), kind="danger")),
        (step == ArrearsStatus.TERMINATING and found.status == LeaseStatus.ACTIVE, Act("terminate", _("계약 해지"), change_forms.TerminateForm, _("계약 해지하기"), terminate, _("계약을 해지하고 퇴거 절차를 열었습니다."), kind="danger")),
        (found.status == LeaseStatus.ACTIVE, Act("graduate", _("성장해 졸업"), change_forms.GraduateForm, _("졸업 절차 열기"), graduate, _("졸업 절차를 열고 기업에 알렸습니다."), kind="secondary")),
    ]  # fmt: skip
    return [act for now, act in possible if now]


@login_required
def move_out(request: SignedIn, move_out: UUID) -> HttpResponse:
    """Leaving: the list of the inspection, the keys, and the next step of whoever's it is."""
    rows = MoveOut.objects.select_related(
        "lease__organisation", "lease__unit__floor__building__hub__cluster", "lease__offer", "lease__rate_card"
    ).prefetch_related("items", "lease__terms")
    found = get_object_or_404(rows, public_id=move_out)
    rules.check_can_see_stay(request.user, found.lease)
    acts = _move_out_acts(request, found)
    writes = any(act.code == "inspect" for act in acts)
    case = Case(
        title=pgettext("절차", "퇴거"),
        back=(str(found.lease), reverse("tenancy:lease", args=[found.lease.public_id])),
        caption=found.lease.organisation,
        status=found.get_status_display(),
        rows=[
            Row(_("퇴거일"), tables.day(found.leave_date)),
            Row(_("점검 일시"), tables.instant(found.inspect_at) or _("정하지 않음")),
            Row(_("열쇠 반납일"), tables.day(found.keys_returned_date) or _("반납 전")),
        ],
        notes=[_held_over(found)] if found.lease.status == LeaseStatus.HOLDOVER else [],
        # Whoever writes the list has it before them in the form.
        tables=[
            *([] if writes else [_list(found)]),
            readings(found.lease),
            photos(found.lease, LeaseFileKind.MOVE_OUT),
        ],
        acts=acts,
        recorded=[found],
    )
    return show(request, case)


def _held_over(found: MoveOut) -> str:
    return _(
        "퇴거일이 지나도록 열쇠를 돌려받지 못했습니다. 돌려받는 날까지 하루마다 임대료의 %(percent)s%%를 사용료로 부과합니다."
    ) % {"percent": found.lease.rate_card.holdover_bp // 100}


def _list(found: MoveOut) -> Table:
    return Table(
        caption=_("확인항목"),
        columns=[Column(_("항목")), Column(_("확인")), Column(_("내용")), Column(_("비용(원)"), number=True)],
        rows=[
            [
                CHECKLIST[item.code],
                _done(found, item),
                item.note or "–",
                tables.money(item.cost_won) if item.cost_won else "–",
            ]
            for item in found.items.all()
        ],
    )


def _done(found: MoveOut, item: ChecklistItem) -> str:
    if found.status in (MoveOutStatus.NOTICED, MoveOutStatus.SCHEDULED, MoveOutStatus.CANCELLED):
        return _("점검 전")
    return _("마침") if item.done else _("하지 않음")


def _move_out_acts(request: SignedIn, found: MoveOut) -> list[Act]:
    by = request.user

    def withdraw(answers: Mapping[str, Any], now: datetime) -> None:
        services.withdraw_notice(move_out=found, by=by, now=now)

    def schedule(answers: Mapping[str, Any], now: datetime) -> None:
        services.schedule_inspection(move_out=found, by=by, **answers)

    def inspect(answers: Mapping[str, Any], now: datetime) -> None:
        services.inspect(move_out=found, found=looked.shown.found(), by=by)  # type: ignore[union-attr]

    def read(answers: Mapping[str, Any], now: datetime) -> None:
        services.read_meter(lease=found.lease, by=by, now=now, **answers)

    def photo(answers: Mapping[str, Any], now: datetime) -> None:
        services.add_leaving_photos(move_out=found, photos=[answers["photo"]], item=answers["item"], by=by, now=now)

    def keys(answers: Mapping[str, Any], now: datetime) -> None:
        services.return_keys(move_out=found, by=by, now=now, **answers)

    def settle(answers: Mapping[str, Any], now: datetime) -> None:
        services.settle_move_out(move_out=found, by=by)

    tenant, member = rules.can_sign_as_tenant(by, found.lease), rules.can_confirm_move_in(by, found.lease)
    officer = rules.may_in(by, "move.record", found.lease.unit.hub)
    looked = Act("inspect", _("점검 기록"), forms.ChecklistForm, _("점검 기록하기"), inspect, _("점검을 기록했습니다."), options={"items": list(found.items.all())}, wide=True)  # fmt: skip
    state = found.status
    possible = [
        (tenant and found.lease.status == LeaseStatus.VACATING and state in MOVE_OUT_OPEN, Act("withdraw", _("퇴거 철회"), forms.SureForm, _("퇴거 철회하기"), withdraw, _("퇴거를 철회했습니다."), kind="secondary")),
        (officer and state == MoveOutStatus.NOTICED, Act("schedule", _("점검 일정"), forms.WhenForm, _("일정 알리기"), schedule, _("점검 일정을 알렸습니다."))),
        (officer and state in (MoveOutStatus.SCHEDULED, MoveOutStatus.RESTORING), looked),
        (officer and state == MoveOutStatus.INSPECTED, Act("keys", _("열쇠 반납"), forms.KeysForm, _("반납 기록하기"), keys, _("열쇠를 돌려받았습니다. 계약이 끝났습니다."))),
        (officer and state in MOVE_OUT_OPEN, Act("read", _("검침 기록"), handover_forms.ReadingForm, _("검침값 적기"), read, _("검침값을 적었습니다."), kind="secondary")),
        ((officer or member) and state in MOVE_OUT_OPEN, Act("photo", _("사진 올리기"), handover_forms.LeavingPhotoForm, _("사진 올리기"), photo, _("사진을 올렸습니다."), kind="secondary")),
        (officer and state == MoveOutStatus.KEYS_RETURNED, Act("settle", _("정산 마무리"), forms.SureForm, _("퇴거 마치기"), settle, _("퇴거 절차를 마쳤습니다."))),
    ]  # fmt: skip
    return [act for now, act in possible if now]
