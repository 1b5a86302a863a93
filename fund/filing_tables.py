"""A managers' report as tables of the shell: what was handed in, what it would change, what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from fund import report_words
from fund.enums import Balance, BreakStatus, RowState, SettlementKind, UploadStatus
from fund.models import Break, Upload
from fund.tables import amount_in, day
from fund.workbook.layout import EXPENSES, HOLDINGS, SHEETS, TOTALS
from portal.core.ui import parts
from portal.core.ui.parts import Column, Row, Table

TONES: dict[str, parts.Tone] = {
    UploadStatus.RECEIVED: "info",
    UploadStatus.CHECKED: "warning",
    UploadStatus.APPLIED: "success",
    RowState.REFUSED: "danger",
    RowState.DIFFERS: "warning",
    RowState.NEW: "info",
    RowState.CHANGED: "info",
    BreakStatus.OPEN: "danger",
    BreakStatus.EXPLAINED: "warning",
    BreakStatus.RESOLVED: "success",
}
_TOTALS = ("VALUE", "EXPENSE", "INCOME", "FEE")
_SHEETS = {sheet.code: sheet for sheet in SHEETS}
#: In which column of its row each sheet's amount stands.
_AMOUNT = {HOLDINGS.code: "value", EXPENSES.code: "amount", TOTALS.code: "amount"}


def amount(minor: int, currency: str) -> str:
    """An amount of the sub-fund's currency."""
    return amount_in(currency, minor)


def uploads(rows: Sequence[Upload]) -> Table:
    """What was handed in on a quarter, the latest first."""
    return Table(
        caption=_("올린 파일"),
        columns=[Column(_("파일")), Column(_("올린 때")), Column(_("올린 사람")), Column(_("정정하는 이유")), Column(_("상태"))],
        rows=[
            [
                parts.link(row.name, reverse("fund:upload", args=[row.public_id])),
                _when(row.uploaded_at),
                row.uploaded_by.name,
                row.reason or "–",
                parts.badge(row.get_status_display(), TONES.get(row.status, "")),
            ]
            for row in rows
        ],
        empty=_("아직 올린 파일이 없습니다."),
        caption_hidden=True,
    )  # fmt: skip


def _when(at: Any) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else ""


def facts(row: Upload) -> list[Row]:
    """The file, and who handed it in and ended it."""
    made = [
        Row(_("파일"), row.name),
        Row(_("올린 때"), f"{_when(row.uploaded_at)} · {row.uploaded_by.name}"),
        Row(_("파일의 SHA-256"), row.sha256),
    ]
    if row.reason:
        made.append(Row(_("정정하는 이유"), row.reason))
    if row.ended_by is not None:
        word = _("반영한 때") if row.status == UploadStatus.APPLIED else _("닫은 때")
        made.append(Row(word, f"{_when(row.ended_at)} · {row.ended_by.name}"))
    return made


def counts(result: Mapping[str, Any]) -> dict[str, int]:
    """How many rows are in each state, in the order in which they are to be looked at."""
    made = dict.fromkeys(RowState.values, 0)
    for row in result.get("rows", ()):
        made[row["state"]] += 1
    return made


def totals(row: Upload) -> Table:
    """What the sub-fund's figures were and would be."""
    words = {"VALUE": _("투자자산 평가액"), **{kind.value: str(kind.label) for kind in SettlementKind}}
    currency, found = row.sub_fund.currency, row.result.get("totals", {})
    return Table(
        caption=_("합계의 변화"),
        columns=[
            Column(_("항목")), Column(_("지금"), number=True), Column(_("반영한 뒤"), number=True),
            Column(_("차이"), number=True),
        ],
        rows=[
            [words[name], amount(before, currency), amount(after, currency), _signed(after - before, currency)]
            for name in _TOTALS
            for before, after in [found[name]]
        ] if found else [],
        caption_hidden=True,
    )  # fmt: skip


def _signed(minor: int, currency: str) -> str:
    if not minor:
        return "–"
    return ("+" if minor > 0 else "−") + amount(abs(minor), currency)


