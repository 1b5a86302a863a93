"""Instructors, their qualifications and their lessons as tables of the shell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from college.enums import QualificationStatus
from college.models import Lesson, Qualification
from college.naming import name, title
from college.queries import WARN_BEFORE
from college.tables import day, instant
from portal.core.ui import parts
from portal.core.ui.parts import Column, Table

TONES: dict[str, parts.Tone] = {
    QualificationStatus.SUBMITTED: "info",
    QualificationStatus.APPROVED: "success",
    QualificationStatus.REFUSED: "danger",
    QualificationStatus.WITHDRAWN: "danger",
}


def state(row: Qualification, today: date) -> tuple[str, parts.Tone]:
    """What a qualification is worth today: an approved one may not have begun, end soon, or be over."""
    if row.status != QualificationStatus.APPROVED:
        return str(row.get_status_display()), TONES[row.status]
    if today >= row.valid_to:
        return _("만료"), "danger"
    if today < row.valid_from:
        return _("승인, 시작 전"), "info"
    if row.valid_to - today <= WARN_BEFORE:
        return _("곧 만료"), "warning"
    return _("유효"), "success"


def qualifications(rows: Sequence[Qualification], today: date) -> Table:
    """The office's list, each row leading to its case."""
    return Table(
        caption=_("강사 자격"),
        columns=[Column(_("강사")), Column(_("과정")), Column(_("상태")), Column(_("유효 기간"))],
        rows=[
            [
                parts.link(row.instructor.name, reverse("college:qualification", args=[row.public_id])),
                title(row.course),
                parts.badge(*state(row, today)),
                span(row),
            ]
            for row in rows
        ],
        empty=_("아직 올린 강사 자격이 없습니다."),
    )


def mine(rows: Sequence[Qualification], today: date) -> Table:
    """An instructor's own."""
    return Table(
        caption=_("내 강사 자격"),
        columns=[Column(_("과정")), Column(_("상태")), Column(_("유효 기간")), Column(_("자격 근거"))],
        rows=[[title(row.course), parts.badge(*state(row, today)), span(row), row.evidence] for row in rows],
        empty=_("아직 강사 자격이 없습니다. 교육 운영담당에게 근거를 보내 주십시오."),
    )


def span(row: Qualification) -> str:
    """First day, and the day from which it no longer counts."""
    return _("%(first)s부터 %(end)s 전날까지") % {"first": day(row.valid_from), "end": day(row.valid_to)}


def uncovered(rows: Sequence[Lesson]) -> Table:
    """Lessons to come that their instructor may not give."""
    return Table(
        caption=_("강사 자격이 없는 예정 수업"),
        columns=[Column(_("기수")), Column(_("차시"), number=True), Column(_("일시")), Column(_("강사"))],
        rows=[
            [
                parts.link(name(row.run), reverse("college:run-teachers", args=[row.run.code])),
                row.number,
                instant(row.starts_at),
                row.instructor.name if row.instructor else "",
            ]
            for row in rows
        ],
        empty=_("없습니다."),
    )


def lessons(rows: Sequence[Lesson], bad: set[int]) -> Table:
    """Who gives which lesson of a run."""
    return Table(
        caption=_("차시별 강사"),
        columns=[Column(_("차시"), number=True), Column(_("일시")), Column(_("강사")), Column(_("강사 자격"))],
        rows=[[row.number, instant(row.starts_at), row.instructor.name if row.instructor else "", _mark(row, bad)] for row in rows],
        empty=_("아직 시간표가 없습니다."),
    )  # fmt: skip


def _mark(row: Lesson, bad: set[int]) -> object:
    if row.instructor_id is None:
        return parts.badge(_("강사 미정"), "warning")
    return parts.badge(_("자격 없음"), "danger") if row.pk in bad else parts.badge(_("확인됨"), "success")
