"""A run's own life once it is drafted: published with frozen rules, confirmed, started, ended."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from college import rules
from college.enums import Admission, EnrolmentStatus, RequestStatus, RunStatus, SessionStatus
from college.models import Lesson, Run
from college.services.drawing import seal_draw, void_draw
from college.services.queue import open_waiting_room
from college.services.refunds import note_cancelled
from college.services.seats import close_line, give_seat_back, leave_line
from college.services.selected import follow_call
from college.services.surveys import open_survey
from college.services.teachers import check_all_qualified
from college.workflow import RUN, SESSION
from portal.core.errors import Invalid, Refused
from portal.core.transition import advance


@transaction.atomic
def publish_run(*, run: Run, by: Any, now: datetime, public_name: str = "") -> None:
    """Open to the public: the rules are frozen, a lottery and a waiting room commit to their secret."""
    role = rules.check_can_edit(by, run.course)
    if run.admission == Admission.SELECTION:
        follow_call(run)
    if run.closes_at <= now:
        raise Invalid(_("신청 마감이 이미 지났습니다."))
    check_all_qualified(run)
    advance(
        run,
        RunStatus.PUBLISHED,
        by=by.acting_as(role),
        steps=RUN,
        changes={"opens_at": run.opens_at, "closes_at": run.closes_at},
        data={
            "course": run.course.code,
            "campus": run.campus,
            "capacity": run.capacity,
            "admission": run.admission,
            "opens_at": run.opens_at,
            "closes_at": run.closes_at,
            "policy": run.policy_version,
            "policy_digest": _digest(run.policy),
        },
    )
    if run.admission == Admission.LOTTERY:
        seal_draw(run=run, public_name=public_name, by=by.acting_as(role))
    elif run.admission == Admission.FIRST_COME and run.rules.seats.waiting_room:
        open_waiting_room(run=run, by=by.acting_as(role))


@transaction.atomic
def move_run(*, run: Run, to: str, by: Any, now: datetime) -> None:
    """Confirm, start or end a run; at its end the students are asked what they think of it."""
    if to not in (RunStatus.CONFIRMED, RunStatus.RUNNING, RunStatus.ENDED, RunStatus.CLOSED):
        raise Invalid(_("지금 상태에서는 할 수 없는 절차입니다."))
    role = rules.check_can_manage(by, run)
    if to == RunStatus.RUNNING and now >= run.late_join_until:
        close_line(run=run, now=now)
    advance(run, to, by=by.acting_as(role), steps=RUN)
    if to == RunStatus.ENDED:
        open_survey(run=run, now=now)


@transaction.atomic
def cancel_run(*, run: Run, by: Any, now: datetime, reason: str) -> None:
    """The run does not take place: seats, offers and the line end, and everybody is told."""
    acting = by.acting_as(rules.check_can_manage(by, run))
    if not reason.strip():
        raise Invalid(_("폐강하는 이유를 적어 주십시오."), field="reason")
    advance(run, RunStatus.CANCELLED, by=acting, steps=RUN, reason=reason.strip())
    void_draw(run=run, by=acting, reason=reason.strip())
    close_line(run=run, now=now)
    for request in run.requests.filter(status__in=[RequestStatus.OFFERED, RequestStatus.SUBMITTED]).select_related(
        "person", "run"
    ):
        leave_line(request=request, by=acting, now=now)
    note_cancelled(run=run, now=now)
    seated = run.enrolments.filter(status__in=[EnrolmentStatus.HELD, EnrolmentStatus.ACTIVE])
    for enrolment in seated.select_related("request", "person", "run"):
        give_seat_back(enrolment=enrolment, to=EnrolmentStatus.CANCELLED, by=acting, now=now)


@transaction.atomic
def cancel_lesson(*, lesson: Lesson, by: Any, now: datetime, reason: str) -> None:
    """The lesson falls out, or what was held does not count; judged runs are judged again by the office."""
    role = rules.check_can_manage(by, lesson.run)
    if not reason.strip():
        raise Invalid(_("휴강하는 이유를 적어 주십시오."), field="reason")
    if lesson.status == SessionStatus.HELD:
        raise Refused(_("수업 중인 차시입니다. 먼저 출결을 봉인해 주십시오."))
    advance(lesson, SessionStatus.CANCELLED, by=by.acting_as(role), steps=SESSION, reason=reason.strip())


def _digest(policy: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(policy, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
