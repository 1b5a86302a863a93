"""May this person do this to this thing now? ``check_can_x`` raises with the reason and answers the role allowed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from college import queries, waitingroom
from college.enums import EnrolmentStatus, RequestStatus, RunStatus
from college.models import (
    OPEN_REQUESTS,
    Correction,
    Course,
    Enrolment,
    Lesson,
    Merge,
    Person,
    Qualification,
    QueuePlace,
    QueueWindow,
    Refund,
    Run,
    SeatRequest,
    Survey,
)
from portal.accounts import rules as accounts
from portal.accounts.models import Cluster
from portal.accounts.roles import PERSON
from portal.core.errors import Late, NotAllowed


def check_may_for(by: Any, action: str, course: Course) -> str:
    """The role under which ``by`` may do ``action`` for this course."""
    return accounts.check_may(by, action, cluster=course.cluster, course=course.code)


def may_for(by: Any, action: str, course: Course) -> bool:
    return accounts.may(by, action, cluster=course.cluster, course=course.code)


def check_can_edit(by: Any, course: Course) -> str:
    return check_may_for(by, "run.edit", course)


def check_can_manage(by: Any, run: Run) -> str:
    return check_may_for(by, "enrolment.manage", run.course)


def check_can_request(run: Run, *, now: datetime) -> str:
    """Open is no state: the clock decides, to the second."""
    if run.status not in (RunStatus.PUBLISHED, RunStatus.CONFIRMED):
        raise Late(_("지금은 신청을 받지 않는 기수입니다."))
    if now < run.opens_at:
        raise Late(_("아직 신청 기간이 아닙니다. 시작 시각은 서버 시각 기준입니다."))
    if now >= run.closes_at:
        raise Late(_("신청이 마감되었습니다. 마감 시각은 서버 시각 기준입니다."))
    return PERSON


def check_can_enter(run: Run, *, now: datetime) -> QueueWindow:
    """The run's waiting room while people may come in: half an hour before the opening to half an hour after."""
    window = queries.window_of(run)
    if window is None or run.status not in (RunStatus.PUBLISHED, RunStatus.CONFIRMED):
        raise Late(_("지금은 대기실이 없는 기수입니다."))
    if now < window.entry_from:
        raise Late(_("아직 대기실을 열지 않았습니다. 여는 시각은 서버 시각 기준입니다."))
    if now >= min(window.ends_at, run.closes_at):
        raise Late(_("대기실을 닫았습니다. 기수 화면에서 바로 신청해 주십시오."))
    return window


def check_turn(run: Run, person: Person, *, now: datetime) -> None:
    """While the waiting room is on, only whom its gate has let in may ask, for ten minutes."""
    window = gate_of(run, now)
    if window is not None:
        check_place(window, queries.place_of(window, person), now=now)


def gate_of(run: Run, now: datetime) -> QueueWindow | None:
    """The waiting room that stands before the requests of this instant; ``run`` as ``queries.run_of`` reads it."""
    window: QueueWindow | None = getattr(run, "window", None)  # came with the run; its times are sealed
    return window if window is not None and window.opens_at <= now < window.ends_at else None


def check_place(window: QueueWindow, place: QueuePlace | None, *, now: datetime) -> None:
    """``check_turn`` for a place that is known; None has none."""
    if place is None or place.position is None:
        raise Late(_("대기실에서 번호를 받은 뒤 순서가 되면 신청하실 수 있습니다."))
    if now < waitingroom.reached_at(window.opens_at, place.position, window.rate_per_s):
        raise Late(_("아직 순서가 되지 않았습니다. 대기실에서 기다려 주십시오."))
    if now >= waitingroom.admitted_until(window.opens_at, place.position, window.rate_per_s, place.came_at):
        raise Late(_("순서가 된 뒤 10분이 지났습니다. 대기실을 닫은 뒤 다시 신청하실 수 있습니다."))


def check_within_limit(live: Sequence[SeatRequest], run: Run) -> None:
    """How many of a person's live requests may be open at once is policy; waiting uses up nothing else."""
    limit = run.rules.seats.live_requests
    if sum(one.status in OPEN_REQUESTS and one.run_id != run.pk for one in live) >= limit:
        raise NotAllowed(
            _("동시에 신청할 수 있는 기수는 %(limit)s개입니다. 다른 신청을 취소한 뒤 신청해 주십시오.")
            % {"limit": limit}
        )


def check_is_own(by: Any, person: Person) -> str:
    """The person concerned, by any of their accounts."""
    if person.found_by is not None and person.found_by == by.pk:
        return PERSON
    mine = queries.person_of(by)
    if mine is None or mine.one.pk != person.one.pk:
        raise NotAllowed(_("본인만 할 수 있습니다."))
    return PERSON


def check_can_answer(by: Any, request: SeatRequest, *, now: datetime) -> str:
    role = check_is_own(by, request.person)
    ends = request.offer_expires_at if request.status == RequestStatus.OFFERED else None
    if ends is not None and now >= ends:
        raise Late(_("수락 기한이 지났습니다. 기한은 서버 시각으로 판단합니다."))
    return role


def can_drop(enrolment: Enrolment) -> bool:
    """A seat is given back before the run has ended; afterwards it is judged."""
    open_run = enrolment.run.status in (RunStatus.PUBLISHED, RunStatus.CONFIRMED, RunStatus.RUNNING)
    return open_run and enrolment.status in (EnrolmentStatus.HELD, EnrolmentStatus.ACTIVE)


