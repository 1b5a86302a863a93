"""A run by selection: a call of intake chooses its students, and seats given up go to the reserves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from college import services
from college.enums import Admission
from college.models import Enrolment, Run, SeatRequest
from college.rehearsal.cast import Student, hire_judges
from college.rehearsal.facts import at
from portal.accounts.services import organisation_of_person
from portal.intake import services as intake
from portal.intake.models import Application, Call, Decision, ScoreSheet

if TYPE_CHECKING:
    from college.rehearsal.story import Story

#: Days before the first lesson.
_WRITTEN, _OPENED, _CLOSED, _JUDGED, _TOLD, _ANSWERED, _LAPSED, _LAST = -70, -65, -45, -40, -35, -34, -25, -20
SEATS, RESERVES, APPLICANTS = 3, 3, 8
_FORM = {
    "sections": [
        {
            "code": "motive",
            "name": {"ko": "지원 동기", "en": "Motive"},
            "blocks": [
                {"code": "why", "kind": "long_text", "label": {"ko": "지원 동기", "en": "Motive"}, "required": True}
            ],
        }
    ]
}


@dataclass
class Chosen:
    """``starts`` is the day of the first lesson that its students will have; ``number`` that of the run."""

    story: Story
    starts: date
    number: int
    students: list[Student] = field(default_factory=list)

    def enter(self) -> None:
        """Everything up to the last seat into the agenda; lessons of such a run are like any other's."""
        for day, act in (
            (_WRITTEN, self.write),
            (_OPENED, self.publish),
            (_OPENED + 2, self.apply),
            (_JUDGED, self.judge),
            (_TOLD, self.tell),
            (_ANSWERED, self.answer),
            (_LAPSED, self.lapse),
            (_LAST, self.give_back),
        ):
            self.story.agenda.at(self.day(day), act)

    def day(self, days: int, hour: int = 10) -> datetime:
        return at(self.starts + timedelta(days=days), hour)

    @property
    def code(self) -> str:
        return f"{self.story.courses['basic'].code}-mapo-{self.number}"

    @property
    def run(self) -> Run:
        return Run.objects.select_related("course__cluster", "call").get(code=self.code)

    @property
    def call(self) -> Call:
        call = self.run.call
        assert call is not None
        return call

    def write(self, now: datetime) -> None:
        """The call, and the run that will select by it."""
        officer = self.story.staff.officer
        call = intake.create_call(
            cluster=self.story.cluster, programme="course", data=self._definition(), by=officer, now=now
        )
        services.draft_run(
            course=self.story.courses["basic"], by=officer, code=self.code, campus="mapo", number=self.number,
            capacity=SEATS, admission=Admission.SELECTION, call=call, opens_at=call.opens_at, closes_at=call.closes_at,
            late_join_until=self.day(4), starts_date=self.starts, ends_date=self.starts + timedelta(days=28),
            policy=self.story.facts.made_up["policy"],
        )  # fmt: skip

    def _definition(self) -> dict[str, Any]:
        title = {"ko": f"교육생 모집 {self.number}", "en": f"Call for students {self.number}"}
        criterion = {"code": "C1", "name": {"ko": "동기", "en": "Motive"}, "max_points": 100, "weight_bp": 10_000}
        rule = {"combine": "mean", "min_sheets": 1, "pass_mark": "60", "tie_break": ["lottery"]}
        stage = {"code": "DOCUMENT", "name": {"ko": "서류평가", "en": "Documents"}, "share_bp": 10_000}
        track = {"code": "STUDENTS", "name": {"ko": "교육생", "en": "Students"}, "quota": SEATS, "reserve": RESERVES}
        return {
            "code": self.code,
            "prefix": f"CR{self.story.play}N{self.number}",
            "hubs": [],
            "opens_at": self.day(_OPENED),
            "closes_at": self.day(_CLOSED, 18),
            "title": title,
            "summary": title,
            "tracks": [track],
            "stages": [{**stage, "go_on": None, "per_file": 2, "rule": rule, "criteria": [criterion]}],
            "eligibility": [],
            "form": _FORM,
            "policy": {"panel": {"least_size": 2, "one_employer": False}},
        }

    def publish(self, now: datetime) -> None:
        intake.publish_call(call=self.call, by=self.story.staff.approver, now=now)
        services.publish_run(run=self.run, by=self.story.staff.officer, now=now)

    def apply(self, now: datetime) -> None:
        """Each in their own name."""
        for number in range(APPLICANTS):
            student = self.story.students.newcomer(now)
            self.students.append(student)
            by, then, call = student.user, now + timedelta(hours=number), self.call
            own = organisation_of_person(user=by, now=then)
            application = intake.start_application(call=call, organisation=own, by=by, now=then)
            answers = {"why": "분산원장을 배우고 싶습니다."}
            intake.save_draft(application=application, section="motive", answers=answers, version=0, by=by, now=then)
            intake.submit(application=application, key=f"{self.code}:{number}", by=by, now=then)

    def judge(self, now: datetime) -> None:
        """Counted, found eligible, read by two: the first who applied gets the most points."""
        officer = self.story.staff.officer
        call = intake.close_call(call=self.call, by=officer, now=self.day(_CLOSED, 18))
        intake.draw_lottery(call=call, public_value="closing-price-of-the-day", by=officer, now=now)
        intake.record_findings(call=call, by=officer, now=now)
        self._tell(intake.prepare_eligibility(call=call, by=officer, now=now), now)
        stage, judges = call.stages.get(), hire_judges(self.story.cluster, officer, now)
        intake.form_panel(stage=stage, evaluators=judges, by=officer, now=now)
        for judge in judges:
            intake.sign_pledge(call=call, by=judge.user, now=now)
        intake.open_stage(stage=stage, by=officer, now=now)
        intake.propose_assignments(stage=stage, by=officer, now=now)
        intake.confirm_assignments(stage=stage, by=officer, now=now)
        places: dict[int | None, int] = {student.user.pk: place for place, student in enumerate(self.students)}
        for sheet in ScoreSheet.objects.filter(assignment__stage=stage, status="OPEN").order_by("pk"):
            by = sheet.assignment.member.evaluator.user
            points = 95 - 6 * places[sheet.assignment.application.organisation.person_id]
            intake.fill_sheet(sheet=sheet, scores={"C1": points}, by=by, now=now)
            intake.lock_sheet(sheet=sheet, by=by, now=now)
        intake.settle_stage(stage=stage, by=officer, now=now)

    def tell(self, now: datetime) -> None:
        """All read the result in the same second; the selected have their offers with it."""
        self._tell(intake.prepare_final(call=self.call, by=self.story.staff.officer, now=now), now)

    def _tell(self, decision: Decision, now: datetime) -> None:
        intake.decide(decision=decision, by=self.story.staff.approver, now=now)
        intake.publish(decision=decision, by=self.story.staff.approver, now=now)

    def _offer(self, place: int) -> dict[str, Any]:
        student = self.students[place]
        rows = SeatRequest.objects.select_related("run__course__cluster", "person")
        return {"request": rows.get(run=self.run, person=student.person), "by": student.user}

    def answer(self, now: datetime) -> None:
        """The first accepts, the second declines; the fourth, called next, withdraws in intake, and the fifth accepts."""
        services.accept_offer(**self._offer(0), now=now)
        services.decline_offer(**self._offer(1), now=now)
        fourth = Application.objects.select_related("call__cluster", "organisation").get(
            call=self.call, organisation__person=self.students[3].user
        )
        intake.withdraw(application=fourth, by=self.students[3].user, now=now, reason="다른 과정에 갑니다")
        services.accept_offer(**self._offer(4), now=now)

    def lapse(self, now: datetime) -> None:
        """The third never answered; the sixth, the last in reserve, is called and accepts."""
        services.lapse_due_offers(now=now)
        services.accept_offer(**self._offer(5), now=now)

    def give_back(self, now: datetime) -> None:
        """The sixth gives the seat back in time; nobody is left in the reserve."""
        enrolment = Enrolment.objects.select_related("run__course__cluster", "request", "person").get(
            run=self.run, person=self.students[5].person
        )
        services.drop(enrolment=enrolment, by=self.students[5].user, now=now)

    def wrong(self) -> Iterator[str]:
        """Where the play did not come out as its people acted."""
        found = dict(Application.objects.filter(call=self.call).values_list("organisation__person", "status"))
        wanted = [
            "FULFILLED",
            "DECLINED",
            "DECLINED",
            "WITHDRAWN",
            "FULFILLED",
            "DECLINED",
            "NOT_SELECTED",
            "NOT_SELECTED",
        ]
        came = [found[student.user.pk] for student in self.students]
        if came != wanted:
            yield f"{self.code}: applications ended as {came}"
        if self.run.seats_taken != came.count("FULFILLED"):
            yield f"{self.code}: {self.run.seats_taken} seats for {came.count('FULFILLED')} places"
