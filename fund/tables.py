"""Rows of data as tables of the shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fund import spelling
from fund.enums import (
    Account,
    BreachStatus,
    CallStatus,
    CommitmentStatus,
    DistributionStatus,
    ShareStatus,
    SubFundStatus,
)
from fund.models import CallShare, CapitalCall, Commitment, Distribution, Entry, SubFund
from fund.queries.calls import Share
from fund.queries.flows import CashFlow
from portal.core.ui import parts
from portal.core.ui.parts import Column, Table

money, amount_in, spell_in = spelling.money, spelling.amount_in, spelling.spell_in

TONES: dict[str, parts.Tone] = {
    SubFundStatus.INVESTING: "success",
    SubFundStatus.SUSPENDED: "danger",
    CommitmentStatus.DEFAULTED: "danger",
    CommitmentStatus.ACTIVE: "success",
    CallStatus.DRAFT: "warning",
    CallStatus.ISSUED: "info",
    CallStatus.PART_PAID: "warning",
    CallStatus.FUNDED: "success",
    ShareStatus.LATE: "danger",
    ShareStatus.PAID: "success",
    DistributionStatus.COMPUTED: "warning",
    DistributionStatus.PAID: "success",
    BreachStatus.OPEN: "danger",
}


def status(value: str, label: str) -> object:
    """A status tag in the tone of its state."""
    return parts.badge(label, TONES.get(value, ""))


def day(value: date | None) -> str:
    return date_format(value, "DATE_FORMAT") if value else ""


def percent(part: int, whole: int) -> str:
    """A share to two decimals, cut, never rounded up over a limit; a dash of nothing."""
    return f"{part * 10_000 // whole / 100:.2f} %" if whole else "–"


def multiple(value: Fraction | None) -> str:
    """A multiple to two decimals, cut; a dash where the divisor is 0."""
    return "–" if value is None else f"{value.numerator * 100 // value.denominator / 100:.2f}"


def sub_funds(rows: Sequence[SubFund], committed: Mapping[int, tuple[int, int]]) -> Table:
    """Sub-funds with what the City and all partners committed."""
    return Table(
        caption=_("자펀드"),
        columns=[
            Column(_("자펀드")),
            Column(_("운용사")),
            Column(_("결성 연도"), number=True),
            Column(_("약정 합계"), number=True),
            Column(_("서울시 약정"), number=True),
            Column(_("서울시 비율"), number=True),
            Column(_("상태")),
        ],
        rows=[_sub_fund(row, *committed.get(row.pk, (0, 0))) for row in rows],
        empty=_("아직 자펀드가 없습니다."),
    )


def _sub_fund(row: SubFund, city: int, total: int) -> list[object]:
    return [
        parts.link(str(row), reverse("fund:sub_fund", args=[row.public_id])),
        row.manager.name_ko,
        str(row.vintage),
        amount_in(row.currency, total),
        amount_in(row.currency, city),
        percent(city, total),
        status(row.status, row.get_status_display()),
    ]


def partners(rows: Sequence[Commitment], currency: str) -> Table:
    """Each partner's capital account, to the last minor unit."""
    money = spell_in(currency)
    return Table(
        caption=_("출자자별 약정과 납입"),
        columns=[
            Column(_("출자자")),
            Column(_("구분")),
            Column(_("좌수"), number=True),
            Column(_("약정액"), number=True),
            Column(_("출자요청 누계"), number=True),
            Column(_("미납입 약정"), number=True),
            Column(_("상태")),
        ],
        rows=[
            [
                parts.link(str(row.partner), reverse("fund:commitment", args=[row.public_id])),
                row.partner.get_role_display(),
                f"{row.units:,}",
                money(row.amount),
                money(row.called_inside + row.called_outside),
                money(row.unfunded),
                status(row.status, row.get_status_display()),
            ]
            for row in rows
        ],
        foot=[
            _("합계"),
            "",
            f"{sum(row.units for row in rows):,}",
            money(sum(row.amount for row in rows)),
            money(sum(row.called_inside + row.called_outside for row in rows)),
            money(sum(row.unfunded for row in rows)),
            "",
        ],
        empty=_("아직 약정이 없습니다."),
    )


