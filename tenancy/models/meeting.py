"""Meeting rooms: the rooms, a hub's rules with their versions, how much a company used, and who has a room when."""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import Organisation, User
from tenancy.enums import BookingKind, BookingStatus, RoomWaitStatus
from tenancy.models.places import Cell, Hub

DAY_MINUTES = 24 * 60


class MeetingRoom(models.Model):
    """A room that is booked by the quarter hour, in use ``[from_date, to_date)``."""

    hub = models.ForeignKey(Hub, models.PROTECT, related_name="meeting_rooms")
    cell = models.OneToOneField(Cell, models.PROTECT, null=True, blank=True, related_name="meeting_room")
    code = models.SlugField(_("회의실 코드"), max_length=30)
    name_ko = models.CharField(_("회의실 이름"), max_length=60)
    name_en = models.CharField(_("회의실 영문 이름"), max_length=60)
    seats = models.PositiveSmallIntegerField(_("좌석"))
    #: Large rooms are given by the officer.
    needs_approval = models.BooleanField(_("담당자 승인이 필요함"), default=False)
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("회의실")
        ordering = ["hub", "seats", "code"]
        constraints = [
            models.UniqueConstraint(fields=["hub", "code"], name="meeting_room_once_per_hub"),
            models.CheckConstraint(condition=Q(seats__gt=0), name="meeting_room_has_seats"),
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(to_date__gt=F("from_date")), name="meeting_room_exists_some_days"
            ),
        ]

    def __str__(self) -> str:
        return self.name_en if (get_language() or "ko").startswith("en") else self.name_ko

    @property
    def ref(self) -> str:
        """The room's name in leaves."""
        return f"{self.hub.code}.{self.code}"


