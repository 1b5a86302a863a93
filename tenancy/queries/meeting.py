"""Reads about meeting rooms: the rules of a day, who has a room when, what a company has left of its month."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Prefetch, Q, QuerySet

from portal.accounts.models import Organisation, User
from portal.accounts.queries import acted_for
from portal.core.periods import SEOUL, add_months, first_of_month
from tenancy.enums import BookingKind, BookingStatus, LeaseStatus, RoomWaitStatus
from tenancy.models import Booking, BookingRule, Hub, Lease, MeetingRoom, QuotaUse, RoomWait

TAKES_THE_ROOM = (BookingStatus.REQUESTED, BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN)
WAITS = (RoomWaitStatus.WAITING, RoomWaitStatus.OFFERED)
IN_USE = (LeaseStatus.ACTIVE, LeaseStatus.VACATING)


def day_of(moment: datetime) -> date:
    """The day in Seoul."""
    return moment.astimezone(SEOUL).date()


def midnight(day: date) -> datetime:
    """The first instant of a day in Seoul."""
    return datetime.combine(day, time(0), SEOUL)


def meeting_rooms(hub: Hub, on: date) -> QuerySet[MeetingRoom]:
    """The rooms of a hub in use on a day, the smallest first."""
    rows = hub.meeting_rooms.filter(Q(to_date__isnull=True) | Q(to_date__gt=on), from_date__lte=on)
    return rows.select_related("hub__cluster").order_by("seats", "code")


def meeting_room_of(hub_code: str, code: str) -> MeetingRoom | None:
    return MeetingRoom.objects.select_related("hub__cluster").filter(hub__code=hub_code, code=code).first()


def hubs_with_rooms() -> QuerySet[Hub]:
    """Hubs that have meeting rooms, in the order they were opened."""
    rooms = MeetingRoom.objects.order_by("seats", "code")
    found = Hub.objects.filter(meeting_rooms__isnull=False).distinct().select_related("cluster")
    return found.prefetch_related(Prefetch("meeting_rooms", rooms)).order_by("id")


def rule_on(hub: Hub, on: date) -> BookingRule | None:
    """The version of the hub's rules that holds on a day; None before the first."""
    return hub.booking_rules.filter(from_date__lte=on).order_by("-from_date").first()


def is_resident(organisation: Organisation, hub: Hub, on: date) -> bool:
    """Whether the company lives in the hub on a day: a lease in use whose terms cover it."""
    leases = Lease.objects.filter(organisation=organisation, unit__floor__building__hub=hub, status__in=IN_USE)
    return leases.filter(terms__period__contains=on).exclude(leave_date__lte=on).exists()


def taken_on(rooms: Iterable[MeetingRoom], on: date) -> QuerySet[Booking]:
    """What takes one of the rooms on a day of Seoul, in order."""
    whole = DateTimeTZRange(midnight(on), midnight(on + timedelta(days=1)))
    rows = Booking.objects.filter(room__in=rooms, period__overlap=whole, status__in=TAKES_THE_ROOM)
    return rows.select_related("organisation").order_by("period", "id")


