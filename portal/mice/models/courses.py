"""The tour's courses. An itinerary is a version of its course: stops in order, and a leg from each to the next."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Cluster, User
from portal.mice import itinerary
from portal.mice.enums import Mode


class TourCourse(models.Model):
    """What can be visited. The numbers are what a new session proposes: fewest, most, days before it that booking ends."""

    code = models.SlugField(max_length=40, unique=True)
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="tour_courses")
    title_ko = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    summary_ko = models.TextField(blank=True)
    summary_en = models.TextField(blank=True)
    min_people = models.PositiveSmallIntegerField(default=3)
    max_people = models.PositiveSmallIntegerField(default=10)
    closes_days = models.PositiveSmallIntegerField(default=3)

    class Meta:
        verbose_name = _("투어코스")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(min_people__gte=1, min_people__lte=F("max_people")), name="tour_course_sizes_in_order"
            )
        ]

    def __str__(self) -> str:
        return self.title_ko


class CourseVersion(models.Model):
    """One itinerary of a course. Once a session was published from it, its stops and legs stay (a trigger)."""

    course = models.ForeignKey(TourCourse, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("투어코스 일정판")
        ordering = ["course", "-number"]
        constraints = [models.UniqueConstraint(fields=["course", "number"], name="course_versions_are_numbered")]

    def __str__(self) -> str:
        return f"{self.course_id}/{self.number}"

    def frozen(self) -> dict[str, Any]:
        """The itinerary as a session keeps it."""
        stops = list(self.stops.all())
        legs = Leg.objects.filter(start__version=self).order_by("start__place")
        return {
            "stops": [stop.frozen() for stop in stops],
            "legs": [{"minutes": leg.minutes, "mode": leg.mode} for leg in legs],
        }


class TourStop(models.Model):
    """A place on the way. ``hours``: by weekday (Monday "0") opening and closing in minutes of the day."""

    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="stops")
    place = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=40)
    name_ko = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    address_ko = models.CharField(max_length=200, blank=True)
    address_en = models.CharField(max_length=200, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    dwell_min = models.PositiveSmallIntegerField()
    capacity = models.PositiveSmallIntegerField()
    hours = models.JSONField(default=dict)
    closed_days = ArrayField(models.DateField(), default=list, blank=True)
    needs_id = models.BooleanField(default=False)
    step_free = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("투어 거점")
        ordering = ["version", "place"]
        constraints = [
            models.UniqueConstraint(fields=["version", "place"], name="tour_stops_are_in_order"),
            models.UniqueConstraint(fields=["version", "code"], name="tour_stop_once_in_a_version"),
            models.CheckConstraint(condition=Q(dwell_min__gte=1, capacity__gte=1), name="tour_stop_takes_people"),
        ]

    def __str__(self) -> str:
        return self.name_ko

    def frozen(self) -> dict[str, Any]:
        kept = ("code", "name_ko", "name_en", "address_ko", "address_en", "dwell_min", "capacity", "hours")
        return {
            **{name: getattr(self, name) for name in kept},
            "latitude": None if self.latitude is None else str(self.latitude),
            "longitude": None if self.longitude is None else str(self.longitude),
            "closed": [day.isoformat() for day in self.closed_days],
            "needs_id": self.needs_id,
            "step_free": self.step_free,
        }


class Leg(models.Model):
    """The way from one stop to the next."""

    start = models.OneToOneField(TourStop, models.CASCADE, related_name="leg")
    minutes = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.WALK)

    class Meta:
        verbose_name = _("거점 사이 이동")
        constraints = [models.CheckConstraint(condition=Q(mode__in=Mode.values), name="leg_mode_known")]

    def __str__(self) -> str:
        return f"{self.start_id} {self.mode}"


def way(frozen: dict[str, Any]) -> tuple[list[itinerary.Stop], list[itinerary.Leg]]:
    """Stops and legs of a frozen itinerary as ``itinerary`` reads them."""
    stops = [
        itinerary.Stop(
            code=stop["code"],
            dwell_min=stop["dwell_min"],
            capacity=stop["capacity"],
            hours={int(day): (hours[0], hours[1]) for day, hours in stop["hours"].items()},
            closed=frozenset(map(date.fromisoformat, stop["closed"])),
        )
        for stop in frozen["stops"]
    ]
    return stops, [itinerary.Leg(leg["minutes"], leg["mode"]) for leg in frozen["legs"]]
