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
from portal.intake.models.archives import AuditArchive
from portal.intake.models.bonuses import BonusFinding, BonusItem
from portal.intake.models.calls import Call, CallVersion, Criterion, Stage, Track
from portal.intake.models.cases import DisqualificationCase, LateCode
from portal.intake.models.decisions import Appeal, Decision, DecisionLine, RankingRun, ReserveEntry, ResultNotice
from portal.intake.models.interests import Interest
from portal.intake.models.keeping import DestructionRecord, RetentionHold, StatuteCopy
from portal.intake.models.naming import NameHit, NameSearch
from portal.intake.models.presence import PagePresence
from portal.intake.models.rating import RatingCount, RatingTicket
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
from portal.intake.models.sittings import Attendance, Sitting

__all__ = [
    "Access",
    "Appeal",
    "Application",
    "Assignment",
    "Attachment",
    "Attendance",
    "AuditArchive",
    "BonusFinding",
    "BonusItem",
    "Call",
    "CallVersion",
    "Challenge",
    "Conflict",
    "Criterion",
    "Decision",
    "DecisionLine",
    "DestructionRecord",
    "DisqualificationCase",
    "Draft",
    "EligibilityFinding",
    "Evaluator",
    "Interest",
    "LateCode",
    "Member",
    "NameHit",
    "NameSearch",
    "PagePresence",
    "Panel",
    "Pledge",
    "RankingRun",
    "RatingCount",
    "RatingTicket",
    "ReserveEntry",
    "ResultNotice",
    "RetentionHold",
    "Revision",
    "ScoreItem",
    "ScoreSheet",
    "Sitting",
    "Stage",
    "StatuteCopy",
    "SupplementRequest",
    "Track",
]
