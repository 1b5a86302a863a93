"""Deals: from the first look through diligence and the committee to the money and the holding."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from fund import queries, rules
from fund.enums import UNITLESS, Account, DealStatus, EntryKind, Instrument, MotionKind, SubFundStatus
from fund.models import Company, Deal, Holding, Lot, SubFund
from fund.models.holdings import TERMS
from fund.services import committee
from fund.services.books import booked, lock, move, post, still
from fund.services.securities import record
from fund.spelling import amount_in, spell_in
from fund.workflow import DEAL
from portal.accounts.models import Organisation
from portal.core.errors import Invalid, Refused
from portal.core.periods import SEOUL
from portal.core.transition import advance

_INVESTS = (SubFundStatus.INVESTING, SubFundStatus.HARVESTING, SubFundStatus.EXTENDED)


@transaction.atomic
def add_company(
    *, sub_fund: SubFund, name_ko: str, by: Any, organisation: Organisation | None = None, **fields: Any
) -> Company:
    """A company or project that the programme's sub-funds may invest in; one row however many hold it."""
    rules.check_may_in(by, "deal.prepare", sub_fund)
    rows = Company.objects.filter(programme=sub_fund.programme)
    if rows.filter(name_ko=name_ko).exists() or (
        organisation is not None and rows.filter(organisation=organisation).exists()
    ):
        raise Invalid(_("이미 등록된 기업입니다. 목록에서 골라 주십시오."), field="name_ko")
    return Company.objects.create(programme=sub_fund.programme, name_ko=name_ko, organisation=organisation, **fields)


@transaction.atomic
def propose_deal(
    *,
    sub_fund: SubFund,
    company: Company,
    instrument: str,
    amount: int,
    units: int,
    thesis: str,
    by: Any,
    now: datetime,
    terms: Mapping[str, int | None] | None = None,
) -> Deal:
    """A possible investment with what is asked for it. ``Invalid`` where units or terms do not fit the instrument."""
    rules.check_may_in(by, "deal.prepare", sub_fund)
    if sub_fund.status not in _INVESTS:
        raise Refused(_("투자 기간의 자펀드에서만 투자할 수 있습니다."))
    if company.programme_id != sub_fund.programme_id:
        raise Invalid(_("다른 사업의 기업입니다."), field="company")
    given = {name: (terms or {}).get(name) for name in TERMS}
    _check_terms(instrument, amount, units, given)
    number = (sub_fund.deals.aggregate(last=Max("number"))["last"] or 0) + 1
    return Deal.objects.create(
        sub_fund=sub_fund, company=company, number=number, instrument=instrument, amount=amount, units=units,
        thesis=thesis, proposed_by=by, proposed_at=now, **given,
    )  # fmt: skip


def _check_terms(instrument: str, amount: int, units: int, terms: Mapping[str, int | None]) -> None:
    if amount < 1:
        raise Invalid(_("투자금액은 0보다 커야 합니다."), field="amount")
    if instrument in UNITLESS and units:
        raise Invalid(_("이 방식은 아직 주식이 없으므로 수를 비워 두어야 합니다."), field="units")
    if instrument not in UNITLESS and units < 1:
        raise Invalid(_("취득하는 주식이나 사채의 수를 적어 주십시오."), field="units")
    if instrument in (Instrument.RCPS, Instrument.CB) and not (terms["ratio_new"] and terms["ratio_old"]):
        raise Invalid(_("전환비율을 적어 주십시오."), field="ratio_new")
    if instrument in (Instrument.SAFE, Instrument.CNOTE) and not (terms["cap"] or terms["discount_bp"]):
        raise Invalid(_("기업가치 상한이나 할인율을 적어 주십시오."), field="cap")
    if (terms["discount_bp"] or 0) >= 10_000:
        raise Invalid(_("할인율은 100%보다 작아야 합니다."), field="discount_bp")
    if instrument == Instrument.PROJECT and not terms["revenue_share_bp"]:
        raise Invalid(_("수익배분율을 적어 주십시오."), field="revenue_share_bp")


@transaction.atomic
def examine_deal(*, deal: Deal, by: Any) -> None:
    """Begin the diligence (실사)."""
    role = rules.check_may_in(by, "deal.prepare", deal.sub_fund)
    advance(deal, DealStatus.DILIGENCE, by=by.acting_as(role), steps=DEAL)


