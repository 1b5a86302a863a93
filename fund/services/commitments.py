"""Commitments: prepared, consented, signed, in force from a close; later closers settle with the earlier ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from fund import queries, rules
from fund.enums import Account, CommitmentStatus, EntryKind, PartnerRole, SubFundStatus
from fund.models import Close, Commitment, Equalisation, Partner, Release, SubFund
from fund.queries.books import CITY_CURRENCY
from fund.queries.closes import Planned
from fund.services import cap, holders
from fund.services.books import Line, booked, lock, move, post
from fund.workflow import COMMITMENT, SUB_FUND
from ledger import log
from portal.core.errors import Invalid, Refused
from portal.core.periods import SEOUL
from portal.core.transition import advance


@transaction.atomic
def prepare_commitment(*, sub_fund: SubFund, partner: Partner, units: int, by: Any, now: datetime) -> Commitment:
    """A partner's intended commitment in units (좌) of the sub-fund's price."""
    rules.check_may_in(by, "commitment.prepare", sub_fund)
    if sub_fund.status not in rules.GATHERS:
        raise Refused(_("출자자를 모으는 단계의 자펀드에만 약정을 준비할 수 있습니다."))
    if units < 1:
        raise Invalid(_("좌수는 1 이상이어야 합니다."), field="units")
    if sub_fund.commitments.filter(partner=partner).exclude(status=CommitmentStatus.WITHDRAWN).exists():
        raise Invalid(_("이 출자자의 약정이 이미 있습니다."), field="partner")
    return Commitment.objects.create(
        sub_fund=sub_fund, partner=partner, units=units, amount=units * sub_fund.unit_price, proposed_by=by
    )


@transaction.atomic
def record_consent(*, commitment: Commitment, number: str, amount: int, by: Any) -> None:
    """The city council's consent (의회 동의), which must cover the amount."""
    role = rules.check_may_in(by, "commitment.prepare", commitment.sub_fund)
    if amount < commitment.amount:
        raise Invalid(_("의회가 동의한 금액보다 약정액이 많습니다."), field="amount")
    advance(
        commitment,
        CommitmentStatus.CONSENTED,
        by=by.acting_as(role),
        steps=COMMITMENT,
        data={"amount": amount},
        private={"consent": number},
        changes={"consent": number, "consent_amount": amount},
    )


@transaction.atomic
def sign_commitment(*, commitment: Commitment, by: Any, now: datetime) -> None:
    """A second person signs; the commitment takes effect at the next close."""
    role = rules.check_can_sign(by, commitment)
    advance(
        commitment,
        CommitmentStatus.SIGNED,
        by=by.acting_as(role),
        steps=COMMITMENT,
        data={"amount": commitment.amount, "units": commitment.units},
        changes={"signed_at": now, "approved_by": by},
    )


@transaction.atomic
def withdraw_commitment(*, commitment: Commitment, by: Any, reason: str) -> None:
    """Take back what nobody signed yet, for a stated reason."""
    acting = by.acting_as(rules.check_may_in(by, "commitment.prepare", commitment.sub_fund))
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    advance(commitment, CommitmentStatus.WITHDRAWN, by=acting, steps=COMMITMENT, reason=reason)


@transaction.atomic
def hold_close(
    *, sub_fund: SubFund, on: date, by: Any, now: datetime, rate: Decimal | None = None, rate_source: str = "",
    seen: str = "",
) -> Close:  # fmt: skip
    """Let all signed commitments take effect together on ``on``; those of a later close settle with the earlier ones.

    The City's cap is tested on the sum, so partners of one close enter together. ``Refused`` above the cap. A sub-fund
    of another currency needs the ``rate`` of the day, won for one unit, and who published it; ``Invalid`` without.
    ``seen`` is the seal of the plan that was looked at: ``Refused`` when it would be another by now.
    """
    acting = by.acting_as(rules.check_can_hold_close(by, sub_fund))
    programme = sub_fund.programme
    lock(programme, sub_fund)
    list(sub_fund.commitments.filter(status=CommitmentStatus.SIGNED).select_for_update(of=["self"]).order_by("id"))
    planned = plan_close(sub_fund=sub_fund, on=on, now=now, rate=rate, rate_source=rate_source)
    if seen and seen != planned.seal:
        raise Refused(_("보신 뒤에 약정이나 장부가 바뀌었습니다. 결성 내용을 다시 확인해 주십시오."))
    event, close, joining = uuid4(), planned.close, planned.joining
    close.save()
    lines = [line for one in joining for line in move(Account.COMMITTED, Account.UNFUNDED, one.amount, one.partner)]
    post(
        book=queries.books.book_of(sub_fund), sub_fund=sub_fund, kind=EntryKind.COMMITMENT, on=on, event=event,
        now=now, lines=lines,
    )  # fmt: skip
    _equalise(planned, event, now)
    cap.count(programme=programme, city=planned.city, total=planned.total, by=acting, now=now)
    for one in joining:
        data = {"close": close.number, **booked(event)}
        advance(one, CommitmentStatus.ACTIVE, by=acting, steps=COMMITMENT, data=data, changes={"close": close})
    data = {"number": close.number, "on": on, "city": planned.city, "total": planned.total, **booked(event)}
    if rate is not None:
        data["rate"] = str(rate)
    log.append("fund.close.held", row=close, by=acting, data=data)
    if close.number == 1:
        changes = {"formed_date": on}
        advance(sub_fund, SubFundStatus.FORMED, by=acting, steps=SUB_FUND, data={"on": on}, changes=changes)
    return close


