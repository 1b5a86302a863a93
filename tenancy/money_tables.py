"""Money as tables of the shell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.core.periods import SEOUL
from portal.core.ui import parts
from portal.core.ui.parts import Column, Figure, Table
from tenancy.banking import Match
from tenancy.enums import DepositKind
from tenancy.models import ArrearsCase, BankFile, CreditNote, DepositEntry, Invoice, Lease, Payment
from tenancy.reasons import HOW, VERDICTS
from tenancy.tables import day, instant, money, status


def drafts(rows: Sequence[Invoice], before: Mapping[int, int]) -> Table:
    """The month's drafts beside what the same lease paid the month before."""
    return Table(
        caption=_("고지를 기다리는 고지서"),
        columns=[
            Column(_("호실")),
            Column(_("기업")),
            Column(_("금액"), number=True),
            Column(_("지난달"), number=True),
            Column(_("차이"), number=True),
        ],
        rows=[
            [
                parts.link(row.lease.unit.code, reverse("tenancy:lease", args=[row.lease.public_id])),
                row.lease.organisation.name,
                money(row.total),
                money(before[row.lease_id]) if row.lease_id in before else _("없음"),
                money(row.total - before[row.lease_id]) if row.lease_id in before else "",
            ]
            for row in rows
        ],
        empty=_("고지를 기다리는 고지서가 없습니다."),
    )


def payments(rows: Sequence[Payment]) -> Table:
    """Rows of the bank with what each paid for."""
    return Table(
        caption=_("입금과 쓰임"),
        columns=[Column(_("날짜")), Column(_("구분")), Column(_("입금자")), Column(_("금액"), number=True), Column(_("고지서"))],
        rows=[[day(row.received_date), row.get_kind_display(), row.payer, money(row.amount), _paid_for(row)] for row in rows],
        empty=_("아직 입금이 없습니다."),
    )  # fmt: skip


def _paid_for(row: Payment) -> str:
    paid: Counter[str] = Counter()
    for share in row.shares.all():
        paid[share.invoice.number or ""] += share.amount
    return ", ".join(f"{number} {money(amount)}" for number, amount in paid.items() if amount)


def payment_in_words(row: Payment) -> str:
    return f"{day(row.received_date)} {row.payer} {money(row.amount)}"


def balances(rows: Sequence[tuple[Lease, int]]) -> Table:
    """Who has paid more than was used."""
    return Table(
        caption=_("선수금이 있는 기업"),
        columns=[Column(_("기업")), Column(_("호실")), Column(_("선수금"), number=True)],
        rows=[
            [parts.link(lease.organisation.name, reverse("tenancy:account", args=[lease.public_id])), lease.unit.code, money(left)]
            for lease, left in rows
        ],
        empty=_("선수금이 있는 기업이 없습니다."),
    )  # fmt: skip


def bank_files(rows: Sequence[BankFile]) -> Table:
    return Table(
        caption=_("반영한 수납파일"),
        columns=[
            Column(_("파일")),
            Column(_("반영한 때")),
            Column(_("반영한 사람")),
            Column(_("입금"), number=True),
            Column(_("금액"), number=True),
        ],
        rows=[[str(row), instant(row.applied_at), str(row.applied_by), row.rows, money(row.total)] for row in rows],
        empty=_("아직 반영한 수납파일이 없습니다."),
    )


def plan_figures(plan: Any) -> list[Figure]:
    """How many rows came out how."""
    count = Counter(match.verdict for match in plan.matches)
    return [Figure(label, count[verdict], pgettext("단위", "건")) for verdict, label in VERDICTS.items()]


def matches(rows: Iterable[Match]) -> Table:
    """Whose money each row is."""
    return Table(
        caption=_("입금별 판정"),
        columns=[
            Column(_("거래일")),
            Column(_("입금자")),
            Column(_("금액"), number=True),
            Column(_("판정")),
            Column(_("판정 근거")),
            Column(_("고지번호")),
        ],
        rows=[
            [day(row.row.day), row.row.payer, money(row.row.amount), VERDICTS[row.verdict], HOW[row.how], row.invoice]
            for row in rows
        ],
        empty=_("파일에 입금이 없습니다."),
    )


def cases(rows: Sequence[ArrearsCase]) -> Table:
    return Table(
        caption=_("체납 절차"),
        columns=[
            Column(_("호실")),
            Column(_("기업")),
            Column(_("단계")),
            Column(_("체납 시작")),
            Column(_("마지막 단계")),
        ],
        rows=[
            [
                parts.link(row.lease.unit.code, reverse("tenancy:arrears_case", args=[row.public_id])),
                row.lease.organisation.name,
                status(row.status, row.get_status_display()),
                day(row.since_date),
                instant(row.stepped_at),
            ]
            for row in rows
        ],
        empty=_("진행 중인 체납 절차가 없습니다."),
    )


def overdue(rows: Sequence[Invoice], now: datetime) -> Table:
    today = now.astimezone(SEOUL).date()
    return Table(
        caption=_("기한이 지난 고지서"),
        columns=[
            Column(_("고지번호")),
            Column(_("기업")),
            Column(_("납부기한")),
            Column(_("지난 날수"), number=True),
            Column(_("미납액"), number=True),
        ],
        rows=[
            [
                parts.link(row.number or "", reverse("tenancy:lease", args=[row.lease.public_id])),
                row.lease.organisation.name,
                day(row.due_date),
                (today - row.due_date).days if row.due_date else "",
                money(row.open_amount),
            ]
            for row in rows
        ],
        empty=_("기한이 지난 고지서가 없습니다."),
    )


def credit_notes(rows: Iterable[CreditNote], *, decide: bool = False) -> Table:
    """Credit notes; with a link to decide for those who may."""
    return Table(
        caption=_("감액고지"),
        columns=[Column(_("감액번호")), Column(_("금액"), number=True), Column(_("이유")), Column(_("결재"))],
        rows=[
            [
                parts.link(row.number, reverse("tenancy:decide_credit", args=[row.pk])) if decide else row.number,
                money(row.total),
                row.reason,
                instant(row.approved_at) or _("결재 대기"),
            ]
            for row in rows
        ],
        empty=_("감액고지가 없습니다."),
    )


def entries(rows: Iterable[DepositEntry]) -> Table:
    return Table(
        caption=_("보증금 내역"),
        columns=[Column(_("날짜")), Column(_("내역")), Column(_("금액"), number=True), Column(_("근거"))],
        rows=[[instant(row.made_at), row.get_kind_display(), money(row.amount), row.evidence] for row in rows],
        empty=_("아직 보증금 내역이 없습니다."),
    )


def kind_of(kind: str) -> str:
    return str(DepositKind(kind).label)