def calls(rows: Sequence[CapitalCall]) -> Table:
    return Table(
        caption=_("출자요청"),
        columns=[
            Column(_("차수")),
            Column(_("납입 기한")),
            Column(_("요청액"), number=True),
            Column(_("납입액"), number=True),
            Column(_("상태")),
        ],
        rows=[_call(row) for row in rows],
        empty=_("아직 출자요청이 없습니다."),
    )


def _call(row: CapitalCall) -> list[object]:
    money = spell_in(row.sub_fund.currency)
    lines = [line for line in row.lines.all() if line.revision == row.revision]
    shares = [share for share in row.shares.all() if share.revision == row.revision]
    return [
        parts.link(_("%(number)s차") % {"number": row.number}, reverse("fund:call", args=[row.public_id])),
        day(row.due_date),
        money(sum(line.amount for line in lines)),
        money(sum(share.paid for share in shares)),
        status(row.status, row.get_status_display()),
    ]


def preview(rows: Sequence[Share], currency: str) -> Table:
    """What each partner would owe, before anything is sent."""
    return _shares(
        [(r.commitment, r.inside, r.outside, r.commitment.unfunded, r.unfunded_after, "") for r in rows], currency
    )


def issued(rows: Sequence[CallShare], currency: str) -> Table:
    """What each partner owes and whether it paid."""
    return _shares(
        [
            (
                r.commitment,
                r.inside,
                r.outside,
                r.unfunded_before,
                r.unfunded_before - r.inside,
                status(r.status, r.get_status_display()),
            )
            for r in rows
        ],
        currency,
    )


def _shares(rows: Sequence[tuple[Commitment, int, int, int, int, object]], currency: str) -> Table:
    money = spell_in(currency)
    sums = [sum(column) for column in zip(*[row[1:5] for row in rows], strict=True)] or [0] * 4
    return Table(
        caption=_("출자자별 몫"),
        columns=[
            Column(_("출자자")),
            Column(_("좌수"), number=True),
            Column(_("약정 안"), number=True),
            Column(_("약정 별도"), number=True),
            Column(_("요청 전 미납입"), number=True),
            Column(_("요청 뒤 미납입"), number=True),
            Column(_("상태")),
        ],
        rows=[
            [str(one.partner), f"{one.units:,}", money(inside), money(outside), money(before), money(after), state]
            for one, inside, outside, before, after, state in rows
        ],
        foot=[_("합계"), f"{sum(row[0].units for row in rows):,}", *[money(total) for total in sums], ""],
    )


def distributions(rows: Sequence[Distribution], currency: str) -> Table:
    money = spell_in(currency)
    return Table(
        caption=_("배분"),
        columns=[
            Column(_("차수")),
            Column(_("배분일")),
            Column(_("종류")),
            Column(_("금액"), number=True),
            Column(_("성과보수"), number=True),
            Column(_("상태")),
        ],
        rows=[
            [
                parts.link(
                    _("%(number)s차") % {"number": row.number}, reverse("fund:distribution", args=[row.public_id])
                ),
                day(row.on_date),
                row.get_kind_display(),
                money(row.amount),
                money(row.run.get("carry", 0)),
                status(row.status, row.get_status_display()),
            ]
            for row in rows
        ],
        empty=_("아직 배분이 없습니다."),
    )


