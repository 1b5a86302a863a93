"""Programmes: what a room registers so that its competitions run on this engine, and the ledger events they cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, runtime_checkable

from django.utils.functional import Promise

from ledger import log
from portal.intake import workflow
from portal.intake.blocks import BlockKind
from portal.intake.enums import CaseGround, DecisionKind, Finding, Ground, HoldBasis, Identified, Scope
from portal.intake.wording import INTEREST_TITLES, TITLES

type Text = str | Promise


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found: the value as text, the outcome, where it was found, and for a FAIL the applicant's sentence."""

    value: str
    outcome: Finding
    evidence: str = ""
    sentence: Text = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a reserve entry can use what fell free; ``reason`` is told to the one skipped."""

    ok: bool
    reason: Text = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a programme objects to. A ``blocking`` one stops the step."""

    message: Text
    blocking: bool = True


class EligibilityCheck(Protocol):
    """``on`` is the day on which the rule is counted."""

    def __call__(self, application: Any, parameters: Mapping[str, Any], on: date) -> Found: ...


class Programme(Protocol):
    """One kind of competition, owned by a room. ``code`` is stable; ``room`` is the first word of its leaf types."""

    code: str
    room: str
    words: Mapping[str, Text]
    blocks: Mapping[str, type[BlockKind]]
    rules: Mapping[str, EligibilityCheck]

    def check_call(self, version: Any) -> list[Problem]:
        """Before publishing: does the call fit what the room has (rooms, seats, budget)?"""

    def preview(self, decision: Any) -> list[Problem]:
        """A dry run, shown before deciding and before publishing."""

    def published(self, line: Any, *, by: Any, now: datetime) -> None:
        """Inside the publishing transaction, per selected line; raising undoes the whole publication.

        ``line.application.quota_track`` names the track whose place is used (also for a called reserve).
        """

    def fits(self, entry: Any, freed: Any) -> Fit:
        """Can this reserve entry use what fell free?"""

    def left(self, application: Any, *, why: str, by: Any, now: datetime) -> None:
        """The applicant withdrew, declined or was disqualified: give back what is held."""


@runtime_checkable
class ForPeople(Protocol):
    """A programme whose applicants may be natural persons: with ``for_people`` each applies in their own name, no company."""

    for_people: bool


def is_for_people(programme: Programme) -> bool:
    """Whether people apply in their own name; else companies do."""
    return isinstance(programme, ForPeople) and programme.for_people


@runtime_checkable
class ByInvitation(Protocol):
    """What a programme for those it invites offers besides: who may apply, and to hear of each entry and refusal."""

    def check_invited(self, call: Any, organisation: Any, *, now: datetime) -> None:
        """Before an application is begun; raises a ``Refused`` for a company that was not invited."""

    def submitted(self, application: Any, *, by: Any, now: datetime) -> None:
        """Inside the sending transaction, for every revision; raising undoes the sending."""

    def refused(self, line: Any, *, by: Any, now: datetime) -> None:
        """Inside the publishing transaction, per line that ends in 부적격 or 불선정."""


class UnknownProgramme(LookupError):
    """A call names a programme that no installed room registered."""


_programmes: dict[str, Programme] = {}


def register(programme: Programme) -> None:
    """Make a programme known, with the leaf types of its room. A second one with the same code fails at start."""
    known = _programmes.get(programme.code)
    if known is not None and known is not programme:
        raise ValueError(f"two programmes with the code {programme.code}")
    _programmes[programme.code] = programme
    for event in events_of(programme.room):
        log.register(event)


def get(code: str) -> Programme:
    """The programme of that code; ``UnknownProgramme`` when its room is not installed."""
    try:
        return _programmes[code]
    except KeyError:
        raise UnknownProgramme(code) from None


def all_programmes() -> list[Programme]:
    """Every registered programme, by code."""
    return [_programmes[code] for code in sorted(_programmes)]


_KIND = "code:" + "|".join(DecisionKind.values)
_CALL_VERSION = {
    "version": "int",
    "digest": "ref",
    "opens_at": "time",
    "closes_at": "time",
    "lottery": "ref?",
}
_PLACE = {"track": "ref?", "quota_track": "ref?", "place": "int?"}

