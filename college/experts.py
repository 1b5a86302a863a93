"""How many distinct people the college made experts, and how a frozen month is corrected. Pure.

The plan's 760 are canonical persons with a confirmed identity and a valid graduation in the window; people without one
are shown apart. Design of the college, §11.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Graduation:
    """A qualifying completion, known since ``known_at``; void from ``void_at`` (revoked or reversed)."""

    person: str
    on: date
    campus: str
    course: str
    run: str
    known_at: datetime
    void_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """``person`` is the same human as ``into``, as known in ``[from_at, until)``."""

    person: str
    into: str
    from_at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """``total`` distinct people with a confirmed identity; each ``by_…`` sums to it. ``gross`` counts graduations."""

    total: int
    unverified: int
    gross: int
    by_year: dict[int, int]
    by_campus: dict[str, int]
    by_course: dict[str, int]


@dataclass(frozen=True, slots=True)
class Month:
    """One frozen month: ``total`` = the month before + ``new`` + ``correction``."""

    total: int
    new: int
    correction: int


def count(
    graduations: Iterable[Graduation],
    links: Iterable[Link],
    strong: Mapping[str, datetime],
    window: tuple[date, date],
    as_of: datetime,
) -> Count:
    """The count as it was known at ``as_of``, for graduations in ``[window[0], window[1])``.

    ``strong`` says since when a person's identity is confirmed. Raises ``ValueError`` when links in force lead in a
    circle or one person to two.
    """
    valid, into = _valid(graduations, window, as_of), _merged(links, as_of)
    firsts, confirmed = _firsts(valid, into), _confirmed(strong, into, as_of)
    counted = [first for person, first in firsts.items() if person in confirmed]
    return Count(
        total=len(counted),
        unverified=len(firsts) - len(counted),
        gross=len(valid),
        by_year=dict(Counter(first.on.year for first in counted)),
        by_campus=dict(Counter(first.campus for first in counted)),
        by_course=dict(Counter(first.course for first in counted)),
    )


def counted_people(
    graduations: Iterable[Graduation],
    links: Iterable[Link],
    strong: Mapping[str, datetime],
    window: tuple[date, date],
    as_of: datetime,
) -> dict[str, Graduation]:
    """The people behind ``count(…).total``: canonical person → the graduation that decides year, campus and course."""
    into = _merged(links, as_of)
    firsts, confirmed = _firsts(_valid(graduations, window, as_of), into), _confirmed(strong, into, as_of)
    return {person: first for person, first in firsts.items() if person in confirmed}


def month(previous_total: int, before: int, now: int) -> Month:
    """The line of month m, given total(m−1) as frozen and two counts as known at the end of m.

    ``before`` counts graduations up to the end of m−1, ``now`` those up to the end of m. What ``before`` differs from
    the frozen total is a correction; the past is never edited.
    """
    correction = before - previous_total
    return Month(total=now, new=now - previous_total - correction, correction=correction)


def people_digest(pseudonyms: Iterable[str]) -> str:
    """SHA-256 (hex) of the sorted pseudonyms, one a line: frozen with the month, so that nobody is swapped later."""
    return hashlib.sha256("".join(f"{name}\n" for name in sorted(pseudonyms)).encode()).hexdigest()


def _valid(graduations: Iterable[Graduation], window: tuple[date, date], as_of: datetime) -> list[Graduation]:
    start, end = window
    return [
        each
        for each in graduations
        if start <= each.on < end and each.known_at <= as_of and (each.void_at is None or each.void_at > as_of)
    ]


def _firsts(valid: Iterable[Graduation], into: Mapping[str, str]) -> dict[str, Graduation]:
    """The first valid graduation of each canonical person."""
    firsts: dict[str, Graduation] = {}
    for each in sorted(valid, key=lambda each: (each.on, each.known_at, each.run)):
        firsts.setdefault(_canonical(each.person, into), each)
    return firsts


def _confirmed(strong: Mapping[str, datetime], into: Mapping[str, str], as_of: datetime) -> set[str]:
    """Canonical persons any of whose members had a confirmed identity by ``as_of``."""
    return {_canonical(person, into) for person, since in strong.items() if since <= as_of}


def _merged(links: Iterable[Link], as_of: datetime) -> dict[str, str]:
    into: dict[str, str] = {}
    for link in links:
        holds = link.from_at <= as_of and (link.until is None or as_of < link.until)
        if holds and into.setdefault(link.person, link.into) != link.into:
            raise ValueError(f"{link.person} is merged into two")
    return into


def _canonical(person: str, into: Mapping[str, str]) -> str:
    seen = {person}
    while person in into:
        person = into[person]
        if person in seen:
            raise ValueError("links lead in a circle")
        seen.add(person)
    return person