def tiers(lines: Sequence[tuple[str, int, int]], terms: Mapping[str, str], currency: str) -> Table:
    """The waterfall step by step: what the agreement says of each tier, and what it gives to whom."""
    money = spell_in(currency)
    words = {
        "return_of_capital": _("원금 반환"),
        "preferred_return": _("기준수익"),
        "catch_up": _("따라잡기"),
        "split": _("초과수익 나눔"),
    }
    return Table(
        caption=_("배분 단계"),
        columns=[
            Column(_("분배 순위")),
            Column(_("뜻")),
            Column(_("출자자"), number=True),
            Column(_("운용사 성과보수"), number=True),
            Column(_("남는 금액"), number=True),
        ],
        rows=[
            [words[tier], terms[tier], money(lp), money(gp), money(sum(x + y for _tier, x, y in lines[place + 1 :]))]
            for place, (tier, lp, gp) in enumerate(lines)
        ],
        foot=[_("합계"), "", money(sum(row[1] for row in lines)), money(sum(row[2] for row in lines)), ""],
    )


def parts_of(rows: Sequence[tuple[Commitment, int, int]], borne: Mapping[int, int], currency: str) -> Table:
    """Each partner's part of a distribution; ``borne`` is what first loss and excess transfer take from each."""
    money = spell_in(currency)
    return Table(
        caption=_("출자자별 배분"),
        columns=[
            Column(_("출자자")),
            Column(_("좌수"), number=True),
            *([Column(_("우선손실·초과수익 정산"), number=True)] if borne else []),
            Column(_("배분액"), number=True),
            Column(_("그중 원금"), number=True),
        ],
        rows=[
            [
                str(one.partner),
                f"{one.units:,}",
                *([money(-borne.get(one.pk, 0))] if borne else []),
                money(amount),
                money(capital),
            ]
            for one, amount, capital in rows
        ],
        foot=[
            _("합계"),
            f"{sum(row[0].units for row in rows):,}",
            *([money(-sum(borne.values()))] if borne else []),
            money(sum(row[1] for row in rows)),
            money(sum(row[2] for row in rows)),
        ],
    )


def flows(rows: Sequence[CashFlow], currency: str) -> Table:
    """What all partners paid and got, by day."""
    money = spell_in(currency)
    return Table(
        caption=_("현금흐름"),
        columns=[
            Column(_("날짜")),
            Column(_("납입"), number=True),
            Column(_("배분"), number=True),
            Column(_("순현금흐름"), number=True),
        ],
        rows=[[day(row.on), money(row.paid_in), money(row.distributed), money(row.net)] for row in rows],
        foot=[
            _("합계"),
            money(sum(row.paid_in for row in rows)),
            money(sum(row.distributed for row in rows)),
            money(sum(row.net for row in rows)),
        ],
        empty=_("이 날까지 현금흐름이 없습니다."),
    )


def balances(found: Mapping[int, int], currency: str) -> Table:
    """The trial balance: every account with its debit or credit."""
    money = spell_in(currency)
    debit = sum(amount for amount in found.values() if amount > 0)
    return Table(
        caption=_("시산표"),
        columns=[Column(_("계정")), Column(_("차변"), number=True), Column(_("대변"), number=True)],
        rows=[
            [
                f"{account} {Account(account).label}",
                money(amount) if amount > 0 else "",
                money(-amount) if amount < 0 else "",
            ]
            for account, amount in found.items()
        ],
        foot=[_("합계"), money(debit), money(debit)],
        empty=_("이 날까지 기록이 없습니다."),
    )


def entries(rows: Sequence[Entry]) -> Table:
    """The journal, one line per posting."""
    return Table(
        caption=_("분개장"),
        columns=[
            Column(_("날짜")),
            Column(_("내용")),
            Column(_("계정")),
            Column(_("출자자")),
            Column(_("차변"), number=True),
            Column(_("대변"), number=True),
        ],
        rows=[
            [
                day(entry.effective_date),
                entry.get_kind_display(),
                f"{leg.account} {leg.get_account_display()}",
                str(leg.partner or ""),
                amount_in(leg.currency, leg.amount) if leg.amount > 0 else "",
                amount_in(leg.currency, -leg.amount) if leg.amount < 0 else "",
            ]
            for entry in rows
            for leg in entry.postings.all()
        ],
        empty=_("기록이 없습니다."),
    )
