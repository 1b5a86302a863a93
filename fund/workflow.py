"""The states of the fund room as data: every step with its ledger event, and who owns the next step from each state.

A step's value ``"kind:done"`` becomes the leaf ``fund.<kind>.<done>``. Words of states are the labels in ``enums``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models

from fund import enums
from fund.duty_enums import DutyStatus, WaiverStatus
from fund.enums import Owner

Steps = Mapping[tuple[str, str], str]

SUB_FUND: Steps = {
    ("PROPOSED", "SELECTED"): "sub_fund:selected",
    ("SELECTED", "GATHERING"): "sub_fund:gathering",
    ("SELECTED", "CANCELLED"): "sub_fund:cancelled",
    ("GATHERING", "CANCELLED"): "sub_fund:cancelled",
    ("GATHERING", "FORMED"): "sub_fund:formed",
    ("FORMED", "REGISTERED"): "sub_fund:registered",
    ("REGISTERED", "INVESTING"): "sub_fund:opened",
    ("INVESTING", "SUSPENDED"): "sub_fund:suspended",
    ("SUSPENDED", "INVESTING"): "sub_fund:resumed",
    ("SUSPENDED", "HARVESTING"): "sub_fund:harvesting",
    ("INVESTING", "HARVESTING"): "sub_fund:harvesting",
    ("HARVESTING", "EXTENDED"): "sub_fund:extended",
    ("HARVESTING", "LIQUIDATING"): "sub_fund:liquidating",
    ("EXTENDED", "LIQUIDATING"): "sub_fund:liquidating",
    ("LIQUIDATING", "CLOSED"): "sub_fund:closed",
}

COMMITMENT: Steps = {
    ("DRAFT", "CONSENTED"): "commitment:consented",
    ("DRAFT", "SIGNED"): "commitment:signed",
    ("CONSENTED", "SIGNED"): "commitment:signed",
    ("DRAFT", "WITHDRAWN"): "commitment:withdrawn",
    ("CONSENTED", "WITHDRAWN"): "commitment:withdrawn",
    ("SIGNED", "ACTIVE"): "commitment:activated",
    ("ACTIVE", "ACTIVE"): "commitment:released",
    ("ACTIVE", "FULFILLED"): "commitment:fulfilled",
    ("ACTIVE", "DEFAULTED"): "commitment:defaulted",
    ("DEFAULTED", "ACTIVE"): "commitment:cured",
}

# An amended call keeps its id and raises its revision; the shares of the revision before are void.
CALL: Steps = {
    ("DRAFT", "APPROVED"): "call:approved",
    ("DRAFT", "RESCINDED"): "call:rescinded",
    ("APPROVED", "ISSUED"): "call:issued",
    ("APPROVED", "RESCINDED"): "call:rescinded",
    ("ISSUED", "PART_PAID"): "call:received",
    ("ISSUED", "FUNDED"): "call:received",
    ("PART_PAID", "FUNDED"): "call:received",
    ("FUNDED", "CLOSED"): "call:closed",
    ("PART_PAID", "CLOSED"): "call:closed",
    ("ISSUED", "RESCINDED"): "call:rescinded",
    ("ISSUED", "DRAFT"): "call:amended",
    ("PART_PAID", "DRAFT"): "call:amended",
}

SHARE: Steps = {
    ("DUE", "PAID"): "share:received",
    ("DUE", "DUE"): "share:received",
    ("LATE", "LATE"): "share:received",
    ("LATE", "PAID"): "share:received",
    ("DUE", "LATE"): "share:late",
    ("DUE", "VOID"): "share:voided",
    ("LATE", "VOID"): "share:voided",
    ("PAID", "VOID"): "share:voided",
}

DISTRIBUTION: Steps = {
    ("DRAFT", "COMPUTED"): "distribution:computed",
    ("COMPUTED", "DRAFT"): "distribution:reworked",
    ("COMPUTED", "APPROVED"): "distribution:approved",
    ("APPROVED", "PAID"): "distribution:paid",
    ("PAID", "REVERSED"): "distribution:reversed",
}

# Fees, expenses, income, first loss, excess transfer, clawback: approved is booked; what is owed is paid later.
SETTLEMENT: Steps = {
    ("PROPOSED", "OWED"): "settlement:approved",
    ("PROPOSED", "SETTLED"): "settlement:approved",
    ("PROPOSED", "REFUSED"): "settlement:refused",
    ("OWED", "SETTLED"): "settlement:paid",
    ("OWED", "REVERSED"): "settlement:reversed",
    ("SETTLED", "REVERSED"): "settlement:reversed",
}

#: A final test ends the clock; what was breached can still be waived, what was met stays met.
DUTY: Steps = {
    ("OPEN", "MET"): "duty:met",
    ("OPEN", "BREACHED"): "duty:breached",
    ("OPEN", "WAIVED"): "duty:waived",
    ("BREACHED", "WAIVED"): "duty:waived",
}

WAIVER: Steps = {
    ("PROPOSED", "GRANTED"): "waiver:granted",
    ("PROPOSED", "REFUSED"): "waiver:refused",
}

CAP_BREACH: Steps = {
    ("OPEN", "CURED"): "cap_breach:cured",
    ("OPEN", "WAIVED"): "cap_breach:waived",
}

DEAL: Steps = {
    ("SOURCED", "DILIGENCE"): "deal:examined",
    ("SOURCED", "DECLINED"): "deal:declined",
    ("DILIGENCE", "COMMITTEE"): "deal:tabled",
    ("DILIGENCE", "DECLINED"): "deal:declined",
    ("COMMITTEE", "APPROVED"): "deal:approved",
    ("COMMITTEE", "DECLINED"): "deal:declined",
    ("APPROVED", "CONTRACTED"): "deal:contracted",
    ("APPROVED", "DECLINED"): "deal:declined",
    ("CONTRACTED", "FUNDED"): "deal:funded",
}

HOLDING: Steps = {
    ("HELD", "IMPAIRED"): "holding:written_down",
    ("PART_EXITED", "IMPAIRED"): "holding:written_down",
    ("IMPAIRED", "HELD"): "holding:restored",
    ("HELD", "WRITTEN_OFF"): "holding:written_off",
    ("PART_EXITED", "WRITTEN_OFF"): "holding:written_off",
    ("IMPAIRED", "WRITTEN_OFF"): "holding:written_off",
    ("HELD", "PART_EXITED"): "holding:part_exited",
    ("IMPAIRED", "PART_EXITED"): "holding:part_exited",
    ("HELD", "EXITED"): "holding:exited",
    ("IMPAIRED", "EXITED"): "holding:exited",
    ("PART_EXITED", "EXITED"): "holding:exited",
    ("WRITTEN_OFF", "EXITED"): "holding:exited",
}

# A value that nobody has judged yet may be put right by a corrected report.
VALUATION: Steps = {
    ("SUBMITTED", "SUBMITTED"): "valuation:resubmitted",
    ("SUBMITTED", "CHALLENGED"): "valuation:challenged",
    ("CHALLENGED", "SUBMITTED"): "valuation:resubmitted",
    ("SUBMITTED", "APPROVED"): "valuation:approved",
    ("APPROVED", "PUBLISHED"): "valuation:published",
    ("PUBLISHED", "SUPERSEDED"): "valuation:superseded",
}

# A write-down, its restoration, a sale or a redemption: one proposes, another approves, and then it is booked.
MEASURE: Steps = {
    ("PROPOSED", "DONE"): "measure:approved",
    ("PROPOSED", "REFUSED"): "measure:refused",
}

SNAPSHOT: Steps = {
    ("BUILT", "SEEN"): "snapshot:seen",
    ("SEEN", "PUBLISHED"): "snapshot:published",
    ("PUBLISHED", "RESTATED"): "snapshot:restated",
}

# A statement is never edited: a correction is another version, and the one before it says that it was replaced.
STATEMENT: Steps = {
    ("ISSUED", "REPLACED"): "statement:replaced",
}

MOTION: Steps = {
    ("TABLED", "OPEN"): "motion:opened",
    ("OPEN", "CARRIED"): "motion:carried",
    ("OPEN", "REJECTED"): "motion:rejected",
    ("OPEN", "DEFERRED"): "motion:deferred",
    ("DEFERRED", "OPEN"): "motion:opened",
}

# A member recuses itself before or after it said that nothing stands against it; a recusal is not taken back.
SEAT: Steps = {
    ("PENDING", "CLEAR"): "seat:cleared",
    ("PENDING", "RECUSED"): "seat:recused",
    ("CLEAR", "RECUSED"): "seat:recused",
}

# A workbook is checked as often as the books move under it, and applied or refused once.
UPLOAD: Steps = {
    ("RECEIVED", "CHECKED"): "upload:checked",
    ("CHECKED", "CHECKED"): "upload:checked",
    ("CHECKED", "APPLIED"): "upload:applied",
    ("RECEIVED", "REFUSED"): "upload:refused",
    ("CHECKED", "REFUSED"): "upload:refused",
}

# "break" names a difference between two accounts of the same thing (대사차이).
BREAK: Steps = {
    ("OPEN", "EXPLAINED"): "break:explained",
    ("OPEN", "RESOLVED"): "break:resolved",
    ("EXPLAINED", "RESOLVED"): "break:resolved",
}


@dataclass(frozen=True, slots=True)
class Machine:
    """One kind of case: its steps, its states with their words, and who owns the next step from each state."""

    steps: Steps
    states: type[models.TextChoices]
    owners: Mapping[str, Owner]


def _owners(states: type[models.TextChoices], default: Owner = Owner.NOBODY, **owners: Owner) -> dict[str, Owner]:
    """Every state has an owner; the states not named are ends unless a default is given."""
    return {state: owners.get(state, default) for state in states.values}


MACHINES: Mapping[str, Machine] = {
    "sub_fund": Machine(
        SUB_FUND,
        enums.SubFundStatus,
        _owners(enums.SubFundStatus, Owner.MANAGER, CLOSED=Owner.NOBODY, CANCELLED=Owner.NOBODY),
    ),
    "commitment": Machine(
        COMMITMENT,
        enums.CommitmentStatus,
        _owners(
            enums.CommitmentStatus, Owner.MANAGER, FULFILLED=Owner.NOBODY, WITHDRAWN=Owner.NOBODY,
            DEFAULTED=Owner.PARTNER,
        ),
    ),
    "call": Machine(
        CALL,
        enums.CallStatus,
        _owners(
            enums.CallStatus, Owner.MANAGER, DRAFT=Owner.APPROVER, ISSUED=Owner.PARTNER, PART_PAID=Owner.PARTNER,
            CLOSED=Owner.NOBODY, RESCINDED=Owner.NOBODY,
        ),
    ),
    "share": Machine(SHARE, enums.ShareStatus, _owners(enums.ShareStatus, DUE=Owner.PARTNER, LATE=Owner.PARTNER)),
    "distribution": Machine(
        DISTRIBUTION,
        enums.DistributionStatus,
        _owners(enums.DistributionStatus, Owner.MANAGER, COMPUTED=Owner.APPROVER, REVERSED=Owner.NOBODY),
    ),
    "settlement": Machine(
        SETTLEMENT,
        enums.SettlementStatus,
        _owners(enums.SettlementStatus, PROPOSED=Owner.APPROVER, OWED=Owner.MANAGER),
    ),
    "deal": Machine(
        DEAL,
        enums.DealStatus,
        _owners(
            enums.DealStatus, Owner.MANAGER, COMMITTEE=Owner.MEMBER, DECLINED=Owner.NOBODY, FUNDED=Owner.NOBODY
        ),
    ),
    "holding": Machine(HOLDING, enums.HoldingStatus, _owners(enums.HoldingStatus, Owner.MANAGER, EXITED=Owner.NOBODY)),
    "valuation": Machine(
        VALUATION,
        enums.ValuationStatus,
        _owners(
            enums.ValuationStatus, Owner.MANAGER, SUBMITTED=Owner.APPROVER, SUPERSEDED=Owner.NOBODY
        ),
    ),
    "measure": Machine(MEASURE, enums.MeasureStatus, _owners(enums.MeasureStatus, PROPOSED=Owner.APPROVER)),
    "snapshot": Machine(
        SNAPSHOT,
        enums.SnapshotStatus,
        _owners(enums.SnapshotStatus, BUILT=Owner.APPROVER, SEEN=Owner.APPROVER),
    ),
    "statement": Machine(STATEMENT, enums.StatementStatus, _owners(enums.StatementStatus)),
    "motion": Machine(
        MOTION,
        enums.MotionStatus,
        _owners(
            enums.MotionStatus, Owner.APPROVER, OPEN=Owner.MEMBER, CARRIED=Owner.NOBODY, REJECTED=Owner.NOBODY
        ),
    ),
    "seat": Machine(SEAT, enums.SeatStatus, _owners(enums.SeatStatus, Owner.MEMBER, RECUSED=Owner.NOBODY)),
    "upload": Machine(
        UPLOAD, enums.UploadStatus, _owners(enums.UploadStatus, RECEIVED=Owner.REPORTER, CHECKED=Owner.REPORTER)
    ),
    "break": Machine(
        BREAK, enums.BreakStatus, _owners(enums.BreakStatus, OPEN=Owner.MANAGER, EXPLAINED=Owner.MANAGER)
    ),
    "duty": Machine(
        DUTY, DutyStatus, _owners(DutyStatus, OPEN=Owner.MANAGER, BREACHED=Owner.APPROVER)
    ),
    "waiver": Machine(WAIVER, WaiverStatus, _owners(WaiverStatus, PROPOSED=Owner.MEMBER)),
    "cap_breach": Machine(CAP_BREACH, enums.BreachStatus, _owners(enums.BreachStatus, OPEN=Owner.APPROVER)),
}  # fmt: skip
