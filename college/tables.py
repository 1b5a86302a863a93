"""Rows of data as tables of the shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from college import waitingroom
from college.attendance import Day
from college.enums import CredentialStatus, DayStatus, DrawStatus, EnrolmentStatus, EventKind, RequestStatus, RunStatus
from college.experts import Count
from college.models import (
    Correction,
    Course,
    Credential,
    Draw,
    Enrolment,
    ExpertMonth,
    Lesson,
    QueueWindow,
    Run,
    SeatRequest,
)
from college.naming import campus, name, public_name, said, title
from college.queries import Preview, places_taken
from portal.core import lottery
from portal.core.ui import parts
from portal.core.ui.parts import Column, Table

__all__ = [
    "TONES",
    "breakdown",
    "campus",
    "certificates",
    "clock",
    "corrections",
    "day",
    "day_of",
    "draw_facts",
    "draw_order",
    "instant",
    "line",
    "months",
    "my_lessons",
    "name",
    "previews",
    "public_name",
    "reason",
    "roster",
    "runs",
    "said",
    "timetable",
    "title",
    "waiting_room",
]  # fmt: skip

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


def clock(value: datetime) -> str:
    """The time of day in Seoul to the second."""
    return timezone.localtime(value).strftime("%H:%M:%S")


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


def draw_facts(draw: Draw) -> list[parts.Row]:
    """What was sealed, fixed and revealed so far."""
    known = [
        (_("상태"), str(draw.get_status_display())),
        (_("기다리는 공개 값"), public_name(draw)),
        (_("봉인한 비밀값의 해시"), draw.commitment),
        (_("명부의 지문"), draw.list_root),
        (_("나온 공개 값"), draw.public_value),
        (_("공개한 비밀값"), bytes(draw.secret).hex() if draw.status == DrawStatus.DRAWN else ""),
        (_("추첨의 씨앗값"), draw.seed),
        (_("추첨한 때"), instant(draw.drawn_at)),
    ]
    return [parts.Row(label, value) for label, value in known if value]


def draw_order(draw: Draw, mine: UUID | None) -> Table:
    """The references in the order drawn, each with its lot; before the draw the list as it was fixed."""
    drawn = draw.result is not None
    rows = draw.result or draw.ids or []
    seed = bytes.fromhex(draw.seed)
    return Table(
        caption=_("추첨 순서") if drawn else _("추첨 명부"),
        columns=[
            Column(_("순서"), number=True),
            Column(_("신청번호")),
            *([Column(_("제비"))] if drawn else []),
        ],
        rows=[
            [
                place,
                " · ".join([ref, _("내 신청번호")]) if ref == str(mine) else ref,
                *([lottery.ticket(seed, ref)[:16]] if drawn else []),
            ]
            for place, ref in enumerate(rows, start=1)
        ],
        empty=_("신청이 마감되면 명부가 여기에 나옵니다."),
    )


def waiting_room(run: Run, window: QueueWindow | None, now: datetime) -> list[parts.Row]:
    """What the office sees of the queue: who came, how far the gate is, how the order can be checked."""
    if window is None:
        return []
    came = places_taken(window)
    gate = min(waitingroom.gate(window.opens_at, now, window.rate_per_s), window.last_position)
    known = [
        (_("대기실 여는 때"), instant(window.entry_from)),
        (_("신청 시작"), instant(window.opens_at)),
        (_("대기실 닫는 때"), instant(window.ends_at)),
        (
            _("들어가는 빠르기"),
            _("시작하고 %(after)s초 뒤부터 1초에 %(rate)s명")
            % {"after": waitingroom.HEAD_START_S, "rate": window.rate_per_s},
        ),
        (_("번호를 받은 사람"), _("%(count)s명") % {"count": came}),
        (_("순서가 된 사람"), _("%(count)s명") % {"count": gate} if window.ordered_at else ""),
        (_("봉인한 비밀값의 해시"), window.commitment),
        (_("명부의 지문"), window.list_root),
    ]
    return [parts.Row(label, value) for label, value in known if value]


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


def day_of(value: datetime | None) -> str:
    """The day of an instant in Seoul."""
    return day(timezone.localtime(value).date()) if value else ""


def my_lessons(lessons: Sequence[Lesson]) -> Table:
    """An instructor's lessons."""
    return Table(
        caption=_("내 수업"),
        columns=[
            Column(_("기수")),
            Column(_("차시"), number=True),
            Column(_("일시")),
            Column(_("강의실")),
            Column(_("상태")),
        ],
        rows=[
            [
                parts.link(name(lesson.run), reverse("college:roster", args=[lesson.public_id])),
                lesson.number,
                instant(lesson.starts_at),
                lesson.room,
                lesson.get_status_display(),
            ]
            for lesson in lessons
        ],
        empty=_("맡은 수업이 없습니다."),
    )


