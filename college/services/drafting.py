"""A run in the making: drafted, changed, its lessons put in and taken out, until it is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from college import policy as policies
from college import rules
from college.enums import RunStatus
from college.models import Course, Lesson, Run
from college.services.seats import lock_run
from portal.accounts.models import User
from portal.core.errors import Invalid, Late

#: Constraint → the sentence and the field it is about.
_REFUSALS = {
    "runs_are_numbered": ("number", lambda: _("이 과정과 교육장에 같은 번호의 기수가 이미 있습니다.")),
    "run_times_in_order": ("closes_at", lambda: _("신청 시작, 신청 마감, 추가 합류 마감의 순서를 확인해 주십시오.")),
    "run_days_in_order": ("ends_date", lambda: _("종강일은 개강일과 같거나 뒤여야 합니다.")),
    "run_call_fits": ("call", lambda: _("이 과정의 클러스터에서 낸 교육 모집공고만 고를 수 있습니다.")),
    "call_id": ("call", lambda: _("이미 다른 기수가 쓰는 모집공고입니다.")),
    "college_run_code": ("number", lambda: _("이 과정과 교육장에 같은 번호의 기수가 이미 있습니다.")),
}


@transaction.atomic
def draft_run(*, course: Course, by: Any, code: str, policy: Mapping[str, Any] | None = None, **fields: Any) -> Run:
    """A new run in the making, still changeable; the policy must be one that can be read."""
    rules.check_can_edit(by, course)
    given, version = _read(policy or {})
    author = by if isinstance(by, User) else None
    return _saved(
        Run(course=course, code=code, policy=given, policy_version=version, created_by=author, **fields), insert=True
    )


@transaction.atomic
def edit_run(*, run: Run, by: Any, policy: Mapping[str, Any] | None = None, **fields: Any) -> Run:
    """Change a draft; ``Late`` once it is published."""
    rules.check_can_edit(by, run.course)
    held = _draft(run)
    if policy is not None:
        held.policy, held.policy_version = _read(policy)
    for name, value in fields.items():
        setattr(held, name, value)
    return _saved(held, insert=False)


def _draft(run: Run) -> Run:
    held = lock_run(run)
    if held.status != RunStatus.DRAFT:
        raise Late(_("공고한 기수는 바꿀 수 없습니다."))
    return held


def _read(policy: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    given = dict(policy)
    try:
        version = policies.read(given).version
    except (ValueError, TypeError, KeyError) as problem:
        raise Invalid(_("운영 기준을 읽을 수 없습니다: %(problem)s") % {"problem": problem}) from problem
    given.pop("version", None)
    return given, version


def _saved(run: Run, *, insert: bool) -> Run:
    try:
        with transaction.atomic():
            run.save(force_insert=insert)
    except IntegrityError as refusal:
        for name, (field, text) in _REFUSALS.items():
            if name in str(refusal):
                raise Invalid(text(), field=field) from refusal
        raise
    return run


@transaction.atomic
def plan_lesson(
    *,
    run: Run,
    number: int,
    starts_at: datetime,
    ends_at: datetime,
    by: Any,
    instructor: User | None = None,
    **fields: Any,
) -> Lesson:
    """Put a lesson into the timetable; an instructor is in one place at a time."""
    rules.check_can_edit(by, run.course)
    if ends_at <= starts_at:
        raise Invalid(_("끝나는 시각이 시작하는 시각보다 뒤여야 합니다."), field="ends_at")
    try:
        with transaction.atomic():
            return Lesson.objects.create(
                run=run, number=number, starts_at=starts_at, ends_at=ends_at, instructor=instructor, **fields
            )
    except IntegrityError as clash:
        raise Invalid(_clash(clash)) from clash


@transaction.atomic
def plan_lessons(*, run: Run, spans: Sequence[tuple[datetime, datetime]], by: Any, **fields: Any) -> list[Lesson]:
    """Lessons at these times, numbered on, in a draft; all of them or none."""
    rules.check_can_edit(by, run.course)
    held = _draft(run)
    last = held.lessons.aggregate(last=Max("number"))["last"] or 0
    return [
        plan_lesson(run=held, number=number, starts_at=starts, ends_at=ends, by=by, **fields)
        for number, (starts, ends) in enumerate(spans, start=last + 1)
    ]


def _clash(error: IntegrityError) -> str:
    if "instructor_qualified" in str(error):
        return _("공고한 기수에는 그날 이 과정의 강사 자격이 있는 강사만 배정할 수 있습니다.")
    if "instructor_in_one_place" in str(error):
        return _("강사가 같은 시간에 다른 수업을 맡고 있습니다.")
    return _("같은 번호의 차시가 이미 있습니다.")


@transaction.atomic
def drop_lesson(*, lesson: Lesson, by: Any) -> None:
    """Take a lesson out of a draft's timetable; the others are counted through again."""
    rules.check_can_edit(by, lesson.run.course)
    held = _draft(lesson.run)
    lesson.delete()
    for number, left in enumerate(held.lessons.order_by("number"), start=1):
        if left.number != number:
            Lesson.objects.filter(pk=left.pk).update(number=number)
