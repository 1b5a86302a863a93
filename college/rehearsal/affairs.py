"""What happens besides the courses: people who are two in the records, certificates taken back, runs that do not take place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from college import services
from college.enums import Admission, CorrectionReason
from college.models import Credential, Merge, Person
from college.rehearsal.cast import Student
from college.rehearsal.facts import Term, at
from college.rehearsal.run_life import RunLife
from college.rehearsal.selection import Chosen
from portal.core.errors import Invalid

if TYPE_CHECKING:
    from college.rehearsal.story import Story

#: Numbers of runs that are cancelled: no term has so many.
_CANCELLED = 100
#: Of those by selection.
_CHOSEN = 200


class Affairs:
    """Each affair of a term by its name, entered into the agenda for its day."""

    def __init__(self, story: Story) -> None:
        self.story = story
        #: Runs whose students a call of intake selects.
        self.chosen: list[Chosen] = []
        self._after: dict[str, tuple[int, Callable[[list[RunLife], datetime], None]]] = {
            "uphold": (32, self.uphold), "reverse": (57, self.reverse), "reissue": (40, self.reissue),
            "suspend": (42, self.suspend), "fraud": (75, self.fraud), "identity": (80, self.identity),
            "merge": (85, self.merge), "mistake": (90, self.mistake), "two": (92, self.two),
            "new_key": (100, self.new_key),
        }  # fmt: skip

    @property
    def officer(self) -> Any:
        return self.story.staff.officer

    @property
    def approver(self) -> Any:
        return self.story.staff.approver

    def enter(self, term: Term, lives: list[RunLife]) -> None:
        """Everything that is to happen besides in a term."""
        for name in term.affairs:
            if name == "doubled":
                self._at(term.starts, -30, lives, self.double)
            elif name == "chosen":
                self.chosen.append(Chosen(self.story, term.starts, _CHOSEN + len(self.chosen)))
                self.chosen[-1].enter()
            elif name == "cancelled":
                self._cancelled_runs(term)
            else:
                days, act = self._after[name]
                self._at(term.starts, days, lives, act)

    def _at(self, day: date, days: int, lives: list[RunLife], act: Callable[[list[RunLife], datetime], None]) -> None:
        self.story.agenda.at(at(day + timedelta(days=days), 14), lambda now: act(lives, now))

    def double(self, lives: list[RunLife], now: datetime) -> None:
        """Two who have completed will ask again, each with a new account."""
        run = next(life for life in lives if life.course.counts_as_expert and not life.lottery)
        self.story.doubled[run.code] = self.story.students.experts(2)

    def show_again(self, student: Student, now: datetime) -> None:
        """By a passport somebody is taken for another; by the same CI it is found at once that there are two records."""
        _user, person = student.accounts[-1]
        if any(student == those[0] for those in self.story.doubled.values()):
            services.confirm_identity(person=person, kind="PASSPORT", value=f"M-{student.ci}", now=now)
            return
        try:
            services.confirm_identity(person=person, kind="CI", value=student.ci, now=now)
        except Invalid:
            self.story.clashes += 1

    def merge(self, lives: list[RunLife], now: datetime) -> None:
        """Who is two in the records becomes one."""
        for student in [one for life in lives for one in life.doubled]:
            self._merged(student.accounts[-1][1], student.person, now)

    def _merged(self, person: Person, into: Person, now: datetime) -> Merge:
        person.refresh_from_db()
        merge = services.propose_merge(
            person=person, into=into, evidence="본인확인 서류 대조", by=self.officer, now=now
        )
        services.confirm_merge(merge=merge, by=self.approver, now=now + timedelta(days=1))
        return merge

    def mistake(self, lives: list[RunLife], now: datetime) -> None:
        """Two people of one name are taken for one; two months later it comes out."""
        one, other = self.story.students.experts(2)
        merge = self._merged(other.person, one.person, now)

        def split(then: datetime) -> None:
            services.split_merge(merge=merge, by=self.officer, now=then, reason="이름만 같은 다른 사람입니다")

        self.story.agenda.at(now + timedelta(days=60), split)

    def two(self, lives: list[RunLife], now: datetime) -> None:
        """Two who look alike stay two."""
        one, other = self.story.students.experts(2)
        merge = services.propose_merge(
            person=other.person, into=one.person, evidence="이름과 생년월일이 같음", by=self.officer, now=now
        )
        services.refuse_merge(merge=merge, by=self.approver, now=now, reason="연락처와 서류가 다릅니다")

    def _course(self, lives: list[RunLife]) -> RunLife:
        return next(life for life in lives if life.course.counts_as_expert)

    def uphold(self, lives: list[RunLife], now: datetime) -> None:
        """Judged not to have completed; the excuse for the last lesson comes in time, and the decision is turned."""
        life = self._course(lives)
        enrolment = life.one("falls_short")
        self._corrected(life, enrolment, now, excuse=True, evidence="입원 확인서")
        student = self.story.students.of(enrolment.person_id)
        student.expert = student.busy = True

    def reverse(self, lives: list[RunLife], now: datetime) -> None:
        """Somebody left the last lesson early and kept the code: the certificate is suspended, and after hearing revoked."""
        life = self._course(lives)
        enrolment = life.one("refused")
        self.story.students.of(enrolment.person_id).busy = True
        lesson = life.run.lessons.order_by("number").last()
        assert lesson is not None
        seen = [("IN", lesson.starts_at), ("OUT", lesson.starts_at + timedelta(hours=1))]
        self._corrected(
            life, enrolment, now, reason=CorrectionReason.STAFF_ERROR, entries=seen, evidence="강의실 출입 기록"
        )
        credential = life.certificate_of("refused")
        self.story.agenda.at(now + timedelta(days=20), lambda then: self._revoke(credential.pk, then))

    def _corrected(self, life: RunLife, enrolment: Any, now: datetime, **asked: Any) -> None:
        lesson = life.run.lessons.select_related("run__course__cluster").order_by("number").last()
        assert lesson is not None
        correction = services.request_correction(lesson=lesson, enrolment=enrolment, by=self.officer, now=now, **asked)
        services.check_correction(correction=correction, by=self.officer, now=now)
        services.apply_correction(correction=correction, by=self.approver, now=now)

    def _revoke(self, pk: int, now: datetime) -> None:
        credential = Credential.objects.select_related("enrolment__run__course__cluster", "person").get(pk=pk)
        services.revoke(credential=credential, by=self.approver, now=now, reason="의견을 들은 뒤 취소합니다")

    def fraud(self, lives: list[RunLife], now: datetime) -> None:
        """Somebody else sat in the lessons: the certificate is revoked months after it was counted."""
        credential = self._course(lives).certificate_of("corrected")
        self.story.students.of(credential.person_id).busy = True
        self._revoke(credential.pk, now)

    def suspend(self, lives: list[RunLife], now: datetime) -> None:
        """Looked into, and put into force again."""
        credential = self._course(lives).certificate_of("excused")
        services.suspend(credential=credential, by=self.approver, now=now, reason="대리 출석 제보")
        services.restore(credential=credential, by=self.approver, now=now + timedelta(days=3), reason="사실이 아닙니다")

    def reissue(self, lives: list[RunLife], now: datetime) -> None:
        credential = self._course(lives).certificate_of("excused")
        services.reissue(credential=credential, by=self.approver, now=now, reason="이름 표기를 바로잡습니다")

    def identity(self, lives: list[RunLife], now: datetime) -> None:
        """One who completed without showing who they are does so later."""
        late = next(one for one in self.story.students.all if one.expert and not one.verified)
        self.story.students.verify(late, now)

    def new_key(self, lives: list[RunLife], now: datetime) -> None:
        services.rotate_key(by=self.approver, now=now)

    def _cancelled_runs(self, term: Term) -> None:
        """Two that nobody will hold: one with people waiting and offered a seat, one with a lottery not drawn."""
        for place, admission in enumerate((Admission.FIRST_COME, Admission.LOTTERY)):
            kind = {"course": "basic", "campus": "gaepo", "admission": admission}
            life = RunLife(self.story, kind, 2, term.starts + timedelta(days=5 + place), _CANCELLED + place)
            life.plan(-35, life.publish)
            life.plan(-28, life.ask)
            life.plan(-18, life.give_back)
            life.plan(-16, life.cancel)