def room_free(room: MeetingRoom, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether nothing takes the room at any moment of ``[starts_at, ends_at)``."""
    asked = DateTimeTZRange(starts_at, ends_at)
    return not room.bookings.filter(period__overlap=asked, status__in=TAKES_THE_ROOM).exists()


def booking_of(public_id: UUID) -> Booking | None:
    return _bookings().filter(public_id=public_id).first()


def bookings_for(user: User) -> QuerySet[Booking]:
    """What the person's companies booked, the latest first."""
    rows = _bookings().filter(organisation__in=acted_for(user)).exclude(kind=BookingKind.HOLD)
    return rows.order_by("-period", "-id")


def own_bookings(user: User, since: datetime) -> QuerySet[Booking]:
    """What the person booked themselves and is not over long, for the calendar feed."""
    return _bookings().filter(booked_by=user, period__endswith__gt=since).order_by("period", "id")


def bookings_in(hubs: Iterable[Hub], now: datetime) -> QuerySet[Booking]:
    """What is booked in the hubs and not over, the next first."""
    rows = _bookings().filter(room__hub__in=hubs, period__endswith__gt=now, status__in=TAKES_THE_ROOM)
    rows = rows.exclude(kind=BookingKind.CLEANING)
    return rows.order_by("period", "id")


def requests_in(hubs: Iterable[Hub]) -> QuerySet[Booking]:
    """Bookings of the hubs that wait for an answer, the first to begin in front."""
    return _bookings().filter(room__hub__in=hubs, status=BookingStatus.REQUESTED).order_by("period", "id")


def unused(now: datetime) -> QuerySet[Booking]:
    """Confirmed meetings that have begun; the rule of each says how long one may be late."""
    rows = _bookings().filter(status=BookingStatus.CONFIRMED, kind=BookingKind.MEETING, period__startswith__lt=now)
    return rows.order_by("pk")


def no_shows_of(organisation: Organisation, hub: Hub, month: date) -> int:
    """How many of the company's bookings of a month nobody came to."""
    whole = DateTimeTZRange(midnight(month), midnight(add_months(month, 1)))
    rows = Booking.objects.filter(
        organisation=organisation, room__hub=hub, status=BookingStatus.NO_SHOW, period__startswith__gte=whole.lower
    )
    return rows.filter(period__startswith__lt=whole.upper).count()


def quota_left(organisation: Organisation, hub: Hub, on: date) -> tuple[int, int] | None:
    """Minutes left and allowed in the month of ``on``; None where the hub has no rules yet."""
    row = QuotaUse.objects.filter(organisation=organisation, hub=hub, month=first_of_month(on)).first()
    if row is not None:
        return row.allowed_minutes - row.used_minutes, row.allowed_minutes
    rule = rule_on(hub, on)
    return (rule.quota_minutes, rule.quota_minutes) if rule else None


def booked_ahead(organisation: Organisation, hub: Hub, since: datetime) -> QuerySet[Booking]:
    """What a company has booked in a hub from a moment on."""
    rows = _bookings().filter(organisation=organisation, room__hub=hub, period__startswith__gte=since)
    rows = rows.exclude(kind=BookingKind.HOLD)
    return rows.filter(status__in=(BookingStatus.REQUESTED, BookingStatus.CONFIRMED)).order_by("pk")


def series_of(booking: Booking) -> QuerySet[Booking]:
    """The bookings that were made together with this one."""
    rows = Booking.objects.filter(series=booking.series) if booking.series else Booking.objects.none()
    return rows.select_related("room").order_by("period", "id")


def waits_for(room: MeetingRoom, period: Any, now: datetime) -> QuerySet[RoomWait]:
    """Who waits for a time of the room that touches ``period`` and has not begun, in the order they asked."""
    rows = _waits().filter(room=room, period__overlap=period, status=RoomWaitStatus.WAITING)
    return rows.filter(period__startswith__gt=now).order_by("asked_at", "id")


def waits_over(now: datetime) -> QuerySet[RoomWait]:
    """Held times whose ten minutes are over, and waits for a time that has begun."""
    held = Q(status=RoomWaitStatus.OFFERED, offered_until__lte=now)
    return (
        _waits().filter(held | Q(status=RoomWaitStatus.WAITING, period__startswith__lte=now)).order_by("asked_at", "id")
    )


def waits_of(user: User) -> QuerySet[RoomWait]:
    """What the person's companies wait for, the next first."""
    return _waits().filter(organisation__in=acted_for(user), status__in=WAITS).order_by("period", "id")


def wait_of(public_id: UUID) -> RoomWait | None:
    return _waits().filter(public_id=public_id).first()


def ahead_of(wait: RoomWait) -> int:
    """How many asked before for a time that touches this one."""
    rows = RoomWait.objects.filter(room=wait.room, period__overlap=wait.period, status__in=WAITS)
    return rows.filter(Q(asked_at__lt=wait.asked_at) | Q(asked_at=wait.asked_at, id__lt=wait.pk)).count()


def _waits() -> QuerySet[RoomWait]:
    return RoomWait.objects.select_related("room__hub__cluster", "organisation", "asked_by", "hold")


def _bookings() -> QuerySet[Booking]:
    return Booking.objects.select_related("room__hub__cluster", "organisation", "booked_by", "rule", "quota")
