"""What happens to the fees of a run: who leaves, early and too late, and the refunds by two people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from college import queries, services
from college.enums import RefundStatus
from college.models import Refund

if TYPE_CHECKING:
    from college.rehearsal.run_life import RunLife

#: Days after the first lesson: of what then stands two thirds were taught, so that nothing is due.
_TOO_LATE = 24


def enter(life: RunLife) -> None:
    """Into the agenda of a run with a fee."""
    life.plan(-5, lambda now: settle(life, now, returned=True))
    life.plan(_TOO_LATE, lambda now: leave_too_late(life, now))
    life.plan(_TOO_LATE + 2, lambda now: settle(life, now))


def leave_too_late(life: RunLife, now: datetime) -> None:
    """More than half has been taught: the seat is given up, nothing goes back."""
    for enrolment in life.active()[-1:]:
        services.drop(enrolment=enrolment, by=life.story.students.user(enrolment.person_id), now=now)


def settle(life: RunLife, now: datetime, *, returned: bool = False) -> None:
    """Every refund of the run: reckoned, the first one perhaps once more, approved by another, and paid."""
    staff, run = life.story.staff, life.run
    for refund in queries.open_refunds([run.course.cluster_id]).filter(payment__enrolment__run=run):
        services.calculate_refund(refund=refund, by=staff.officer, now=now)
        if returned:
            services.return_refund(
                refund=refund, by=staff.approver, now=now, reason="수업 시간표를 다시 확인해 주십시오"
            )
            services.calculate_refund(refund=refund, by=staff.officer, now=now)
            returned = False
        _decide(life, refund, now + timedelta(hours=1))


def _decide(life: RunLife, refund: Refund, now: datetime) -> None:
    staff = life.story.staff
    if refund.amount_won == 0:
        services.refuse_refund(refund=refund, by=staff.approver, now=now, reason="수업이 절반 넘게 지났습니다")
        return
    services.approve_refund(refund=refund, by=staff.approver, now=now)
    assert refund.status == RefundStatus.APPROVED
    services.pay_refund(refund=refund, by=staff.officer, now=now + timedelta(hours=1))
