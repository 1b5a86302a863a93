"""The tables of events and the tour."""

from portal.mice.models.allotments import EventAllotment
from portal.mice.models.awards import Agreement, Amendment, Award, AwardLine, Posting, Tranche
from portal.mice.models.bookings import HOLDING, TourBooking
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
from portal.mice.models.sessions import TourSession

__all__ = [
    "HOLDING",
    "Agreement",
    "Amendment",
    "Award",
    "AwardLine",
    "AwardPlan",
    "BudgetEnvelope",
    "CourseVersion",
    "EditionMatch",
    "Event",
    "EventAllotment",
    "EventEdition",
    "Leg",
    "Posting",
    "SupportProgramme",
    "SupportTerms",
    "TourBooking",
    "TourCourse",
    "TourSession",
    "TourStop",
    "Tranche",
]
