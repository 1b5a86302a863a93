"""The people of a demonstration, and the marked door they come in by.

The door exists only under ``DEMO=1`` and only for people made here; it stands in for the second factor, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts import queries
from portal.accounts.enums import MemberKind, Origin, Purpose
from portal.accounts.models import Membership, Organisation, User
from portal.accounts.roles import ROLES
from portal.accounts.services import give_consent, grant_role, register_organisation

DOMAIN = "demo.madang.example"
SESSION_KEY = "demo_door"
COMPANY_NUMBER = "9998800014"
FOREIGN_COMPANY = "Lumen Ledger Pte. Ltd."


@dataclass(frozen=True, slots=True)
class Person:
    """One demonstration person; ``key`` is the local part of the address."""

    key: str
    name: str
    roles: tuple[str, ...] = ()
    #: For those without a role: what they are, and one sentence about it.
    title: str | Promise = ""
    sentence: str | Promise = ""
    language: str = "ko"

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"

    @property
    def called(self) -> str | Promise:
        return ROLES[self.roles[0]].name if self.roles else self.title

    @property
    def does(self) -> str | Promise:
        return ROLES[self.roles[0]].sentence if self.roles else self.sentence


_MASTER, _MEMBER = _("창업기업 대표 계정"), _("창업기업 구성원")
PEOPLE = (
    Person("startup", "김가온", (), _MASTER, _("동료를 초대하고 신청서를 제출하며 계약에 서명합니다.")),
    Person("colleague", "이나래", (), _MEMBER, _("함께 신청서를 작성합니다. 제출은 대표 계정이 합니다.")),
    Person("foreign", "Grace Tan", (), _("해외기업 대표 계정"), _("영어 화면으로 신청합니다."), "en"),
    Person("newcomer", "박하늘", (), _("처음 온 사람"), _("아직 기업이 없습니다. 기업을 등록하거나 초대를 받습니다.")),
    Person("evaluator1", "정다온", ("space.evaluator",)),
    Person("evaluator2", "최라온", ("space.evaluator",)),
    Person("evaluator3", "한마루", ("space.evaluator",)),
    Person("officer", "윤바다", ("space.officer",)),
    Person("approver", "장사랑", ("space.approver",)),
    Person("finance", "임아라", ("space.finance",)),
    Person("reviewer", "조자운", ("space.appeal_reviewer",)),
    Person("college", "서차오름", ("college.officer",)),
    Person("college-approver", "민가람", ("college.approver",)),
    Person("instructor", "권타래", ("instructor",)),
    Person("event", "홍파랑", ("event.officer",)),
    Person("event-approver", "길누리", ("event.approver",)),
    Person("fund", "문하람", ("fund.manager",)),
    Person("fund-approver", "배누리", ("fund.approver",)),
    Person("gp", "백가람", (), _("운용사 보고담당"), _("자펀드의 분기 보고를 올리고 반영될 내용을 확인합니다.")),
    *(
        Person(f"committee{number}", name, ("fund.committee",))
        for number, name in enumerate(("하나린", "구름찬", "표한솔", "여은빛"), start=1)
    ),
    Person("auditor", "오늘봄", ("auditor",)),
    Person("editor", "신별", ("editor",)),
    Person("support", "남샛별", ("desk.support",)),
    Person("admin", "유한결", ("admin",)),
)


def entered_by_demo_door(request: HttpRequest) -> bool:
    """Whether this session came in by the demo door; never outside a demonstration."""
    user = request.user
    return bool(
        settings.DEMO and user.is_authenticated and user.is_demo and request.session.get(SESSION_KEY) == user.pk
    )


def visitors() -> Iterator[tuple[Person, bool]]:
    """The demonstration people with whether each is there yet."""
    there = frozenset(User.objects.filter(is_demo=True, is_active=True).values_list("email", flat=True))
    yield from ((person, person.email in there) for person in PEOPLE)


@transaction.atomic
def load(*, now: datetime) -> list[User]:
    """Make the people of ``PEOPLE``, their roles and companies; what is there already is left as it is."""
    people = {person.key: _person(person, now) for person in PEOPLE}
    _company(people["startup"], people["colleague"], now)
    if not queries.organisations_of(people["foreign"]).exists():
        register_organisation(
            by=people["foreign"],
            business_number="",
            origin=Origin.FOREIGN,
            name_ko="루멘 레저",
            name_en=FOREIGN_COMPANY,
            representative="Grace Tan",
            now=now,
            is_demo=True,
        )
    return list(people.values())


def _person(person: Person, now: datetime) -> User:
    user = User.objects.filter(email=person.email).first()
    if user is None:
        user = User.objects.create_user(
            person.email, name=person.name, language=person.language, is_demo=True, joined_at=now
        )
        EmailAddress.objects.create(user=user, email=person.email, verified=True, primary=True)
    for purpose in (Purpose.TERMS, Purpose.PRIVACY):
        give_consent(by=user, purpose=purpose, now=now)
    held = frozenset(queries.roles_of(user).values_list("role", flat=True))
    for role in person.roles:
        if role not in held:
            grant_role(by=log.SYSTEM, user=user, role=role, now=now)
    return user


def _company(master: User, member: User, now: datetime) -> None:
    organisation = Organisation.objects.filter(business_number=COMPANY_NUMBER).first()
    if organisation is None:
        organisation = register_organisation(
            by=master,
            business_number=COMPANY_NUMBER,
            name_ko="가온체인 주식회사",
            name_en="Gaon Chain Inc.",
            representative=master.name,
            now=now,
            is_demo=True,
        )
    if not queries.is_member(member, organisation):
        Membership.objects.create(organisation=organisation, user=member, kind=MemberKind.MEMBER, since_at=now)
