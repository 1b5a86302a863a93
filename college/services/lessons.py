"""A lesson as it happens: opened by its instructor, scanned into by students, sealed into the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from college import qr, queries, rules
from college.enums import EnrolmentStatus, EventKind, SessionStatus, Source
from college.models import AttendanceEvent, Enrolment, Lesson
from college.services.teachers import check_qualified, refusing_unqualified
from college.workflow import SESSION
from ledger import log
from portal.core.errors import Invalid, Late, NotAllowed, Overtaken, Refused
from portal.core.transition import advance

#: How early a lesson may be opened.
OPENS_BEFORE = timedelta(hours=1)


@transaction.atomic
def open_lesson(*, lesson: Lesson, by: Any, now: datetime) -> None:
    """The assigned instructor begins: from now on the code is shown and scans are taken."""
    role = rules.check_can_teach(by, lesson)
    if not lesson.starts_at - OPENS_BEFORE <= now < lesson.ends_at:
        raise Invalid(_("수업 시작 한 시간 전부터 끝날 때까지 열 수 있습니다."))
    check_qualified(by, lesson)
    with refusing_unqualified():
        advance(lesson, SessionStatus.HELD, by=by.acting_as(role), steps=SESSION)


@transaction.atomic
def scan(
    *, lesson: Lesson, enrolment: Enrolment, kind: str, step: int, by: Any, now: datetime, device: str = ""
) -> AttendanceEvent:
    """Record one scan at the server's time; the same code again answers the record that stands.

    The door has read the code (``qr``); here the lesson must be open and the enrolment the person's own.
    """
    rules.check_is_own(by, enrolment.person)
    standing = Lesson.objects.select_for_update(no_key=True).get(pk=lesson.pk)
    if standing.status != SessionStatus.HELD:
        raise Late(_("지금은 출결을 받지 않는 차시입니다. 기록이 빠졌다면 출결정정을 신청해 주십시오."))
    if enrolment.status != EnrolmentStatus.ACTIVE or enrolment.run_id != lesson.run_id:
        raise NotAllowed(_("이 기수의 수강생이 아닙니다."))
    if kind not in qr.KINDS:
        raise Invalid(_("읽을 수 없는 출석 코드입니다. 화면의 코드를 다시 스캔해 주십시오."))
    made = AttendanceEvent(
        lesson=lesson, enrolment=enrolment, kind=kind, at=now, source=Source.QR, step=step, device=device
    )
    AttendanceEvent.objects.bulk_create([made], ignore_conflicts=True)
    return AttendanceEvent.objects.get(lesson=lesson, enrolment=enrolment, kind=kind, step=step)


@transaction.atomic
def record_list(*, lesson: Lesson, marks: Iterable[tuple[Enrolment, str, datetime]], by: Any, now: datetime) -> int:
    """Enter a paper list or an old roster: (who, kind, when); answers how many records."""
    rules.check_can_see_roster(by, lesson)
    rows = [
        AttendanceEvent(lesson=lesson, enrolment=enrolment, kind=EventKind(kind), at=at, source=Source.IMPORT)
        for enrolment, kind, at in marks
    ]
    AttendanceEvent.objects.bulk_create(rows)
    return len(rows)


@transaction.atomic
def seal_lesson(*, lesson: Lesson, by: Any, now: datetime, head_count: int | None = None) -> str:
    """Close the day: count and Merkle root of all its records go to the ledger. Answers the root.

    From then on only a correction by two people adds anything. ``head_count`` is what the instructor counted by eye.
    """
    acting = by if by is log.SYSTEM else by.acting_as(rules.check_can_close_lesson(by, lesson))
    held = Lesson.objects.select_for_update(no_key=True).select_related("run").get(pk=lesson.pk)
    if held.status != SessionStatus.HELD:
        raise Overtaken
    records = [queries.record_of(event) for event in queries.events_of(lesson)]
    root = log.root_of(records)
    data: dict[str, Any] = {"run": held.run.code, "count": len(records), "root": root}
    advance(
        lesson,
        SessionStatus.SEALED,
        by=acting,
        steps=SESSION,
        data=data | ({"head_count": head_count} if head_count is not None else {}),
        changes={"sealed_at": now, "marks_root": root, "head_count": head_count},
    )
    return root


def seal_due_lessons(*, now: datetime) -> int:
    """Seal what nobody sealed half an hour after its end; safe to run twice."""
    sealed = 0
    for lesson in list(queries.lessons_due(now)):
        try:
            seal_lesson(lesson=lesson, by=log.SYSTEM, now=now)
            sealed += 1
        except Refused:
            continue
    return sealed
