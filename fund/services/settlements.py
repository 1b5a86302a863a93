"""Fees, expenses, income, first loss, excess transfer, clawback: worked out of the books, approved by a second person, booked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max
from django.utils.translation import gettext as _

from fund import queries, rules
from fund.enums import Account, EntryKind, PartnerRole, SettlementKind, SettlementStatus, SubFundStatus
from fund.models import Commitment, Settlement, SubFund
from fund.services.books import Line, booked, lock, move, post, reverse_event, still
from fund.workflow import SETTLEMENT
from portal.core.errors import Invalid, Refused
from portal.core.periods import SEOUL
from portal.core.transition import advance
from portal.intake.canonical import digest

#: What each kind is in the books, and the account that takes it.
_ENTRIES = {
    SettlementKind.FEE: (EntryKind.FEE, Account.FEE),
    SettlementKind.EXPENSE: (EntryKind.FEE, Account.EXPENSE),
    SettlementKind.INCOME: (EntryKind.INCOME, Account.INCOME),
    SettlementKind.FIRST_LOSS: (EntryKind.FIRST_LOSS, Account.RESULT),
    SettlementKind.EXCESS_TRANSFER: (EntryKind.EXCESS_TRANSFER, Account.RESULT),
    SettlementKind.CLAWBACK: (EntryKind.CLAWBACK, Account.CARRY_PAID),
}
#: Kinds of which somebody still has to pay after they were approved.
_OWED = (SettlementKind.FEE, SettlementKind.EXPENSE, SettlementKind.CLAWBACK)


@transaction.atomic
def propose_settlement(
    *,
    sub_fund: SubFund,
    kind: str,
    on: date,
    by: Any,
    now: datetime,
    start: date | None = None,
    until: date | None = None,
    amount: int = 0,
    note: str = "",
) -> Settlement:
    """Work it out and lay it before another person; a fee is for the days from ``start`` to ``until``, both included."""
    rules.check_may_in(by, "distribution.prepare", sub_fund)
    check_settlement(sub_fund, kind, on, now)
    period = fee_period(kind, start, until)
    if period and charged(sub_fund, period):
        raise Invalid(_("이 기간의 관리보수는 이미 기안했거나 지급했습니다."), field="start")
    worked = queries.settlements.work_out(sub_fund, kind, on=on, period=period, amount=amount)
    number = (sub_fund.settlements.aggregate(last=Max("number"))["last"] or 0) + 1
    return Settlement.objects.create(
        sub_fund=sub_fund, number=number, kind=kind, amount=worked.amount, on_date=on, period=period, note=note,
        run=worked.run(), inputs_hash=digest(worked.inputs), proposed_by=by,
    )  # fmt: skip


def check_settlement(sub_fund: SubFund, kind: str, on: date, now: datetime) -> None:
    """Raise ``Invalid`` or ``Refused`` when this kind cannot be settled on that day or in this state."""
    if kind not in SettlementKind.values:
        raise Invalid(_("정산의 종류를 골라 주십시오."), field="kind")
    if sub_fund.formed_date is None or not sub_fund.formed_date <= on <= now.astimezone(SEOUL).date():
        raise Invalid(_("기준일은 결성일과 오늘 사이여야 합니다."), field="on")
    if kind == SettlementKind.FIRST_LOSS and sub_fund.status != SubFundStatus.LIQUIDATING:
        raise Refused(_("우선손실충당은 청산 중인 조합에서만 나눕니다."))


def fee_period(kind: str, start: date | None, until: date | None) -> DateRange | None:
    """The half-open span of a fee; None for what has no span. ``Invalid`` without both days or in the wrong order."""
    if kind != SettlementKind.FEE:
        return None
    if start is None or until is None:
        raise Invalid(_("관리보수의 첫날과 마지막 날을 적어 주십시오."), field="start")
    if until < start:
        raise Invalid(_("기간의 끝은 시작보다 앞설 수 없습니다."), field="until")
    return DateRange(start, until + timedelta(days=1))


def charged(sub_fund: SubFund, period: DateRange) -> bool:
    """Whether a fee of any of these days stands already."""
    fees = sub_fund.settlements.filter(kind=SettlementKind.FEE, period__overlap=period)
    return fees.exclude(status__in=[SettlementStatus.REFUSED, SettlementStatus.REVERSED]).exists()


@transaction.atomic
def refuse_settlement(*, settlement: Settlement, by: Any, reason: str) -> None:
    """Send it back for a stated reason."""
    role = rules.check_can_approve_settlement(by, settlement)
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    advance(settlement, SettlementStatus.REFUSED, by=by.acting_as(role), steps=SETTLEMENT, reason=reason)


@transaction.atomic
def approve_settlement(*, settlement: Settlement, by: Any, now: datetime) -> None:
    """A second person approves, and it is booked; refused when the books moved since it was worked out."""
    row, sub_fund, event = settlement, settlement.sub_fund, uuid4()
    acting = by.acting_as(rules.check_can_approve_settlement(by, row))
    lock(sub_fund.programme, sub_fund)
    still(row)
    check_settlement(sub_fund, row.kind, row.on_date, now)
    given = row.amount if row.kind in (SettlementKind.EXPENSE, SettlementKind.INCOME) else 0
    worked = queries.settlements.work_out(sub_fund, row.kind, on=row.on_date, period=row.period, amount=given)
    if digest(worked.inputs) != row.inputs_hash:
        raise Invalid(_("계산한 뒤에 장부가 바뀌었습니다. 정산을 새로 기안해 주십시오."))
    _book(row, row.on_date, event, now, _lines(row))
    if row.kind not in (*_OWED, SettlementKind.INCOME):
        _book_city(row, worked.moved, event, now)
    to = SettlementStatus.OWED if row.kind in _OWED else SettlementStatus.SETTLED
    data = {"kind": row.kind, "on": row.on_date, "amount": row.amount, "inputs": row.inputs_hash, **booked(event)}
    advance(row, to, by=acting, steps=SETTLEMENT, data=data, changes={"approved_by": by, "event": event})


def _book(row: Settlement, on: date, event: UUID, now: datetime, lines: list[Line]) -> None:
    kind, _account = _ENTRIES[SettlementKind(row.kind)]
    book = queries.books.book_of(row.sub_fund)
    post(book=book, sub_fund=row.sub_fund, kind=kind, on=on, event=event, now=now, lines=lines)


def _lines(row: Settlement) -> list[Line]:
    """Fee and expense against what is payable; income against cash; between partners on 3300; carry due from the manager."""
    account = _ENTRIES[SettlementKind(row.kind)][1]
    if row.kind == SettlementKind.INCOME:
        return move(Account.CASH, account, row.amount)
    if row.kind == SettlementKind.CLAWBACK:
        return move(Account.DUE, account, row.amount)
    if row.kind in _OWED:
        return move(account, Account.PAYABLE, row.amount)
    found = {one.pk: one for one in row.sub_fund.commitments.select_related("partner")}
    return [Line(account, -gained, found[pk].partner) for pk, gained in row.run["moved"]]


def _book_city(row: Settlement, moved: dict[int, int], event: UUID, now: datetime) -> None:
    """What the City gains or bears of others changes what its interest is worth, until a distribution settles it."""
    city = Commitment.objects.filter(sub_fund=row.sub_fund, partner__role=PartnerRole.CITY, pk__in=moved).first()
    if city is None:
        return
    post(
        book=queries.books.city_book(row.sub_fund.programme), sub_fund=row.sub_fund,
        kind=_ENTRIES[SettlementKind(row.kind)][0], on=row.on_date, event=event, now=now,
        lines=move(Account.UNREALISED, Account.REVALUED, moved[city.pk]),
    )  # fmt: skip


@transaction.atomic
def pay_settlement(*, settlement: Settlement, on: date, by: Any, now: datetime) -> None:
    """Book what the bank paid out, or what the manager gave back, on its day."""
    row, sub_fund = settlement, settlement.sub_fund
    acting = by.acting_as(rules.check_may_in(by, "distribution.prepare", sub_fund))
    lock(sub_fund.programme, sub_fund)
    still(row)
    if row.status != SettlementStatus.OWED or row.event is None:
        raise Refused(_("지급을 기다리는 정산이 아닙니다."))
    if not row.on_date <= on <= now.astimezone(SEOUL).date():
        raise Invalid(_("지급일은 기준일과 오늘 사이여야 합니다."), field="on")
    if row.kind == SettlementKind.CLAWBACK:
        lines = move(Account.CASH, Account.DUE, row.amount)
    elif row.amount > queries.books.free_cash(sub_fund, on=on):
        raise Refused(_("그날 조합의 현금이 모자랍니다."))
    else:
        lines = move(Account.PAYABLE, Account.CASH, row.amount)
    _book(row, on, row.event, now, lines)
    data = {"on": on, "amount": row.amount, **booked(row.event)}
    advance(row, SettlementStatus.SETTLED, by=acting, steps=SETTLEMENT, data=data, changes={"paid_date": on})


@transaction.atomic
def reverse_settlement(*, settlement: Settlement, by: Any, now: datetime, reason: str) -> None:
    """Undo it, paid or not, by the exact mirror of its entries; an approver decides it for a stated reason."""
    row, event = settlement, uuid4()
    acting = by.acting_as(rules.check_may_in(by, "distribution.approve", row.sub_fund))
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    lock(row.sub_fund.programme, row.sub_fund)
    still(row)
    if row.event is not None:
        reverse_event(event=row.event, on=now.astimezone(SEOUL).date(), now=now, into=event)
    advance(row, SettlementStatus.REVERSED, by=acting, steps=SETTLEMENT, reason=reason, data=booked(event))
