"""Who is qualified for what, and whose qualification ends."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, QuerySet, When
from django.db.models.functions import TruncDate

from college.enums import QualificationStatus, RunStatus, SessionStatus
from college.models import Course, Lesson, Qualification, Run
from portal.core.periods import SEOUL

#: So long before the end it is said that a qualification ends.
WARN_BEFORE = timedelta(days=30)


def is_qualified(user: Any, course: Course, day: date) -> bool:
    return _in_force(day).filter(instructor=user, course=course).exists()


def _in_force(day: date) -> QuerySet[Qualification]:
    return Qualification.objects.filter(status=QualificationStatus.APPROVED, valid_from__lte=day, valid_to__gt=day)


def uncovered(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    """Of these, the planned lessons whose instructor is not qualified for the course on their day."""
    on = OuterRef("day")
    covering = Qualification.objects.filter(
        status=QualificationStatus.APPROVED,
        instructor=OuterRef("instructor"),
        course=OuterRef("run__course"),
        valid_from__lte=on,
        valid_to__gt=on,
    )
    planned = lessons.filter(status=SessionStatus.PLANNED, instructor__isnull=False)
    days = planned.annotate(day=TruncDate("starts_at", tzinfo=SEOUL))
    return days.filter(~Exists(covering)).select_related("run__course__cluster", "instructor").order_by("starts_at")


def uncovered_in(courses: Any, now: datetime) -> QuerySet[Lesson]:
    """Lessons to come of published runs that nobody qualified is to teach."""
    ahead = Lesson.objects.filter(run__course__in=courses, starts_at__gt=now)
    return uncovered(ahead.filter(run__status__in=[RunStatus.PUBLISHED, RunStatus.CONFIRMED, RunStatus.RUNNING]))


def uncovered_of(run: Run) -> QuerySet[Lesson]:
    return uncovered(run.lessons.all())


def qualifications_of(courses: Any) -> QuerySet[Qualification]:
    """All of these courses, those to decide first, then by their end."""
    found = Qualification.objects.filter(course__in=courses)
    waiting = Case(When(status=QualificationStatus.SUBMITTED, then=0), default=1)
    return found.select_related("instructor", "course__cluster").order_by(waiting, "valid_to", "id")


def my_qualifications(user: Any) -> QuerySet[Qualification]:
    return (
        Qualification.objects.filter(instructor=user).select_related("course", "instructor").order_by("-valid_to", "id")
    )


def qualification_of(public_id: UUID) -> Qualification | None:
    found = Qualification.objects.filter(public_id=public_id)
    return found.select_related("instructor", "course__cluster", "submitted_by", "decided_by").first()


def ending(day: date) -> QuerySet[Qualification]:
    """In force, ending soon, and not followed by another for the same course."""
    next_one = Qualification.objects.filter(
        instructor=OuterRef("instructor"),
        course=OuterRef("course"),
        status=QualificationStatus.APPROVED,
        valid_from__lte=OuterRef("valid_to"),
        valid_to__gt=OuterRef("valid_to"),
    )
    soon = _in_force(day).filter(valid_to__lte=day + WARN_BEFORE)
    return soon.filter(~Exists(next_one)).select_related("instructor", "course__cluster").order_by("valid_to", "id")
