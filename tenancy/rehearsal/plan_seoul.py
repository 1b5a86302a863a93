"""``manage.py rehearse plan-seoul``: 2018–2022 lived: hubs filled, the centre opened, five years of rent, who stays and who goes.

Places and dates are the plan's as announced; how people behave is stated as rates in ``tenancy/data/plan-seoul.yaml``.
The clock is passed in. On four days a month the worker's jobs run and people act; a round ends on the 15th before the
first day of its leases. What different people do at the same time is done by several processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import count
from typing import Any

from portal.accounts.models import Cluster, Organisation, User
from portal.core.crew import Crew
from portal.core.periods import SEOUL, add_months
from portal.core.rehearsals import Outcome, Rehearsal, Say
from tenancy import queries, services
from tenancy.models import Hub, Lease
from tenancy.rehearsal import conservation
from tenancy.rehearsal.cast import hire
from tenancy.rehearsal.choosing import Choosing, choose
from tenancy.rehearsal.companies import PER_PLAY, Invented, invent
from tenancy.rehearsal.living import Living
from tenancy.rehearsal.plan_life import Life, variants
from tenancy.rehearsal.present import floor
from tenancy.rehearsal.pricing import card_in_force
from tenancy.services.places import open_hub

_FIRST, _MIDDLE, _PAY_DAY = 1, 15, 25
_DAYS = (_FIRST, 8, _MIDDLE, _PAY_DAY)
#: Companies of this rehearsal have business numbers of their own: plays of other rehearsals are fewer.
_FIRST_PLAY = 500


class Story:
    """One play of the five years."""

    def __init__(self, life: Life, say: Say, crew: Crew) -> None:
        self.life, self.say, self.crew = life, say, crew
        names = {"name_ko": "서울 블록체인 클러스터", "name_en": "Seoul Blockchain Cluster"}
        self.cluster, _ = Cluster.objects.get_or_create(code="seoul", defaults=names)
        self.staff = hire(self.cluster, _noon(life.first))
        self.masters: dict[int, User] = {}
        self.hubs: dict[str, Hub] = {}
        self.companies = 0
        self.play = _FIRST_PLAY + Organisation.objects.filter(business_number__startswith="9995").count() // PER_PLAY

    def live(self) -> Outcome:
        """Day by day; what came of it, with every rule checked."""
        for code in self.life.facts["hubs"]:
            self.hubs[code] = self._open(code)
        living = Living(self.life, self.staff, list(self.hubs.values()), self.masters, self.crew)
        for day in _days(self.life.first, self.life.until):
            living.clock(day)
            living.people(day)
            if day.day == _FIRST:
                living.first_of_month(day)
                living.some_leave_early(day)
            if day.day == _MIDDLE:
                self._choose(day, add_months(day.replace(day=1), 1))
            if day.day == _PAY_DAY:
                living.pay(day)
            if day.day == _FIRST and day.month == 1:
                self.say(self._in_words(day))
        return conservation.outcome(self)

    def _open(self, code: str) -> Hub:
        """A hub as the plan names it. The centre is under construction: its floors are known, in service from a day on."""
        known = self.life.facts["hubs"][code]
        name = code if not Hub.objects.filter(code=code).exists() else f"{code}-{self.play}"
        building = open_hub(cluster=self.cluster, code=name, name_ko=known["name_ko"], name_en=known["name_en"])
        floors = [floor(level, rooms) for level, rooms in self.life.floors[code].items()]
        report = services.import_places(
            building=building,
            floors=floors,
            from_date=self.life.made_up["open_from"][code],
            by=self.staff.officer,
            dry_run=False,
        )
        assert report.written, report.troubles
        return building.hub

    def _choose(self, day: date, start: date) -> None:
        """The rounds whose leases begin on a day, side by side, for as many places as are free for the whole first term."""
        rounds: list[Choosing] = []
        companies: list[list[Invented]] = []
        for code in self.life.rounds_from(start):
            round_ = self._round(self.hubs[code], dict(self.life.made_up["terms"][code]), start, day)
            if round_.quota:
                rounds.append(round_)
                companies.append(self._applicants(round_.quota, day))
        self.masters |= choose(rounds, companies, self.life, self.crew)
        for round_, these in zip(rounds, companies, strict=True):
            signed = Lease.objects.filter(offer__need__application__call__code=round_.code, status="SIGNED").count()
            done = f"{round_.quota} places, {len(these)} applications, {signed} leases signed"
            self.say(f"{start:%Y-%m} {round_.hub.code}: {done}")

    def _round(self, hub: Hub, terms: dict[str, Any], start: date, day: date) -> Choosing:
        end = add_months(start, terms["first_term_months"])
        units = queries.units_of([hub], start, end).annotate(is_taken=queries.taken(start, end))
        quota = sum(not unit.is_taken for unit in units)
        fields = {"rate_won": terms["rate_won"], "vat_mode": terms.get("vat_mode", "NONE")}
        card = card_in_force(self.staff, self.cluster, hub.code, start, **fields)
        return Choosing(hub, card, terms, self.staff, start, quota, _noon(day))

    def _applicants(self, quota: int, day: date) -> list[Invented]:
        """Companies that did not apply before."""
        more = quota * int(self.life.made_up["applicants_bp"]) // 10_000 + 1
        first, self.companies = self.companies, self.companies + more
        return invent(self.companies, foreign=0, play=self.play, before=day)[first:]

    def _in_words(self, day: date) -> str:
        inside = queries.tenants_on(day, self.cluster, [hub.code for hub in self.hubs.values()]).count()
        return f"{day:%Y-%m-%d}: {inside} companies in residence"


def _days(first: date, until: date) -> Iterator[date]:
    for number in count():
        month = add_months(first.replace(day=1), number)
        if month >= until:
            return
        yield from (day for day in (month.replace(day=part) for part in _DAYS) if first <= day < until)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), SEOUL)


def play(say: Say, variant: str) -> Outcome:
    """Live the plan once more, with companies of its own and, where they stand already, hubs beside the others."""
    with Crew() as crew:
        return Story(Life.read(variant), say, crew).live()


REHEARSAL = Rehearsal("plan-seoul", play, variants(), tested=("small",))
