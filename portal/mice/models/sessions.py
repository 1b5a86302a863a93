"""A tour on one day: its frozen itinerary, its places, its guide, its clock."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import User
from portal.mice import itinerary as timetable
from portal.mice.enums import Language, SessionStatus
from portal.mice.models.courses import CourseVersion, way


class TourSession(models.Model):
    """One guided tour in ``[starts_at, ends_at)``.

    ``taken`` are the places of bookings and offers, ``reserved`` those kept for an event's registrants; the database
    compares ``taken`` with the bookings at every commit. ``capacity`` is the smallest of the session's most and every
    stop's. Before ``cutoff_at`` the session is confirmed and opened again by its numbers; after it a promise stands.
    ``sequence`` rises with every change of time or state (a trigger), ``changed_at`` says when: calendars read both.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="sessions")
    itinerary = models.JSONField()
    status = models.CharField(max_length=13, choices=SessionStatus, default=SessionStatus.OPEN)
    language = models.CharField(max_length=2, choices=Language)
    guide = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="tour_sessions")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    cutoff_at = models.DateTimeField()
    min_people = models.PositiveSmallIntegerField()
    max_people = models.PositiveSmallIntegerField()
    capacity = models.PositiveSmallIntegerField()
    taken = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("해설회차")
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=SessionStatus.values), name="tour_session_status_known"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="tour_session_language_known"),
            models.CheckConstraint(
                condition=Q(taken__gte=0, reserved__gte=0, capacity__gte=F("taken") + F("reserved")),
                name="tour_session_never_overbooked",
            ),
            models.CheckConstraint(
                condition=Q(min_people__gte=1, min_people__lte=F("capacity"), capacity__lte=F("max_people")),
                name="tour_session_sizes_in_order",
            ),
            models.CheckConstraint(
                condition=Q(cutoff_at__lte=F("starts_at"), starts_at__lt=F("ends_at")),
                name="tour_session_times_in_order",
            ),
            ExclusionConstraint(
                name="guide_in_one_place",
                expressions=[
                    ("guide", RangeOperators.EQUAL),
                    (
                        Func(F("starts_at"), F("ends_at"), function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(guide__isnull=False) & ~Q(status__in=["CANCELLED", "CANCELLED_MIN"]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def free(self) -> int:
        """Places that anybody may take."""
        return self.capacity - self.taken - self.reserved

    def visits(self) -> list[timetable.Visit]:
        """When the tour is at which stop."""
        return timetable.visits(self.starts_at, *way(self.itinerary))

    def is_open(self, now: datetime) -> bool:
        """Whether places can be booked: a clock, no state."""
        return self.status in (SessionStatus.OPEN, SessionStatus.CONFIRMED) and now < self.cutoff_at

    def ledger_room(self) -> str:
        return "event"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="tour_session", ref=str(self.public_id))
