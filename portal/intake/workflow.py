"""The states of intake as data: every step and its ledger event, and who owns the next step from each state.

A step's value ``"kind:done"`` becomes the leaf ``<room>.<kind>.<done>``; the room is the programme's. Words of states are
the labels in ``enums``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models

from portal.intake import enums
from portal.intake.enums import Owner

Steps = Mapping[tuple[str, str], str]

CALL: Steps = {
    ("DRAFT", "PUBLISHED"): "call:published",
    ("PUBLISHED", "REVIEWING"): "call:review_started",
    ("REVIEWING", "PUBLISHED"): "call:entry_reopened",
    ("REVIEWING", "DECIDED"): "call:decided",
    ("DECIDED", "REVIEWING"): "call:reopened",
    ("DECIDED", "ANNOUNCED"): "call:announced",
    ("ANNOUNCED", "FINAL"): "call:finalised",
    ("FINAL", "ARCHIVED"): "call:archived",
    ("DRAFT", "CANCELLED"): "call:cancelled",
    ("PUBLISHED", "CANCELLED"): "call:cancelled",
    ("REVIEWING", "CANCELLED"): "call:cancelled",
}

APPLICATION: Steps = {
    ("DRAFT", "SUBMITTED"): "application:submitted",
    ("SUBMITTED", "SUPPLEMENT"): "application:supplement_requested",
    ("SUPPLEMENT", "SUBMITTED"): "application:supplement_closed",
    ("SUBMITTED", "IN_REVIEW"): "application:found_eligible",
    ("SUBMITTED", "INELIGIBLE"): "application:found_ineligible",
    ("INELIGIBLE", "IN_REVIEW"): "application:reinstated",
    ("IN_REVIEW", "SELECTED"): "application:selected",
    ("IN_REVIEW", "RESERVED"): "application:reserved",
    ("IN_REVIEW", "NOT_SELECTED"): "application:refused",
    ("RESERVED", "SELECTED"): "application:promoted",
    ("SELECTED", "RESERVED"): "application:returned",
    ("RESERVED", "NOT_SELECTED"): "application:lapsed",
    ("NOT_SELECTED", "IN_REVIEW"): "application:reopened",
    ("NOT_SELECTED", "SELECTED"): "application:selected_on_appeal",
    ("NOT_SELECTED", "RESERVED"): "application:reserved_on_appeal",
    ("SELECTED", "FULFILLED"): "application:fulfilled",
    # A seat taken up and given back while somebody else can still have it.
    ("FULFILLED", "DECLINED"): "application:declined",
    ("SELECTED", "DECLINED"): "application:declined",
    ("DISQUALIFIED", "SELECTED"): "application:restored",
    ("SUBMITTED", "WITHDRAWN"): "application:withdrawn",
    ("SUPPLEMENT", "WITHDRAWN"): "application:withdrawn",
    ("IN_REVIEW", "WITHDRAWN"): "application:withdrawn",
    ("RESERVED", "WITHDRAWN"): "application:withdrawn",
    ("SELECTED", "WITHDRAWN"): "application:withdrawn",
    ("SUBMITTED", "DISQUALIFIED"): "application:disqualified",
    ("IN_REVIEW", "DISQUALIFIED"): "application:disqualified",
    ("RESERVED", "DISQUALIFIED"): "application:disqualified",
    ("SELECTED", "DISQUALIFIED"): "application:disqualified",
    ("FULFILLED", "DISQUALIFIED"): "application:disqualified",
}

ASSIGNMENT: Steps = {
    ("PROPOSED", "CLEARED"): "assignment:cleared",
    ("CLEARED", "SUSPENDED"): "assignment:suspended",
    ("SUSPENDED", "CLEARED"): "assignment:resumed",
    ("PROPOSED", "BARRED"): "assignment:barred",
    ("CLEARED", "BARRED"): "assignment:barred",
    ("SUSPENDED", "BARRED"): "assignment:barred",
    ("PROPOSED", "RELEASED"): "assignment:released",
    ("CLEARED", "RELEASED"): "assignment:released",
}

SHEET: Steps = {
    ("OPEN", "LOCKED"): "sheet:locked",
    ("LOCKED", "OPEN"): "sheet:reopened",
    ("OPEN", "STRUCK"): "sheet:struck",
    ("LOCKED", "STRUCK"): "sheet:struck",
}

MEMBER: Steps = {
    ("INVITED", "ACCEPTED"): "member:accepted",
    ("INVITED", "DECLINED"): "member:declined",
    ("ACCEPTED", "DISMISSED"): "member:dismissed",
}

STAGE: Steps = {
    ("WAITING", "RUNNING"): "stage:opened",
    ("RUNNING", "SETTLED"): "stage:settled",
    ("SETTLED", "RUNNING"): "stage:reopened",
}

CHALLENGE: Steps = {
    ("FILED", "UPHELD"): "challenge:decided",
    ("FILED", "DISMISSED"): "challenge:decided",
    ("FILED", "WITHDRAWN"): "challenge:withdrawn",
}

RESULT: Steps = {
    ("DRAFT", "DECIDED"): "result:decided",
    ("DECIDED", "DRAFT"): "result:reopened",
    ("DECIDED", "PUBLISHED"): "result:announced",
}

CASE: Steps = {
    ("NOTICED", "HEARD"): "case:heard",
    ("NOTICED", "UPHELD"): "case:decided",
    ("NOTICED", "DROPPED"): "case:decided",
    ("HEARD", "UPHELD"): "case:decided",
    ("HEARD", "DROPPED"): "case:decided",
}

RESERVE: Steps = {
    ("WAITING", "CALLED"): "reserve:promoted",
    ("CALLED", "CONVERTED"): "reserve:converted",
    ("CALLED", "WAITING"): "reserve:returned",
    ("WAITING", "DROPPED"): "reserve:dropped",
    ("CALLED", "DROPPED"): "reserve:dropped",
    ("WAITING", "LAPSED"): "reserve:lapsed",
}

SUPPLEMENT: Steps = {
    ("ASKED", "ANSWERED"): "supplement:answered",
    ("ASKED", "LAPSED"): "supplement:lapsed",
    ("ANSWERED", "ACCEPTED"): "supplement:accepted",
    ("ANSWERED", "ASKED"): "supplement:asked_again",
}

APPEAL: Steps = {
    ("FILED", "ADMITTED"): "appeal:admitted",
    ("FILED", "REJECTED"): "appeal:decided",
    ("ADMITTED", "UPHELD"): "appeal:decided",
    ("ADMITTED", "PARTLY"): "appeal:decided",
    ("ADMITTED", "DISMISSED"): "appeal:decided",
    ("FILED", "WITHDRAWN"): "appeal:withdrawn",
    ("ADMITTED", "WITHDRAWN"): "appeal:withdrawn",
}


@dataclass(frozen=True, slots=True)
class Machine:
    """One kind of case: its steps, its states with their words, and who owns the next step from each state."""

    steps: Steps
    states: type[models.TextChoices]
    owners: Mapping[str, Owner]


def _owners(states: type[models.TextChoices], **owners: Owner) -> dict[str, Owner]:
    """Every state has an owner; the states not named are ends."""
    return {state: owners.get(state, Owner.NOBODY) for state in states.values}


MACHINES: Mapping[str, Machine] = {
    "call": Machine(
        CALL,
        enums.CallStatus,
        _owners(
            enums.CallStatus,
            DRAFT=Owner.OFFICER,
            PUBLISHED=Owner.OFFICER,
            REVIEWING=Owner.OFFICER,
            DECIDED=Owner.APPROVER,
            ANNOUNCED=Owner.OFFICER,
            FINAL=Owner.OFFICER,
        ),
    ),
    "application": Machine(
        APPLICATION,
        enums.ApplicationStatus,
        _owners(
            enums.ApplicationStatus,
            DRAFT=Owner.APPLICANT,
            SUBMITTED=Owner.OFFICER,
            SUPPLEMENT=Owner.APPLICANT,
            IN_REVIEW=Owner.PANEL,
            SELECTED=Owner.ROOM,
            RESERVED=Owner.SYSTEM,
            FULFILLED=Owner.ROOM,
        ),
    ),
    "assignment": Machine(
        ASSIGNMENT,
        enums.AssignmentStatus,
        _owners(enums.AssignmentStatus, PROPOSED=Owner.EVALUATOR, CLEARED=Owner.EVALUATOR, SUSPENDED=Owner.APPROVER),
    ),
    "sheet": Machine(SHEET, enums.SheetStatus, _owners(enums.SheetStatus, OPEN=Owner.EVALUATOR)),
    "member": Machine(
        MEMBER, enums.MemberStatus, _owners(enums.MemberStatus, INVITED=Owner.EVALUATOR, ACCEPTED=Owner.EVALUATOR)
    ),
    "stage": Machine(
        STAGE, enums.StageStatus, _owners(enums.StageStatus, WAITING=Owner.OFFICER, RUNNING=Owner.OFFICER)
    ),
    "challenge": Machine(CHALLENGE, enums.ChallengeStatus, _owners(enums.ChallengeStatus, FILED=Owner.APPROVER)),
    "result": Machine(
        RESULT, enums.ResultStatus, _owners(enums.ResultStatus, DRAFT=Owner.OFFICER, DECIDED=Owner.APPROVER)
    ),
    "case": Machine(CASE, enums.CaseStatus, _owners(enums.CaseStatus, NOTICED=Owner.APPLICANT, HEARD=Owner.APPROVER)),
    "reserve": Machine(
        RESERVE, enums.ReserveStatus, _owners(enums.ReserveStatus, WAITING=Owner.SYSTEM, CALLED=Owner.APPLICANT)
    ),
    "supplement": Machine(
        SUPPLEMENT,
        enums.SupplementStatus,
        _owners(enums.SupplementStatus, ASKED=Owner.APPLICANT, ANSWERED=Owner.OFFICER),
    ),
    "appeal": Machine(
        APPEAL,
        enums.AppealStatus,
        _owners(enums.AppealStatus, FILED=Owner.APPEAL_REVIEWER, ADMITTED=Owner.APPEAL_REVIEWER),
    ),
}
