"""Bookings as tables of the shell."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.core.ui import parts
from portal.core.ui.parts import Column, Row, Table
from tenancy.daily_forms import clock
from tenancy.models import Booking, BookingRule, RoomWait
from tenancy.tables import instant, status


def span(booking: Booking | RoomWait) -> str:
    """Day and time from when to when, in Seoul."""
    start, end = timezone.localtime(booking.period.lower), timezone.localtime(booking.period.upper)
    until = date_format(end, "H:i") if start.date() == end.date() else instant(end)
    return f"{instant(start)} ~ {until}"


def bookings(rows: Sequence[Booking], caption: str, *, company: bool) -> Table:
    return Table(
        caption=caption,
        columns=[
            Column(_("일시")),
            Column(_("회의실")),
            *([Column(_("기업"))] if company else []),
            Column(_("사용 목적")),
            Column(_("상태")),
        ],
        rows=[
            [
                parts.link(span(row), reverse("tenancy:booking", args=[row.public_id])),
                str(row.room),
                *([str(row.organisation or row.get_kind_display())] if company else []),
                row.purpose,
                status(row.status, row.get_status_display()),
            ]
            for row in rows
        ],
        empty=_("%(what)s이 없습니다.") % {"what": caption},
    )


def waits(rows: Sequence[RoomWait]) -> Table:
    """What one asked to be told about."""
    return Table(
        caption=_("비면 알려 달라고 한 시간"),
        columns=[Column(_("일시")), Column(_("회의실")), Column(_("기업")), Column(_("상태"))],
        rows=[
            [
                parts.link(span(row), reverse("tenancy:room_wait", args=[row.public_id])),
                str(row.room),
                str(row.organisation),
                status(row.status, row.get_status_display()),
            ]
            for row in rows
        ],
    )


def times(rows: Sequence[Booking]) -> Table:
    """When a room is taken, without names: for the screen at the door."""
    return Table(
        caption=_("오늘 남은 예약"),
        columns=[Column(pgettext("회의실 예약", "시작")), Column(pgettext("회의실 예약", "끝"))],
        rows=[
            [date_format(timezone.localtime(moment), "H:i") for moment in (row.period.lower, row.period.upper)]
            for row in rows
        ],
        empty=_("오늘 남은 예약이 없습니다."),
    )


def rule(found: BookingRule) -> list[Row]:
    """The hub's rules in words."""
    return [
        Row(_("이용 시간"), f"{clock(found.opens_minute)} ~ {clock(found.closes_minute)}"),
        Row(_("기업마다 한 달 이용 시간(시간)"), found.quota_minutes // 60),
        Row(_("한 번에 가장 길게(시간)"), found.longest_minutes // 60),
        Row(_("며칠 앞까지 예약"), found.ahead_days),
        Row(_("시작 몇 분 전까지 취소하면 돌려줌"), found.cancel_minutes),
        Row(_("몇 분 안에 오지 않으면 풀림"), found.check_in_minutes),
        Row(_("회의 뒤 정리 시간(분)"), found.cleaning_minutes),
        Row(_("한 달에 몇 번 오지 않으면 승인 필요"), found.no_show_limit),
    ]
