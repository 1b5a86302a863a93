"""Fees and refunds: the fee comes in; who leaves gets back what the table says, reckoned by one and approved by another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from college import queries, reckoning, refunds, rules
from college.enums import EnrolmentStatus, RefundCause, RefundStatus, RunStatus
from college.models import Enrolment, Payment, Refund, Run
from college.services import telling
from college.services.selected import hold_case, take_up
from college.workflow import ENROLMENT, REFUND
from ledger import log
from portal.core.errors import Invalid
from portal.core.periods import SEOUL
from portal.core.transition import advance


@transaction.atomic
def confirm_payment(*, enrolment: Enrolment, by: Any, now: datetime) -> Payment:
    """The whole fee came in: the held seat is the person's."""
    acting = by.acting_as(rules.check_can_manage(by, enrolment.run))
    run = enrolment.run
    hold_case(enrolment.request)
    advance(enrolment, EnrolmentStatus.ACTIVE, by=acting, steps=ENROLMENT, data={"run": run.code})
    take_up(enrolment.request, by=log.SYSTEM, now=now)
    payment = Payment.objects.create(enrolment=enrolment, amount_won=run.fee_won, received_at=now, recorded_by=by)
    log.append("college.payment.received", row=payment, by=acting, data={"run": run.code, "amount": str(run.fee_won)})
    return payment


def ask_back(*, enrolment: Enrolment, run: Run, by: Any, now: datetime) -> Refund | None:
    """A seat was given back: what was paid for it is to be refunded; None when nothing was. ``by`` acts in a role."""
    payment = Payment.objects.filter(enrolment=enrolment).first() if run.fee_won else None
    if payment is None:
        return None
    payment.enrolment = enrolment
    called_off = run.status == RunStatus.CANCELLED
    cause = RefundCause.CANCELLED if called_off else RefundCause.LEFT
    refund = Refund.objects.create(
        payment=payment,
        cause=cause,
        caused_at=now,
        cancelled_at=now if called_off else None,
        due_on=refunds.due_date(now.astimezone(SEOUL).date()),
        paid_won=payment.amount_won,
    )
    data = {"run": run.code, "to": refund.status, "amount": str(refund.paid_won), "due_on": refund.due_on}
    log.append("college.refund.requested", row=refund, by=by, data=data)
    return refund


def note_cancelled(*, run: Run, now: datetime) -> None:
    """The run is called off: who left and whose refund is not reckoned yet gets the better of the two sums."""
    waiting = Refund.objects.filter(payment__enrolment__run=run, status=RefundStatus.REQUESTED)
    waiting.filter(cancelled_at=None).update(cancelled_at=now)


@transaction.atomic
def calculate_refund(*, refund: Refund, by: Any, now: datetime, amount: int | None = None, reason: str = "") -> None:
    """Reckon what goes back: the table's share, or more for a reason. Answers nothing due as 0.

    Raises ``Invalid`` for less than the share, more than was paid, or more than the share without a reason.
    """
    acting = by.acting_as(rules.check_can_calculate_refund(by, refund))
    sums = queries.sums_of(refund)
    share = sums[0].won
    given = share if amount is None else amount
    _check_amount(refund, share, given, reason)
    changes = {
        "rule": sums[0].rule,
        "arithmetic": {"table": reckoning.TABLE, "sums": [one.as_data() for one in sums]},
        "share_won": share,
        "amount_won": given,
        "note": reason.strip(),
        "calculated_by": by,
        "decided_by": None,
    }
    data = {"rule": sums[0].rule.value, "share": str(share), "amount": str(given)}
    advance(
        refund,
        RefundStatus.CALCULATED,
        by=acting,
        steps=REFUND,
        data=data,
        reason=reason.strip() or None,
        changes=changes,
    )


def _check_amount(refund: Refund, share: int, given: int, reason: str) -> None:
    if given < share:
        raise Invalid(_("법정 환불액(%(won)s원)보다 적게 돌려줄 수 없습니다.") % {"won": f"{share:,}"}, field="amount")
    if given > refund.paid_won:
        raise Invalid(
            _("낸 금액(%(won)s원)보다 많이 돌려줄 수 없습니다.") % {"won": f"{refund.paid_won:,}"}, field="amount"
        )
    if given > share and not reason.strip():
        raise Invalid(_("법정 환불액보다 더 돌려주는 이유를 적어 주십시오."), field="reason")


@transaction.atomic
def approve_refund(*, refund: Refund, by: Any, now: datetime) -> None:
    """The second person has reckoned it again and agrees."""
    acting = by.acting_as(rules.check_can_decide_refund(by, refund))
    if refund.amount_won == 0:
        raise Invalid(_("돌려줄 금액이 없습니다. 환불 불가로 알려 주십시오."))
    data = {"amount": str(refund.amount_won)}
    advance(refund, RefundStatus.APPROVED, by=acting, steps=REFUND, data=data, changes={"decided_by": by})
    telling.refund(refund, "college.refund_approved")


@transaction.atomic
def refuse_refund(*, refund: Refund, by: Any, now: datetime, reason: str) -> None:
    """Nothing is due any more; ``Invalid`` where something is, for the table's share is owed."""
    acting = by.acting_as(rules.check_can_decide_refund(by, refund))
    if refund.amount_won:
        raise Invalid(_("돌려줄 금액이 있으므로 불가로 할 수 없습니다. 금액이 틀렸으면 다시 산정하게 해 주십시오."))
    advance(refund, RefundStatus.REFUSED, by=acting, steps=REFUND, reason=_said(reason), changes={"decided_by": by})
    telling.refund(refund, "college.refund_refused")


@transaction.atomic
def return_refund(*, refund: Refund, by: Any, now: datetime, reason: str) -> None:
    """The second person does not agree with the sum: it is reckoned again."""
    acting = by.acting_as(rules.check_can_decide_refund(by, refund))
    advance(refund, RefundStatus.REQUESTED, by=acting, steps=REFUND, reason=_said(reason))


@transaction.atomic
def pay_refund(*, refund: Refund, by: Any, now: datetime) -> None:
    """The money has gone back; whoever approved it does not pay it."""
    acting = by.acting_as(rules.check_can_pay_refund(by, refund))
    data = {"amount": str(refund.amount_won)}
    changes = {"paid_by": by, "paid_at": now}
    advance(refund, RefundStatus.PAID, by=acting, steps=REFUND, data=data, changes=changes)
    telling.refund(refund, "college.refund_paid")


def _said(reason: str) -> str:
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    return reason.strip()
