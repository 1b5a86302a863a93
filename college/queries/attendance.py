"""Records of attendance and what the pure rules make of them; nothing derived is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from college import attendance, completion, receipts
from college.attendance import Day, Tally
from college.completion import Judgement
from college.enums import CorrectionStatus, EnrolmentStatus, EventKind, SessionStatus
from college.models import AttendanceEvent, Correction, Enrolment, Lesson, Run, Score

#: A lesson left open is sealed by the clock this long after its end.
SEAL_AFTER = timedelta(minutes=30)
LEARNING = (EnrolmentStatus.ACTIVE, EnrolmentStatus.COMPLETED, EnrolmentStatus.NOT_COMPLETED)


@dataclass(frozen=True, slots=True)
class Preview:
    """What one enrolment comes to under the run's frozen rules."""

    enrolment: Enrolment
    tally: Tally
    scores: dict[str, int | None]
    judgement: Judgement


def lesson_of(public_id: UUID) -> Lesson | None:
    return Lesson.objects.filter(public_id=public_id).select_related("run__course__cluster", "instructor").first()


def todays_lessons(user: Any, now: datetime) -> QuerySet[Lesson]:
    """The lessons this instructor gives from yesterday on, the next first."""
    return (
        Lesson.objects.filter(instructor=user, ends_at__gt=now - timedelta(days=1))
        .exclude(status=SessionStatus.CANCELLED)
        .select_related("run__course")
        .order_by("starts_at")
    )


def learners(run: Run) -> QuerySet[Enrolment]:
    """Those who take part, by name."""
    return run.enrolments.filter(status__in=LEARNING).select_related("person", "request").order_by("person__name", "id")


def events_of(lesson: Lesson) -> QuerySet[AttendanceEvent]:
    return lesson.events.select_related("enrolment__request").order_by("id")


def record_of(event: AttendanceEvent) -> bytes:
    """The bytes of a record, as the seal and the student's receipt take them."""
    return receipts.record(
        lesson=event.lesson.public_id,
        case=event.enrolment.request.case_ref,
        kind=event.kind,
        at=event.at,
        source=event.source,
        nonce=event.nonce,
    )


def present_now(lesson: Lesson) -> set[int]:
    """Enrolments that came in and have not left, by the records that stand."""
    inside: dict[int, bool] = {}
    taken_back = {event.voids_id for event in lesson.events.all() if event.kind == EventKind.VOID}
    for event in lesson.events.order_by("at", "id"):
        if event.pk not in taken_back and event.kind != EventKind.VOID:
            inside[event.enrolment_id] = event.kind in attendance.OPENS
    return {pk for pk, there in inside.items() if there}


def lessons_due(now: datetime) -> QuerySet[Lesson]:
    """Lessons that nobody sealed in time."""
    return Lesson.objects.filter(status=SessionStatus.HELD, ends_at__lte=now - SEAL_AFTER).order_by("id")


def days_of(run: Run, enrolments: Iterable[Enrolment]) -> dict[int, list[tuple[Lesson, Day]]]:
    """Every lesson's day of each enrolment, in the order of the timetable; two queries for the whole run."""
    lessons = list(run.lessons.order_by("starts_at", "id"))
    by_place: dict[tuple[int, int], list[attendance.Event]] = defaultdict(list)
    for event in AttendanceEvent.objects.filter(lesson__run=run).order_by("id"):
        by_place[event.enrolment_id, event.lesson_id].append(event.pure)
    rules = run.rules.attendance
    held = [lesson for lesson in lessons if lesson.status != SessionStatus.PLANNED]
    return {
        enrolment.pk: [
            (lesson, attendance.day_status(by_place[enrolment.pk, lesson.pk], lesson.pure, rules)) for lesson in held
        ]
        for enrolment in enrolments
    }


def previews(run: Run, enrolments: Iterable[Enrolment] | None = None) -> list[Preview]:
    """What every learner comes to now; the same function that judges."""
    listed = list(learners(run) if enrolments is None else enrolments)
    days, scores, rules = days_of(run, listed), _scores(run), run.rules
    made = []
    for enrolment in listed:
        tally = attendance.tally((day for _, day in days[enrolment.pk]), rules.attendance)
        mine = scores.get(enrolment.pk, {})
        made.append(Preview(enrolment, tally, mine, completion.judge(tally, mine, rules.completion)))
    return made


def _scores(run: Run) -> dict[int, dict[str, int | None]]:
    """The last score of each assessment, by enrolment."""
    found: dict[int, dict[str, int | None]] = defaultdict(dict)
    for score in Score.objects.filter(enrolment__run=run).order_by("id"):
        found[score.enrolment_id][score.code] = score.points
    return found


def open_corrections(runs: Iterable[Run]) -> QuerySet[Correction]:
    """Corrections that wait for their first or second person."""
    return (
        Correction.objects.filter(
            lesson__run__in=runs, status__in=[CorrectionStatus.REQUESTED, CorrectionStatus.CHECKED]
        )
        .select_related("lesson__run__course__cluster", "enrolment__person", "checked_by")
        .order_by("id")
    )
