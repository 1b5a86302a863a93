"""A selection run: its call, students who apply in their own name, and intake's round that chooses among them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from college.models import Course, Run, SeatRequest
from college.services import draft_run, person_for, publish_run
from portal.accounts.models import User
from portal.accounts.services import organisation_of_person
from portal.intake import services
from portal.intake.models import Application, Call, ReserveEntry
from tests.factories.college import course
from tests.factories.intake import CLOSES, OPENS, REVIEW, Round, definition
from tests.factories.people import cluster, person, with_role

#: When the students answer their offers.
ANSWERED = REVIEW + timedelta(hours=1)
LATE_JOIN = datetime(2020, 4, 20, 9, 0, tzinfo=REVIEW.tzinfo)
FORM: dict[str, Any] = {
    "sections": [
        {
            "code": "motive",
            "name": {"ko": "지원 동기", "en": "Motive"},
            "blocks": [
                {"code": "why", "kind": "long_text", "label": {"ko": "지원 동기", "en": "Why"}, "required": True}
            ],
        }
    ]
}
_count = itertools.count(1)


@dataclass
class Selecting(Round):
    """A round whose applicants are students."""

    run: Run = field(default=None)  # type: ignore[assignment]
    students: dict[str, User] = field(default_factory=dict)

    def apply_as(self, name: str, *, now: datetime = OPENS) -> Application:
        """A student applies in their own name and sends."""
        user = self.students[name] = person(name)
        own = organisation_of_person(user=user, now=now)
        application = services.start_application(call=self.call, organisation=own, by=user, now=now)
        answers = {"why": "분산원장을 배우고 싶습니다."}
        services.save_draft(application=application, section="motive", answers=answers, version=0, by=user, now=now)
        services.submit(application=application, key="k", by=user, now=now)
        application.refresh_from_db()
        return application

    def choose(self, points: dict[str, int]) -> Any:
        """Students by name apply and are given these points; answers the final decision, decided and not published."""
        files = {name: self.apply_as(name) for name in points}
        final = self.play_to_final({str(files[name]): given for name, given in points.items()})
        services.decide(decision=final, by=self.approver, now=REVIEW)
        return final

    def publish(self, points: dict[str, int]) -> None:
        services.publish(decision=self.choose(points), by=self.approver, now=REVIEW)

    def request(self, name: str) -> SeatRequest:
        """The student's newest request for a seat, as a page reads it."""
        rows = SeatRequest.objects.filter(run=self.run, person=person_for(user=self.students[name]))
        return rows.select_related("run__course__cluster", "person").latest("pk")

    def application(self, name: str) -> Application:
        return Application.objects.select_related("call__cluster", "organisation").get(
            organisation__person=self.students[name]
        )

    def reserve(self, name: str) -> ReserveEntry:
        return ReserveEntry.objects.get(application=self.application(name))

    def states(self) -> dict[str, str]:
        """Everybody's application."""
        return {name: self.application(name).status for name in self.students}

    def seats(self) -> int:
        return Run.objects.get(pk=self.run.pk).seats_taken


def selecting(
    *,
    seats: int = 2,
    reserve: int = 2,
    publish: bool = True,
    at: Course | None = None,
    call_times: dict[str, Any] | None = None,
    **fields: Any,
) -> Selecting:
    """A published call for so many seats, and its published run."""
    seoul = cluster()
    officer = with_role("college.officer", cluster=seoul)
    approver = with_role("college.approver", cluster=seoul)
    number = next(_count)
    call = draft_call(officer, seats=seats, reserve=reserve, **(call_times or {}))
    given = {
        "code": f"select-{number}",
        "campus": "mapo",
        "number": number,
        "capacity": seats,
        "admission": "SELECTION",
        "call": call,
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "late_join_until": LATE_JOIN,
        "starts_date": date(2020, 4, 6),
        "ends_date": date(2020, 5, 1),
        "policy": {"version": "2020-1"},
    }
    run = draft_run(course=at or course(), by=officer, **{**given, **fields})
    if publish:
        services.publish_call(call=call, by=approver, now=OPENS)
        run = Run.objects.select_related("course__cluster", "call").get(pk=run.pk)
        publish_run(run=run, by=officer, now=OPENS)
    return Selecting(Call.objects.get(pk=call.pk), officer, approver, run=run)


def draft_call(officer: User, *, seats: int = 2, reserve: int = 2, **changes: Any) -> Call:
    track = {"code": "STUDENTS", "name": {"ko": "교육생", "en": "Students"}, "quota": seats, "reserve": reserve}
    data = definition(tracks=[track], eligibility=[], form=FORM, **changes)
    return services.create_call(
        cluster=cluster(), programme="course", data=data, by=officer, now=OPENS - timedelta(days=1)
    )
