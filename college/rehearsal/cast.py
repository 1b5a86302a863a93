"""The people of the rehearsal: its staff, and as many invented students as ask. Plainly nobody's names and identities."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from college import services
from college.models import Person
from ledger import log
from portal.accounts import demo
from portal.accounts.models import Cluster, User
from portal.accounts.services import grant_role
from portal.intake.models import Evaluator
from portal.intake.services import add_evaluator

_FAMILY = ("강", "고", "남", "문", "박", "배", "서", "송", "안", "유", "정", "최", "하", "허", "황")
_FIRST = ("가", "나", "다", "라", "마", "바", "사", "아", "자", "하", "노", "도", "로", "소", "우", "유")
_SECOND = ("람", "온", "울", "솔", "별", "빛", "슬", "늘", "란", "름")
DOMAIN = "college.rehearsal.madang.example"


@dataclass(frozen=True)
class Staff:
    """Who runs, who decides and who signs a correction as the second; one instructor for each campus."""

    officer: User
    approver: User
    second: User
    instructors: dict[str, User]
    #: Steps in where another cannot come.
    stand_in: User


def hire(campuses: list[str], play: int, now: datetime) -> Staff:
    """The demonstration's own people, and who is missing among them; those there already are taken as they are.

    Instructors are new in every play: in the same years those of an earlier one are busy.
    """
    people = {user.email.partition("@")[0]: user for user in demo.load(now=now)}
    teachers = [_hired(f"instructor-{code}-{play}", "채도란", "instructor", now) for code in campuses]
    return Staff(
        people["college"],
        people["college-approver"],
        _hired("college-approver-2", "설미리내", "college.approver", now),
        dict(zip(campuses, teachers, strict=True)),
        _hired(f"instructor-stand-in-{play}", "도나래", "instructor", now),
    )


def _hired(key: str, name: str, role: str, now: datetime) -> User:
    email = f"{key}@{demo.DOMAIN}"
    found = User.objects.filter(email=email).first()
    if found is None:
        found = User.objects.create_user(email, name=name, is_demo=True, joined_at=now)
        grant_role(by=log.SYSTEM, user=found, role=role, now=now)
    return found


def hire_judges(cluster: Cluster, officer: User, now: datetime) -> list[Evaluator]:
    """Two who read the applications of a selection run."""
    users = [
        _hired(f"college-evaluator{number}", name, "college.evaluator", now)
        for number, name in enumerate(("도새별", "여울람"), start=1)
    ]
    return [add_evaluator(user=user, cluster=cluster, by=officer, now=now) for user in users]


@dataclass(eq=False)
class Student:
    """One human, who may have come with more than one account: each account's person, the first first."""

    number: int
    name: str
    ci: str
    accounts: list[tuple[User, Person]] = field(default_factory=list)
    #: Since when somebody has seen who this is.
    verified: bool = False
    #: Completed a course that counts, whatever became of it.
    expert: bool = False
    #: Part of a story of its own: not taken for another.
    busy: bool = False

    @property
    def user(self) -> User:
        return self.accounts[0][0]

    @property
    def person(self) -> Person:
        return self.accounts[0][1]


class Students:
    """Everybody who ever asked, and whose record each row is."""

    def __init__(self, play: int) -> None:
        self.play = play
        self.all: list[Student] = []
        #: Person row → the human behind it, and the account of that row.
        self.behind: dict[int, tuple[Student, User]] = {}

    def newcomer(self, now: datetime) -> Student:
        number = len(self.all)
        family = _FAMILY[number % len(_FAMILY)]
        given = _FIRST[number // len(_FAMILY) % len(_FIRST)], _SECOND[(number // 240 + number) % len(_SECOND)]
        made = Student(number, family + "".join(given), f"rehearsal-{self.play}-{number}")
        self.all.append(made)
        self.join(made, now)
        return made

    def join(self, student: Student, now: datetime) -> tuple[User, Person]:
        """One account more of this human; the first is usually the only one."""
        address = f"student-{self.play}-{student.number}-{len(student.accounts) + 1}@{DOMAIN}"
        user = User.objects.create_user(address, name=student.name, is_demo=True, joined_at=now)
        person = services.person_for(user=user)
        student.accounts.append((user, person))
        self.behind[person.pk] = (student, user)
        return user, person

    def of(self, person_id: int) -> Student:
        return self.behind[person_id][0]

    def user(self, person_id: int) -> User:
        return self.behind[person_id][1]

    def verify(self, student: Student, now: datetime) -> None:
        """Identity confirmed, as the adapter of the identity service would say it."""
        services.confirm_identity(person=student.person, kind="CI", value=student.ci, now=now)
        student.verified = True

    def experts(self, many: int) -> list[Student]:
        """Some who completed before and are counted already; each is asked for once."""
        found = [one for one in self.all if one.expert and one.verified and not one.busy][:many]
        for one in found:
            one.busy = True
        return found
