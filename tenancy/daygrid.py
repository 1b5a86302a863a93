"""A day of a hub's meeting rooms as a table: a row every half hour, a column for each room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tenancy import queries
from tenancy.enums import BookingKind, BookingStatus
from tenancy.models import Booking, BookingRule, MeetingRoom

STEP = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell of the table, as long as what fills it. ``kind``: free, past, busy, mine, closed."""

    kind: str
    text: str
    spoken: str = ""
    href: str = ""
    span: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """A half hour; ``slots`` only where a cell begins."""

    label: str
    slots: Sequence[Slot]


def day_grid(
    rooms: Sequence[MeetingRoom],
    taken: Sequence[Booking],
    rule: BookingRule,
    on: date,
    *,
    mine: set[int],
    now: datetime,
) -> list[Line]:
    """The day from opening to closing; ``mine`` are the keys of companies whose bookings are named and linked."""
    start = queries.midnight(on) + timedelta(minutes=rule.opens_minute)
    count = -(-(rule.closes_minute - rule.opens_minute) // 30)
    # What is over is of no use to anybody who looks for a room today.
    moments = [moment for n in range(count) if (moment := start + STEP * n) + STEP > now or on != queries.day_of(now)]
    by_room: dict[int, list[Booking]] = {}
    for booking in taken:
        by_room.setdefault(booking.room_id, []).append(booking)
    columns = [_column(room, moments, by_room.get(room.pk, []), mine, now) for room in rooms]
    return [
        Line(date_format(timezone.localtime(moment), "H:i"), [column[n] for column in columns if n in column])
        for n, moment in enumerate(moments)
    ]


def _column(
    room: MeetingRoom, moments: Sequence[datetime], taken: Sequence[Booking], mine: set[int], now: datetime
) -> Mapping[int, Slot]:
    """The cells of one room by the row in which they begin; half hours of the same booking are one cell."""
    found: dict[int, Slot] = {}
    n = 0
    while n < len(moments):
        booking = _in(taken, moments[n])
        span = 1
        while booking and n + span < len(moments) and _in(taken, moments[n + span]) is booking:
            span += 1
        found[n] = _slot(room, moments[n], booking, span, mine, now)
        n += span
    return found


def _in(taken: Sequence[Booking], moment: datetime) -> Booking | None:
    return next((row for row in taken if row.period.lower < moment + STEP and moment < row.period.upper), None)


def _slot(
    room: MeetingRoom, moment: datetime, booking: Booking | None, span: int, mine: set[int], now: datetime
) -> Slot:
    if booking is not None:
        return _busy(booking, span, mine, _wait(room, moment) if mine and now < moment else "")
    clock = date_format(timezone.localtime(moment), "H:i")
    if moment + STEP <= now:
        return Slot("past", "", spoken=_("지남"))
    href = (
        reverse("tenancy:book", args=[room.hub.code, room.code]) + f"?start={timezone.localtime(moment):%Y-%m-%dT%H:%M}"
    )
    return Slot(
        "free",
        pgettext("회의실", "예약"),
        spoken=_("%(room)s %(time)s 예약하기") % {"room": room, "time": clock},
        href=href,
    )


def _wait(room: MeetingRoom, moment: datetime) -> str:
    """Where one asks to be told when a taken time falls free."""
    page = reverse("tenancy:ask_room", args=[room.hub.code, room.code])
    return f"{page}?start={timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def _busy(booking: Booking, span: int, mine: set[int], wait: str) -> Slot:
    if booking.kind in (BookingKind.BLACKOUT, BookingKind.CLEANING):
        return Slot("closed", str(booking.get_kind_display()), span=span)
    if booking.organisation_id in mine and booking.kind == BookingKind.HOLD:
        return Slot("mine", str(booking.get_kind_display()), href=reverse("tenancy:bookings"), span=span)
    if booking.organisation_id in mine:
        href = reverse("tenancy:booking", args=[booking.public_id])
        waits = booking.status == BookingStatus.REQUESTED
        text = _("%(purpose)s (승인대기)") % {"purpose": booking.purpose} if waits else booking.purpose
        return Slot("mine", text, href=href, span=span)
    if wait:
        return Slot("busy", _("예약됨 · 비면 알림"), href=wait, span=span)
    return Slot("busy", _("예약됨"), span=span)