def roster(learners: Sequence[Enrolment], present: Set[int], days: Mapping[int, Day | None], *, sealed: bool) -> Table:
    """Who is there; after the seal what the day came to."""

    def state(enrolment: Enrolment) -> object:
        made = days.get(enrolment.pk)
        if sealed and made is not None:
            return parts.badge(DayStatus(made.status).label, "success" if made.attended_units else "danger")
        inside = enrolment.pk in present
        return parts.badge(_("교육장 안") if inside else _("아직 없음"), "success" if inside else "")

    return Table(
        caption=_("명단"),
        columns=[Column(_("이름")), Column(_("출결"))],
        rows=[[enrolment.person.name, state(enrolment)] for enrolment in learners],
        empty=_("수강생이 없습니다."),
    )


def previews(rows: Sequence[Preview]) -> Table:
    """What everybody comes to, with reasons, before and after it is decided."""
    return Table(
        caption=_("수료 미리보기"),
        columns=[Column(_("교육생")), Column(_("출석")), Column(_("결과")), Column(_("모자란 것"))],
        rows=[
            [
                row.enrolment.person.name,
                f"{row.tally.attended_units}/{row.tally.scheduled_units}",
                parts.badge(_("수료"), "success") if row.judgement.completed else parts.badge(_("미수료"), "warning"),
                ", ".join(reason(each) for each in row.judgement.reasons),
            ]
            for row in rows
        ],
        empty=_("판정할 수강생이 없습니다."),
    )


def reason(code: str) -> str:
    """Why somebody falls short, in words."""
    if code == "attendance":
        return _("출석 부족")
    kind, _sep, which = code.partition(":")
    return _("평가 미달: %(which)s") % {"which": which} if kind == "assessment" else _("심의 중인 사안")


def corrections(rows: Sequence[Correction]) -> Table:
    """Corrections that wait for somebody."""
    return Table(
        caption=_("출결정정"),
        columns=[
            Column(_("교육생")),
            Column(_("차시"), number=True),
            Column(_("사유")),
            Column(_("증빙")),
            Column(_("상태")),
        ],
        rows=[
            [
                parts.link(row.enrolment.person.name, reverse("college:correction", args=[row.public_id])),
                row.lesson.number,
                EventKind.EXCUSE.label if row.excuse else row.get_reason_display(),
                row.evidence,
                row.get_status_display(),
            ]
            for row in rows
        ],
        empty=_("기다리는 정정이 없습니다."),
    )


def certificates(rows: Sequence[Credential]) -> Table:
    return Table(
        caption=_("수료증"),
        columns=[Column(_("수료증 번호")), Column(_("교육생")), Column(_("상태")), Column(_("발급일"))],
        rows=[
            [
                parts.link(row.number, reverse("college:office-certificate", args=[row.public_id])),
                row.holder,
                parts.badge(row.get_status_display(), TONES.get(row.status, "")),
                day_of(row.issued_at),
            ]
            for row in rows
        ],
        empty=_("아직 발급한 수료증이 없습니다."),
    )


def breakdown(counted: Count) -> Table:
    """The same people by year, by campus and by course: each column sums to the total."""
    titles = {course.code: title(course) for course in Course.objects.filter(code__in=counted.by_course)}
    rows: list[list[object]] = [[_("연도"), str(year), number] for year, number in sorted(counted.by_year.items())]
    rows += [[_("교육장"), campus(code), number] for code, number in sorted(counted.by_campus.items())]
    rows += [[_("과정"), titles.get(code, code), number] for code, number in sorted(counted.by_course.items())]
    return Table(
        caption=_("연도·교육장·과정별"),
        columns=[Column(_("기준")), Column(_("구분")), Column(_("사람"), number=True)],
        rows=rows,
        empty=_("아직 수료한 사람이 없습니다."),
    )


def months(rows: Sequence[ExpertMonth]) -> Table:
    """Frozen months; a correction names its causes and who signed it."""
    causes = {
        "merge": _("동일인 병합"),
        "split": pgettext("병합", "분리"),
        "revocation": _("수료증 취소"),
        "reversal": _("판정 변경"),
        "identity": _("본인확인"),
    }
    return Table(
        caption=_("확정한 달"),
        columns=[
            Column(_("달")),
            Column(_("누계"), number=True),
            Column(_("신규"), number=True),
            Column(_("정정"), number=True),
            Column(_("정정 사유")),
        ],
        rows=[
            [
                date_format(row.month, "YEAR_MONTH_FORMAT"),
                row.total,
                row.new,
                row.correction,
                ", ".join(str(causes[cause]) for cause in row.causes) if row.correction else "",
            ]
            for row in rows
            if row.new or row.correction
        ],
        empty=_("아직 확정한 달이 없습니다."),
    )
