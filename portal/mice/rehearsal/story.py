"""``manage.py rehearse mice``: five years of event support, from the calls to the last won, 2018–2022. All of it is invented.

Every year nine series and a co-host compete for one envelope; each award has another fate (``fates``), and one edition is
entered twice under two names. ``small`` is the first three years.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from portal.accounts.models import Cluster
from portal.core.rehearsals import Outcome, Rehearsal, Say
from portal.intake.models import Application
from portal.mice import services
from portal.mice.models import Award, EditionMatch, Event, EventEdition, Sanction, SupportProgramme
from portal.mice.rehearsal import checks
from portal.mice.rehearsal.cast import Organiser, Staff, at, hire, organisers
from portal.mice.rehearsal.competition import MILLION, Competition, Entry
from portal.mice.rehearsal.fates import FATES, Fate, Year, given_up
from portal.mice.rehearsal.life import Book, Life

#: How the clawback of each year ends.
YEARS = {2018: "paid", 2019: "dropped", 2020: "waived", 2021: "dropped", 2022: "paid"}
SMALL = (2018, 2019, 2020)
_SERIES = (
    "한강 블록체인 주간", "분산원장 기술대회", "디지털자산 포럼", "스마트계약 경진대회", "토큰경제 회의",
    "핀테크 서밋", "공공 블록체인 엑스포", "웹3 개발자 모임", "신원증명 학술대회",
)  # fmt: skip
_COHOST, _SISTER = "국제회의 기획단", "원장연구회"
_ASKED, _COHOST_ASKED, _SISTER_ASKED = 60, 50, 30
_ENVELOPE, _CAP = 640, 100


@dataclass
class Story:
    """One play: its people, its years one after the other."""

    variant: str
    say: Say
    cluster: Cluster = field(init=False)
    staff: Staff = field(init=False)
    book: Book = field(init=False)
    series: list[tuple[Organiser, Event]] = field(init=False)
    programmes: list[SupportProgramme] = field(default_factory=list)
    play: int = field(init=False)
    began: int = field(init=False)

    def live(self) -> Outcome:
        """Every year in its order; what came of it, with every rule checked."""
        self._gather()
        for year in YEARS if self.variant == "planned" else SMALL:
            self._year(year)
        return checks.outcome(self)

    def _gather(self) -> None:
        now = at(date(min(YEARS), 1, 2))
        names = {"name_ko": "서울 블록체인 클러스터", "name_en": "Seoul Blockchain Cluster"}
        self.cluster, _made = Cluster.objects.get_or_create(code="seoul", defaults=names)
        self.staff = hire(self.cluster, now)
        self.play = SupportProgramme.objects.filter(code__startswith="event-support-rehearsal", year=2018).count() + 1
        self.book, self.began = Book(str(self.play)), checks.last_leaf()
        people = organisers((*_SERIES, _COHOST, _SISTER), now)
        self.series = [
            (one, Event.objects.create(cluster=self.cluster, name_ko=one.series, name_en=f"Series {place}"))
            for place, one in enumerate(people, start=1)
        ]

    def _year(self, year: int) -> None:
        competition = Competition(self.cluster, self.staff, year, f"rehearsal-{year}-{self.play}", _ENVELOPE)
        competition.publish()
        self.programmes.append(competition.envelope.programme)
        fated = [(self.series[(place - year) % len(FATES)], fate) for place, fate in enumerate(FATES)]
        editions = [self._edition(one, event, year, place) for place, ((one, event), _fate) in enumerate(fated)]
        cohost, sister = self.series[-2][0], self.series[-1][0]
        entries = [Entry(one, _ASKED, made) for ((one, _event), _fate), made in zip(fated, editions, strict=True)]
        entries += [Entry(cohost, _COHOST_ASKED, editions[0]), Entry(sister, _SISTER_ASKED, editions[1])]
        renamed = self._edition(sister, self.series[-1][1], year, 1, venue=editions[1].venue, merged=True)
        assert renamed.same_as_id == editions[1].pk
        competition.receive(entries)
        competition.judge()
        applications = competition.award(entries)
        self.book.refusals += competition.refusals
        fates: list[Fate] = [*FATES, _quiet, given_up]
        told = Year(YEARS[year])
        for entry, application, fate in zip(entries, applications, fates, strict=True):
            self._live(entry.organiser, application, fate, told)
        self.say(
            f"{year}: {len(applications)} awards to {len(editions)} editions, {self.book.refusals} refusals so far"
        )

    def _edition(
        self, one: Organiser, event: Event, year: int, place: int, *, venue: str = "", merged: bool = False
    ) -> EventEdition:
        """An edition of two days; found like another, it is one with it or told apart."""
        starts = date(year, 4, 24) + timedelta(days=21 * place)
        made = services.enter_edition(
            event=event, host=one.organisation, title=f"{one.series} {year}", title_en=f"{event.name_en} {year}",
            venue=venue or f"예행 {self.play}-{place + 1}홀", starts_on=starts, ends_on=starts + timedelta(days=1),
            cap=_CAP * MILLION, by=self.staff.officer,
        )  # fmt: skip
        now = at(date(year, 2, 1))
        for match in EditionMatch.objects.filter(second=made, status="OPEN").select_related("first__event", "second"):
            decide = services.merge if merged and match.first.venue == made.venue else services.tell_apart
            decide(match=match, by=self.staff.officer, now=now)
        made.refresh_from_db()
        return made

    def _live(self, organiser: Organiser, application: Application, fate: Fate, year: Year) -> None:
        award = Award.objects.select_related("edition", "programme", "organisation").get(application=application)
        life = Life(award, organiser, self.staff, self.book)
        if not life.agree() and not self._forgiven(life):
            return
        if fate is not given_up:
            life.advance()
        fate(life, year)

    def _forgiven(self, life: Life) -> bool:
        """A sanctioned organiser gets nothing in the first year; in the second the sanction is lifted, and both sign."""
        now = at(date(life.starts.year, 3, 26))
        sanction = Sanction.objects.filter(organisation=life.award.organisation, lifted_at=None).latest("from_on")
        if sanction.from_on.year + 1 == now.year:
            services.cancel_award(award=life.award, by=self.staff.approver, now=now, reason="지원 제한 기간입니다.")
            return False
        services.lift_sanction(sanction=sanction, by=self.staff.approver, now=now, reason="조건을 지켰습니다.")
        paper = life.award.agreement
        services.sign_agreement(agreement=paper, by=self.staff.approver, now=now, document_hash=paper.document_hash)
        life.award.refresh_from_db()
        return True


def _quiet(life: Life, year: Year) -> None:
    """The co-host's part of an edition whose doors were counted already."""
    services.mark_held(award=life.award, by=life.staff.officer, now=at(life.starts))
    life.award.refresh_from_db()
    life.to_the_end(life.whole())


def play(say: Say, variant: str) -> Outcome:
    """Live the years once more, with organisers, programmes and editions of their own."""
    return Story(variant, say).live()


REHEARSAL = Rehearsal("mice", play, ("planned", "small"), tested=("small",))