def plan_close(
    *, sub_fund: SubFund, on: date, now: datetime, rate: Decimal | None = None, rate_source: str = ""
) -> Planned:
    """Work the close out as it would be now; nothing is written. ``Invalid`` or ``Refused`` where it could not be held."""
    if sub_fund.status not in rules.GATHERS:
        raise Refused(_("출자자를 모으는 단계의 자펀드만 결성할 수 있습니다."))
    _check_rate(sub_fund, rate, rate_source)
    last = sub_fund.closes.order_by("number").last()
    if on > now.astimezone(SEOUL).date() or (last is not None and on < last.on_date):
        raise Invalid(_("결성일은 오늘이나 지난 날이고 앞의 결성일보다 이르지 않아야 합니다."), field="on")
    number, source = queries.closes.next_number(sub_fund), rate_source.strip()
    close = Close(sub_fund=sub_fund, number=number, on_date=on, recorded_at=now, rate=rate, rate_source=source)
    try:
        planned = queries.closes.plan(close)
    except ValueError:
        raise Refused(_("기한이 결성일보다 늦은 출자요청이 있습니다. 그 출자요청을 먼저 고쳐 주십시오.")) from None
    if not planned.joining:
        raise Refused(_("체결된 약정이 없습니다."))
    return planned


def _check_rate(sub_fund: SubFund, rate: Decimal | None, source: str) -> None:
    """A rate with its source for another currency, none for won."""
    if sub_fund.currency == CITY_CURRENCY:
        if rate is not None or source:
            raise Invalid(_("원화 조합에는 환율이 없습니다."), field="rate")
    elif rate is None or rate <= 0 or rate >= 10**10 or rate != round(rate, 6):
        raise Invalid(_("결성일의 환율을 소수점 아래 여섯 자리까지 적어 주십시오."), field="rate")
    elif not source.strip():
        raise Invalid(_("환율의 출처를 적어 주십시오."), field="rate_source")


def _equalise(planned: Planned, event: UUID, now: datetime) -> None:
    for row in planned.settled:
        Equalisation.objects.create(
            close=planned.close, commitment=row.commitment, principal=row.principal, interest=row.interest
        )
        rows = Commitment.objects.filter(pk=row.commitment.pk)
        rows.update(called_inside=F("called_inside") + row.principal)
    if planned.settled:
        rows_of = [(row.commitment, row.principal, row.interest) for row in planned.settled]
        _book_equalisation(planned.close, rows_of, event, now)


