"""Values, write-downs and exits as tables and facts of the shell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from fund import queries, tables
from fund.enums import MeasureStatus, ValuationStatus
from fund.models import CompanyReport, Measure, Valuation
from fund.queries.values import Value
from portal.core.ui import parts
from portal.core.ui.parts import Column, Figure, Row, Table

tables.TONES.update(
    {
        ValuationStatus.SUBMITTED: "warning",
        ValuationStatus.CHALLENGED: "danger",
        ValuationStatus.PUBLISHED: "success",
        MeasureStatus.PROPOSED: "warning",
        MeasureStatus.DONE: "success",
        MeasureStatus.REFUSED: "danger",
    }
)


def values(rows: Sequence[Value], currency: str) -> Table:
    """What each holding cost and is carried at on the day, and when it was last valued."""
    money = tables.spell_in(currency)
    return Table(
        caption=_("투자자산"),
        columns=[
            Column(_("투자 대상")),
            Column(_("취득원가"), number=True),
            Column(_("장부 가치"), number=True),
            Column(_("마지막 평가일")),
            Column(_("상태")),
        ],
        rows=[
            [
                parts.link(str(row.holding.company), reverse("fund:holding", args=[row.holding.public_id])),
                money(row.cost),
                money(row.carried),
                _valued(row),
                tables.status(row.holding.status, row.holding.get_status_display()),
            ]
            for row in rows
        ],
        foot=[
            _("합계"),
            money(sum(row.cost for row in rows)),
            money(sum(row.carried for row in rows)),
            "",
            "",
        ],
        empty=_("이 날까지 투자자산이 없습니다."),
    )


def _valued(row: Value) -> object:
    told = tables.day(row.valued)
    return parts.badge(_("%(day)s · 오래됨") % {"day": told}, "warning") if row.stale else told


def value_figures(rows: Sequence[Value], currency: str) -> list[Figure]:
    """The total mixes days of valuation, and says so by the oldest of them."""
    found, money = queries.values.oldest(list(rows)), tables.spell_in(currency)
    note = _("가장 오래된 평가일 %(day)s") % {"day": tables.day(found)} if found else ""
    return [
        Figure(_("취득원가"), money(sum(row.cost for row in rows))),
        Figure(_("장부 가치"), money(sum(row.carried for row in rows)), note=note),
        Figure(_("다시 평가할 자산"), sum(row.stale for row in rows), note=_("석 달이 넘게 평가하지 않은 자산")),
    ]


def valuations(rows: Sequence[Valuation], currency: str) -> Table:
    return Table(
        caption=_("평가"),
        columns=[
            Column(_("평가 기준일")),
            Column(_("평가 방법")),
            Column(_("수준"), number=True),
            Column(_("평가액"), number=True),
            Column(_("상태")),
        ],
        rows=[
            [
                parts.link(tables.day(row.on_date), reverse("fund:valuation", args=[row.public_id])),
                row.get_method_display(),
                str(row.level),
                tables.amount_in(currency, row.amount),
                tables.status(row.status, row.get_status_display()),
            ]
            for row in rows
        ],
        empty=_("아직 평가가 없습니다. 그때까지 취득원가로 셉니다."),
    )


def measures(rows: Sequence[Measure], currency: str) -> Table:
    return Table(
        caption=_("감액과 회수"),
        columns=[
            Column(_("기준일")),
            Column(_("종류")),
            Column(_("감액 사유")),
            Column(_("금액"), number=True),
            Column(_("상태")),
        ],
        rows=[
            [
                parts.link(tables.day(row.on_date), reverse("fund:measure", args=[row.public_id])),
                row.get_kind_display(),
                row.get_reason_display() if row.reason else "",
                tables.amount_in(currency, row.amount),
                tables.status(row.status, row.get_status_display()),
            ]
            for row in rows
        ],
        empty=_("감액하거나 회수한 것이 없습니다."),
    )


def valuation_facts(row: Valuation, *, opens_motion: bool) -> list[Row]:
    motion, money = row.motion, tables.spell_in(row.holding.sub_fund.currency)
    return [
        Row(_("평가 기준일"), tables.day(row.on_date)),
        Row(_("평가액"), money(row.amount)),
        Row(_("앞의 장부 가치"), money(_before(row, row.on_date))),
        Row(_("평가 방법"), row.get_method_display()),
        Row(_("공정가치 수준"), str(row.level)),
        Row(_("평가 근거"), row.evidence),
        Row(_("근거의 지문"), row.evidence_hash),
        Row(_("제출"), row.submitted_by.name),
        Row(_("승인"), row.approved_by.name if row.approved_by else _("아직 없음")),
        *(
            [Row(_("안건"), parts.link(str(motion), reverse("fund:motion", args=[motion.public_id])))]
            if motion and opens_motion
            else []
        ),
    ]


def _before(row: Valuation, on: date) -> int:
    """What the holding was carried at on the day before this value became known."""
    known = row.known.lower if row.known else None
    return queries.values.carrying(row.holding, on=on, known=known)


def measure_facts(row: Measure) -> list[Row]:
    return [
        Row(_("종류"), row.get_kind_display()),
        *([Row(_("감액 사유"), row.get_reason_display())] if row.reason else []),
        Row(_("기준일"), tables.day(row.on_date)),
        Row(_("금액"), tables.amount_in(row.holding.sub_fund.currency, row.amount)),
        *([Row(_("취득분"), str(row.lot)), Row(_("수"), f"{row.units:,}")] if row.lot else []),
        Row(_("기안"), row.proposed_by.name),
        Row(_("승인"), row.approved_by.name if row.approved_by else _("아직 없음")),
    ]


def reports(rows: Sequence[CompanyReport]) -> Table:
    """What is held true of a company now, day by day; what was not said is a dash."""
    return Table(
        caption=_("기업현황"),
        columns=[
            Column(_("기준일")),
            Column(_("고용 인원"), number=True),
            Column(_("연 매출"), number=True),
            Column(_("소재지")),
            Column(_("발행주식 총수"), number=True),
            Column(_("법정 구분")),
            Column(_("출처")),
        ],
        rows=[
            [
                tables.day(row.on_date),
                "–" if row.headcount is None else f"{row.headcount:,}",
                "–" if row.sales is None else tables.money(row.sales),
                row.address or "–",
                "–" if row.shares is None else f"{row.shares:,}",
                row.get_statutory_display() or "–",
                f"{row.get_source_display()} · {tables.day(row.source_date)}",
            ]
            for row in rows
        ],
        empty=_("아직 기록한 기업현황이 없습니다. 기록이 없는 값은 확인 불가로 보입니다."),
    )
