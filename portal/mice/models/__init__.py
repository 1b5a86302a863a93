"""The tables of events and the tour."""

from portal.mice.models.allotments import EventAllotment
from portal.mice.models.attendance import CheckIn, EventDoor, Registrant
from portal.mice.models.awards import Agreement, Amendment, Award, AwardLine, Posting, Tranche
from portal.mice.models.bookings import HOLDING, TourBooking
from portal.mice.models.clawbacks import Clawback, ClawbackReceipt, Inspection, Sanction
from portal.mice.models.courses import CourseVersion, Leg, TourCourse, TourStop
from portal.mice.models.editions import (
    AwardPlan,
    BudgetEnvelope,
    EditionMatch,
    Event,
    EventEdition,
    SupportProgramme,
    SupportTerms,
)
from portal.mice.models.groups import TourGroup
from portal.mice.models.reports import (
    Evidence,
    EvidenceFile,
    Settlement,
    SettlementLine,
    SettlementReport,
    SheetLine,
)
from portal.mice.models.sessions import TourSession

__all__ = [
    "HOLDING",
    "Agreement",
    "Amendment",
    "Award",
    "AwardLine",
    "AwardPlan",
    "BudgetEnvelope",
    "CheckIn",
    "Clawback",
    "ClawbackReceipt",
    "CourseVersion",
    "EditionMatch",
    "Event",
    "EventAllotment",
    "EventDoor",
    "EventEdition",
    "Evidence",
    "EvidenceFile",
    "Inspection",
    "Leg",
    "Posting",
    "Registrant",
    "Sanction",
    "Settlement",
    "SettlementLine",
    "SettlementReport",
    "SheetLine",
    "SupportProgramme",
    "SupportTerms",
    "TourBooking",
    "TourCourse",
    "TourGroup",
    "TourSession",
    "TourStop",
    "Tranche",
]
