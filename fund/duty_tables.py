"""Duties as the shell shows them: the clock, what is owed, what counts, and the companies behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from fund import charts, tables
from fund.deal_tables import known
from fund.duty_enums import DutyStanding, DutyStatus, WaiverStatus
from fund.models import DutyTest, DutyWaiver, SubFund
from fund.public_tables import Picture
from fund.queries.duties import Measured
from portal.core.ui import parts
from portal.core.ui.parts import Column, Figure, Row, Table

STANDING: dict[str, parts.Tone] = {
    DutyStanding.ON_TRACK: "info",
    DutyStanding.AT_RISK: "warning",
    DutyStanding.MET: "success",
    DutyStanding.BREACHED: "danger",
}
STATUS: dict[str, parts.Tone] = {
    DutyStatus.OPEN: "info",
    DutyStatus.MET: "success",
    DutyStatus.BREACHED: "danger",
}

WAIVER: dict[str, parts.Tone] = {WaiverStatus.PROPOSED: "info", WaiverStatus.GRANTED: "success"}


def standing(found: Measured) -> object:
    """How it stands, in a tag; the word carries the meaning."""
    return parts.badge(DutyStanding(found.standing).label, STANDING.get(found.standing, ""))


def expected(found: Measured) -> int:
    """What would count by now if money went in evenly over the clock."""
    duty = found.duty
    whole = (found.end - duty.start_date).days
    elapsed = min(max(0, (found.on - duty.start_date).days), whole)
    return found.required * elapsed // whole


def overview(rows: Sequence[Measured], *, query: str = "", sub_funds: bool = False) -> Table:
    """Duties with their clocks; ``sub_funds`` says whose each is, and leaves what stands on a duty's own page to it."""
    return Table(
        caption=_("투자의무"),
        columns=[
            Column(_("투자 대상")),
            *([Column(_("자펀드"))] if sub_funds else []),
            Column(_("기한")),
            *([] if sub_funds else [Column(_("남은 날"), number=True)]),
            Column(_("채울 금액"), number=True),
            Column(_("인정한 금액"), number=True),
            *([] if sub_funds else [Column(_("확인하지 못한 금액"), number=True)]),
            Column(_("상태")),
        ],
        rows=[_overview(row, query, sub_funds) for row in rows],
        caption_hidden=sub_funds,
        empty=_("정한 투자의무가 없습니다."),
    )


def _overview(found: Measured, query: str, sub_funds: bool) -> list[object]:
    duty, currency = found.duty, found.duty.sub_fund.currency
    address = reverse("fund:duty", args=[duty.public_id])
    return [
        parts.link(duty.field, f"{address}?{query}" if query else address),
        *([str(duty.sub_fund)] if sub_funds else []),
        tables.day(found.end),
        *([] if sub_funds else [f"{found.days_left:,}"]),
        tables.amount_in(currency, found.required),
        tables.amount_in(currency, found.progress),
        *([] if sub_funds else [tables.amount_in(currency, found.counted.unknown)]),
        standing(found),
    ]


def picture(sub_fund: SubFund, rows: Sequence[Measured], table: Table) -> Picture:
    """Side by side for each duty, as parts of what is owed: by now at an even pace, and what counts.

    Amounts of duties differ by more than a picture can show; more than twice what is owed is drawn as twice.
    """
    says = _(
        "투자의무마다 채울 금액을 같은 높이로 하고, 기간에 고르게 투자했다면 이 날까지 채웠을 만큼과 인정한 만큼을 표의 차례대로 나란히 그린 그림입니다. 두 배가 넘으면 두 배까지 그립니다."
    )
    key = [("in", _("채울 금액")), ("down", _("이 날까지 채웠을 금액")), ("out", _("인정한 금액"))]
    drawn = charts.chart([_bars(one) for one in rows])
    return Picture(f"duties-{sub_fund.code}", _("기한과 진척"), says, drawn, key, table)


