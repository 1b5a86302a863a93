"""Deals, motions, holdings and lots as tables and facts of the shell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from fund import queries, tables
from fund.enums import DealStatus, HoldingStatus, MotionStatus, SeatStatus
from fund.models import Company, Deal, Holding, Lot, Motion, Seat, SecurityEvent
from portal.core.ui import parts
from portal.core.ui.parts import Column, Row, Table

tables.TONES.update(
    {
        DealStatus.COMMITTEE: "warning",
        DealStatus.FUNDED: "success",
        DealStatus.DECLINED: "danger",
        MotionStatus.OPEN: "warning",
        MotionStatus.CARRIED: "success",
        MotionStatus.REJECTED: "danger",
        SeatStatus.RECUSED: "danger",
        HoldingStatus.HELD: "success",
        HoldingStatus.IMPAIRED: "warning",
        HoldingStatus.WRITTEN_OFF: "danger",
    }
)


def deals(rows: Sequence[Deal], *, of_all: bool = False) -> Table:
    """Deals with their amount and state; ``of_all`` names the sub-fund too."""
    return Table(
        caption=_("투자건"),
        columns=[
            Column(_("투자 대상")),
            *([Column(_("자펀드"))] if of_all else []),
            Column(_("투자 방식")),
            Column(_("투자금액"), number=True),
            Column(_("상태")),
        ],
        rows=[
            [
                parts.link(str(row.company), reverse("fund:deal", args=[row.public_id])),
                *([str(row.sub_fund)] if of_all else []),
                row.get_instrument_display(),
                tables.amount_in(row.sub_fund.currency, row.amount),
                tables.status(row.status, row.get_status_display()),
            ]
            for row in rows
        ],
        empty=_("투자건이 없습니다."),
    )


def terms(row: Deal | Lot, currency: str) -> list[Row]:
    """What the instrument says, where it says something."""
    return [Row(label, value) for label, value in row.terms_in(tables.spell_in(currency))]


def deal_facts(row: Deal, *, opens_motion: bool) -> list[Row]:
    """``opens_motion``: whether the reader may open the committee's page."""
    motion = row.motion
    return [
        Row(_("투자 대상"), parts.link(str(row.company), reverse("fund:company", args=[row.company.public_id]))),
        Row(_("투자 방식"), row.get_instrument_display()),
        Row(_("투자금액"), tables.amount_in(row.sub_fund.currency, row.amount)),
        Row(_("주식·사채 수"), f"{row.units:,}"),
        *terms(row, row.sub_fund.currency),
        Row(_("투자 이유"), row.thesis),
        Row(_("기안"), row.proposed_by.name),
        Row(_("승인"), row.approved_by.name if row.approved_by else _("아직 없음")),
        *(
            [Row(_("안건"), parts.link(_number(motion), reverse("fund:motion", args=[motion.public_id])))]
            if motion and opens_motion
            else []
        ),
        *([Row(_("지급일"), tables.day(row.funded_date))] if row.funded_date else []),
    ]


def _number(motion: Motion) -> str:
    return _("제%(number)s호") % {"number": motion.number}


def motions(rows: Sequence[Motion], user: Any) -> Table:
    """Motions with the person's own part in each. What a motion is about is shown only to those who may read its paper."""
    return Table(
        caption=_("투자심의 안건"),
        columns=[
            Column(_("안건")),
            Column(_("자펀드")),
            Column(_("올린 날")),
            Column(_("내 차례")),
            Column(_("상태")),
        ],
        rows=[
            [
                parts.link(_number(row), reverse("fund:motion", args=[row.public_id])),
                str(row.sub_fund),
                tables.day(row.tabled_at.date()),
                _my_turn(row, user),
                tables.status(row.status, row.get_status_display()),
            ]
            for row in rows
        ],
        empty=_("아직 안건이 없습니다. 안건이 올라오면 알려 드립니다."),
    )


def _my_turn(row: Motion, user: Any) -> str:
    mine = next((seat for seat in row.seats.all() if seat.member_id == user.pk), None)
    if mine is None:
        return ""
    if mine.status == SeatStatus.PENDING:
        return _("이해충돌을 밝혀 주십시오")
    voted = any(ballot.round == row.round for ballot in mine.ballots.all())
    if mine.status == SeatStatus.CLEAR and row.status == MotionStatus.OPEN and not voted:
        return _("표결해 주십시오")
    return str(mine.get_status_display())


def seats(rows: Sequence[Seat], motion: Motion) -> Table:
    """Who stated what, and whether it voted; how each voted stays sealed."""
    return Table(
        caption=_("심의위원"),
        columns=[Column(_("위원")), Column(_("이해충돌")), Column(_("표결"))],
        rows=[
            [
                row.member.name,
                tables.status(row.status, row.get_status_display()),
                _("표결함") if any(b.round == motion.round and not b.voided_at for b in row.ballots.all()) else "",
            ]
            for row in rows
        ],
    )


