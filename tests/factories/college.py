"""A course with a published run, the people who run and decide it, and students."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from college import services
from college.models import Course, Credential, Enrolment, Lesson, Person, Qualification, Run, SeatRequest
from portal.accounts.models import User
from tests.factories.people import cluster, person, with_role

NOW = datetime(2020, 3, 2, 1, 0, tzinfo=UTC)
OPENS, CLOSES = NOW - timedelta(days=1), NOW + timedelta(days=14)
ENDED = datetime(2020, 5, 4, 1, 0, tzinfo=UTC)
STARTS = datetime(2020, 4, 6, 0, 0, tzinfo=UTC)
_count = itertools.count(1)


@dataclass
class College:
    """A run and everyone around it."""

    run: Run
    officer: User
    approver: User
    instructor: User
    students: list[User] = field(default_factory=list)

    def student(self, name: str = "김하늘") -> User:
        user = person(name)
        self.students.append(user)
        return user

    def ask(self, user: User | None = None, *, now: datetime = NOW) -> SeatRequest:
        """Ask for a seat as somebody new, or as this person."""
        user = user or self.student()
        return services.request_seat(run=self.fresh(), person=services.person_for(user=user), by=user, now=now)

    def seat(self, user: User | None = None) -> Enrolment:
        return self.ask(user).enrolment

    def fresh(self) -> Run:
        return Run.objects.select_related("course__cluster").get(pk=self.run.pk)

    def counters(self) -> tuple[int, int]:
        run = self.fresh()
        return run.seats_taken, run.waiting

    def lessons(self, days: int, *, hours: int = 6, units: int = 1) -> list[Lesson]:
        """Lessons on so many working days from 6 April 2020, 09:00 to 15:00 in Seoul."""
        qualify(self.instructor, self.run.course, self)
        made = []
        for number in range(1, days + 1):
            start = STARTS + timedelta(days=number - 1 + 2 * ((number - 1) // 5))
            made.append(
                services.plan_lesson(
                    run=self.run,
                    number=number,
                    starts_at=start,
                    ends_at=start + timedelta(hours=hours),
                    units=units,
                    by=self.officer,
                    instructor=self.instructor,
                )
            )
        return made

    def teach(self, lesson: Lesson, *present: Enrolment, late: tuple[Enrolment, ...] = ()) -> None:
        """Hold one lesson with those present from start to end, those late an hour after, and seal it."""
        services.open_lesson(lesson=lesson, by=self.instructor, now=lesson.starts_at)
        start, end = lesson.starts_at, lesson.ends_at
        marks = [(each, kind, at) for each in present for kind, at in (("IN", start), ("OUT", end))]
        hour = timedelta(hours=1)
        marks += [(each, kind, at) for each in late for kind, at in (("IN", start + hour), ("OUT", end))]
        services.record_list(lesson=lesson, marks=marks, by=self.instructor, now=end)
        services.seal_lesson(lesson=lesson, by=self.instructor, now=end)

    def move(self, *states: str, now: datetime = NOW) -> None:
        for state in states:
            services.move_run(run=self.fresh(), to=state, by=self.officer, now=now)

    def graduate(self, *users: User, days: int = 1) -> list[Credential]:
        """Everybody attends everything, is judged, and gets the certificate."""
        seats = [self.seat(user) for user in users]
        self.move("CONFIRMED", "RUNNING")
        for lesson in self.lessons(days):
            self.teach(lesson, *seats)
        self.move("ENDED", now=ENDED)
        made = services.judge_run(run=self.fresh(), by=self.approver, now=ENDED)
        return [services.issue(completion, by=self.approver, now=ENDED) for completion in made]


def course(**fields: Any) -> Course:
    given = {
        "code": f"course-{next(_count)}",
        "cluster": cluster(),
        "title_ko": "블록체인 전문가 과정",
        "title_en": "Blockchain expert course",
        "level": "EXPERT",
        "hours": 240,
        "counts_as_expert": True,
    }
    return Course.objects.create(**{**given, **fields})


def college(*, capacity: int = 2, publish: bool = True, at: Course | None = None, **fields: Any) -> College:
    """A published first-come run with so many seats."""
    seoul = cluster()
    officer, approver = (with_role(f"college.{desk}", cluster=seoul) for desk in ("officer", "approver"))
    instructor = with_role("instructor", cluster=seoul)
    number = next(_count)
    given = {
        "code": f"run-{number}",
        "campus": "mapo",
        "number": number,
        "capacity": capacity,
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "late_join_until": CLOSES + timedelta(days=21),
        "starts_date": date(2020, 4, 6),
        "ends_date": date(2020, 5, 1),
        "policy": {"version": "2020-1"},
    }
    run = services.draft_run(course=at or course(), by=officer, **{**given, **fields})
    if publish:
        services.publish_run(run=run, by=officer, now=NOW)
    return College(run, officer, approver, instructor)


def qualify(instructor: User, taught: Course, place: College, **fields: Any) -> Qualification | None:
    """May teach the course, unless so already: from 2018 on, or on the days given."""
    if not fields and Qualification.objects.filter(instructor=instructor, course=taught, status="APPROVED").exists():
        return None
    span = {"valid_from": date(2018, 1, 1), "valid_to": date(2050, 1, 1), **fields}
    made = services.submit_qualification(
        instructor=instructor, course=taught, evidence="현장 경력 10년", by=place.officer, now=NOW, **span
    )
    services.approve_qualification(qualification=made, by=place.approver, now=NOW)
    return made


def account(user: User) -> Person:
    return services.person_for(user=user)
