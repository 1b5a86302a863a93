"""``manage.py rehearse college``: five years of courses at two hubs, and 760 experts counted as distinct people.

The clock is passed in: everything that people do and what falls due happens in the order of its time.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from college import services
from college.models import Course, ExpertMonth
from college.rehearsal import checks, teachers
from college.rehearsal.affairs import Affairs
from college.rehearsal.agenda import Act, Agenda
from college.rehearsal.cast import Student, Students, hire
from college.rehearsal.facts import Facts, Term, at, variants
from college.rehearsal.run_life import RunLife
from portal.accounts.models import Cluster, User
from portal.core.crew import Crew
from portal.core.errors import Invalid
from portal.core.periods import add_months
from portal.core.rehearsals import Outcome, Rehearsal, Say


class Story:
    """One play, in a cluster of its own where the first has had its months frozen already."""

    def __init__(self, facts: Facts, say: Say, crew: Crew) -> None:
        self.facts, self.say, self.crew, self.agenda = facts, say, crew, Agenda()
        self.began = checks.leaves()
        self.play = Course.objects.filter(code__startswith="rehearsal-basic-").count() + 1
        self.cluster = self._cluster()
        self.staff = hire(list(facts.announced["campuses"]), self.play, at(facts.first))
        self.students = Students(self.play)
        self.courses = {
            code: Course.objects.create(code=f"rehearsal-{code}-{self.play}", cluster=self.cluster, **fields)
            for code, fields in facts.made_up["courses"].items()
        }
        teachers.qualify(self)
        self.runs: list[RunLife] = []
        #: Run → those who come to it by a second account.
        self.doubled: dict[str, list[Student]] = {}
        #: Second records found when the same identity was shown twice.
        self.clashes = 0
        self.affairs = Affairs(self)

    def _cluster(self) -> Cluster:
        taken = Course.objects.filter(cluster__code="seoul").exists()
        code = f"rehearsal-college-{self.play}" if taken else "seoul"
        names = {"name_ko": "서울 블록체인 클러스터", "name_en": "Seoul Blockchain Cluster"}
        cluster, _made = Cluster.objects.get_or_create(code=code, defaults=names)
        return cluster

    def live(self) -> Outcome:
        """All terms and months in the order of time; what came of it, with every rule checked."""
        for number, term in enumerate(self.facts.terms, start=1):
            self._hold(number, term)
        month = self.facts.first.replace(day=1)
        while month < self.facts.until:
            self.agenda.at(at(add_months(month, 1) + timedelta(days=2)), _freezing(self, month))
            month = add_months(month, 1)
        self.agenda.live()
        return checks.outcome(self)

    def _hold(self, number: int, term: Term) -> None:
        """The runs of a term, a day of the week each, and what happens besides."""
        lives = [
            RunLife(self, kind, seats, term.starts + timedelta(days=place), number)
            for place, (kind, seats) in enumerate(zip(self.facts.made_up["runs"], term.seats, strict=True))
            if seats
        ]
        for life in lives:
            life.enter()
        self.runs += lives
        self.affairs.enter(term, lives)

    def freeze(self, month: date, now: datetime) -> None:
        """The month's count; where an earlier one has changed, a second person signs."""

        def frozen(second: User | None) -> ExpertMonth:
            by = self.staff.approver
            return services.freeze_month(cluster=self.cluster, month=month, by=by, now=now, signed_by=second)

        try:
            made = frozen(None)
        except Invalid:
            made = frozen(self.staff.second)
        if month.month == 12:
            self.say(self._in_words(made))

    def _in_words(self, frozen: ExpertMonth) -> str:
        parts = ", ".join(f"{campus} {count}" for campus, count in frozen.by_campus.items())
        return f"{frozen.month:%Y-%m}: {frozen.total} experts ({parts or 'nobody yet'}), {frozen.gross} graduations"


def _freezing(story: Story, month: date) -> Act:
    return lambda now: story.freeze(month, now)


def play(say: Say, variant: str) -> Outcome:
    """Live the five years once more, with courses, people and a count of their own."""
    with Crew() as crew:
        return Story(Facts.read(variant), say, crew).live()


REHEARSAL = Rehearsal("college", play, variants(), tested=("small",))