def motion_facts(motion: Motion) -> list[Row]:
    tally = queries.committee.tally(motion)
    rule = _("회피한 위원을 빼고 %(least)s명 이상, 그 %(quorum)s 넘게 표결하고 표결의 %(pass)s 넘게 찬성하면 가결") % {
        "least": motion.least,
        "quorum": tables.percent(motion.quorum_bp, 10_000),
        "pass": tables.percent(motion.pass_bp, 10_000),
    }
    facts = [
        Row(_("의결 규칙"), rule),
        Row(_("남은 위원"), _("%(left)s명 (회피 %(recused)s명)") % {"left": tally.left, "recused": tally.recused}),
        Row(_("심의자료의 지문"), motion.paper_hash),
        Row(_("기안"), motion.proposed_by.name),
    ]
    if motion.status in (MotionStatus.CARRIED, MotionStatus.REJECTED):
        votes = _("찬성 %(yes)s · 반대 %(no)s · 기권 %(none)s") % {
            "yes": tally.votes_for,
            "no": tally.votes_against,
            "none": tally.votes_abstain,
        }
        facts += [Row(_("의결"), votes), Row(_("의결한 사람"), motion.decided_by.name if motion.decided_by else "")]
    elif motion.status == MotionStatus.OPEN:
        facts.append(Row(_("표결한 위원"), _("%(cast)s명") % {"cast": tally.cast}))
    return facts


def holdings(rows: Sequence[Holding], *, of_company: bool = False) -> Table:
    """Holdings at cost, by sub-fund or (``of_company``) in one company; a total for each currency."""
    costs: dict[str, int] = {}
    for row in rows:
        costs[row.sub_fund.currency] = costs.get(row.sub_fund.currency, 0) + row.cost  # type: ignore[attr-defined]
    total = " · ".join(tables.amount_in(currency, cost) for currency, cost in sorted(costs.items()))
    return Table(
        caption=_("투자자산"),
        columns=[
            Column(_("자펀드") if of_company else _("투자 대상")),
            Column(_("투자 방식")),
            Column(_("첫 투자일")),
            Column(_("취득원가"), number=True),
            Column(_("상태")),
        ],
        rows=[
            [
                parts.link(
                    str(row.sub_fund if of_company else row.company), reverse("fund:holding", args=[row.public_id])
                ),
                " · ".join(dict.fromkeys(lot.get_instrument_display() for lot in row.lots.all() if lot.cost)),
                tables.day(row.first_cash_date),
                tables.amount_in(row.sub_fund.currency, row.cost),  # type: ignore[attr-defined]
                tables.status(row.status, row.get_status_display()),
            ]
            for row in rows
        ],
        foot=[_("합계"), "", "", total or tables.money(0), ""],
        empty=_("아직 투자자산이 없습니다."),
    )


def lots(rows: Sequence[Lot], currency: str, *, manages: bool) -> Table:
    """What is held; whoever manages it may convert or split what is left."""
    return Table(
        caption=_("취득분"),
        columns=[
            Column(_("투자 방식")),
            Column(_("첫 투자일")),
            Column(_("수"), number=True),
            Column(_("취득원가"), number=True),
            Column(_("조건")),
            *([Column(_("할 일"))] if manages else []),
        ],
        rows=[
            [
                row.get_instrument_display(),
                tables.day(row.first_cash_date),
                f"{row.units:,}",
                tables.amount_in(currency, row.cost),
                " · ".join(f"{fact.label} {fact.value}" for fact in terms(row, currency)),
                *([_change(row)] if manages else []),
            ]
            for row in rows
        ],
    )


def _change(row: Lot) -> object:
    return parts.link(_("전환·분할"), reverse("fund:lot", args=[row.pk])) if row.cost else ""


def events(rows: Sequence[SecurityEvent], currency: str) -> Table:
    """What happened to the lots."""
    return Table(
        caption=_("증권 변동"),
        columns=[
            Column(_("날짜")),
            Column(_("변동")),
            Column(_("투자 방식")),
            Column(_("수"), number=True),
            Column(_("취득원가"), number=True),
        ],
        rows=[
            [
                tables.day(row.on_date),
                row.get_kind_display(),
                row.lot.get_instrument_display(),
                f"{row.units:+,}" if row.units else "",
                tables.amount_in(currency, row.cost) if row.cost else "",
            ]
            for row in rows
        ],
    )


def known(value: bool | None) -> str:
    """Yes, no, or that nobody could say: what is unknown is never shown as no."""
    return {True: _("예"), False: _("아니요"), None: _("확인 불가")}[value]


def company_facts(row: Company, tenancy: Sequence[tuple[str, bool | None]]) -> list[Row]:
    return [
        Row(_("구분"), row.get_kind_display()),
        Row(_("분야"), row.sector or "–"),
        *[Row(label, known(value)) for label, value in tenancy],
        Row(_("이름 공개"), known(row.may_be_named)),
    ]
