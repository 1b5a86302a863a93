"""The states of the college as data: every step and its ledger event, and who owns the next step from each state.

A step's value ``"kind:done"`` becomes the leaf ``college.<kind>.<done>``. Words of states are the labels in ``enums``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db import models

from college import enums
from college.enums import Owner

Steps = Mapping[tuple[str, str], str]

RUN: Steps = {
    ("DRAFT", "PUBLISHED"): "run:published",
    ("PUBLISHED", "CONFIRMED"): "run:confirmed",
    ("CONFIRMED", "RUNNING"): "run:started",
    ("RUNNING", "ENDED"): "run:ended",
    ("ENDED", "JUDGED"): "run:judged",
    ("JUDGED", "CLOSED"): "run:closed",
    ("PUBLISHED", "CANCELLED"): "run:cancelled",
    ("CONFIRMED", "CANCELLED"): "run:cancelled",
    ("RUNNING", "CANCELLED"): "run:cancelled",
    # More or fewer seats: the run stays where it is.
    ("PUBLISHED", "PUBLISHED"): "run:enlarged",
    ("CONFIRMED", "CONFIRMED"): "run:enlarged",
    ("RUNNING", "RUNNING"): "run:enlarged",
}

REQUEST: Steps = {
    ("SUBMITTED", "SEATED"): "request:seated",
    ("SUBMITTED", "WAITING"): "request:queued",
    ("SUBMITTED", "OFFERED"): "seat:offered",
    ("SUBMITTED", "REFUSED"): "request:refused",
    ("WAITING", "OFFERED"): "seat:offered",
    ("OFFERED", "SEATED"): "seat:accepted",
    ("OFFERED", "DECLINED"): "seat:declined",
    ("OFFERED", "LAPSED"): "seat:expired",
    ("WAITING", "CLOSED"): "request:closed",
    ("SUBMITTED", "WITHDRAWN"): "request:withdrawn",
    ("WAITING", "WITHDRAWN"): "request:withdrawn",
    ("OFFERED", "WITHDRAWN"): "request:withdrawn",
}

ENROLMENT: Steps = {
    ("HELD", "ACTIVE"): "enrolment:activated",
    ("HELD", "EXPIRED"): "enrolment:expired",
    ("HELD", "CANCELLED"): "enrolment:cancelled",
    ("ACTIVE", "CANCELLED"): "enrolment:cancelled",
    ("ACTIVE", "DROPPED"): "enrolment:dropped",
    ("ACTIVE", "EXPELLED"): "enrolment:expelled",
    ("EXPELLED", "ACTIVE"): "enrolment:reinstated",
    ("ACTIVE", "EARLY_EXIT"): "enrolment:left_early",
    ("ACTIVE", "COMPLETED"): "enrolment:completed",
    ("ACTIVE", "NOT_COMPLETED"): "enrolment:fell_short",
    ("NOT_COMPLETED", "COMPLETED"): "enrolment:upheld",
    ("COMPLETED", "NOT_COMPLETED"): "enrolment:reversed",
}

SESSION: Steps = {
    ("PLANNED", "HELD"): "session:held",
    ("PLANNED", "CANCELLED"): "session:cancelled",
    ("HELD", "SEALED"): "attendance:day_closed",
    ("SEALED", "CANCELLED"): "session:annulled",
}

CORRECTION: Steps = {
    ("REQUESTED", "CHECKED"): "correction:checked",
    ("CHECKED", "APPLIED"): "attendance:corrected",
    ("REQUESTED", "REFUSED"): "correction:refused",
    ("CHECKED", "REFUSED"): "correction:refused",
    ("REQUESTED", "WITHDRAWN"): "correction:withdrawn",
}

CREDENTIAL: Steps = {
    ("ISSUED", "SUSPENDED"): "cert:suspended",
    ("SUSPENDED", "ISSUED"): "cert:restored",
    ("SUSPENDED", "REVOKED"): "cert:revoked",
    ("ISSUED", "REVOKED"): "cert:revoked",
    ("ISSUED", "SUPERSEDED"): "cert:superseded",
}

REFUND: Steps = {
    ("REQUESTED", "CALCULATED"): "refund:calculated",
    ("CALCULATED", "APPROVED"): "refund:approved",
    # Nothing is due any more; where something is, the database refuses this step.
    ("CALCULATED", "REFUSED"): "refund:refused",
    ("CALCULATED", "REQUESTED"): "refund:returned",
    ("APPROVED", "PAID"): "refund:paid",
}

QUALIFICATION: Steps = {
    ("SUBMITTED", "APPROVED"): "qualification:approved",
    ("SUBMITTED", "REFUSED"): "qualification:refused",
    ("APPROVED", "WITHDRAWN"): "qualification:withdrawn",
}

MERGE: Steps = {
    ("PROPOSED", "CONFIRMED"): "person:merged",
    ("PROPOSED", "REFUSED"): "person:merge_refused",
    ("CONFIRMED", "SPLIT"): "person:split",
}

DRAW: Steps = {
    ("SEALED", "LISTED"): "lottery:listed",
    ("LISTED", "DRAWN"): "lottery:revealed",
    ("SEALED", "VOID"): "lottery:voided",
    ("LISTED", "VOID"): "lottery:voided",
}


@dataclass(frozen=True, slots=True)
class Machine:
    """One kind of case: its steps, its states with their words, and who owns the next step from each state."""

    steps: Steps
    states: type[models.TextChoices]
    owners: Mapping[str, Owner]
    #: Where a case may begin although a step leads there.
    begins: tuple[str, ...] = ()


def _machine(steps: Steps, states: type[models.TextChoices], **owners: Owner) -> Machine:
    """Every state has an owner; the states not named are ends."""
    return Machine(steps, states, {state: owners.get(state, Owner.NOBODY) for state in states.values})


_RUNS = dict.fromkeys(("DRAFT", "PUBLISHED", "CONFIRMED", "RUNNING", "ENDED", "JUDGED"), Owner.OFFICE)

MACHINES: Mapping[str, Machine] = {
    "run": _machine(RUN, enums.RunStatus, **_RUNS),
    "request": _machine(
        REQUEST, enums.RequestStatus, SUBMITTED=Owner.SYSTEM, WAITING=Owner.SYSTEM, OFFERED=Owner.STUDENT
    ),
    # Without a fee a seat is somebody's at once.
    "enrolment": replace(
        _machine(ENROLMENT, enums.EnrolmentStatus, HELD=Owner.STUDENT, ACTIVE=Owner.OFFICE), begins=("ACTIVE",)
    ),
    "session": _machine(SESSION, enums.SessionStatus, PLANNED=Owner.INSTRUCTOR, HELD=Owner.SYSTEM),
    "correction": _machine(CORRECTION, enums.CorrectionStatus, REQUESTED=Owner.OFFICE, CHECKED=Owner.SECOND),
    "credential": _machine(CREDENTIAL, enums.CredentialStatus, SUSPENDED=Owner.OFFICE),
    "refund": _machine(
        REFUND, enums.RefundStatus, REQUESTED=Owner.OFFICE, CALCULATED=Owner.SECOND, APPROVED=Owner.OFFICE
    ),
    "qualification": _machine(QUALIFICATION, enums.QualificationStatus, SUBMITTED=Owner.SECOND),
    "merge": _machine(MERGE, enums.MergeStatus, PROPOSED=Owner.SECOND),
    "draw": _machine(DRAW, enums.DrawStatus, SEALED=Owner.SYSTEM, LISTED=Owner.OFFICE),
}
