"""One run from its publication to the certificates: who asks, gets a seat, attends, completes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from college import qr, services
from college.enums import Admission, CorrectionReason, EnrolmentStatus, RequestStatus, SessionStatus
from college.models import Course, Credential, Enrolment, Lesson, Run, SeatRequest
from college.rehearsal import money
from college.rehearsal.cast import Student
from college.rehearsal.facts import at
from portal.accounts.models import User

if TYPE_CHECKING:
    from college.rehearsal.story import Story

#: Days before and after the first lesson on which the clock's jobs run and people answer what they were offered.
_ANSWERED = (-24, -20, -9, -6, -3, -1, 3)
_ASKED, _CLOSED, _DRAWN, _JOINABLE = -28, -14, -11, 4
_WHOLE_DAY = (timedelta(0), timedelta(hours=7))
#: What befalls somebody who has a seat when the lessons begin, in the order in which people are picked.
_TROUBLES = ("falls_short", "excused", "corrected", "refused", "leaves")
#: What somebody asks for after the first lesson, and with what.
_CORRECTIONS: dict[str, dict[str, Any]] = {
    "excused": {"excuse": True, "evidence": "예비군 훈련 소집통지서"},
    "corrected": {"reason": CorrectionReason.DEVICE_FAULT, "evidence": "강사 확인서: 기기 고장"},
    "refused": {"reason": CorrectionReason.NETWORK_FAULT, "evidence": "통신 장애가 있었다고 함"},
}


@dataclass
class RunLife:
    """``starts`` is the first lesson's day; everything else is reckoned from it."""

    story: Story
    kind: dict[str, Any]
    seats: int
    starts: date
    number: int
    troubles: dict[int, str] = field(default_factory=dict)
    silent: set[int] = field(default_factory=set)
    certificates: list[Credential] = field(default_factory=list)

    def enter(self) -> None:
        """Put everything this run will see into the agenda."""
        self.plan(-35, self.publish)
        self.plan(_ASKED, self.ask)
        self.plan(-10, self.give_back)
        for day in _ANSWERED:
            self.plan(day, self.answer, hour=12)
        if not self.course.counts_as_expert:
            self.plan(-22, self.enlarge)
            self.plan(2, self.annul)
            self.plan(13, self.call_off)
        if self.lottery:
            self.plan(_CLOSED, self.list_requests, hour=19)
            self.plan(_DRAWN, self.draw)
        self.plan(-1, self.confirm, hour=15)
        self.plan(0, self.start, hour=8)
        for number in range(int(self.facts["lessons"])):
            self.plan(7 * number, self.teach, hour=9)
            self.plan(7 * number + 1, self.correct, hour=11)
        self.plan(7 + 3, self.leave)
        if self.kind.get("fee_won"):
            money.enter(self)
            self.plan(20, self.step_in)
        last = 7 * (int(self.facts["lessons"]) - 1)
        self.plan(last + 1, self.end, hour=18)
        self.plan(last + 3, self.judge)
        self.plan(last + 5, self.certify)
        self.plan(last + 30, self.close)

    def plan(self, day: int, act: Any, hour: int = 10) -> None:
        self.story.agenda.at(at(self.starts + timedelta(days=day), hour), act)

    @property
    def facts(self) -> Any:
        return self.story.facts.made_up

    @property
    def lottery(self) -> bool:
        return bool(self.kind["admission"] == Admission.LOTTERY)

    @property
    def course(self) -> Course:
        return self.story.courses[self.kind["course"]]

    @property
    def code(self) -> str:
        return f"{self.course.code}-{self.kind['campus']}-{self.number}"

    @property
    def run(self) -> Run:
        """As it stands."""
        return Run.objects.select_related("course__cluster").get(code=self.code)

    def day(self, days: int, hour: int = 10) -> datetime:
        return at(self.starts + timedelta(days=days), hour)

    def publish(self, now: datetime) -> None:
        staff, campus, lessons = self.story.staff, self.kind["campus"], int(self.facts["lessons"])
        room = {"waiting_room": True} if self.kind.get("waiting_room") else {}
        run = services.draft_run(
            course=self.course, by=staff.officer, code=self.code, campus=campus, number=self.number,
            capacity=self.seats, admission=self.kind["admission"], fee_won=self.kind.get("fee_won", 0),
            opens_at=self.day(_ASKED), closes_at=self.day(_CLOSED, 18), late_join_until=self.day(_JOINABLE),
            starts_date=self.starts, ends_date=self.starts + timedelta(days=7 * (lessons - 1)),
            policy={**self.facts["policy"], "seats": room},
        )  # fmt: skip
        for number in range(lessons):
            starts_at = self.day(7 * number, 10)
            services.plan_lesson(
                run=run, number=number + 1, starts_at=starts_at, ends_at=starts_at + _WHOLE_DAY[1], by=staff.officer,
                instructor=staff.instructors[campus],
            )  # fmt: skip
        services.publish_run(run=run, by=staff.officer, now=now)

    def ask(self, now: datetime) -> None:
        """Those first who were here before; more ask than there are seats."""
        here, run, counts = self.story.students, self.run, self.course.counts_as_expert
        old = here.experts(self.story.facts.many("again")) if counts and not self.lottery else []
        for student in self.doubled:
            here.join(student, now)
        old += self.doubled
        new = [here.newcomer(now) for _ in range(self.seats + int(self.facts["waits"]) - len(old))]
        self.troubles |= {student.accounts[-1][1].pk: "none" for student in old}
        if self.kind.get("waiting_room"):
            for student in [*old, *new]:
                user, person = student.accounts[-1]
                services.take_place(run=run, person=person, by=user, now=now - timedelta(minutes=10))
            services.order_due_places(now=now)
        for count, student in enumerate([*old, *new]):
            user, person = student.accounts[-1]
            services.request_seat(run=run, person=person, by=user, now=now + timedelta(seconds=10 * count + 10))

    @property
    def doubled(self) -> list[Student]:
        """Those who come again by another account of theirs."""
        return self.story.doubled.get(self.code, [])

    def list_requests(self, now: datetime) -> None:
        services.list_due_draws(now=now)

    def draw(self, now: datetime) -> None:
        services.draw_seats(run=self.run, public_value=public_value(now.date()), by=self.story.staff.officer, now=now)

    def answer(self, now: datetime) -> None:
        """The clock's jobs; then those with an offer take it, some decline, some never answer; fees come in."""
        services.lapse_due_offers(now=now)
        services.expire_unpaid(now=now)
        for request in self._offered():
            self._answer(request, now)
        for enrolment in self.run.enrolments.filter(status=EnrolmentStatus.HELD).select_related("request", "person"):
            if not self.silent and self.story.facts.many("unpaid"):
                self.silent.add(enrolment.person_id)
            if enrolment.person_id not in self.silent:
                services.confirm_payment(
                    enrolment=self._whole(self.run, enrolment), by=self.story.staff.officer, now=now
                )

    def _offered(self) -> list[SeatRequest]:
        found = self.run.requests.filter(status=RequestStatus.OFFERED)
        return list(found.select_related("run__course__cluster", "person").order_by("id"))

    def _answer(self, request: SeatRequest, now: datetime) -> None:
        many, user = self.story.facts.many, self.story.students.user(request.person_id)
        done = SeatRequest.objects.filter(run=request.run_id)
        if self.lottery and len(self.silent) < many("lapses"):
            self.silent.add(request.person_id)
        if request.person_id in self.silent:
            return
        if self.lottery and done.filter(status=RequestStatus.DECLINED).count() < many("declines"):
            services.decline_offer(request=request, by=user, now=now)
        else:
            services.accept_offer(request=request, by=user, now=now)

    def give_back(self, now: datetime) -> None:
        """Before the lessons somebody gives a seat back, and somebody stops waiting."""
        many, run = self.story.facts.many, self.run
        if self.lottery:
            return
        waiting = run.requests.filter(status=RequestStatus.WAITING).select_related("run__course__cluster", "person")
        for request in waiting.order_by("-id")[: many("withdraws")]:
            services.withdraw_request(request=request, by=self.story.students.user(request.person_id), now=now)
        for enrolment in self._ordinary()[: many("gives_back")]:
            services.drop(enrolment=enrolment, by=self.story.students.user(enrolment.person_id), now=now)

    def active(self) -> list[Enrolment]:
        run = self.run
        found = run.enrolments.filter(status=EnrolmentStatus.ACTIVE).select_related("request", "person").order_by("id")
        return [self._whole(run, enrolment) for enrolment in found]

    def _whole(self, run: Run, enrolment: Enrolment) -> Enrolment:
        """The enrolment with the run read already, and its person found by the account that acts, as a page finds it."""
        enrolment.run = run
        enrolment.person.found_by = self.story.students.user(enrolment.person_id).pk
        return enrolment

    def _ordinary(self) -> list[Enrolment]:
        """Of those who learn, the ones of whom nothing is told yet."""
        return [one for one in self.active() if one.person_id not in self.troubles]

    def enlarge(self, now: datetime) -> None:
        """One seat more, offered at once to whoever is next."""
        services.change_capacity(run=self.run, capacity=self.seats + 1, by=self.story.staff.officer, now=now)

    def annul(self, now: datetime) -> None:
        """The first lesson does not count: the officer calls it off after it was sealed."""
        self._cancel(1, now, "실습 환경 장애로 다시 수업합니다")

    def call_off(self, now: datetime) -> None:
        """The third falls out."""
        self._cancel(3, now, "강사 병가")

    def _cancel(self, number: int, now: datetime, reason: str) -> None:
        lesson = self.run.lessons.select_related("run__course__cluster").get(number=number)
        services.cancel_lesson(lesson=lesson, by=self.story.staff.officer, now=now, reason=reason)

    def confirm(self, now: datetime) -> None:
        services.move_run(run=self.run, to="CONFIRMED", by=self.story.staff.officer, now=now)

    def start(self, now: datetime) -> None:
        """The first day: who has trouble later is settled, and who shows a proof of identity."""
        services.move_run(run=self.run, to="RUNNING", by=self.story.staff.officer, now=now)
        names = [name for name in _TROUBLES for _ in range(self.story.facts.many(name))]
        for name, enrolment in zip(names, self._ordinary(), strict=False):
            self.troubles[enrolment.person_id] = name

    def identify(self, now: datetime) -> None:
        """Whoever has a seat shows who they are; the last of a course that counts do not."""
        here = [self.story.students.of(one.person_id) for one in self._ordinary()]
        unseen = here[-self.story.facts.many("unverified") :] if self.course.counts_as_expert else []
        for enrolment in self.active():
            student = self.story.students.of(enrolment.person_id)
            if not student.verified and student not in unseen:
                self.story.students.verify(student, now)
        for student in self.doubled:
            self.story.affairs.show_again(student, now)

    def teach(self, now: datetime) -> None:
        """One lesson: the code on the screen is scanned at the door, and the day sealed."""
        lesson = self._lesson(now)
        if lesson is None:
            return
        by, active = lesson.instructor, self.active()
        assert by is not None
        services.open_lesson(lesson=lesson, by=by, now=now)
        there = [one for one in active if not self._absent(one, lesson)]
        record = self._scan_all if lesson.number in self.facts["by_code"] else self._list_all
        record(lesson, there)
        services.seal_lesson(lesson=lesson, by=by, now=lesson.ends_at, head_count=len(there))
        if lesson.number == 2:
            self.identify(lesson.ends_at)

    def _scan_all(self, lesson: Lesson, there: list[Enrolment]) -> None:
        """Everybody comes and goes by the code; a telephone that died on the first day is not there to go."""
        user, crew = self.story.students.user, self.story.crew
        crew.each(scan, [(lesson, one, "IN", user(one.person_id), lesson.starts_at) for one in there])
        left = [one for one in there if not (self.troubles.get(one.person_id) == "corrected" and lesson.number == 1)]
        crew.each(scan, [(lesson, one, "OUT", user(one.person_id), lesson.ends_at) for one in left])

    def _list_all(self, lesson: Lesson, there: list[Enrolment]) -> None:
        """The same from the instructor's list, at once."""
        whole = (("IN", lesson.starts_at), ("OUT", lesson.ends_at))
        marks = [(one, kind, when) for one in there for kind, when in whole]
        by = lesson.instructor
        services.record_list(lesson=lesson, marks=marks, by=by, now=lesson.ends_at)

    def _lesson(self, now: datetime) -> Lesson | None:
        """The one of this day, unless it was called off."""
        planned = self.run.lessons.filter(status=SessionStatus.PLANNED, starts_at__range=(now, now + _WHOLE_DAY[1]))
        return planned.select_related("run__course__cluster", "instructor").first()

    def _absent(self, enrolment: Enrolment, lesson: Lesson) -> bool:
        trouble, last = self.troubles.get(enrolment.person_id), int(self.facts["lessons"])
        if trouble == "falls_short":
            return lesson.number >= last - 1
        return lesson.number == 1 and trouble in ("excused", "refused")

    def step_in(self, now: datetime) -> None:
        """The instructor falls ill: another gives the next lesson."""
        run, staff = self.run, self.story.staff
        lesson = run.lessons.filter(status=SessionStatus.PLANNED, starts_at__gt=now)[0]
        lesson.run = run
        services.assign_instructor(lesson=lesson, instructor=staff.stand_in, by=staff.officer, now=now)

    def correct(self, now: datetime) -> None:
        """The day after: excuses, a dead telephone, a request without ground; two people decide."""
        lesson = self.run.lessons.filter(starts_at__lt=now).select_related("run__course__cluster").last()
        if lesson is None or lesson.number != 1:
            return
        for enrolment in self.active():
            self._ask_correction(lesson, enrolment, now)

    def _ask_correction(self, lesson: Lesson, enrolment: Enrolment, now: datetime) -> None:
        trouble = self.troubles.get(enrolment.person_id)
        asked = dict(_CORRECTIONS.get(trouble or "", {}))
        if not asked:
            return
        if trouble != "excused":
            asked["entries"] = [("IN", lesson.starts_at), ("OUT", lesson.ends_at)]
        staff, user = self.story.staff, self.story.students.user(enrolment.person_id)
        correction = services.request_correction(lesson=lesson, enrolment=enrolment, by=user, now=now, **asked)
        if trouble == "refused":
            services.refuse_correction(correction=correction, by=staff.officer, now=now, reason="장애 기록이 없습니다")
            return
        services.check_correction(correction=correction, by=staff.officer, now=now)
        services.apply_correction(correction=correction, by=staff.approver, now=now)

    def leave(self, now: datetime) -> None:
        """Too late for anybody to join: the seat stays empty, the line is closed."""
        for enrolment in self.active():
            if self.troubles.get(enrolment.person_id) == "leaves":
                services.drop(enrolment=enrolment, by=self.story.students.user(enrolment.person_id), now=now)

    def end(self, now: datetime) -> None:
        services.move_run(run=self.run, to="ENDED", by=self.story.staff.officer, now=now)

    def judge(self, now: datetime) -> None:
        for completion in services.judge_run(run=self.run, by=self.story.staff.approver, now=now):
            if completion.completed and self.course.counts_as_expert:
                self.story.students.of(completion.enrolment.person_id).expert = True

    def certify(self, now: datetime) -> None:
        self.certificates = services.certify_run(run=self.run, by=self.story.staff.approver, now=now)

    def close(self, now: datetime) -> None:
        services.move_run(run=self.run, to="CLOSED", by=self.story.staff.officer, now=now)

    def cancel(self, now: datetime) -> None:
        services.cancel_run(run=self.run, by=self.story.staff.officer, now=now, reason="강의실을 쓸 수 없게 되었습니다")

    def one(self, trouble: str) -> Enrolment:
        """Somebody of whom this is told and who is still of the run."""
        people = [person for person, name in self.troubles.items() if name == trouble]
        found = self.run.enrolments.filter(person__in=people, holds_seat=True).select_related("request", "person")
        return self._whole(self.run, found.order_by("id")[0])

    def certificate_of(self, trouble: str) -> Credential:
        found = Credential.objects.filter(enrolment=self.one(trouble)).order_by("-id")
        return found.select_related("enrolment__run__course__cluster", "person", "completion")[0]


def scan(given: tuple[Lesson, Enrolment, str, User, datetime]) -> None:
    """As the door reads it: the path of the code, its step and what its mac proves."""
    lesson, enrolment, kind, user, now = given
    secret = bytes(lesson.secret)
    read = qr.parts(qr.path(secret, str(lesson.public_id), kind, now))
    assert read is not None
    assert qr.kind_of(secret, read[1], read[2]) == kind
    services.scan(lesson=lesson, enrolment=enrolment, kind=kind, step=read[1], by=user, now=now)


def public_value(day: date) -> str:
    """Six numbers such as the national lottery draws, invented: the same in every play."""
    digest = sha256(f"{day:%Y-%m-%d}".encode()).digest()
    numbers: list[int] = []
    for byte in digest * 2:
        if byte % 45 + 1 not in numbers:
            numbers.append(byte % 45 + 1)
    return " ".join(map(str, sorted(numbers[:6])))
