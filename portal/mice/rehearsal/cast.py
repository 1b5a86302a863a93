"""The people of the rehearsal: who runs event support, who reads the applications, and the organisers, all invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ledger import log
from portal.accounts import demo
from portal.accounts.models import Cluster, Organisation, User
from portal.accounts.services import grant_role, register_organisation
from portal.core.business_number import check_digit
from portal.core.periods import SEOUL
from portal.intake.models import Evaluator
from portal.intake.services import add_evaluator

DOMAIN = "mice.rehearsal.madang.example"
#: Business numbers of this rehearsal's own organisers begin so; the tax service does not give out the office 999.
PREFIX = "9996"
_JUDGES = (("도란별", "한빛대학교"), ("여울찬", "새길연구원"), ("모람새", "누리법률"))
_MASTERS = (
    "강하람",
    "남우솔",
    "박새온",
    "서다람",
    "안미르",
    "유나빛",
    "정누온",
    "최해든",
    "허도담",
    "황가빛",
    "문채울",
)


@dataclass(frozen=True)
class Staff:
    """Who prepares and audits, who decides and pays, and who reads."""

    officer: User
    approver: User
    evaluators: list[Evaluator]


@dataclass(frozen=True)
class Organiser:
    """One organiser with its master account and the name of its series of events."""

    organisation: Organisation
    master: User
    series: str


def at(day: date, hour: int = 10) -> datetime:
    """That hour of the day in Seoul."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=SEOUL)


def hire(cluster: Cluster, now: datetime) -> Staff:
    """The demonstration's own officer, and who is missing beside; those there already are taken as they are."""
    people = {user.email.partition("@")[0]: user for user in demo.load(now=now)}
    officer = people["event"]
    approver = _hired("event-approver", "설다온", "event.approver", now)
    pool = []
    for number, (name, employer) in enumerate(_JUDGES, start=1):
        user = _hired(f"event-evaluator{number}", name, "event.evaluator", now)
        pool.append(add_evaluator(user=user, cluster=cluster, by=officer, now=now, employer=employer))
    return Staff(officer, approver, pool)


def _hired(key: str, name: str, role: str, now: datetime) -> User:
    email = f"{key}@{demo.DOMAIN}"
    found = User.objects.filter(email=email).first()
    if found is None:
        found = User.objects.create_user(email, name=name, is_demo=True, joined_at=now)
        grant_role(by=log.SYSTEM, user=found, role=role, now=now)
    return found


def organisers(series: tuple[str, ...], now: datetime) -> list[Organiser]:
    """One new organiser for each series; numbers go on where an earlier play ended."""
    first = Organisation.objects.filter(business_number__startswith=PREFIX).count()
    return [_organiser(first + place, place, name, now) for place, name in enumerate(series)]


def _organiser(serial: int, place: int, series: str, now: datetime) -> Organiser:
    nine = f"{PREFIX}{serial:05}"
    person = _MASTERS[place % len(_MASTERS)]
    master = User.objects.create_user(f"organiser-{nine}@{DOMAIN}", name=person, is_demo=True, joined_at=now)
    organisation = register_organisation(
        by=master,
        business_number=f"{nine}{check_digit(nine)}",
        name_ko=f"{series} 조직위원회 {serial + 1}",
        name_en=f"Organiser {serial + 1}",
        representative=person,
        opened_date=(now - timedelta(days=900 + 97 * place)).date(),
        now=now,
        is_demo=True,
    )
    return Organiser(organisation, master, series)
