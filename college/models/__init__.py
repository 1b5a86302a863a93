"""The college's tables."""

from college.models.attendance import AttendanceEvent, Correction, Score
from college.models.certificates import LIST_SIZE, Completion, Credential, ExpertMonth, IssuerKey, Share, StatusList
from college.models.courses import Course, Draw, Lesson, Run
from college.models.money import Payment, Refund
from college.models.people import Merge, Person, PersonAccount, PersonIdentity
from college.models.queue import QueuePlace, QueueWindow
from college.models.seats import OPEN_REQUESTS, WITHOUT_SEAT, Enrolment, SeatRequest
from college.models.surveys import Survey, SurveyAnswer, SurveyTicket
from college.models.teaching import Qualification

__all__ = [
    "LIST_SIZE",
    "OPEN_REQUESTS",
    "WITHOUT_SEAT",
    "AttendanceEvent",
    "Completion",
    "Correction",
    "Course",
    "Credential",
    "Draw",
    "Enrolment",
    "ExpertMonth",
    "IssuerKey",
    "Lesson",
    "Merge",
    "Payment",
    "Person",
    "PersonAccount",
    "PersonIdentity",
    "Qualification",
    "QueuePlace",
    "QueueWindow",
    "Refund",
    "Run",
    "Score",
    "SeatRequest",
    "Share",
    "StatusList",
    "Survey",
    "SurveyAnswer",
    "SurveyTicket",
]
