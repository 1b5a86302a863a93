"""The managers' reports as tables of the shell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fund.due import quarter_of
from fund.enums import ReportState
from fund.models import ReportTerms
from fund.queries.reporting import Task
from fund.tables import day
from portal.accounts.models import Organisation
from portal.core.ui import parts
from portal.core.ui.parts import Column, Table

TONES: dict[str, parts.Tone] = {
    ReportState.DUE: "info",
    ReportState.PARTIAL: "warning",
    ReportState.LATE: "danger",
    ReportState.DONE: "success",
}


def company(row: Organisation) -> str:
    """The company's name in the reader's language, where it has one."""
    return row.name_en if get_language() == "en" and row.name_en else row.name_ko


def quarter(end: date) -> str:
    """``2026년 2분기``."""
    return _("%(year)s년 %(quarter)s분기") % {"year": end.year, "quarter": quarter_of(end)}


def page_of(row: Task) -> str:
    """Where the quarter of a sub-fund is reported on."""
    return reverse("fund:report", args=[row.sub_fund.public_id, row.end.year, quarter_of(row.end)])


def tasks(rows: Sequence[Task], *, today: date, caption: str, empty: str) -> Table:
    """Which report of which sub-fund is due when."""
    return Table(
        caption=caption,
        columns=[Column(_("자펀드")), Column(_("운용사")), Column(_("분기")), Column(_("기한")), Column(_("상태"))],
        rows=[
            [
                str(row.sub_fund),
                company(row.sub_fund.manager),
                parts.link(quarter(row.end), page_of(row)),
                when(row, today),
                parts.badge(row.state.label, TONES[row.state]),
            ]
            for row in rows
        ],
        empty=empty,
    )


def when(row: Task, today: date) -> str:
    """The day, and how far it is away or past."""
    if row.state == ReportState.DONE:
        return day(row.due)
    if late := row.days_late(today):
        return _("%(day)s (%(days)s일 지남)") % {"day": day(row.due), "days": late}
    return _("%(day)s (%(days)s일 남음)") % {"day": day(row.due), "days": (row.due - today).days}


def late(rows: Sequence[Task], *, today: date, linked: bool = False) -> Table:
    """What everybody may know: which reports were due and are not there; ``linked`` for those who may open them."""
    return Table(
        caption=_("기한이 지난 운용사 보고"),
        columns=[Column(_("자펀드")), Column(_("분기")), Column(_("기한")), Column(_("지난 날수"), number=True)],
        rows=[
            [
                str(row.sub_fund),
                parts.link(quarter(row.end), page_of(row)) if linked else quarter(row.end),
                day(row.due),
                f"{row.days_late(today):,}",
            ]
            for row in rows
        ],
        empty=_("기한이 지난 보고가 없습니다."),
        caption_hidden=True,
    )


def terms(rows: Sequence[ReportTerms]) -> Table:
    """What held from when."""
    return Table(
        caption=_("보고 기한"),
        columns=[
            Column(_("적용하는 첫날")),
            Column(_("분기(일)"), number=True),
            Column(_("연간(일)"), number=True),
            Column(_("다른 조합에 출자하는 조합, 분기(일)"), number=True),
            Column(_("다른 조합에 출자하는 조합, 연간(일)"), number=True),
            Column(_("근거")),
        ],
        rows=[
            [
                day(row.valid.lower),
                str(row.quarter_days),
                str(row.year_days),
                str(row.indirect_quarter_days),
                str(row.indirect_year_days),
                row.source,
            ]
            for row in rows
        ],
        empty=_("아직 보고 기한을 정하지 않았습니다. 기한을 정하면 그때부터 끝나는 분기의 보고를 받습니다."),
    )