def _book_equalisation(close: Close, rows: Sequence[tuple[Commitment, int, int]], event: UUID, now: datetime) -> None:
    """Partner to partner through what is due, and settled the same day; the City's side in its own book."""
    sub_fund, on = close.sub_fund, close.on_date
    book = queries.books.book_of(sub_fund)
    accrued = [Line(Account.CAPITAL, -principal, one.partner) for one, principal, _i in rows if principal]
    accrued += [Line(Account.DUE, p + i, one.partner) for one, p, i in rows if p + i]
    memo = [line for one, p, _i in rows for line in move(Account.UNFUNDED, Account.CALLED, p, one.partner)]
    settled = [Line(Account.DUE, -(p + i), one.partner) for one, p, i in rows if p + i]
    for lines in ([*accrued, *memo], settled):
        post(
            book=book, sub_fund=sub_fund, kind=EntryKind.EQUALISATION, on=on, event=event, now=now, lines=lines
        )  # fmt: skip
    for one, principal, charge in rows:
        if one.partner.role == PartnerRole.CITY:
            account = Account.OTHER_INCOME if charge < 0 else Account.EXPENSE
            legs = move(Account.INVESTMENTS, Account.CASH, principal) + move(account, Account.CASH, charge)
            post(
                book=queries.books.city_book(sub_fund.programme), sub_fund=sub_fund, kind=EntryKind.EQUALISATION,
                on=on, event=event, now=now, lines=legs,
            )  # fmt: skip
        elif one.partner.role == PartnerRole.SUB_FUND:
            holders.book_equalised(one.partner, sub_fund, principal, charge, on=on, event=event, now=now)


@transaction.atomic
def release_commitment(*, commitment: Commitment, amount: int, on: date, by: Any, now: datetime) -> None:
    """Let a part of what is unfunded go (약정 해지); may lift the City over its cap, which then opens a breach."""
    acting = by.acting_as(rules.check_may_in(by, "commitment.approve", commitment.sub_fund))
    lock(commitment.sub_fund.programme, commitment.sub_fund)
    commitment = (
        Commitment.objects.select_for_update(of=["self"])
        .select_related("partner", "sub_fund__programme", "close__sub_fund")
        .get(pk=commitment.pk)
    )
    if commitment.status != CommitmentStatus.ACTIVE or not 0 < amount <= commitment.unfunded:
        raise Invalid(_("미납입 약정 안의 금액만 해지할 수 있습니다."), field="amount")
    sub_fund, event = commitment.sub_fund, uuid4()
    Release.objects.create(commitment=commitment, amount=amount, on_date=on)
    Commitment.objects.filter(pk=commitment.pk).update(released=F("released") + amount)
    lines = move(Account.UNFUNDED, Account.COMMITTED, amount, commitment.partner)
    post(
        book=queries.books.book_of(sub_fund), sub_fund=sub_fund, kind=EntryKind.RELEASE, on=on, event=event, now=now,
        lines=lines,
    )  # fmt: skip
    data = {"from": commitment.status, "to": commitment.status, "amount": amount, **booked(event)}
    log.append("fund.commitment.released", row=commitment, by=acting, data=data)
    before, worth = _counted(commitment)[1], _worth(commitment, commitment.amount - commitment.released - amount)
    city = before - worth if commitment.partner.role == PartnerRole.CITY else 0
    cap.take_off(programme=sub_fund.programme, city=city, total=before - worth, cause="release", by=acting, now=now)


@transaction.atomic
def default_commitment(*, commitment: Commitment, by: Any, now: datetime, reason: str) -> None:
    """A partner does not pay: it no longer counts, which may lift the City over its cap."""
    acting = by.acting_as(rules.check_may_in(by, "commitment.approve", commitment.sub_fund))
    advance(commitment, CommitmentStatus.DEFAULTED, by=acting, steps=COMMITMENT, reason=reason or None)
    city, total = _counted(commitment)
    programme = commitment.sub_fund.programme
    cap.take_off(programme=programme, city=city, total=total, cause="default", by=acting, now=now)


@transaction.atomic
def cure_default(*, commitment: Commitment, by: Any, now: datetime) -> None:
    """The partner paid after all and counts again."""
    acting = by.acting_as(rules.check_may_in(by, "commitment.approve", commitment.sub_fund))
    if commitment.status != CommitmentStatus.DEFAULTED:
        raise Refused(_("납입하지 않은 것으로 정해진 약정이 아닙니다."))
    advance(commitment, CommitmentStatus.ACTIVE, by=acting, steps=COMMITMENT)
    city, total = _counted(commitment)
    cap.count(programme=commitment.sub_fund.programme, city=city, total=total, by=acting, now=now)


def _counted(commitment: Commitment) -> tuple[int, int]:
    """What of it counts as the City's and in all, in won."""
    amount = _worth(commitment, commitment.amount - commitment.released)
    return (amount if commitment.partner.role == PartnerRole.CITY else 0), amount


def _worth(commitment: Commitment, amount: int) -> int:
    assert commitment.close is not None  # in force
    return 0 if commitment.partner.role == PartnerRole.SUB_FUND else commitment.close.in_won(amount)
