"""The tables of intake. What must never change is held by triggers (see the migrations), not only by the services."""

from portal.intake.models.accesses import Access
from portal.intake.models.applications import (
    Application,
    Attachment,
    Draft,
    EligibilityFinding,
    Revision,
    SupplementRequest,
)
from portal.intake.models.calls import Call, CallVersion, Criterion, Stage, Track
from portal.intake.models.cases import DisqualificationCase, LateCode
from portal.intake.models.decisions import Appeal, Decision, DecisionLine, RankingRun, ReserveEntry, ResultNotice
from portal.intake.models.review import (
    Assignment,
    Challenge,
    Conflict,
    Evaluator,
    Member,
    Panel,
    Pledge,
    ScoreItem,
    ScoreSheet,
)

__all__ = [
    "Access",
    "Appeal",
    "Application",
    "Assignment",
    "Attachment",
    "Call",
    "CallVersion",
    "Challenge",
    "Conflict",
    "Criterion",
    "Decision",
    "DecisionLine",
    "DisqualificationCase",
    "Draft",
    "EligibilityFinding",
    "Evaluator",
    "LateCode",
    "Member",
    "Panel",
    "Pledge",
    "RankingRun",
    "ReserveEntry",
    "ResultNotice",
    "Revision",
    "ScoreItem",
    "ScoreSheet",
    "Stage",
    "SupplementRequest",
    "Track",
]
