"""The tables of events and the tour."""

from portal.mice.models.bookings import HOLDING, TourBooking
from portal.mice.models.courses import CourseVersion, Leg, TourCourse, TourStop
from portal.mice.models.sessions import TourSession

__all__ = ["HOLDING", "CourseVersion", "Leg", "TourBooking", "TourCourse", "TourSession", "TourStop"]
