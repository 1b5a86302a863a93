"""Rows of data as tables of the shell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from college.enums import CredentialStatus, EnrolmentStatus, RequestStatus, RunStatus
from college.models import Lesson, Run, SeatRequest
from college.naming import campus, name, said, title
from portal.core.ui import parts
from portal.core.ui.parts import Column, Table

__all__ = ["TONES", "campus", "day", "instant", "line", "name", "runs", "said", "timetable", "title"]

TONES: dict[str, parts.Tone] = {
    RunStatus.PUBLISHED: "info",
    RunStatus.CONFIRMED: "success",
    RunStatus.RUNNING: "success",
    RunStatus.CANCELLED: "danger",
    RequestStatus.SEATED: "success",
    RequestStatus.WAITING: "info",
    RequestStatus.OFFERED: "warning",
    EnrolmentStatus.HELD: "warning",
    EnrolmentStatus.ACTIVE: "success",
    EnrolmentStatus.COMPLETED: "success",
    CredentialStatus.ISSUED: "success",
    CredentialStatus.SUSPENDED: "warning",
    CredentialStatus.REVOKED: "danger",
}


def day(value: date | None) -> str:
    return date_format(value, "DATE_FORMAT") if value else ""


def instant(value: datetime | None) -> str:
    return date_format(timezone.localtime(value), "DATETIME_FORMAT") if value else ""


def timetable(lessons: Sequence[Lesson]) -> Table:
    """When and where, one row a lesson."""
    return Table(
        caption=_("시간표"),
        columns=[
            Column(_("차시"), number=True),
            Column(_("일시")),
            Column(_("주제")),
            Column(_("강의실")),
            Column(_("상태")),
        ],
        rows=[
            [
                lesson.number,
                f"{instant(lesson.starts_at)} ~ {date_format(timezone.localtime(lesson.ends_at), 'TIME_FORMAT')}",
                said(lesson.title_ko, lesson.title_en),
                lesson.room,
                lesson.get_status_display(),
            ]
            for lesson in lessons
        ],
        empty=_("아직 시간표가 없습니다."),
    )


def runs(rows: Sequence[Run]) -> Table:
    """The office's runs."""
    return Table(
        caption=_("기수"),
        columns=[
            Column(_("기수")),
            Column(_("교육장")),
            Column(_("상태")),
            Column(_("모집 방식")),
            Column(_("배정 인원"), number=True),
            Column(_("정원"), number=True),
            Column(_("대기"), number=True),
            Column(_("개강일")),
        ],
        rows=[
            [
                parts.link(name(run), reverse("college:office-run", args=[run.code])),
                campus(run.campus),
                parts.badge(run.get_status_display(), TONES.get(run.status, "")),
                run.get_admission_display(),
                run.seats_taken,
                run.capacity,
                run.waiting,
                day(run.starts_date),
            ]
            for run in rows
        ],
        empty=_("아직 연 기수가 없습니다."),
    )


def line(requests: Sequence[SeatRequest]) -> Table:
    """The waitlist board: those who wait in their order, then what became of the others."""
    order = {RequestStatus.WAITING: 0, RequestStatus.OFFERED: 1, RequestStatus.SUBMITTED: 2}
    listed = sorted(requests, key=lambda request: order.get(RequestStatus(request.status), 3))
    waiting = {request.pk: at for at, request in enumerate((r for r in listed if r.status == "WAITING"), start=1)}
    return Table(
        caption=_("신청과 대기"),
        columns=[
            Column(_("대기 순번"), number=True),
            Column(_("교육생")),
            Column(_("상태")),
            Column(_("신청 시각")),
            Column(_("수락 기한")),
        ],
        rows=[
            [
                waiting.get(request.pk),
                request.person.name,
                parts.badge(request.get_status_display(), TONES.get(request.status, "")),
                instant(request.requested_at),
                instant(request.offer_expires_at) if request.status == RequestStatus.OFFERED else "",
            ]
            for request in listed
        ],
        empty=_("아직 신청이 없습니다."),
    )
