"""Instructors: qualified for a course by evidence and two people, assigned to lessons, warned before it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from college import queries, rules
from college.enums import QualificationStatus, SessionStatus
from college.models import Course, Lesson, Qualification, Run
from college.services import telling
from college.workflow import QUALIFICATION
from ledger import log
from portal.accounts.models import User
from portal.core.errors import Invalid, Late, NotAllowed
from portal.core.periods import SEOUL
from portal.core.transition import advance


@transaction.atomic
def submit_qualification(
    *, instructor: User, course: Course, evidence: str, valid_from: date, valid_to: date, by: Any, now: datetime
) -> Qualification:
    """The office shows why somebody may teach a course, and for which days; a second person decides."""
    role = rules.check_can_edit(by, course)
    if instructor.pk == by.pk:
        raise NotAllowed(_("자신의 강사 자격은 스스로 올릴 수 없습니다."))
    if not evidence.strip():
        raise Invalid(_("자격을 보여 주는 근거를 적어 주십시오."), field="evidence")
    if valid_to <= valid_from:
        raise Invalid(_("유효 종료일은 시작일보다 뒤여야 합니다."), field="valid_to")
    made = Qualification.objects.create(
        instructor=instructor,
        course=course,
        evidence=evidence.strip(),
        valid_from=valid_from,
        valid_to=valid_to,
        submitted_by=by,
        submitted_at=now,
    )
    data = {"to": made.status, "course": course.code, "from_day": valid_from, "to_day": valid_to}
    private = {"reason": evidence.strip()}
    log.append("college.qualification.submitted", row=made, by=by.acting_as(role), data=data, private=private)
    return made


@transaction.atomic
def approve_qualification(*, qualification: Qualification, by: Any, now: datetime) -> None:
    """The second person has seen the evidence."""
    _decide(qualification, QualificationStatus.APPROVED, by=by, now=now, reason="")
    telling.qualification(qualification, "college.qualified")


@transaction.atomic
def refuse_qualification(*, qualification: Qualification, by: Any, now: datetime, reason: str) -> None:
    """The evidence does not show it."""
    _decide(qualification, QualificationStatus.REFUSED, by=by, now=now, reason=_said(reason))


@transaction.atomic
def withdraw_qualification(*, qualification: Qualification, by: Any, now: datetime, reason: str) -> None:
    """No longer, from now on: lessons already taught stay; those to come want another instructor."""
    _decide(qualification, QualificationStatus.WITHDRAWN, by=by, now=now, reason=_said(reason))
    telling.qualification(qualification, "college.qualification_withdrawn")


def _decide(qualification: Qualification, to: str, *, by: Any, now: datetime, reason: str) -> None:
    acting = by.acting_as(rules.check_can_decide_qualification(by, qualification))
    changes = {"decided_by": by, "decided_at": now}
    advance(qualification, to, by=acting, steps=QUALIFICATION, reason=reason or None, changes=changes)


def _said(reason: str) -> str:
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    return reason.strip()


@transaction.atomic
def assign_instructor(*, lesson: Lesson, instructor: User, by: Any, now: datetime) -> None:
    """Who gives a lesson that has not begun; a stand-in is assigned first, and it is recorded."""
    role = rules.check_can_manage(by, lesson.run)
    standing = Lesson.objects.select_for_update(no_key=True).get(pk=lesson.pk)
    if standing.status != SessionStatus.PLANNED:
        raise Late(_("이미 시작했거나 휴강한 차시의 강사는 바꿀 수 없습니다."))
    check_qualified(instructor, lesson)
    with refusing_unqualified():
        Lesson.objects.filter(pk=lesson.pk).update(instructor=instructor)
    lesson.instructor = instructor
    private = {"instructor": str(instructor.public_id)}
    log.append(
        "college.session.assigned", row=lesson, by=by.acting_as(role), data={"run": lesson.run.code}, private=private
    )
    telling.assigned(lesson)


def check_qualified(instructor: User, lesson: Lesson) -> None:
    """``NotAllowed`` unless an approved qualification covers the lesson's day in Seoul."""
    day = lesson.starts_at.astimezone(SEOUL).date()
    if not queries.is_qualified(instructor, lesson.run.course, day):
        raise NotAllowed(_not_qualified())


def check_all_qualified(run: Run) -> None:
    """``Invalid`` where an instructor already assigned may not teach; who is not chosen yet is asked for later."""
    first = queries.uncovered_of(run).first()
    if first is not None and first.instructor is not None:
        told = {"number": first.number, "name": first.instructor.name}
        raise Invalid(_("%(number)s차시의 강사 %(name)s 님은 그날 이 과정의 강사 자격이 없습니다.") % told)


@contextmanager
def refusing_unqualified() -> Iterator[None]:
    """What the database refuses between our look and its own, or beside another lesson, in words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as refusal:
        if "instructor_qualified" in str(refusal):
            raise NotAllowed(_not_qualified()) from refusal
        if "instructor_in_one_place" in str(refusal):
            raise Invalid(_("강사가 같은 시간에 다른 수업을 맡고 있습니다."), field="instructor") from refusal
        raise


def _not_qualified() -> str:
    return _("이 과정의 강사 자격이 그날 유효하지 않습니다. 자격을 먼저 승인받거나 다른 강사를 배정해 주십시오.")


def warn_of_endings(*, now: datetime) -> int:
    """Tell instructors and the office, once each, that a qualification ends within a month; safe to run again."""
    ending = list(queries.ending(now.astimezone(SEOUL).date()))
    for one in ending:
        telling.qualification_ending(one)
    return len(ending)
