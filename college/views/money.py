"""Fees and refunds: the student's page of one seat, the office's list of a run and page of one seat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from college import money_forms, money_tables, queries, rules, services
from college.enums import EnrolmentStatus, RefundStatus
from college.models import Enrolment, Refund
from college.money_tables import TONES
from college.tables import instant, name
from college.views.office import found, may_see
from college.views.shared import SignedIn
from portal.core.clock import database_now
from portal.core.errors import NotAllowed
from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Row


def _seat(public_id: UUID) -> Enrolment:
    enrolment = queries.seat_of(public_id)
    if enrolment is None or enrolment.run.fee_won == 0:
        raise Http404
    return enrolment


@login_required
def fee(request: SignedIn, public_id: UUID) -> HttpResponse:
    """My fee: what I paid, what I would get back if I left now, or how far my refund is."""
    seat = _seat(public_id)
    rules.check_is_own(request.user, seat.person)
    now, payment = database_now(), queries.payment_of(seat)
    refund = queries.refund_of(payment)
    case = Case(
        title=_("수강료"),
        back=(_("내 수강"), reverse("college:mine")),
        caption=name(seat.run),
        status=money_tables.status(seat, refund),
        tone=TONES.get(refund.status if refund else seat.status, ""),
        rows=[*_paid(seat), *money_tables.refund_rows(refund)],
        tables=[money_tables.sums(queries.sums_of(refund))] if refund else [],
        recorded=[one for one in (seat, payment, refund) if one],
    )
    if payment is not None and rules.can_drop(seat):
        _offer_leaving(request, case, seat, now)
    return show(request, case, then=reverse("college:mine"))


def _offer_leaving(request: SignedIn, case: Case, seat: Enrolment, now: datetime) -> None:
    """What leaving now would give back, before anybody presses."""
    back = queries.sum_if_left(seat, now)
    assert back is not None

    def leave(answers: Mapping[str, Any], now: datetime) -> None:
        services.drop(enrolment=seat, by=request.user, now=now, reason=answers["reason"])

    case.lead = _("지금 그만두시면 %(won)s원을 돌려받습니다. 수업이 지나갈수록 줄어듭니다.") % {"won": f"{back.won:,}"}
    case.tables = [money_tables.sums([back])]
    done = _("수강을 취소했습니다. 환불은 담당자 두 사람이 확인한 뒤 지급합니다.")
    case.acts = [
        Act("leave", _("수강 취소와 환불"), money_forms.LeaveForm, _("수강 취소하기"), leave, done, kind="danger")
    ]


def _paid(seat: Enrolment) -> list[Row]:
    payment = queries.payment_of(seat)
    if payment is None:
        return [
            Row(_("수강료"), money_tables.won(seat.run.fee_won)),
            Row(_("납부 기한"), instant(seat.pay_by)),
            Row(_("납부"), _("아직 확인하지 못했습니다.")),
        ]
    return [Row(_("수강료"), money_tables.won(payment.amount_won)), Row(_("납부"), instant(payment.received_at))]


@login_required
def fees(request: SignedIn, code: str) -> HttpResponse:
    """The fees of one run: who has to pay, who paid, whose money goes back."""
    run = found(request, code)
    if run.fee_won == 0:
        raise Http404
    seats = list(queries.paid_seats(run))
    case = Case(
        title=_("수강료와 환불"),
        back=(name(run), reverse("college:office-run", args=[run.code])),
        caption=name(run),
        figures=money_tables.totals(seats),
        tables=[money_tables.seats(seats, database_now())],
    )
    return show(request, case)


@login_required
def office_fee(request: SignedIn, public_id: UUID) -> HttpResponse:
    """One seat's money for the office: the fee comes in; a refund is reckoned, approved by another, and paid."""
    seat = _seat(public_id)
    if not may_see(request.user, seat.run):
        raise NotAllowed(_("교육 담당자만 볼 수 있는 화면입니다."))
    payment = queries.payment_of(seat)
    refund = queries.refund_of(payment)
    case = Case(
        title=_("%(name)s 님의 수강료") % {"name": seat.person.name},
        back=(_("수강료와 환불"), reverse("college:fees", args=[seat.run.code])),
        caption=name(seat.run),
        status=money_tables.status(seat, refund),
        tone=TONES.get(refund.status if refund else seat.status, ""),
        rows=[Row(_("수강"), seat.get_status_display()), *_paid(seat), *money_tables.refund_rows(refund, people=True)],
        tables=[money_tables.sums(queries.sums_of(refund))] if refund else [],
        acts=_refund_acts(request, refund) if refund else _fee_acts(request, seat),
        recorded=[one for one in (seat, payment, refund) if one],
    )
    if refund and refund.status == RefundStatus.CALCULATED and refund.calculated_by_id == request.user.pk:
        case.notes = [_("직접 산정한 환불입니다. 다른 결재자가 승인합니다.")]
    return show(request, case)


def _fee_acts(request: SignedIn, seat: Enrolment) -> list[Act]:
    def receive(_answers: Mapping[str, Any], now: datetime) -> None:
        services.confirm_payment(enrolment=seat, by=request.user, now=now)

    manages = rules.may_for(request.user, "enrolment.manage", seat.run.course)
    if not manages or seat.status != EnrolmentStatus.HELD:
        return []
    done = _("수납을 확인했습니다. 자리가 확정되었습니다.")
    title = _("수납 확인")
    return [Act("receive", title, money_forms.ReceivedForm, _("수납 확인하기"), receive, done)]


def _refund_acts(request: SignedIn, refund: Refund) -> list[Act]:
    """The steps that are this person's now."""
    user, course = request.user, refund.payment.enrolment.run.course
    given: dict[str, Any] = {"refund": refund, "by": user}

    def run(service: Any) -> Any:
        return lambda answers, now: service(**given, now=now, **answers)

    manages = rules.may_for(user, "enrolment.manage", course)
    second = rules.may_for(user, "refund.decide", course) and refund.calculated_by_id != user.pk
    calculated = refund.status == RefundStatus.CALCULATED
    possible = [
        (manages and refund.status == RefundStatus.REQUESTED,
         Act("calculate", _("환불액 산정"), money_forms.CalculateForm, _("환불액 산정하기"), run(services.calculate_refund), _("환불액을 산정했습니다. 다른 결재자가 승인합니다."), options={"sums": queries.sums_of(refund)})),
        (second and calculated and bool(refund.amount_won),
         Act("approve", _("승인"), money_forms.NothingForm, _("환불 승인하기"), run(services.approve_refund), _("환불을 승인하고 교육생에게 알렸습니다."))),
        (second and calculated and not refund.amount_won,
         Act("refuse", _("환불 불가"), money_forms.WhyForm, _("환불 불가로 알리기"), run(services.refuse_refund), _("돌려줄 금액이 없음을 교육생에게 알렸습니다."), kind="danger")),
        (second and calculated,
         Act("return", _("다시 산정"), money_forms.WhyForm, _("다시 산정하게 하기"), run(services.return_refund), _("산정한 담당자에게 돌려보냈습니다."), kind="secondary")),
        (manages and refund.status == RefundStatus.APPROVED and refund.decided_by_id != user.pk,
         Act("pay", _("지급"), money_forms.PaidForm, _("지급했음을 기록하기"), run(services.pay_refund), _("지급을 기록하고 교육생에게 알렸습니다."))),
    ]  # fmt: skip
    return [act for may, act in possible if may]
