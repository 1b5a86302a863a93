"""The people of the round: staff from the demonstration's own, evaluators, and the invented applicants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ledger import log
from portal.accounts import demo
from portal.accounts.models import Cluster, Organisation, User
from portal.accounts.services import grant_role, register_organisation
from portal.intake.enums import Sector
from portal.intake.models import Evaluator
from portal.intake.services import add_evaluator
from tenancy.rehearsal.companies import Invented

PANEL = 7
_NAMES = ("배솔", "안누리", "유단비", "남여울")
_EMPLOYERS = ("한빛대학교", "새길연구원", "다온캐피탈", "이음기술", "누리법률", "오름회계", "마디컨설팅")


@dataclass(frozen=True)
class Staff:
    """Who runs and who decides."""

    officer: User
    approver: User
    finance: User
    evaluators: list[Evaluator]


@dataclass
class Applicant:
    """One invented company in the round: who acts for it, and where it applies."""

    company: Invented
    organisation: Organisation
    master: User
    track: str


def hire(cluster: Cluster, now: datetime) -> Staff:
    """The staff and a pool of seven evaluators; those there already are taken as they are."""
    people = {user.email.partition("@")[0]: user for user in demo.load(now=now)}
    judges = [people[f"evaluator{number}"] for number in (1, 2, 3)]
    judges += [_judge(number, name, now) for number, name in enumerate(_NAMES, start=len(judges) + 1)]
    pool = [
        add_evaluator(
            user=user, cluster=cluster, by=people["officer"], now=now, sector=Sector.MARKET, employer=employer
        )
        for user, employer in zip(judges, _EMPLOYERS, strict=True)
    ]
    return Staff(people["officer"], people["approver"], people["finance"], pool)


def _judge(number: int, name: str, now: datetime) -> User:
    email = f"evaluator{number}@{demo.DOMAIN}"
    found = User.objects.filter(email=email).first()
    if found is None:
        found = User.objects.create_user(email, name=name, is_demo=True, joined_at=now)
        grant_role(by=log.SYSTEM, user=found, role="space.evaluator", now=now)
    return found


def apply_as(company: Invented, now: datetime) -> Applicant:
    """Register the company by its master, as anyone would."""
    master = User.objects.create_user(
        f"master-{company.business_number}@rehearsal.madang.example",
        name=company.representative,
        language="ko" if company.origin == "DOMESTIC" else "en",
        is_demo=True,
        joined_at=now,
    )
    organisation = register_organisation(
        by=master,
        business_number=company.business_number if company.origin == "DOMESTIC" else "",
        origin=company.origin,
        name_ko=company.name_ko,
        name_en=company.name_en,
        representative=company.representative,
        opened_date=company.opened_date,
        business_kind=company.business_kind,
        now=now,
        is_demo=True,
    )
    return Applicant(company, organisation, master, str(company.origin))