#: What leaves say besides ``from``, ``to``, ``no`` and ``reason_c``. Steps not named here say nothing more.
FIELDS: Mapping[str, Mapping[str, str]] = {
    "call.published": _CALL_VERSION,
    "call.amended": _CALL_VERSION,
    "call.closed": {"count": "int", "root": "ref", "closes_at": "time"},
    "application.submitted": {"revision": "int", "call_c": "commitment", "content_c": "commitment"},
    "application.selected": _PLACE,
    "application.promoted": _PLACE,
    "application.reserved": _PLACE,
    "application.selected_on_appeal": _PLACE,
    "application.reserved_on_appeal": _PLACE,
    "member.seated": {"origin": "code:SUBSTITUTE|POOL"},
    "panel.formed": {"members": "int", "members_c": "commitment"},
    "application.answered": {"revision": "int", "stage": "int", "content_c": "commitment"},
    "application.supplement_closed": {"content_c": "commitment?"},
    "conflict.declared": {
        "ground": "code:" + "|".join(Ground.values),
        "scope": "code:" + "|".join(Scope.values),
        "between_c": "commitment",
    },
    "sheet.locked": {"attempt": "int", "sheet_c": "commitment"},
    "stage.settled": {"run_c": "commitment"},
    "result.decided": {"kind": _KIND, "lines_c": "commitment"},
    "result.announced": {
        "kind": _KIND,
        "taken": "int",
        "reserved": "int",
        "refused": "int",
        "digest": "ref",
        "lottery_secret": "ref?",
        "lottery_public": "ref?",
    },
    "late_code.issued": {"expires_at": "time", "for_c": "commitment"},
    "late_code.used": {"code_c": "commitment"},
    "case.noticed": {
        "to": "code:NOTICED",
        "ground": "code:" + "|".join(CaseGround.values),
        "reply_by": "time",
        "evidence_c": "commitment",
    },
    "case.heard": {"reply_c": "commitment"},
    "hold.placed": {"basis": "code:" + "|".join(HoldBasis.values), "reach": "code:CALL|APPLICATION"},
    "hold.lifted": {"basis": "code:" + "|".join(HoldBasis.values)},
    "sitting.called": {"starts_at": "time", "ends_at": "time"},
    "attendance.recorded": {"method": "code:" + "|".join(Identified.values)},
    "appeal.extended": {"answer_by": "time"},
    "appeal.filed": {"answer_by": "time", "grounds_c": "commitment"},
}
#: Decisions that take a number without gaps.
SERIES = {"result.decided": "result", "challenge.decided": "challenge", "appeal.decided": "appeal"}
_BESIDES = (
    "call.amended",
    "call.closed",
    "application.answered",
    "panel.formed",
    "member.seated",
    "conflict.declared",
    "appeal.filed",
    "appeal.extended",
    "late_code.issued",
    "late_code.confirmed",
    "late_code.used",
    "case.noticed",
    "hold.placed",
    "hold.lifted",
    "sitting.called",
    "sitting.cancelled",
    "attendance.recorded",
    "attendance.signed",
)


def events_of(room: str) -> Sequence[log.EventType]:
    """The leaf types of one room's competitions, from the steps of ``workflow`` and the facts besides."""
    steps = {step.replace(":", ".") for machine in workflow.MACHINES.values() for step in machine.steps.values()}
    return [
        log.EventType(
            f"{room}.{name}",
            1,
            dict(FIELDS.get(name, {})),
            series=f"{room}.{SERIES[name]}" if name in SERIES else None,
            title=TITLES.get(name, ""),
        )
        for name in sorted(steps | set(_BESIDES))
    ]


#: What an evaluator declares is the person's own, of no room's competition; which tie it is stays sealed.
INTERESTS = [
    log.register(log.EventType(f"account.interest_{done}", 1, {"tie_c": "commitment"}, title=INTEREST_TITLES[done]))
    for done in ("declared", "ended", "corrected")
]
