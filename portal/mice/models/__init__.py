"""The tables of events and the tour."""

from portal.mice.models.allotments import EventAllotment
from portal.mice.models.bookings import HOLDING, TourBooking
from portal.mice.models.courses import CourseVersion, Leg, TourCourse, TourStop
from portal.mice.models.sessions import TourSession

__all__ = ["HOLDING", "CourseVersion", "EventAllotment", "Leg", "TourBooking", "TourCourse", "TourSession", "TourStop"]
