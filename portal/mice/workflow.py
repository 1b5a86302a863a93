"""The states of event support and the tour as data: every step and its ledger event, and who owns the next step from each state.

A step's value ``"kind:done"`` becomes the leaf ``event.<kind>.<done>``. Words of states are the labels in ``enums``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models

from portal.mice import enums
from portal.mice.enums import Owner

Steps = Mapping[tuple[str, str], str]

TOUR_SESSION: Steps = {
    ("OPEN", "CONFIRMED"): "tour:confirmed",
    ("CONFIRMED", "OPEN"): "tour:reopened",
    ("CONFIRMED", "RUNNING"): "tour:started",
    ("RUNNING", "DONE"): "tour:finished",
    ("OPEN", "CANCELLED_MIN"): "tour:lapsed",
    ("OPEN", "CANCELLED"): "tour:cancelled",
    ("CONFIRMED", "CANCELLED"): "tour:cancelled",
}

BOOKING: Steps = {
    ("PENDING", "CONFIRMED"): "booking:confirmed",
    ("CONFIRMED", "PENDING"): "booking:unconfirmed",
    ("WAITING", "OFFERED"): "booking:offered",
    ("OFFERED", "PENDING"): "booking:accepted",
    ("OFFERED", "CONFIRMED"): "booking:accepted",
    ("OFFERED", "LAPSED"): "booking:lapsed",
    ("WAITING", "LEFT"): "booking:left",
    ("OFFERED", "LEFT"): "booking:left",
    ("CONFIRMED", "CHECKED_IN"): "booking:checked_in",
    ("CONFIRMED", "NO_SHOW"): "booking:missed",
    ("PENDING", "CANCELLED"): "booking:cancelled",
    ("CONFIRMED", "CANCELLED"): "booking:cancelled",
}

_BEFORE_SETTLEMENT = ("DECIDED", "AGREED", "ADVANCED", "HELD", "REPORTED", "RETURNED", "AUDITED", "REOPENED")
AWARD: Steps = {
    ("DECIDED", "AGREED"): "award:agreed",
    ("AGREED", "ADVANCED"): "award:advanced",
    ("AGREED", "HELD"): "award:held",
    ("ADVANCED", "HELD"): "award:held",
    ("HELD", "REPORTED"): "award:reported",
    ("REPORTED", "RETURNED"): "award:returned",
    ("RETURNED", "REPORTED"): "award:reported",
    ("REPORTED", "AUDITED"): "award:audited",
    ("AUDITED", "SETTLED"): "award:settled",
    ("SETTLED", "BALANCE_PAID"): "award:balance_paid",
    ("SETTLED", "REPAYMENT_DUE"): "award:demanded",
    ("BALANCE_PAID", "REPAYMENT_DUE"): "award:demanded",
    ("SETTLED", "CLOSED"): "award:closed",
    ("BALANCE_PAID", "CLOSED"): "award:closed",
    ("REPAYMENT_DUE", "CLOSED"): "award:closed",
    ("CLOSED", "REOPENED"): "award:reopened",
    ("REOPENED", "SETTLED"): "award:settled",
    **{(state, "CANCELLED"): "award:cancelled" for state in _BEFORE_SETTLEMENT},
}

AGREEMENT: Steps = {
    ("PREPARED", "ACCEPTED"): "agreement:accepted",
    ("ACCEPTED", "SIGNED"): "agreement:signed",
}

TRANCHE: Steps = {
    ("DUE", "PAID"): "tranche:paid",
    ("DUE", "VOID"): "tranche:voided",
}

AMENDMENT: Steps = {
    ("REQUESTED", "APPROVED"): "amendment:approved",
    ("REQUESTED", "REFUSED"): "amendment:refused",
}

EDITION: Steps = {("PLANNED", "CANCELLED"): "edition:cancelled"}
MATCH: Steps = {
    ("OPEN", "SAME"): "match:decided",
    ("OPEN", "DIFFERENT"): "match:decided",
}

CLAWBACK: Steps = {
    ("NOTICED", "HEARING"): "clawback:heard",
    ("NOTICED", "DECIDED"): "clawback:decided",
    ("HEARING", "DECIDED"): "clawback:decided",
    ("HEARING", "DROPPED"): "clawback:dropped",
    ("DECIDED", "DEMANDED"): "clawback:demanded",
    ("DECIDED", "WAIVED"): "clawback:waived",
    ("DEMANDED", "PART_PAID"): "clawback:paid",
    ("DEMANDED", "PAID"): "clawback:paid",
    ("PART_PAID", "PAID"): "clawback:paid",
    ("DEMANDED", "OVERDUE"): "clawback:overdue",
    ("PART_PAID", "OVERDUE"): "clawback:overdue",
    ("OVERDUE", "PAID"): "clawback:paid",
    ("OVERDUE", "REFERRED"): "clawback:referred",
}


TOUR_GROUP: Steps = {("ASKED", "LED"): "group:led", ("ASKED", "DECLINED"): "group:declined"}


@dataclass(frozen=True, slots=True)
class Machine:
    """One kind of case: its steps, its states with their words, who owns the next step, and where a case may begin
    although a step leads there."""

    steps: Steps
    states: type[models.TextChoices]
    owners: Mapping[str, Owner]
    begins: frozenset[str] = frozenset()


def _owners(states: type[models.TextChoices], **owners: Owner) -> dict[str, Owner]:
    """Every state has an owner; the states not named are ends."""
    return {state: owners.get(state, Owner.NOBODY) for state in states.values}


MACHINES: Mapping[str, Machine] = {
    "tour_session": Machine(
        TOUR_SESSION,
        enums.SessionStatus,
        _owners(enums.SessionStatus, OPEN=Owner.SYSTEM, CONFIRMED=Owner.GUIDE, RUNNING=Owner.GUIDE),
        begins=frozenset({"OPEN"}),
    ),
    "tour_booking": Machine(
        BOOKING,
        enums.BookingStatus,
        _owners(
            enums.BookingStatus,
            PENDING=Owner.SYSTEM,
            CONFIRMED=Owner.GUIDE,
            WAITING=Owner.SYSTEM,
            OFFERED=Owner.VISITOR,
        ),
        begins=frozenset({"PENDING", "CONFIRMED"}),
    ),
    "tour_group": Machine(TOUR_GROUP, enums.GroupStatus, _owners(enums.GroupStatus, ASKED=Owner.OFFICER)),
    "award": Machine(
        AWARD,
        enums.AwardStatus,
        _owners(
            enums.AwardStatus,
            DECIDED=Owner.ORGANISER,
            AGREED=Owner.PAYER,
            ADVANCED=Owner.ORGANISER,
            HELD=Owner.ORGANISER,
            REPORTED=Owner.OFFICER,
            RETURNED=Owner.ORGANISER,
            AUDITED=Owner.PAYER,
            SETTLED=Owner.PAYER,
            BALANCE_PAID=Owner.OFFICER,
            REPAYMENT_DUE=Owner.ORGANISER,
            REOPENED=Owner.PAYER,
        ),
    ),
    "agreement": Machine(
        AGREEMENT, enums.AgreementStatus, _owners(enums.AgreementStatus, PREPARED=Owner.ORGANISER, ACCEPTED=Owner.PAYER)
    ),
    "tranche": Machine(TRANCHE, enums.TrancheStatus, _owners(enums.TrancheStatus, DUE=Owner.PAYER)),
    "amendment": Machine(AMENDMENT, enums.AmendmentStatus, _owners(enums.AmendmentStatus, REQUESTED=Owner.PAYER)),
    "edition": Machine(EDITION, enums.EditionStatus, _owners(enums.EditionStatus, PLANNED=Owner.ORGANISER)),
    "match": Machine(MATCH, enums.MatchStatus, _owners(enums.MatchStatus, OPEN=Owner.OFFICER)),
    "clawback": Machine(
        CLAWBACK,
        enums.ClawbackStatus,
        _owners(
            enums.ClawbackStatus,
            NOTICED=Owner.ORGANISER,
            HEARING=Owner.PAYER,
            DECIDED=Owner.PAYER,
            DEMANDED=Owner.ORGANISER,
            PART_PAID=Owner.ORGANISER,
            OVERDUE=Owner.PAYER,
        ),
    ),
}
