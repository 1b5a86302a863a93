"""Courses, sessions and bookings of the tour as parts of the shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.core.ui import parts
from portal.core.ui.parts import Card, Column, Row, Table, link
from portal.mice import naming
from portal.mice.enums import BookingStatus, Mode, SessionStatus
from portal.mice.models import TourBooking, TourCourse, TourGroup, TourSession

TONES: dict[str, parts.Tone] = {
    SessionStatus.OPEN: "info",
    SessionStatus.CONFIRMED: "success",
    SessionStatus.RUNNING: "success",
    SessionStatus.CANCELLED: "danger",
    SessionStatus.CANCELLED_MIN: "danger",
    BookingStatus.PENDING: "info",
    BookingStatus.WAITING: "info",
    BookingStatus.OFFERED: "warning",
    BookingStatus.CHECKED_IN: "success",
    BookingStatus.NO_SHOW: "danger",
}


def course_card(course: TourCourse, upcoming: Sequence[TourSession]) -> Card:
    """A course with its next session."""
    facts = [Row(_("다음 회차"), naming.instant(upcoming[0].starts_at) if upcoming else _("준비하고 있습니다"))]
    return Card(
        naming.title(course),
        reverse("tour:course", args=[course.code]),
        text=naming.said(course.summary_ko, course.summary_en),
        status=_("예약 중") if upcoming else "",
        tone="success",
        facts=facts,
    )


def places(session: TourSession, now: datetime) -> str:
    """How many places anybody can have, or that one waits for one."""
    if session.status in (SessionStatus.CANCELLED, SessionStatus.CANCELLED_MIN):
        return _("취소되었습니다")
    if not session.is_open(now):
        return _("예약 마감")
    if session.free <= 0:
        return _("만석, 대기를 받습니다")
    return _("%(capacity)s명 가운데 %(free)s명 자리") % {"capacity": session.capacity, "free": session.free}


def gathered(session: TourSession, joined: int) -> str:
    """Whether the tour goes, in words."""
    if session.status == SessionStatus.OPEN:
        return _("%(minimum)s명부터 진행, 현재 %(joined)s명") % {"minimum": session.min_people, "joined": joined}
    return str(session.get_status_display())


def sessions(found: Sequence[TourSession], now: datetime) -> Table:
    """The sessions one can come to."""
    return Table(
        caption=_("앞으로의 회차"),
        columns=[
            Column(_("일시")),
            Column(_("해설 언어")),
            Column(_("자리")),
            Column(pgettext("투어", "진행")),
            Column(_("예약")),
        ],
        rows=[
            [
                naming.span(session),
                session.get_language_display(),
                places(session, now),
                gathered(session, session.joined),  # type: ignore[attr-defined]
                _book_link(session, now),
            ]
            for session in found
        ],
        empty=_("지금 예약을 받는 회차가 없습니다."),
    )


def _book_link(session: TourSession, now: datetime) -> object:
    if not session.is_open(now):
        return "–"
    word = _("예약하기") if session.free > 0 else _("대기하기")
    return link(word, reverse("tour:book", args=[session.public_id]))


def way(itinerary: Mapping[str, Any], session: TourSession | None = None) -> Table:
    """The stops in order with what the picture shows; with a session, when one is where."""
    visits = session.visits() if session else []
    legs = [*itinerary["legs"], None]
    columns = [Column(pgettext("투어", "거점")), Column(_("관람")), Column(_("다음 거점까지")), Column(_("안내"))]  # fmt: skip
    if visits:
        columns.insert(1, Column(_("시각")))
    rows = []
    for number, (stop, leg) in enumerate(zip(itinerary["stops"], legs, strict=True), 1):
        row: list[object] = [
            f"{number}. " + ", ".join(filter(None, [naming.stop_name(stop), naming.stop_address(stop)])),
            _("%(minutes)s분") % {"minutes": stop["dwell_min"]},
            _leg(leg),
            _notes(stop),
        ]
        if visits:
            visit = visits[number - 1]
            row.insert(1, f"{naming.clock(visit.arrive)} ~ {naming.clock(visit.leave)}")
        rows.append(row)
    return Table(caption=_("둘러보는 곳"), columns=columns, rows=rows, empty=_("아직 일정이 없습니다."))


def _leg(leg: Mapping[str, Any] | None) -> str:
    if leg is None:
        return "–"
    return _("%(mode)s %(minutes)s분") % {"mode": Mode(leg["mode"]).label, "minutes": leg["minutes"]}


def _notes(stop: Mapping[str, Any]) -> str:
    notes = [_("턱 없음")] if stop["step_free"] else [_("계단 있음")]
    return ", ".join(notes + ([_("신분증 필요")] if stop["needs_id"] else []))


def session_facts(session: TourSession, now: datetime) -> list[Row]:
    """What one wants to know before booking."""
    return [
        Row(_("일시"), naming.span(session)),
        Row(_("모이는 곳"), naming.meeting_point(session)),
        Row(_("해설 언어"), session.get_language_display()),
        Row(_("자리"), places(session, now)),
        Row(_("예약 마감"), naming.instant(session.cutoff_at)),
        Row(_("요금"), _("무료")),
    ]


def ticket_facts(booking: TourBooking, rank: int) -> list[Row]:
    """The booking in names and values."""
    session = booking.session
    rows = [
        Row(pgettext("투어 예약", "투어"), naming.title(session.version.course)),
        Row(_("일시"), naming.span(session)),
        Row(_("모이는 곳"), naming.meeting_point(session)),
        Row(_("해설 언어"), session.get_language_display()),
        Row(_("인원"), naming.people(booking.party)),
    ]
    if booking.name:
        rows.append(Row(_("이름"), booking.name))
    if rank:
        rows.append(Row(_("대기 순서"), _("%(rank)s번째") % {"rank": rank}))
    if any(stop["needs_id"] for stop in session.itinerary["stops"]):
        rows.append(Row(_("준비물"), _("신분증을 가져와 주십시오.")))
    return rows


def desk_sessions(found: Sequence[TourSession]) -> Table:
    """The office's and the guides' list: what is when, who leads it, how full it is."""
    columns = [Column(_("일시")), Column(_("투어")), Column(_("해설 언어")), Column(_("해설사")), Column(_("인원"), number=True), Column(_("상태"))]  # fmt: skip
    rows = [
        [
            link(naming.span(session), reverse("tour:session", args=[session.public_id])),
            naming.title(session.version.course),
            session.get_language_display(),
            session.guide.name if session.guide else _("정하지 않음"),
            f"{session.taken} / {session.capacity}",
            parts.badge(session.get_status_display(), TONES.get(session.status, "")),
        ]
        for session in found
    ]
    return Table(caption=_("회차"), columns=columns, rows=rows, empty=_("앞으로의 회차가 없습니다."))


def groups(found: Sequence[TourGroup]) -> Table:
    """Groups that wait for a session of their own."""
    columns = [Column(_("신청한 분")), Column(_("투어")), Column(_("인원"), number=True), Column(_("원하는 때"))]
    rows = [
        [
            link(group.name, reverse("tour:lead-group", args=[group.public_id])),
            naming.title(group.course),
            group.party,
            naming.instant(group.wished_at),
        ]
        for group in found
    ]
    return Table(caption=_("단체 신청"), columns=columns, rows=rows, caption_hidden=True)


def group_facts(group: TourGroup) -> list[Row]:
    return [
        Row(_("신청한 분"), group.name),
        Row(_("연락처"), group.phone or group.email),
        Row(_("인원"), naming.people(group.party)),
        Row(_("원하는 때"), naming.instant(group.wished_at)),
        Row(_("필요한 도움"), group.access_needs or "–"),
    ]


def parties(bookings: Sequence[TourBooking]) -> Table:
    """Who comes, what they need, and whether they have come."""
    columns = [Column(_("이름")), Column(_("인원"), number=True), Column(_("연락처")), Column(_("필요한 도움")), Column(_("상태"))]  # fmt: skip
    rows = [
        [
            booking.name or _("지운 이름"),
            booking.party,
            booking.phone or booking.email or "–",
            booking.access_needs or "–",
            parts.badge(booking.get_status_display(), TONES.get(booking.status, "")),
        ]
        for booking in bookings
    ]
    return Table(
        caption=_("함께하는 분"), columns=columns, rows=rows, empty=_("아직 예약이 없습니다."), caption_hidden=True
    )


def desk_facts(session: TourSession, joined: int) -> list[Row]:
    """The session as its guide reads it."""
    return [
        Row(_("일시"), naming.span(session)),
        Row(_("모이는 곳"), naming.meeting_point(session)),
        Row(_("해설 언어"), session.get_language_display()),
        Row(_("해설사"), session.guide.name if session.guide else _("정하지 않음")),
        Row(_("예약한 인원"), f"{joined} / {session.capacity}"),
        Row(_("행사에 배정한 자리"), session.reserved),
        Row(_("최소 인원"), session.min_people),
        Row(_("예약 마감"), naming.instant(session.cutoff_at)),
    ]


def scan_facts(booking: TourBooking) -> list[Row]:
    """What the guide reads after a scan."""
    rows = [
        Row(_("이름"), booking.name or _("지운 이름")),
        Row(_("인원"), naming.people(booking.party)),
        Row(_("일시"), naming.span(booking.session)),
    ]
    return [*rows, Row(_("필요한 도움"), booking.access_needs)] if booking.access_needs else rows