class BookingRule(models.Model):
    """예약규칙: a hub's rules from a day on. A later version ends the one before; a booking keeps its own."""

    hub = models.ForeignKey(Hub, models.PROTECT, related_name="booking_rules")
    from_date = models.DateField(_("시행일"))
    opens_minute = models.PositiveSmallIntegerField(default=9 * 60)
    closes_minute = models.PositiveSmallIntegerField(default=22 * 60)
    quota_minutes = models.PositiveIntegerField(default=20 * 60)
    longest_minutes = models.PositiveSmallIntegerField(default=4 * 60)
    ahead_days = models.PositiveSmallIntegerField(default=60)
    #: Cancelled at least so long before the start, the time is given back.
    cancel_minutes = models.PositiveSmallIntegerField(default=60)
    check_in_minutes = models.PositiveSmallIntegerField(default=15)
    #: So many a month that were not used, and the next needs an approval.
    no_show_limit = models.PositiveSmallIntegerField(default=3)
    #: After every meeting the room is nobody's for so long.
    cleaning_minutes = models.PositiveSmallIntegerField(default=0)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("예약규칙")
        ordering = ["hub", "from_date"]
        constraints = [
            models.UniqueConstraint(fields=["hub", "from_date"], name="one_booking_rule_per_day"),
            models.CheckConstraint(
                condition=Q(opens_minute__lt=F("closes_minute"), closes_minute__lte=DAY_MINUTES),
                name="booking_rule_opens_before_it_closes",
            ),
            models.CheckConstraint(condition=Q(cleaning_minutes__lte=60), name="booking_rule_cleans_within_an_hour"),
            models.CheckConstraint(
                condition=Q(longest_minutes__gte=15, check_in_minutes__gte=1, no_show_limit__gte=1),
                name="booking_rule_allows_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hub_id} {self.from_date}"

    @property
    def around_the_clock(self) -> bool:
        """Open the whole day: a booking may pass midnight."""
        return self.opens_minute == 0 and self.closes_minute == DAY_MINUTES


class QuotaUse(models.Model):
    """사용량: how many minutes a company has of a hub's rooms in a month, and how many it took."""

    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="room_quotas")
    month = models.DateField()
    allowed_minutes = models.PositiveIntegerField()
    used_minutes = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("사용량")
        constraints = [
            models.UniqueConstraint(fields=["hub", "organisation", "month"], name="one_quota_per_company_and_month"),
            models.CheckConstraint(condition=Q(used_minutes__lte=F("allowed_minutes")), name="quota_not_overused"),
            models.CheckConstraint(condition=Q(month__day=1), name="quota_month_is_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.month:%Y-%m}"


class Booking(models.Model):
    """예약: a room for a time. Blackouts and cleaning gaps are bookings of their own kind, so nothing can overlap."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    room = models.ForeignKey(MeetingRoom, models.PROTECT, related_name="bookings")
    kind = models.CharField(max_length=10, choices=BookingKind, default=BookingKind.MEETING)
    period = DateTimeRangeField()
    status = models.CharField(max_length=10, choices=BookingStatus)
    rule = models.ForeignKey(BookingRule, models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="bookings")
    booked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="bookings")
    purpose = models.CharField(_("사용 목적"), max_length=100)
    people = models.PositiveSmallIntegerField(_("인원"), default=1)
    quota = models.ForeignKey(QuotaUse, models.PROTECT, null=True, blank=True, related_name="bookings")
    #: Minutes of the quota that this booking holds; 0 once they were given back.
    counted_minutes = models.PositiveIntegerField(default=0)
    series = models.UUIDField(null=True, blank=True)
    #: The meeting after which this row is the cleaning.
    follows = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="cleaning")
    made_at = models.DateTimeField()
    checked_in_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("예약")
        ordering = ["period", "id"]
        constraints = [
            ExclusionConstraint(
                name="one_booking_per_room_and_time",
                expressions=[("room", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(status__in=["REQUESTED", "CONFIRMED", "CHECKED_IN"]),
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__startswith__isnull=False, period__endswith__isnull=False),
                name="booking_period_is_closed_and_not_empty",
            ),
            models.CheckConstraint(condition=Q(status__in=BookingStatus.values), name="booking_status_known"),
            models.CheckConstraint(condition=Q(kind__in=BookingKind.values), name="booking_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind="MEETING")
                | Q(organisation__isnull=False, booked_by__isnull=False, rule__isnull=False),
                name="booking_has_holder",
            ),
            models.CheckConstraint(
                condition=~Q(kind="HOLD") | Q(organisation__isnull=False), name="hold_is_for_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(kind="CLEANING") | Q(follows__isnull=False), name="cleaning_follows_a_meeting"
            ),
            models.CheckConstraint(
                condition=Q(counted_minutes=0) | Q(quota__isnull=False), name="booking_counts_against_a_quota"
            ),
            models.CheckConstraint(
                condition=~Q(status="CHECKED_IN") | Q(checked_in_at__isnull=False), name="booking_checked_in_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "status"], name="bookings_of_company")]

    def __str__(self) -> str:
        return f"{self.room_id} {self.period}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        private = {"organisation": str(self.organisation.public_id)} if self.organisation else None
        key = f"organisation:{self.organisation.public_id}" if self.organisation else None
        return log.Subject(kind="booking", ref=self.public_id.hex, private=private, key=key)


class RoomWait(models.Model):
    """알려 주세요: who asked for a time that was taken; when it falls free, it is held for each in turn."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    room = models.ForeignKey(MeetingRoom, models.PROTECT, related_name="waits")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="room_waits")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    period = DateTimeRangeField()
    status = models.CharField(max_length=10, choices=RoomWaitStatus, default=RoomWaitStatus.WAITING)
    asked_at = models.DateTimeField()
    hold = models.OneToOneField(Booking, models.PROTECT, null=True, blank=True, related_name="held_for")
    offered_until = models.DateTimeField(null=True, blank=True)
    booking = models.OneToOneField(Booking, models.PROTECT, null=True, blank=True, related_name="waited")

    class Meta:
        verbose_name = _("회의실 알림 요청")
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["room", "organisation", "period"],
                condition=Q(status__in=["WAITING", "OFFERED"]),
                name="one_wait_per_company_and_time",
            ),
            models.CheckConstraint(condition=Q(status__in=RoomWaitStatus.values), name="room_wait_status_known"),
            models.CheckConstraint(
                condition=~Q(status="OFFERED") | Q(hold__isnull=False, offered_until__isnull=False),
                name="room_wait_offered_until_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="TAKEN") | Q(booking__isnull=False), name="room_wait_taken_has_booking"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_id} {self.period}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        company = str(self.organisation.public_id)
        return log.Subject("room_wait", self.public_id.hex, {"organisation": company}, f"organisation:{company}")