def _bars(found: Measured) -> list[tuple[str, int]]:
    owed = found.required or 1
    parts_of = [(tone, amount * 100 // owed) for tone, amount in (("down", expected(found)), ("out", found.progress))]
    return [("in", 100), *((tone, min(200, part)) for tone, part in parts_of)]


def figures(found: Measured) -> list[Figure]:
    """The clock and the amounts of one duty."""
    currency = found.duty.sub_fund.currency
    return [
        Figure(_("남은 날"), f"{found.days_left:,}", pgettext("단위", "일"), note=_clock(found)),
        Figure(_("채울 금액"), tables.amount_in(currency, found.required), note=_owed(found)),
        Figure(
            _("인정한 금액"),
            tables.amount_in(currency, found.progress),
            note=tables.percent(found.progress, found.required),
        ),
        Figure(
            _("모자라는 금액"),
            tables.amount_in(currency, found.missing),
            note=_("확인하지 못한 금액 %(amount)s") % {"amount": tables.amount_in(currency, found.counted.unknown)}
            if found.counted.unknown
            else "",
        ),
    ]


def _clock(found: Measured) -> str:
    return _period(found.duty.start_date, found.end)


def _period(start: date, until: date) -> str:
    return _("%(start)s부터 %(deadline)s 전까지") % {"start": tables.day(start), "deadline": tables.day(until)}


def _owed(found: Measured) -> str:
    return _("%(base)s %(amount)s의 %(share)s") % {
        "base": found.duty.get_base_display(),
        "amount": tables.amount_in(found.duty.sub_fund.currency, found.base),
        "share": tables.percent(found.duty.bp, 10_000),
    }


def facts(found: Measured) -> list[Row]:
    """The rule as it was set, and the end of its clock where a waiver moved it."""
    duty = found.duty
    moved = [Row(_("한시 면제로 바뀐 기한"), tables.day(found.end))] if found.end != duty.deadline_date else []
    return [
        Row(_("자펀드"), str(duty.sub_fund)),
        Row(_("운용사"), str(duty.sub_fund.manager)),
        Row(_("투자 대상"), duty.field),
        Row(_("세는 때"), duty.get_counted_display()),
        Row(_("셈하는 기간"), _period(duty.start_date, duty.deadline_date)),
        *moved,
        Row(_("미리 알리는 날(일 전)"), str(duty.warn_days)),
        Row(_("근거 규정"), duty.source),
        Row(_("정한 사람"), duty.set_by.name),
    ]


def companies(found: Measured, *, linked: bool) -> Table:
    """Every company that money went into, with whether it counts; unknown is never shown as no."""
    currency = found.duty.sub_fund.currency
    return Table(
        caption=_("세어 본 기업"),
        columns=[
            Column(_("기업")),
            Column(_("첫 투자일")),
            Column(_("투자한 금액"), number=True),
            Column(_("인정")),
        ],
        rows=[
            [
                parts.link(str(row.company), reverse("fund:company", args=[row.company.public_id]))
                if linked
                else str(row.company),
                tables.day(row.first),
                tables.amount_in(currency, row.amount),
                known(row.counts),
            ]
            for row in found.counted.rows
        ],
        foot=[_("합계"), "", tables.amount_in(currency, found.counted.invested), ""] if found.counted.rows else [],
        empty=_("이 날까지 투자한 기업이 없습니다."),
    )


def waivers(rows: Sequence[DutyWaiver], *, linked: bool) -> Table:
    """What the committee was asked to let go for a time, and what it said."""
    return Table(
        caption=_("한시 면제"),
        columns=[Column(_("면제 기간")), Column(_("이유")), Column(_("투자심의")), Column(_("상태"))],
        rows=[
            [
                _period(row.period.lower, row.period.upper),
                row.reason,
                _motion(row, linked),
                parts.badge(row.get_status_display(), WAIVER.get(row.status, "")),
            ]
            for row in rows
        ],
    )


def _motion(row: DutyWaiver, linked: bool) -> object:
    word = _("제%(number)s호") % {"number": row.motion.number}
    return parts.link(word, reverse("fund:motion", args=[row.motion.public_id])) if linked else word


def tests(rows: Sequence[DutyTest], currency: str) -> Table:
    """What was recorded when the clock asked; it stays, whatever is corrected later."""
    return Table(
        caption=_("점검한 기록"),
        columns=[
            Column(_("점검")),
            Column(_("기준일")),
            Column(_("채울 금액"), number=True),
            Column(_("인정한 금액"), number=True),
            Column(_("확인하지 못한 금액"), number=True),
            Column(_("결과")),
        ],
        rows=[
            [
                row.get_kind_display(),
                tables.day(row.on_date),
                tables.amount_in(currency, row.required),
                tables.amount_in(currency, row.progress),
                tables.amount_in(currency, row.unknown),
                parts.badge(row.get_standing_display(), STANDING.get(row.standing, "")),
            ]
            for row in rows
        ],
        empty=_("아직 점검한 기록이 없습니다."),
    )
