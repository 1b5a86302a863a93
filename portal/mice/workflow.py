"""The states of the tour as data: every step and its ledger event, and who owns the next step from each state.

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
}
