"""The states of tenancy as data: every step and its ledger event, and who owns the next step from each state.

A step's value ``"kind:done"`` becomes the leaf ``space.<kind>.<done>``. Words of states are the labels in ``enums``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models

from tenancy import enums
from tenancy.enums import Owner

Steps = Mapping[tuple[str, str], str]

ALLOCATION: Steps = {
    ("DRAFT", "COMPUTED"): "allocation:run",
    ("COMPUTED", "CONFIRMED"): "allocation:decided",
    ("CONFIRMED", "PUBLISHED"): "allocation:published",
    ("DRAFT", "VOID"): "allocation:voided",
    ("COMPUTED", "VOID"): "allocation:voided",
}

OFFER: Steps = {
    ("PREPARED", "SENT"): "offer:sent",
    ("SENT", "ACCEPTED"): "offer:accepted",
    ("SENT", "DECLINED"): "offer:declined",
    ("SENT", "EXPIRED"): "offer:expired",
    ("PREPARED", "REVOKED"): "offer:revoked",
    ("SENT", "REVOKED"): "offer:revoked",
}

OCCUPANCY: Steps = {
    ("HELD", "COMMITTED"): "occupancy:committed",
    ("COMMITTED", "OCCUPIED"): "occupancy:moved_in",
    ("OCCUPIED", "ENDED"): "occupancy:ended",
    ("HELD", "RELEASED"): "occupancy:released",
    ("COMMITTED", "RELEASED"): "occupancy:released",
    ("BLOCKED", "RELEASED"): "occupancy:unblocked",
}

LEASE: Steps = {
    ("DRAFT", "AWAITING_SIGNATURE"): "lease:prepared",
    ("AWAITING_SIGNATURE", "SIGNED"): "lease:signed",
    ("AWAITING_SIGNATURE", "NOT_MATERIALISED"): "lease:lapsed",
    ("SIGNED", "NOT_MATERIALISED"): "lease:abandoned",
    ("SIGNED", "ACTIVE"): "lease:moved_in",
    ("ACTIVE", "VACATING"): "lease:notice_given",
    ("VACATING", "ACTIVE"): "lease:notice_withdrawn",
    ("ACTIVE", "HOLDOVER"): "lease:overstayed",
    ("VACATING", "HOLDOVER"): "lease:overstayed",
    ("VACATING", "ENDED"): "lease:ended",
    ("HOLDOVER", "ENDED"): "lease:ended",
}

INVOICE: Steps = {
    ("DRAFT", "ISSUED"): "invoice:issued",
    ("ISSUED", "PART_PAID"): "invoice:part_paid",
    ("ISSUED", "SETTLED"): "invoice:settled",
    ("PART_PAID", "SETTLED"): "invoice:settled",
    ("SETTLED", "PART_PAID"): "invoice:reversed",
    ("SETTLED", "ISSUED"): "invoice:reversed",
    ("PART_PAID", "ISSUED"): "invoice:reversed",
    ("DRAFT", "DROPPED"): "invoice:dropped",
}

AMENDMENT: Steps = {
    ("DRAFT", "AWAITING_SIGNATURE"): "amendment:prepared",
    ("AWAITING_SIGNATURE", "IN_FORCE"): "amendment:signed",
    ("DRAFT", "DROPPED"): "amendment:dropped",
    ("AWAITING_SIGNATURE", "DROPPED"): "amendment:dropped",
}

DEPOSIT: Steps = {
    ("DUE", "PART_RECEIVED"): "deposit:part_received",
    ("DUE", "RECEIVED"): "deposit:received",
    ("PART_RECEIVED", "RECEIVED"): "deposit:received",
    ("RECEIVED", "CLOSING"): "deposit:closing",
    ("CLOSING", "RETURNED"): "deposit:returned",
    ("CLOSING", "CONSUMED"): "deposit:consumed",
}

ARREARS: Steps = {
    ("OPEN", "REMINDED"): "arrears:reminded",
    ("REMINDED", "DEMANDED"): "arrears:demanded",
    ("DEMANDED", "FINAL_NOTICE"): "arrears:warned",
    ("FINAL_NOTICE", "TERMINATING"): "arrears:terminating",
    ("REMINDED", "PLAN"): "arrears:plan_agreed",
    ("DEMANDED", "PLAN"): "arrears:plan_agreed",
    ("PLAN", "DEMANDED"): "arrears:plan_broken",
    **{(state, "CLOSED"): "arrears:closed" for state in ("OPEN", "REMINDED", "DEMANDED", "FINAL_NOTICE", "PLAN")},
}

RENEWAL: Steps = {
    ("INVITED", "APPLIED"): "renewal:applied",
    ("APPLIED", "GRANTED"): "renewal:granted",
    ("APPLIED", "REFUSED"): "renewal:refused",
    ("INVITED", "LAPSED"): "renewal:lapsed",
    ("APPLIED", "LAPSED"): "renewal:lapsed",
    ("GRANTED", "LAPSED"): "renewal:lapsed",
    ("REFUSED", "GRANTED"): "renewal:granted_on_appeal",
    ("GRANTED", "SIGNED"): "renewal:signed",
}

MOVE_OUT: Steps = {
    ("NOTICED", "SCHEDULED"): "move_out:scheduled",
    ("SCHEDULED", "INSPECTED"): "move_out:inspected",
    ("INSPECTED", "RESTORING"): "move_out:restoring",
    ("RESTORING", "INSPECTED"): "move_out:inspected",
    ("INSPECTED", "KEYS_RETURNED"): "move_out:keys_returned",
    ("KEYS_RETURNED", "SETTLED"): "move_out:settled",
    ("SETTLED", "CLOSED"): "move_out:closed",
    ("NOTICED", "CANCELLED"): "move_out:cancelled",
    ("SCHEDULED", "CANCELLED"): "move_out:cancelled",
    ("INSPECTED", "CANCELLED"): "move_out:cancelled",
    ("RESTORING", "CANCELLED"): "move_out:cancelled",
}

BOOKING: Steps = {
    ("REQUESTED", "CONFIRMED"): "booking:confirmed",
    ("REQUESTED", "REFUSED"): "booking:refused",
    ("CONFIRMED", "CHECKED_IN"): "booking:checked_in",
    ("CONFIRMED", "NO_SHOW"): "booking:released",
    ("REQUESTED", "CANCELLED"): "booking:cancelled",
    ("CONFIRMED", "CANCELLED"): "booking:cancelled",
}

ROOM_WAIT: Steps = {
    ("WAITING", "OFFERED"): "room_wait:offered",
    ("OFFERED", "TAKEN"): "room_wait:taken",
    ("OFFERED", "PASSED"): "room_wait:passed",
    ("WAITING", "PASSED"): "room_wait:passed",
    ("WAITING", "LEFT"): "room_wait:left",
    ("OFFERED", "LEFT"): "room_wait:left",
}

PAPER: Steps = {
    ("FILED", "CONFIRMED"): "paper:confirmed",
    ("FILED", "REJECTED"): "paper:rejected",
}

RATE_CARD: Steps = {
    ("DRAFT", "CHECKED"): "rate_card:checked",
    ("CHECKED", "IN_FORCE"): "rate_card:put_in_force",
    ("DRAFT", "DROPPED"): "rate_card:dropped",
    ("CHECKED", "DROPPED"): "rate_card:dropped",
}

TARIFF: Steps = {
    ("DRAFT", "CHECKED"): "tariff:checked",
    ("CHECKED", "IN_FORCE"): "tariff:put_in_force",
    ("DRAFT", "DROPPED"): "tariff:dropped",
    ("CHECKED", "DROPPED"): "tariff:dropped",
}

TICKET: Steps = {
    ("RECEIVED", "ASSIGNED"): "ticket:assigned",
    ("ASSIGNED", "IN_PROGRESS"): "ticket:started",
    ("IN_PROGRESS", "WAITING"): "ticket:asked",
    ("WAITING", "IN_PROGRESS"): "ticket:answered",
    ("IN_PROGRESS", "DONE"): "ticket:done",
    ("DONE", "CLOSED"): "ticket:closed",
    ("DONE", "IN_PROGRESS"): "ticket:reopened",
    ("RECEIVED", "CLOSED"): "ticket:dropped",
    ("ASSIGNED", "CLOSED"): "ticket:dropped",
}


@dataclass(frozen=True, slots=True)
class Machine:
    """One kind of case: its steps, its states with their words, and who owns the next step from each state."""

    steps: Steps
    states: type[models.TextChoices]
    owners: Mapping[str, Owner]
    #: Where a case may begin although a step leads there.
    begins: tuple[str, ...] = ()


def _owners(states: type[models.TextChoices], **owners: Owner) -> dict[str, Owner]:
    """Every state has an owner; the states not named are ends."""
    return {state: owners.get(state, Owner.NOBODY) for state in states.values}


MACHINES: Mapping[str, Machine] = {
    "paper": Machine(PAPER, enums.PaperStatus, _owners(enums.PaperStatus, FILED=Owner.OFFICER)),
    "rate_card": Machine(
        RATE_CARD,
        enums.RateCardStatus,
        _owners(enums.RateCardStatus, DRAFT=Owner.FINANCE, CHECKED=Owner.APPROVER),
    ),
    "tariff": Machine(
        TARIFF,
        enums.RateCardStatus,
        _owners(enums.RateCardStatus, DRAFT=Owner.FINANCE, CHECKED=Owner.APPROVER),
    ),
    "allocation": Machine(
        ALLOCATION,
        enums.AllocationStatus,
        _owners(
            enums.AllocationStatus,
            DRAFT=Owner.OFFICER,
            COMPUTED=Owner.APPROVER,
            CONFIRMED=Owner.APPROVER,
        ),
    ),
    "offer": Machine(OFFER, enums.OfferStatus, _owners(enums.OfferStatus, PREPARED=Owner.OFFICER, SENT=Owner.TENANT)),
    "occupancy": Machine(
        OCCUPANCY,
        enums.OccupancyStatus,
        _owners(
            enums.OccupancyStatus,
            HELD=Owner.TENANT,
            COMMITTED=Owner.OFFICER,
            OCCUPIED=Owner.TENANT,
            BLOCKED=Owner.OFFICER,
        ),
        # A move, a swap or a holding over takes cells without a hold before.
        begins=("COMMITTED", "OCCUPIED"),
    ),
    "lease": Machine(
        LEASE,
        enums.LeaseStatus,
        _owners(
            enums.LeaseStatus,
            DRAFT=Owner.OFFICER,
            AWAITING_SIGNATURE=Owner.BOTH,
            SIGNED=Owner.OFFICER,
            ACTIVE=Owner.TENANT,
            VACATING=Owner.TENANT,
            HOLDOVER=Owner.OFFICER,
        ),
    ),
    "invoice": Machine(
        INVOICE,
        enums.InvoiceStatus,
        _owners(enums.InvoiceStatus, DRAFT=Owner.OFFICER, ISSUED=Owner.TENANT, PART_PAID=Owner.TENANT),
    ),
    "amendment": Machine(
        AMENDMENT,
        enums.AmendmentStatus,
        _owners(enums.AmendmentStatus, DRAFT=Owner.OFFICER, AWAITING_SIGNATURE=Owner.BOTH),
    ),
    "deposit": Machine(
        DEPOSIT,
        enums.DepositStatus,
        _owners(
            enums.DepositStatus,
            DUE=Owner.TENANT,
            PART_RECEIVED=Owner.TENANT,
            RECEIVED=Owner.OFFICER,
            CLOSING=Owner.OFFICER,
        ),
    ),
    "arrears": Machine(
        ARREARS,
        enums.ArrearsStatus,
        _owners(
            enums.ArrearsStatus,
            OPEN=Owner.TENANT,
            REMINDED=Owner.TENANT,
            DEMANDED=Owner.TENANT,
            FINAL_NOTICE=Owner.APPROVER,
            PLAN=Owner.TENANT,
            TERMINATING=Owner.APPROVER,
        ),
    ),
    "renewal": Machine(
        RENEWAL,
        enums.RenewalStatus,
        _owners(
            enums.RenewalStatus,
            INVITED=Owner.TENANT,
            APPLIED=Owner.APPROVER,
            GRANTED=Owner.TENANT,
            REFUSED=Owner.NOBODY,
        ),
    ),
    "move_out": Machine(
        MOVE_OUT,
        enums.MoveOutStatus,
        _owners(
            enums.MoveOutStatus,
            NOTICED=Owner.OFFICER,
            SCHEDULED=Owner.OFFICER,
            INSPECTED=Owner.OFFICER,
            RESTORING=Owner.TENANT,
            KEYS_RETURNED=Owner.OFFICER,
            SETTLED=Owner.OFFICER,
        ),
    ),
    "booking": Machine(
        BOOKING,
        enums.BookingStatus,
        _owners(enums.BookingStatus, REQUESTED=Owner.OFFICER, CONFIRMED=Owner.TENANT),
    ),
    "room_wait": Machine(
        ROOM_WAIT,
        enums.RoomWaitStatus,
        _owners(enums.RoomWaitStatus, WAITING=Owner.SYSTEM, OFFERED=Owner.TENANT),
    ),
    "ticket": Machine(
        TICKET,
        enums.TicketStatus,
        _owners(
            enums.TicketStatus,
            RECEIVED=Owner.OFFICER,
            ASSIGNED=Owner.OFFICER,
            IN_PROGRESS=Owner.OFFICER,
            WAITING=Owner.TENANT,
            DONE=Owner.TENANT,
        ),
    ),
}
