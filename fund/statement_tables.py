"""Issued statements in words: their lines in the order of the ILPA template, their states, what stands around them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fund import tables
from fund.enums import StatementStatus
from fund.models import CapitalStatement
from fund.queries.issued import PERIODS, Told
from fund.report_tables import quarter
from fund.spelling import Spell, spell_in
from portal.core.periods import SEOUL
from portal.core.ui import parts
from portal.core.ui.parts import Column, Row, Table

_TONES: dict[str, parts.Tone] = {StatementStatus.ISSUED: "success", StatementStatus.REPLACED: ""}


def said(row: CapitalStatement) -> dict[str, Any]:
    """The figures of the statement as they were issued."""
    found: dict[str, Any] = json.loads(row.body)["figures"]
    return found


def partner(row: CapitalStatement) -> str:
    """The partner's name as it was issued, in the reader's language where it has one."""
    names: Mapping[str, str] = said(row)["partner"]
    return names.get("en") or names["ko"] if get_language() == "en" else names["ko"]


def periods() -> dict[str, str]:
    return {"quarter": _("분기"), "year": _("연초부터"), "inception": _("설정 이후")}


def lines() -> dict[str, str]:
    """The words of every line between the beginning and the ending."""
    return {
        "contributions": _("출자금 납입"),
        "distributions": _("출자금 배분"),
        "fees": _("관리보수"),
        "expenses": _("조합 비용"),
        "income": _("이자·배당 수익"),
        "realised": _("실현손익"),
        "unrealised": _("미실현손익"),
        "write_downs": _("감액"),
        "carry": _("성과보수"),
        "due": _("미수·미지급의 변동"),
        "between": _("출자자 사이의 정산"),
    }


def laid_out(figures: Mapping[str, Any]) -> list[tuple[str, list[int]]]:
    """Each line with its amount of every period, from the beginning to the ending."""
    words, columns = lines(), [figures["columns"][name] for name in PERIODS]
    middle = [
        (words[name], [column["lines"][place] for column in columns]) for place, name in enumerate(figures["lines"])
    ]
    return [
        (_("기초 잔액"), [column["beginning"] for column in columns]),
        *middle,
        (_("기말 잔액"), [column["ending"] for column in columns]),
    ]


def account(row: CapitalStatement, *, whole: bool = True) -> Table:
    """The capital account over the quarter, the year and since inception; if not ``whole`` without lines of nothing."""
    money, laid = spell_in(row.sub_fund.currency), laid_out(said(row))
    if not whole:
        laid = [laid[0], *(one for one in laid[1:-1] if any(one[1])), laid[-1]]
    return Table(
        caption=_("자본계정"),
        columns=[Column(_("항목")), *[Column(periods()[name], number=True) for name in PERIODS]],
        rows=[[word, *map(money, amounts)] for word, amounts in laid[:-1]],
        foot=[laid[-1][0], *map(money, laid[-1][1])],
    )


def committed(row: CapitalStatement) -> list[Row]:
    """What is promised, and what of it may still be called."""
    figures, money = said(row), spell_in(row.sub_fund.currency)
    return [Row(_("약정액"), money(figures["committed"])), Row(_("미납입 약정"), money(figures["unfunded"]))]


def facts(row: CapitalStatement) -> list[Row]:
    """Whose it is, of when, which version."""
    version = str(row.version)
    if row.replaces:
        version = _("%(version)s (%(before)s호를 대체)") % {"version": version, "before": row.replaces}
    return [
        Row(_("출자자"), partner(row)),
        Row(_("자펀드"), str(row.sub_fund)),
        Row(_("기준일"), f"{tables.day(row.end_date)} · {quarter(row.end_date)}"),
        Row(_("인지시점"), f"{row.snapshot.known_at.astimezone(SEOUL):%Y-%m-%d %H:%M}"),
        Row(_("판"), version),
    ]


def badge(row: CapitalStatement) -> SafeString:
    return parts.badge(row.get_status_display(), _TONES[row.status])


def own(rows: Sequence[CapitalStatement]) -> Table:
    """A partner's statements, the newest first."""
    return Table(
        caption=_("명세서"),
        caption_hidden=True,
        columns=[
            Column(_("번호")), Column(_("자펀드")), Column(_("출자자")), Column(_("분기")),
            Column(_("기말 잔액"), number=True), Column(_("발행일")), Column(_("상태")),
        ],
        rows=[
            [
                _linked(row), str(row.sub_fund), partner(row), quarter(row.end_date), _closing(row),
                tables.day(row.issued_at.astimezone(SEOUL).date()), badge(row),
            ]
            for row in rows
        ],
        empty=_("아직 받은 명세서가 없습니다. 분기 실적이 공개되면 담당자가 명세서를 발행하고 알려 드립니다."),
    )  # fmt: skip


def of_quarter(found: Iterable[Told], currency: str, *, end: date) -> Table:
    """What each partner of a sub-fund was told of the quarter, and what is left to tell."""
    money = spell_in(currency)
    return Table(
        caption=_("%(quarter)s 명세서") % {"quarter": quarter(end)},
        caption_hidden=True,
        columns=[
            Column(_("출자자")), Column(_("기말 잔액"), number=True), Column(_("명세서")), Column(_("판"), number=True),
            Column(_("상태")), Column(_("내려받기")),
        ],
        rows=[_told(one, money) for one in found],
        empty=_("이 분기말까지 출자한 출자자가 없습니다."),
    )  # fmt: skip


def _told(one: Told, money: Spell) -> list[object]:
    closing = money(one.figures["columns"]["quarter"]["ending"])
    if one.standing is None:
        return [str(one.commitment.partner), closing, "–", "–", parts.badge(_("발행할 차례"), "info"), "–"]
    state = parts.badge(_("다시 발행할 차례"), "warning") if one.differs else badge(one.standing)
    return [
        str(one.commitment.partner), closing, _linked(one.standing), one.standing.version, state, downloads(one.standing),
    ]  # fmt: skip


def downloads(row: CapitalStatement) -> SafeString:
    """The two files of a statement."""
    args = [row.public_id]
    pdf, xlsx = reverse("fund:statement_pdf", args=args), reverse("fund:statement_xlsx", args=args)
    return format_html("{} · {}", parts.link("PDF", pdf), parts.link("XLSX", xlsx))


def _linked(row: CapitalStatement) -> SafeString:
    return parts.link(str(row), reverse("fund:statement", args=[row.public_id]))


def _closing(row: CapitalStatement) -> str:
    return spell_in(row.sub_fund.currency)(said(row)["columns"]["quarter"]["ending"])
