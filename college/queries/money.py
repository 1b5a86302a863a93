"""Fees and refunds as they stand."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from college import reckoning
from college.enums import EnrolmentStatus, RefundCause, RefundStatus, SessionStatus
from college.models import Enrolment, Payment, Person, Refund, Run

_HELD = (SessionStatus.HELD, SessionStatus.SEALED)
#: A refund in these states waits for somebody.
OPEN_REFUNDS = (RefundStatus.REQUESTED, RefundStatus.CALCULATED, RefundStatus.APPROVED)


def _course(run: Run, fee: int) -> reckoning.Course:
    lessons = [
        reckoning.Taught(one.starts_at, one.ends_at, one.status in _HELD)
        for one in run.lessons.exclude(status=SessionStatus.CANCELLED)
    ]
    return reckoning.Course(fee, run.starts_date, run.ends_date, lessons)


def sums_of(refund: Refund) -> list[reckoning.Sum]:
    """What the rules give for this refund, the best for the student first."""
    course = _course(refund.payment.enrolment.run, refund.paid_won)
    left_at = refund.caused_at if refund.cause == RefundCause.LEFT else None
    return reckoning.reckon(course, left_at, refund.cancelled_at)


def sum_if_left(enrolment: Enrolment, now: datetime) -> reckoning.Sum | None:
    """What would go back to somebody who left now; None when nothing was paid."""
    payment = payment_of(enrolment)
    return reckoning.reckon(_course(enrolment.run, payment.amount_won), now, None)[0] if payment else None


def payment_of(enrolment: Enrolment) -> Payment | None:
    return Payment.objects.filter(enrolment=enrolment).select_related("refund", "recorded_by").first()


def refund_of(payment: Payment | None) -> Refund | None:
    """The refund of a payment, with what its rules want to know."""
    if payment is None:
        return None
    return _whole_refunds().filter(payment=payment).first()


def _whole_refunds() -> QuerySet[Refund]:
    return Refund.objects.select_related(
        "payment__enrolment__run__course__cluster", "payment__enrolment__person", "calculated_by", "decided_by"
    )


def seat_of(public_id: UUID) -> Enrolment | None:
    """A seat by its address, with its run, its person and its request."""
    found = Enrolment.objects.filter(public_id=public_id)
    return found.select_related("run__course__cluster", "person", "canonical", "request").first()


def paid_seats(run: Run) -> QuerySet[Enrolment]:
    """All who had or have a seat with a fee, those to be asked for money first."""
    found = run.enrolments.exclude(status=EnrolmentStatus.EXPIRED)
    return found.select_related("person", "payment__refund").order_by("payment__received_at", "pay_by", "id")


def refunds_of(person: Person) -> QuerySet[Refund]:
    """A person's refunds that are under way."""
    return Refund.objects.filter(payment__enrolment__canonical=person.one, status__in=OPEN_REFUNDS)


def open_refunds(clusters: Any) -> QuerySet[Refund]:
    """Refunds that wait for somebody, in the order in which they are due."""
    here = {"payment__enrolment__run__course__cluster__in": clusters, "status__in": OPEN_REFUNDS}
    return _whole_refunds().filter(**here).order_by("due_on", "id")
