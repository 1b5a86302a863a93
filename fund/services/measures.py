"""Write-downs (감액) and exits (매각, 상환): proposed by one person, approved by another, booked to the won."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from fund import conversion, queries, rules
from fund.enums import Account, EntryKind, HoldingStatus, Instrument, MeasureKind, MeasureStatus
from fund.models import Holding, Lot, Measure
from fund.services.books import booked, lock, move, post, still
from fund.services.securities import record
from fund.services.valuations import mark
from fund.spelling import amount_in
from fund.workflow import HOLDING, MEASURE
from portal.core.errors import Invalid, Refused
from portal.core.money import split
from portal.core.periods import SEOUL
from portal.core.transition import advance


@transaction.atomic
def propose_measure(
    *,
    holding: Holding,
    kind: str,
    amount: int,
    on: date,
    by: Any,
    now: datetime,
    reason: str = "",
    lot: Lot | None = None,
    units: int = 0,
) -> Measure:
    """A write-down for a reason, a restoration, or an exit of ``units`` of a lot (0: all of it) for ``amount``."""
    rules.check_may_in(by, "valuation.prepare", holding.sub_fund)
    if holding.status == HoldingStatus.EXITED:
        raise Refused(_("이미 모두 회수한 자산입니다."))
    if not holding.first_cash_date <= on <= now.astimezone(SEOUL).date():
        raise Invalid(_("기준일은 첫 투자일과 오늘 사이여야 합니다."), field="on")
    if kind == MeasureKind.WRITE_DOWN and not reason:
        raise Invalid(_("감액 사유를 골라 주십시오."), field="reason")
    if kind in (MeasureKind.WRITE_DOWN, MeasureKind.RESTORE):
        _check_amount(holding, kind, amount)
        lot, units = None, 0
    else:
        units = _check_exit(holding, kind, lot, units)
    return Measure.objects.create(
        holding=holding, lot=lot, kind=kind, reason=reason if kind == MeasureKind.WRITE_DOWN else "", amount=amount,
        units=units, on_date=on, proposed_by=by,
    )  # fmt: skip


def _check_amount(holding: Holding, kind: str, amount: int) -> None:
    found = queries.values.balances_of(holding)
    allowance = -found.get(Account.ALLOWANCE, 0)
    most = allowance if kind == MeasureKind.RESTORE else found.get(Account.INVESTMENTS, 0) - allowance
    if not 0 < amount <= most:
        raise Invalid(
            _("금액은 0보다 크고 %(most)s 이하여야 합니다.") % {"most": amount_in(holding.sub_fund.currency, most)},
            field="amount",
        )


def _check_exit(holding: Holding, kind: str, lot: Lot | None, units: int) -> int:
    if lot is None or lot.holding_id != holding.pk or not lot.cost:
        raise Invalid(_("남아 있는 취득분을 골라 주십시오."), field="lot")
    if units > lot.units:
        raise Invalid(_("남은 수보다 많습니다."), field="units")
    if kind == MeasureKind.REDEEM and lot.instrument not in (Instrument.RCPS, Instrument.CB, Instrument.BW):
        raise Invalid(_("상환할 수 있는 증권이 아닙니다."), field="kind")
    return units or lot.units


@transaction.atomic
def refuse_measure(*, measure: Measure, by: Any, reason: str) -> None:
    """Send it back for a stated reason."""
    role = rules.check_can_approve_measure(by, measure)
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    advance(measure, MeasureStatus.REFUSED, by=by.acting_as(role), steps=MEASURE, reason=reason)


@transaction.atomic
def approve_measure(*, measure: Measure, by: Any, now: datetime) -> None:
    """A second person approves, and it is booked; refused when the holding changed so that it does not fit any more."""
    acting = by.acting_as(rules.check_can_approve_measure(by, measure))
    holding = Holding.objects.select_related("sub_fund__programme__cluster", "company").get(pk=measure.holding_id)
    lock(holding.sub_fund.programme, holding.sub_fund)
    still(measure)
    event = uuid4()
    if measure.lot_id is None:
        _check_amount(holding, measure.kind, measure.amount)
        _write_down(holding, measure, event, now)
    else:
        lot = Lot.objects.select_for_update().get(pk=measure.lot_id)
        lot.holding = holding
        _check_exit(holding, measure.kind, lot, measure.units)
        _exit(holding, lot, measure, event, acting, now)
    data = {"kind": measure.kind, "on": measure.on_date, "amount": measure.amount, **booked(event)}
    changes = {"approved_by": by, "event": event}
    advance(measure, MeasureStatus.DONE, by=acting, steps=MEASURE, data=data, changes=changes)
    _move_holding(holding, measure, acting)


def _write_down(holding: Holding, measure: Measure, event: Any, now: datetime) -> None:
    """Dr 5900 / Cr 1390 (a restoration the other way); what was unrealised is undone first, so that it counts once."""
    sub_fund, on = holding.sub_fund, measure.on_date
    mark(holding, -queries.values.balances_of(holding).get(Account.UNREALISED, 0), on=on, event=event, now=now)
    amount = measure.amount if measure.kind == MeasureKind.WRITE_DOWN else -measure.amount
    ours = queries.values.city_part_of_mark(sub_fund, -amount)
    for book, legs in (
        (queries.books.book_of(sub_fund), move(Account.WRITTEN_DOWN, Account.ALLOWANCE, amount, holding=holding)),
        (queries.books.city_book(sub_fund.programme), move(Account.UNREALISED, Account.REVALUED, ours)),
    ):
        post(book=book, sub_fund=sub_fund, kind=EntryKind.WRITE_DOWN, on=on, event=event, now=now, lines=legs)


def _exit(holding: Holding, lot: Lot, measure: Measure, event: Any, acting: Any, now: datetime) -> None:
    """Dr 1100 / Cr 1300; the part's allowance and unrealised value go with it, 4200 takes the rest."""
    units, found = measure.units, queries.values.balances_of(holding)
    cost = conversion.part_of_cost(lot.cost, lot.units, units) if lot.units else lot.cost
    whole = found[Account.INVESTMENTS]
    allowance, unrealised = (
        _part(found.get(account, 0), cost, whole) for account in (Account.ALLOWANCE, Account.UNREALISED)
    )
    legs = move(Account.CASH, Account.INVESTMENTS, cost, holding=holding)
    legs += move(Account.CASH, Account.REALISED, measure.amount - cost - allowance, holding=holding)
    legs += move(Account.CASH, Account.ALLOWANCE, allowance, holding=holding)
    legs += move(Account.REVALUED, Account.UNREALISED, unrealised, holding=holding)
    post(
        book=queries.books.book_of(holding.sub_fund), sub_fund=holding.sub_fund, kind=EntryKind.EXIT,
        on=measure.on_date, event=event, now=now, lines=legs,
    )  # fmt: skip
    record(lot, measure.kind, on=measure.on_date, units=-units, cost=-cost, event=event, by=acting, now=now)


def _part(amount: int, cost: int, whole: int) -> int:
    """The part of ``amount`` that goes with ``cost`` of ``whole``, with its sign."""
    part = split(abs(amount), [cost, whole - cost])[0]
    return part if amount >= 0 else -part


def _move_holding(holding: Holding, measure: Measure, acting: Any) -> None:
    """The holding's state follows what is left of it."""
    found = queries.values.balances_of(holding)
    cost, allowance = found.get(Account.INVESTMENTS, 0), -found.get(Account.ALLOWANCE, 0)
    if measure.lot_id is not None:
        to = HoldingStatus.PART_EXITED if cost else HoldingStatus.EXITED
    elif measure.kind == MeasureKind.RESTORE:
        to = HoldingStatus.IMPAIRED if allowance else HoldingStatus.HELD
    else:
        to = HoldingStatus.WRITTEN_OFF if allowance == cost else HoldingStatus.IMPAIRED
    if to == holding.status:
        return
    said = "proceeds" if measure.lot_id is not None else "amount"
    data = {said: measure.amount, "on": measure.on_date, **booked(measure.event)}  # type: ignore[arg-type]
    advance(holding, to, by=acting, steps=HOLDING, data=data)
