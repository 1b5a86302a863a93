"""The tour on paper, for its guide: when the tour is where, in Korean and English, and who comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from portal.core.papers import Paper, Part
from portal.core.ui.parts import Row
from portal.mice import naming
from portal.mice.models import TourBooking, TourSession


def sheet(session: TourSession, bookings: Sequence[TourBooking]) -> Paper:
    """해설 일정표; dated by the session's last change."""
    course = session.version.course
    return Paper(
        title=_("해설 일정표"),
        number=f"{course.code} · {naming.instant(session.starts_at)}",
        at=session.changed_at,
        to=session.guide.name if session.guide else "",
        parts=[
            Part(
                naming.title(course),
                [
                    Row(_("일시"), naming.span(session)),
                    Row(_("해설 언어"), session.get_language_display()),
                    Row(_("인원"), naming.people(sum(booking.party for booking in bookings))),
                ],
            ),
            Part(
                _("둘러보는 길"),
                [
                    Row(f"{naming.clock(visit.arrive)} ~ {naming.clock(visit.leave)}", _stop(stop))
                    for stop, visit in zip(session.itinerary["stops"], session.visits(), strict=True)
                ],
            ),
            Part(_("함께하는 분"), [Row(booking.name or _("지운 이름"), _party(booking)) for booking in bookings])
            if bookings
            else Part(_("함께하는 분"), text=[_("아직 예약이 없습니다.")]),
        ],
    )


def _stop(stop: Mapping[str, Any]) -> str:
    """Name and address in both languages, for a taxi or a lost guest."""
    lines = [", ".join(filter(None, [stop["name_ko"], stop["address_ko"]]))]
    lines.append(", ".join(filter(None, [stop["name_en"], stop["address_en"]])))
    if stop["needs_id"]:
        lines.append(_("신분증 필요"))
    return "\n".join(filter(None, lines))


def _party(booking: TourBooking) -> str:
    lines = [f"{naming.people(booking.party)} · {booking.get_status_display()}", booking.access_needs]
    return "\n".join(filter(None, lines))
