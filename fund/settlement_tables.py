"""Fees and what is settled between partners and manager, step by step, as tables and facts of the shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from fund import queries, tables
from fund.enums import SettlementStatus
from fund.models import AgreementVersion, Commitment, Settlement
from fund.queries.settlements import Carry
from portal.core.ui import parts
from portal.core.ui.parts import Column, Row, Table

tables.TONES.update({SettlementStatus.OWED: "warning", SettlementStatus.SETTLED: "success"})


def steps_words() -> Mapping[str, tuple[str, str]]:
    """Every step to an amount: its word, and what it means."""
    return {
        "given": (_("적은 금액"), _("증빙의 금액입니다.")),
        "fee": (_("관리보수"), _("기간마다 기준금액 × 보수율 × 날수 ÷ 365를 더하고 가장 작은 단위 아래를 버립니다.")),
        "carry_held": (_("운용사가 받은 성과보수"), _("지급한 것에서 이미 돌려받은 것을 뺍니다.")),
        "carry_entitled": (
            _("조합 전체로 다시 계산한 성과보수"),
            _("모든 납입과 배분을 조합 전체 기준으로 다시 나누고, 출자자에게 모자란 원금과 기준수익을 뺍니다."),
        ),
        "clawback": (_("돌려받을 성과보수"), _("더 받은 금액이며, 규약이 정한 세금만큼은 남깁니다.")),
        "paid_in": (_("납입한 출자금"), _("모든 출자자가 낸 돈입니다.")),
        "distributed": (_("배분한 금액"), _("출자자에게 돌아간 돈입니다.")),
        "nav": (_("순자산"), _("조합에 남은 재산에서 빚을 뺍니다.")),
        "loss": (_("손실"), _("납입한 출자금 − 배분한 금액 − 순자산")),
        "first_loss_limit": (_("우선손실충당 한도"), _("납입한 출자금 × 규약의 한도")),
        "first_loss": (_("운용사가 부담하는 손실"), _("한도와 운용사의 출자금 안에서 먼저 부담하는 금액에 나머지 손실의 운용사 몫을 더한 것입니다.")),
        "beyond_hurdle": (_("기준수익을 넘은 수익"), _("지급한 배분의 따라잡기와 초과수익 나눔에서 출자자가 받은 금액입니다.")),
        "excess": (_("모태펀드의 초과수익"), _("그 가운데 모태펀드의 좌수만큼입니다.")),
        "transferred_before": (_("앞서 이전한 금액"), _("이미 민간 출자자에게 넘긴 금액입니다.")),
        "excess_transfer": (_("이전할 초과수익"), _("초과수익 × 규약의 비율 − 앞서 이전한 금액")),
    }  # fmt: skip


def settlements(rows: Sequence[Settlement]) -> Table:
    return Table(
        caption=_("보수와 정산"),
        columns=[
            Column(_("번호")),
            Column(_("종류")),
            Column(_("기준일")),
            Column(_("기간")),
            Column(_("금액"), number=True),
            Column(_("상태")),
        ],
        rows=[
            [
                parts.link(
                    _("제%(number)s호") % {"number": row.number}, reverse("fund:settlement", args=[row.public_id])
                ),
                row.get_kind_display(),
                tables.day(row.on_date),
                span(row),
                tables.amount_in(row.sub_fund.currency, row.amount),
                tables.status(row.status, row.get_status_display()),
            ]
            for row in rows
        ],
        empty=_("아직 보수나 정산이 없습니다."),
    )


def span(row: Settlement) -> str:
    """The days a fee is for, both included."""
    if row.period is None:
        return ""
    return f"{tables.day(row.period.lower)} ~ {tables.day(queries.settlements.last_day(row.period))}"


def facts(row: Settlement) -> list[Row]:
    return [
        Row(_("종류"), row.get_kind_display()),
        Row(_("기준일"), tables.day(row.on_date)),
        *([Row(_("기간"), span(row))] if row.period else []),
        Row(_("금액"), tables.amount_in(row.sub_fund.currency, row.amount)),
        *([Row(_("내용"), row.note)] if row.note else []),
        *([Row(_("지급일"), tables.day(row.paid_date))] if row.paid_date else []),
        Row(_("계산에 쓴 자료의 지문"), row.inputs_hash),
        Row(_("기안"), row.proposed_by.name),
        Row(_("승인"), row.approved_by.name if row.approved_by else _("아직 없음")),
    ]


def steps(run: Mapping[str, Any], currency: str) -> Table:
    """How the amount came, one line a step."""
    words = steps_words()
    return Table(
        caption=_("계산 단계"),
        columns=[Column(_("단계")), Column(_("뜻")), Column(_("금액"), number=True)],
        rows=[[*words[name], tables.amount_in(currency, amount)] for name, amount in run["steps"]],
    )


def slices(run: Mapping[str, Any], currency: str) -> Table | None:
    """The stretches of a fee; None of what has none."""
    rows = run["slices"]
    if not rows:
        return None
    return Table(
        caption=_("관리보수의 기간과 기준금액"),
        columns=[
            Column(_("첫날")),
            Column(_("끝(이 날 앞까지)")),
            Column(_("날수"), number=True),
            Column(_("기준금액"), number=True),
            Column(_("보수율"), number=True),
        ],
        rows=[
            [
                tables.day(date.fromisoformat(start)),
                tables.day(date.fromisoformat(end)),
                f"{(date.fromisoformat(end) - date.fromisoformat(start)).days:,}",
                tables.amount_in(currency, base),
                tables.percent(rate, 10_000),
            ]
            for start, end, base, rate in rows
        ],
    )


def moved(run: Mapping[str, Any], commitments: Sequence[Commitment], currency: str) -> Table | None:
    """Who gains and who bears; None where nothing passes between partners."""
    names, money = {one.pk: str(one.partner) for one in commitments}, tables.spell_in(currency)
    if not run["moved"]:
        return None
    return Table(
        caption=_("출자자 사이에 옮기는 금액"),
        columns=[Column(_("출자자")), Column(_("더 받음"), number=True), Column(_("덜 받음"), number=True)],
        rows=[
            [names[pk], money(amount) if amount > 0 else "", money(-amount) if amount < 0 else ""]
            for pk, amount in run["moved"]
        ],
        foot=[
            _("합계"),
            money(sum(amount for _pk, amount in run["moved"] if amount > 0)),
            money(sum(-amount for _pk, amount in run["moved"] if amount < 0)),
        ],
    )


def terms_in_words(agreement: AgreementVersion) -> Mapping[str, str]:
    """What the agreement says of each tier of a distribution."""
    rate = tables.percent(agreement.hurdle_bp, 10_000)
    if agreement.catch_up_bp:
        catch_up = _("규약: 기준수익을 넘은 금액의 %(part)s를 운용사가 먼저 받아 성과보수율에 이릅니다.") % {
            "part": tables.percent(agreement.catch_up_bp, 10_000)
        }
    else:
        catch_up = _("규약에 따라잡기가 없습니다.")
    return {
        "return_of_capital": _("규약 제%(version)s판(%(basis)s): 출자자가 낸 돈을 먼저 돌려줍니다.")
        % {"version": agreement.version, "basis": agreement.get_waterfall_display()},
        "preferred_return": _("규약: 돌려받을 때까지 연 %(rate)s(%(how)s)의 기준수익을 출자자에게 줍니다.")
        % {"rate": rate, "how": agreement.get_compounding_display()},
        "catch_up": catch_up,
        "split": _("규약: 남은 금액의 %(carry)s를 운용사의 성과보수로, 나머지를 출자자에게 줍니다.")
        % {"carry": tables.percent(agreement.carry_bp, 10_000)},
    }


def carry_facts(found: Carry | None, currency: str) -> list[Row]:
    """Whether the manager holds more carry than the whole fund entitles it to."""
    if found is None:
        return []
    words, money = steps_words(), tables.spell_in(currency)
    return [
        Row(words["carry_held"][0], money(found.held)),
        Row(words["carry_entitled"][0], money(found.entitled)),
        Row(words["clawback"][0], money(found.returnable)),
    ]
