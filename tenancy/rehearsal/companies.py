"""Invented companies for rehearsals: the same every time, and plainly nobody's.

Business numbers begin with 999, which the tax service does not give out as an office code.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product

from portal.accounts.enums import Origin
from portal.core import business_number

_FIRST_KO = ("가온", "나래", "다솜", "라온", "마루", "바름", "새론", "아람", "자올", "초롬", "한결", "해솔")
_FIRST_EN = (
    "Gaon",
    "Narae",
    "Dasom",
    "Raon",
    "Maru",
    "Bareum",
    "Saeron",
    "Aram",
    "Jaol",
    "Chorom",
    "Hangyeol",
    "Haesol",
)
_SECOND_KO = ("체인", "렛저", "블록", "트러스트", "데이터랩", "노드", "인증", "로그")
_SECOND_EN = ("Chain", "Ledger", "Block", "Trust", "Data Lab", "Node", "Proof", "Log")
_ABROAD = (
    "Aster",
    "Borea",
    "Cinder",
    "Delphine",
    "Elmar",
    "Fjordal",
    "Galene",
    "Halcyon",
    "Isolde",
    "Junia",
    "Kestra",
    "Lumen",
)
_FAMILY = ("강", "고", "남", "문", "박", "배", "서", "송", "안", "유", "정", "최")
_GIVEN = ("가람", "노을", "다온", "로운", "마음", "보람", "샛별", "우주", "이든", "하늘")
_KINDS = ("소프트웨어 개발 및 공급업", "데이터베이스 및 온라인 정보 제공업", "응용 소프트웨어 개발업")
#: Each play of a rehearsal has companies of its own: up to this many.
PER_PLAY = 1000


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented company as its applicant would describe it."""

    number: int
    origin: Origin
    name_ko: str
    name_en: str
    representative: str
    business_number: str
    opened_date: date
    business_kind: str

    def founded(self, on: date) -> Invented:
        """The same company with another day of founding."""
        return replace(self, opened_date=on)


def invent(count: int, *, foreign: int, play: int, before: date) -> list[Invented]:
    """``count`` domestic and ``foreign`` foreign companies, founded one to six years ``before`` the call."""
    names = [
        (f"{ko}{tail}", f"{en} {end}")
        for (tail, end), (ko, en) in product(
            zip(_SECOND_KO, _SECOND_EN, strict=True), zip(_FIRST_KO, _FIRST_EN, strict=True)
        )
    ]
    domestic = [_company(n, Origin.DOMESTIC, *names[n % len(names)], play=play, before=before) for n in range(count)]
    abroad = [
        _company(
            count + n,
            Origin.FOREIGN,
            f"{_ABROAD[n % len(_ABROAD)]} Labs",
            f"{_ABROAD[n % len(_ABROAD)]} Labs",
            play=play,
            before=before,
        )
        for n in range(foreign)
    ]
    return domestic + abroad


def _company(number: int, origin: Origin, name_ko: str, name_en: str, *, play: int, before: date) -> Invented:
    serial = (play - 1) * PER_PLAY + number
    first_nine = f"999{serial:06d}"
    return Invented(
        number=number,
        origin=origin,
        name_ko=name_ko,
        name_en=name_en,
        representative=_FAMILY[number % len(_FAMILY)] + _GIVEN[number * 7 % len(_GIVEN)],
        business_number=f"{first_nine}{business_number.check_digit(first_nine)}",
        opened_date=before - timedelta(days=365 + number * 397 % 1825),
        business_kind=_KINDS[number % len(_KINDS)],
    )
