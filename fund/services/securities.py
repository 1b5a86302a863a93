"""What happens to lots: issued, converted, split. A conversion carries cost and first cash date; it earns nothing."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from fund import conversion, queries, rules
from fund.enums import Account, EntryKind, HoldingStatus, Instrument, SecurityKind
from fund.models import Holding, Lot, SecurityEvent
from fund.services.books import Line, booked, lock, post
from ledger import log
from portal.core.errors import Invalid, Refused
from portal.core.periods import SEOUL

#: What may become what (06, Holdings).
CONVERTS = {
    Instrument.SAFE: (Instrument.RCPS, Instrument.COMMON),
    Instrument.CNOTE: (Instrument.SAFE, Instrument.RCPS, Instrument.COMMON),
    Instrument.RCPS: (Instrument.COMMON,),
    Instrument.CB: (Instrument.COMMON, Instrument.RCPS),
    Instrument.BW: (Instrument.COMMON,),
}


def record(
    lot: Lot, kind: str, *, on: date, units: int, cost: int, event: UUID, by: Any, now: datetime
) -> SecurityEvent:
    """One line of a lot's history with its leaf; the lot is the sum of its lines."""
    made = SecurityEvent.objects.create(
        lot=lot, kind=kind, on_date=on, units=units, cost=cost, recorded_at=now, event=event
    )
    Lot.objects.filter(pk=lot.pk).update(units=F("units") + units, cost=F("cost") + cost)
    lot.refresh_from_db(fields=["units", "cost"])
    data = {"kind": kind, "on": on, "units": units, "cost": cost, **booked(event)}
    log.append("fund.security.recorded", row=made, by=by, data=data)
    return made


def held(lot: Lot, on: date, now: datetime) -> tuple[Holding, Lot]:
    """The lot with its books and row held. Refused for a lot that is gone, or on a day before what happened last."""
    holding = Holding.objects.select_related("sub_fund__programme__cluster", "company").get(pk=lot.holding_id)
    lock(holding.sub_fund.programme, holding.sub_fund)
    lot = Lot.objects.select_for_update().get(pk=lot.pk)
    lot.holding = holding
    if not lot.cost or holding.status in (HoldingStatus.EXITED, HoldingStatus.WRITTEN_OFF):
        raise Refused(_("이미 회수했거나 전환된 취득분입니다."))
    last = lot.events.order_by("-on_date").values_list("on_date", flat=True).first()
    if on > now.astimezone(SEOUL).date() or (last and on < last):
        raise Invalid(_("날짜는 앞의 변동과 같거나 뒤, 오늘이거나 앞이어야 합니다."), field="on")
    return holding, lot


@transaction.atomic
def convert_lot(
    *, lot: Lot, to: str, on: date, by: Any, now: datetime, pre_money: int = 0, shares: int = 0, **terms: int | None
) -> Lot:
    """Turn the whole lot into another instrument at the same cost, held since the same day.

    A SAFE or 조건부지분전환계약 takes its shares from the priced round (``pre_money`` over ``shares`` outstanding), others
    from their ratio. ``terms`` are those of the new lot.
    """
    acting = by.acting_as(rules.check_may_in(by, "deal.prepare", lot.holding.sub_fund))
    holding, lot = held(lot, on, now)
    if to not in CONVERTS.get(Instrument(lot.instrument), ()):
        raise Invalid(_("이 방식으로는 전환할 수 없습니다."), field="to")
    units, event, cost = _converted(lot, to, pre_money, shares), uuid4(), lot.cost
    new = Lot.objects.create(
        holding=holding, deal=lot.deal, instrument=to, first_cash_date=lot.first_cash_date,
        **_terms_after(lot, to, terms),
    )  # fmt: skip
    post(
        book=queries.books.book_of(holding.sub_fund), sub_fund=holding.sub_fund, kind=EntryKind.INVESTMENT, on=on,
        event=event, now=now,
        lines=[Line(Account.INVESTMENTS, cost, None, holding), Line(Account.INVESTMENTS, -cost, None, holding)],
    )  # fmt: skip
    record(lot, SecurityKind.CONVERT, on=on, units=-lot.units, cost=-cost, event=event, by=acting, now=now)
    record(new, SecurityKind.CONVERT, on=on, units=units, cost=cost, event=event, by=acting, now=now)
    return new


def _converted(lot: Lot, to: str, pre_money: int, shares: int) -> int:
    if to == Instrument.SAFE:
        return 0
    if lot.instrument in (Instrument.SAFE, Instrument.CNOTE):
        if pre_money < 1 or shares < 1:
            raise Invalid(_("후속 투자의 기업가치와 발행 주식 수를 적어 주십시오."), field="pre_money")
        units = conversion.safe_shares(lot.cost, lot.cap or 0, lot.discount_bp or 0, pre_money, shares)
    else:
        units = conversion.converted_units(lot.units, Fraction(lot.ratio_new or 1, lot.ratio_old or 1))
    if units < 1:
        raise Invalid(_("전환하면 1주가 되지 않습니다."), field="to")
    return units


def _terms_after(lot: Lot, to: str, terms: dict[str, int | None]) -> dict[str, int | None]:
    """The terms of the new lot; a SAFE out of a 조건부지분전환계약 keeps cap and discount."""
    kept = {"cap": lot.cap, "discount_bp": lot.discount_bp} if to == Instrument.SAFE else {}
    if to == Instrument.RCPS:
        kept = {"ratio_new": 1, "ratio_old": 1}
    return {**kept, **{name: value for name, value in terms.items() if value is not None}}


@transaction.atomic
def split_lot(*, lot: Lot, new: int, old: int, on: date, by: Any, now: datetime) -> Lot:
    """``old`` shares become ``new`` (분할·병합) at the same cost. ``Invalid`` where whole shares do not come out."""
    acting = by.acting_as(rules.check_may_in(by, "deal.prepare", lot.holding.sub_fund))
    _holding, lot = held(lot, on, now)
    if new < 1 or old < 1 or new == old or not lot.units or lot.units * new % old:
        raise Invalid(_("나누거나 합친 뒤의 주식 수가 정수여야 합니다."), field="new")
    change = lot.units * new // old - lot.units
    record(lot, SecurityKind.SPLIT, on=on, units=change, cost=0, event=uuid4(), by=acting, now=now)
    return lot