@transaction.atomic
def table_deal(*, deal: Deal, by: Any, now: datetime) -> None:
    """Lay the deal before the investment committee; its paper is fixed with this."""
    acting = by.acting_as(rules.check_may_in(by, "deal.prepare", deal.sub_fund))
    motion = committee.table_motion(
        sub_fund=deal.sub_fund, kind=MotionKind.INVESTMENT, title=_titled(deal), paper=_paper(deal), by=by, now=now
    )
    data = {"motion": motion.number, "paper": motion.paper_hash}
    advance(deal, DealStatus.COMMITTEE, by=acting, steps=DEAL, data=data, changes={"motion": motion})


def _titled(deal: Deal) -> str:
    with translation.override("ko"):
        return str(deal)


def _paper(deal: Deal) -> str:
    """What the committee reads, as it stood when it was tabled; the paper is written in Korean."""
    with translation.override("ko"):
        return _written(deal)


def _written(deal: Deal) -> str:
    rows: list[tuple[str, object]] = [
        (_("자펀드"), deal.sub_fund),
        (_("투자 대상"), deal.company),
        (_("투자 방식"), deal.get_instrument_display()),
        (_("투자금액"), amount_in(deal.sub_fund.currency, deal.amount)),
        (_("주식·사채 수"), f"{deal.units:,}"),
    ]
    rows += deal.terms_in(spell_in(deal.sub_fund.currency))
    return "\n".join([*(f"{label}: {value}" for label, value in rows), "", deal.thesis])


@transaction.atomic
def settle_deal(*, deal: Deal, by: Any, now: datetime) -> None:
    """Count the votes on the deal's motion: approved or declined with it, or deferred without a quorum."""
    role = rules.check_may_in(by, "motion.decide", deal.sub_fund)
    if deal.motion is None:
        raise Refused(_("투자심의에 올린 투자건만 결정할 수 있습니다."))
    carried = committee.decide_motion(motion=deal.motion, by=by, now=now)
    if carried is None:
        return
    acting = by.acting_as(role)
    if carried:
        data = {"amount": deal.amount, "motion": deal.motion.number}
        advance(deal, DealStatus.APPROVED, by=acting, steps=DEAL, data=data, changes={"approved_by": by})
    else:
        advance(deal, DealStatus.DECLINED, by=acting, steps=DEAL)


@transaction.atomic
def decline_deal(*, deal: Deal, by: Any, reason: str) -> None:
    """Stop before the committee, or before the contract."""
    role = rules.check_may_in(by, "deal.prepare", deal.sub_fund)
    if deal.status == DealStatus.COMMITTEE:
        raise Refused(_("투자심의에 올린 투자건은 의결로 결정합니다."))
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    advance(deal, DealStatus.DECLINED, by=by.acting_as(role), steps=DEAL, reason=reason)


@transaction.atomic
def contract_deal(*, deal: Deal, by: Any) -> None:
    """The investment contract (투자계약) was signed."""
    role = rules.check_may_in(by, "deal.prepare", deal.sub_fund)
    advance(deal, DealStatus.CONTRACTED, by=by.acting_as(role), steps=DEAL)


@transaction.atomic
def fund_deal(*, deal: Deal, on: date, by: Any, now: datetime) -> Lot:
    """Pay the investment out of the sub-fund's cash and hold what was bought. ``Invalid`` above the cash of that day."""
    acting = by.acting_as(rules.check_may_in(by, "deal.prepare", deal.sub_fund))
    sub_fund, event = deal.sub_fund, uuid4()
    lock(sub_fund.programme, sub_fund)
    still(deal)
    if on > now.astimezone(SEOUL).date():
        raise Invalid(_("지급일은 오늘이나 지난 날이어야 합니다."), field="on")
    if deal.amount > queries.books.free_cash(sub_fund, on=on):
        raise Invalid(_("조합의 현금보다 투자금액이 많습니다. 출자요청의 납입을 먼저 확인해 주십시오."), field="on")
    holding, _made = Holding.objects.get_or_create(
        sub_fund=sub_fund, company=deal.company, defaults={"first_cash_date": on}
    )
    lot = Lot.objects.create(
        holding=holding, deal=deal, instrument=deal.instrument, first_cash_date=on,
        **{name: getattr(deal, name) for name in TERMS},
    )  # fmt: skip
    post(
        book=queries.books.book_of(sub_fund), sub_fund=sub_fund, kind=EntryKind.INVESTMENT, on=on, event=event, now=now,
        lines=move(Account.INVESTMENTS, Account.CASH, deal.amount, holding=holding),
    )  # fmt: skip
    record(lot, "ISSUE", on=on, units=deal.units, cost=deal.amount, event=event, by=acting, now=now)
    data = {"amount": deal.amount, "on": on, **booked(event)}
    advance(deal, DealStatus.FUNDED, by=acting, steps=DEAL, data=data, changes={"funded_date": on})
    return lot