def check_can_drop(by: Any, enrolment: Enrolment) -> str:
    role = check_is_own(by, enrolment.person)
    if not can_drop(enrolment):
        raise Late(_("이미 끝난 기수의 수강은 취소할 수 없습니다."))
    return role


def check_can_teach(by: Any, lesson: Lesson) -> str:
    """Only the instructor assigned to the lesson; a stand-in is assigned first."""
    if lesson.instructor_id != by.pk:
        raise NotAllowed(
            _("이 차시를 맡은 강사만 할 수 있습니다. 대신 수업한다면 운영담당이 먼저 강사를 바꿔야 합니다.")
        )
    return check_may_for(by, "attendance.record", lesson.run.course)


def can_teach(by: Any, lesson: Lesson) -> bool:
    return lesson.instructor_id == by.pk and may_for(by, "attendance.record", lesson.run.course)


def check_can_see_roster(by: Any, lesson: Lesson) -> str:
    """The assigned instructor and the office."""
    if can_teach(by, lesson):
        return "instructor"
    return check_may_for(by, "attendance.close", lesson.run.course)


def check_can_close_lesson(by: Any, lesson: Lesson) -> str:
    """The instructor after class, or the office."""
    return check_can_see_roster(by, lesson)


def check_can_ask_correction(by: Any, lesson: Lesson, enrolment: Enrolment) -> str:
    """The student for their own record, the instructor for a room, the office."""
    mine = queries.person_of(by)
    if mine is not None and mine.one.pk == enrolment.canonical_id:
        return PERSON
    return check_can_see_roster(by, lesson)


def check_can_check_correction(by: Any, correction: Correction) -> str:
    role = check_may_for(by, "attendance.close", correction.lesson.run.course)
    _not_the_student(by, correction)
    return role


def check_can_apply_correction(by: Any, correction: Correction) -> str:
    role = check_may_for(by, "completion.decide", correction.lesson.run.course)
    _not_the_student(by, correction)
    if correction.checked_by_id == by.pk:
        raise NotAllowed(_("직접 확인한 정정은 반영할 수 없습니다. 다른 결재자가 반영해야 합니다."))
    return role


def check_can_calculate_refund(by: Any, refund: Refund) -> str:
    role = check_can_manage(by, refund.payment.enrolment.run)
    _not_whose_money(by, refund)
    return role


def check_can_decide_qualification(by: Any, qualification: Qualification) -> str:
    """The second person, neither who submitted it nor whom it is about."""
    role = check_may_for(by, "completion.decide", qualification.course)
    if by.pk in (qualification.submitted_by_id, qualification.instructor_id):
        raise NotAllowed(_("직접 올렸거나 자신의 강사 자격은 결재할 수 없습니다. 다른 결재자가 해야 합니다."))
    return role


def check_can_decide_refund(by: Any, refund: Refund) -> str:
    """The second person: an approver who did not reckon it."""
    role = check_may_for(by, "refund.decide", refund.payment.enrolment.run.course)
    _not_whose_money(by, refund)
    if refund.calculated_by_id == by.pk:
        raise NotAllowed(_("직접 산정한 환불은 승인할 수 없습니다. 다른 결재자가 승인해야 합니다."))
    return role


def check_can_pay_refund(by: Any, refund: Refund) -> str:
    role = check_can_manage(by, refund.payment.enrolment.run)
    _not_whose_money(by, refund)
    if refund.decided_by_id == by.pk:
        raise NotAllowed(_("직접 승인한 환불은 지급할 수 없습니다. 다른 담당자가 지급해야 합니다."))
    return role


def _not_whose_money(by: Any, refund: Refund) -> None:
    mine = queries.person_of(by)
    if mine is not None and mine.one.pk == refund.payment.enrolment.canonical_id:
        raise NotAllowed(_("자신의 환불은 스스로 처리할 수 없습니다."))


def _not_the_student(by: Any, correction: Correction) -> None:
    mine = queries.person_of(by)
    if mine is not None and mine.one.pk == correction.enrolment.canonical_id:
        raise NotAllowed(_("자신의 출결은 스스로 확인하거나 반영할 수 없습니다."))


def check_can_answer_survey(by: Any, enrolment: Enrolment, *, now: datetime) -> Survey:
    """The survey of the run, for whoever had a seat to its end and while it is open."""
    check_is_own(by, enrolment.person)
    survey = queries.survey_of(enrolment.run)
    if survey is None or not queries.asked_in_survey(enrolment.run).filter(pk=enrolment.pk).exists():
        raise NotAllowed(_("이 기수를 마친 분께만 여쭙니다."))
    if now >= survey.closes_at:
        raise Late(_("설문이 끝났습니다. 마감 시각은 서버 시각 기준입니다."))
    return survey


def check_can_judge(by: Any, run: Run) -> str:
    return check_may_for(by, "completion.decide", run.course)


def check_can_issue(by: Any, course: Course) -> str:
    return check_may_for(by, "certificate.issue", course)


def check_can_propose_merge(by: Any) -> str:
    return accounts.check_may(by, "enrolment.manage")


def check_can_decide_merge(by: Any, merge: Merge) -> str:
    role = accounts.check_may(by, "completion.decide")
    if merge.proposed_by_id == by.pk:
        raise NotAllowed(_("직접 제안한 병합은 확정할 수 없습니다. 다른 결재자가 확정해야 합니다."))
    return role


def check_can_rotate_key(by: Any) -> str:
    return accounts.check_may(by, "certificate.issue")


def check_can_freeze(by: Any, cluster: Cluster) -> str:
    return accounts.check_may(by, "completion.decide", cluster=cluster)