def rows(row: Upload, found: Sequence[Mapping[str, Any]], state: str) -> Table:
    """The rows of one state: where they stand, what they say, and why they cannot be or what the books say."""
    names, currency = row.result.get("names", {}), row.sub_fund.currency
    why = {
        RowState.REFUSED.value: _("고칠 곳"),
        RowState.DIFFERS.value: _("장부의 금액"),
    }.get(state)
    return Table(
        caption=str(RowState(state).label),
        columns=[
            Column(_("시트와 행")), Column(_("자산·전표·항목")), Column(_("보고한 금액"), number=True),
            *([Column(why, number=state == RowState.DIFFERS)] if why else []),
        ],
        rows=[
            [_place(one), _named(one, names), _said(one, currency), *([_why(one, currency)] if why else [])]
            for one in found
        ],
        empty=_("이런 행은 없습니다."),
        caption_hidden=True,
    )  # fmt: skip


def _place(one: Mapping[str, Any]) -> str:
    title = _SHEETS[one["sheet"]].title
    return _("%(sheet)s %(row)s행") % {"sheet": title, "row": one["row"]} if one["row"] else title


def _named(one: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if one["sheet"] == TOTALS.code:
        return str(Balance(one["key"]).label) if one["key"] in Balance.values else one["key"] or "–"
    kind = one["values"].get("kind", "")
    shown = str(SettlementKind(kind).label) + " · " if kind in SettlementKind.values else ""
    return shown + str(names.get(one["key"], one["key"]) or "–")


def _said(one: Mapping[str, Any], currency: str) -> str:
    said = one.get("theirs", one["values"].get(_AMOUNT[one["sheet"]]))
    return "–" if said is None else amount(said, currency)


def _why(one: Mapping[str, Any], currency: str) -> str | SafeString:
    if "ours" in one and not one["why"]:
        return amount(one["ours"], currency)
    said = ((why["cell"].partition("!")[2], report_words.told(why["code"], why["params"])) for why in one["why"])
    return format_html_join("", "<div><strong>{}</strong> {}</div>", said)


def breaks(found: Sequence[Break], names: Mapping[str, str], currency: str, judge: bool) -> Table:
    """Both sides of what differs; whoever may judge it finds the way beside it."""
    return Table(
        caption=_("대사차이"),
        columns=[
            Column(_("항목")), Column(_("장부"), number=True), Column(_("운용사"), number=True),
            Column(_("차이"), number=True), Column(_("상태")), Column(_("이유")),
        ],
        rows=[
            [
                _break_name(one, names, judge), amount(one.ours, currency), amount(one.theirs, currency),
                _signed(one.gap, currency), parts.badge(one.get_status_display(), TONES.get(one.status, "")),
                one.reason or "–",
            ]
            for one in found
        ],
        empty=_("장부와 다른 것이 없습니다."),
        caption_hidden=True,
    )  # fmt: skip


def _break_name(one: Break, names: Mapping[str, str], judge: bool) -> str | SafeString:
    subject = names.get(one.subject, one.subject)
    word = f"{one.get_figure_display()} · {subject}" if subject else str(one.get_figure_display())
    open_to = judge and one.status != BreakStatus.RESOLVED
    return parts.link(word, reverse("fund:break", args=[one.public_id])) if open_to else word


def task_facts(task: Any, when: str) -> list[Row]:
    """What is due."""
    return [
        Row(_("자펀드"), str(task.sub_fund)),
        Row(_("분기의 마지막 날"), day(task.end)),
        Row(pgettext("보고", "기한"), when),
    ]


def break_facts(one: Break) -> list[Row]:
    """Both sides of one difference."""
    currency = one.sub_fund.currency
    return [
        Row(_("항목"), str(one.get_figure_display())),
        Row(_("장부"), amount(one.ours, currency)),
        Row(_("운용사"), amount(one.theirs, currency)),
        Row(_("차이"), _signed(one.gap, currency)),
    ]
