"""Capital calls: proposed by one, approved by another, issued to the won, paid at the bank."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import uuid4

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from fund import queries, rules
from fund.enums import Account, CallStatus, EntryKind, PartnerRole, Purpose, ShareStatus, SubFundStatus
from fund.models import BankReceipt, CallLine, CallShare, CapitalCall, Commitment, SubFund
from fund.services import holders
from fund.services.books import booked, lock, move, post, reverse_event, still
from fund.services.telling import record_notices, tell_call_issued, tell_call_rescinded, tell_call_waiting
from fund.workflow import CALL, SHARE
from ledger import log
from portal.core.errors import Invalid, Overtaken, Refused
from portal.core.periods import SEOUL, add_working_days
from portal.core.transition import advance
from portal.intake.canonical import digest

_CALLS = (
    SubFundStatus.FORMED,
    SubFundStatus.REGISTERED,
    SubFundStatus.INVESTING,
    SubFundStatus.HARVESTING,
    SubFundStatus.EXTENDED,
)


class Asked(NamedTuple):
    """One line of a call: what for, how much, and whether it counts against the commitment."""

    purpose: str
    amount: int
    inside: bool = True


@transaction.atomic
def propose_call(*, sub_fund: SubFund, due: date, lines: Sequence[Asked], by: Any, now: datetime) -> CapitalCall:
    """Draft a call; another person approves it. ``Invalid`` when the shares do not work or the notice is too short."""
    rules.check_may_in(by, "capital_call.prepare", sub_fund)
    if sub_fund.status not in _CALLS:
        raise Refused(_("지금 상태의 자펀드에는 출자를 요청할 수 없습니다."))
    if any(line.amount < 1 or line.purpose not in Purpose.values for line in lines):
        raise Invalid(_("항목의 금액은 0보다 커야 합니다."), field="lines")
    check_notice(sub_fund, due, now)
    queries.calls.shares(sub_fund, **sums(lines))
    number = (sub_fund.calls.aggregate(last=Max("number"))["last"] or 0) + 1
    call = CapitalCall.objects.create(sub_fund=sub_fund, number=number, due_date=due, proposed_by=by, proposed_at=now)
    _write_lines(call, lines)
    tell_call_waiting(call, sum(line.amount for line in lines))
    return call


def check_notice(sub_fund: SubFund, due: date, now: datetime) -> None:
    """Raise ``Invalid`` when partners would have fewer working days than the programme's policy gives them."""
    days = sub_fund.programme.notice_days
    first = add_working_days(now.astimezone(SEOUL).date(), days)
    if due < first:
        raise Invalid(
            _("납입 기한은 통지 뒤 %(days)s영업일 이상이어야 합니다. 가장 이른 날은 %(first)s입니다.")
            % {"days": days, "first": first.isoformat()},
            field="due",
        )


def sums(lines: Sequence[Asked]) -> dict[str, int]:
    """The amounts inside and outside the commitments, as ``queries.calls.shares`` takes them."""
    return {
        "inside": sum(line.amount for line in lines if line.inside),
        "outside": sum(line.amount for line in lines if not line.inside),
    }


def _write_lines(call: CapitalCall, lines: Sequence[Asked]) -> None:
    CallLine.objects.bulk_create(
        CallLine(call=call, revision=call.revision, purpose=line.purpose, inside=line.inside, amount=line.amount)
        for line in lines
    )


def asked_of(call: CapitalCall) -> list[Asked]:
    """The lines of the present revision."""
    rows = call.lines.filter(revision=call.revision)
    return [Asked(row.purpose, row.amount, row.inside) for row in rows]


@transaction.atomic
def approve_call(*, call: CapitalCall, by: Any, now: datetime) -> None:
    """A second person approves the amounts and the day."""
    role = rules.check_can_approve_call(by, call)
    lines = asked_of(call)
    queries.calls.shares(call.sub_fund, **sums(lines))
    advance(
        call,
        CallStatus.APPROVED,
        by=by.acting_as(role),
        steps=CALL,
        data={"total": sum(line.amount for line in lines), "lines": digest([list(line) for line in lines])},
        changes={"approved_by": by},
    )


@transaction.atomic
def issue_call(*, call: CapitalCall, by: Any, now: datetime) -> list[CallShare]:
    """Fix every partner's share, book it in both books and send the notices. What was paid before an amendment counts."""
    acting = by.acting_as(rules.check_may_in(by, "capital_call.prepare", call.sub_fund))
    sub_fund, lines, event = call.sub_fund, asked_of(call), uuid4()
    lock(sub_fund.programme, sub_fund)
    still(call)
    list(sub_fund.commitments.select_for_update().order_by("id"))
    check_notice(sub_fund, call.due_date, now)
    shares = [
        CallShare.objects.create(
            call=call,
            revision=call.revision,
            commitment=share.commitment,
            inside=share.inside,
            outside=share.outside,
            unfunded_before=share.commitment.unfunded,
        )
        for share in queries.calls.shares(sub_fund, **sums(lines))
    ]
    for share in shares:
        _count(share, 1)
    _book_call(call, shares, event, now)
    total = sum(share.amount for share in shares)
    data = {"revision": call.revision, "due": call.due_date, "total": total, **booked(event)}
    changes = {"issued_at": now, "event": event}
    advance(call, CallStatus.ISSUED, by=acting, steps=CALL, data=data, changes=changes)
    _carry_over(call, shares, acting, now)
    record_notices(call, shares, acting)
    tell_call_issued(call, shares)
    return shares


def _count(share: CallShare, sign: int) -> None:
    """Add the share to what its partner was called for, or take it off again.

    ``Invalid`` where a part of it came back meanwhile as callable again: that distribution is undone first.
    """
    if sign < 0 and share.inside > Commitment.objects.get(pk=share.commitment_id).returnable:
        raise Invalid(
            _("이 출자요청으로 부른 돈이 다시 부를 수 있는 배분으로 이미 돌아갔습니다. 그 배분을 먼저 취소해 주십시오.")
        )
    Commitment.objects.filter(pk=share.commitment_id).update(
        called_inside=F("called_inside") + sign * share.inside,
        called_outside=F("called_outside") + sign * share.outside,
    )


def _book_call(call: CapitalCall, shares: Sequence[CallShare], event: Any, now: datetime) -> None:
    sub_fund, on = call.sub_fund, now.astimezone(SEOUL).date()
    lines = [
        line
        for share in shares
        for line in move(Account.DUE, Account.CAPITAL, share.amount, share.commitment.partner)
        + move(Account.UNFUNDED, Account.CALLED, share.inside, share.commitment.partner)
    ]
    post(
        book=queries.books.book_of(sub_fund), sub_fund=sub_fund, kind=EntryKind.CALL, on=on, event=event, now=now,
        lines=lines,
    )  # fmt: skip
    ours = sum(share.amount for share in shares if share.commitment.partner.role == PartnerRole.CITY)
    post(
        book=queries.books.city_book(sub_fund.programme), sub_fund=sub_fund, kind=EntryKind.CALL, on=on, event=event,
        now=now, lines=move(Account.INVESTMENTS, Account.PAYABLE, ours),
    )  # fmt: skip


def _carry_over(call: CapitalCall, shares: Sequence[CallShare], acting: Any, now: datetime) -> None:
    """Receipts of an earlier revision pay the new shares; what is more than the new share goes to suspense."""
    for share in shares:
        before = BankReceipt.objects.filter(share__call=call, share__commitment=share.commitment)
        paid = sum(receipt.amount - receipt.surplus for receipt in before)
        if not paid:
            continue
        used, event, on = min(paid, share.amount), uuid4(), now.astimezone(SEOUL).date()
        surplus = move(Account.DUE, Account.SUSPENSE, paid - used, share.commitment.partner)
        post(
            book=queries.books.book_of(call.sub_fund), sub_fund=call.sub_fund, kind=EntryKind.RECEIPT, on=on,
            event=event, now=now, lines=surplus,
        )  # fmt: skip
        _pay(share, used, on, event, acting)
    _settle(call, acting, sum(share.paid for share in shares))


@transaction.atomic
def receive(*, share: CallShare, amount: int, on: date, reference: str, by: Any, now: datetime) -> BankReceipt:
    """Record money that arrived at the bank for a share; more than the share is kept in suspense."""
    sub_fund = share.call.sub_fund
    acting = by.acting_as(rules.check_may_in(by, "capital_call.prepare", sub_fund))
    lock(sub_fund.programme, sub_fund)
    call = (
        CapitalCall.objects.select_for_update(of=["self"]).select_related("sub_fund__programme").get(pk=share.call_id)
    )
    share = (
        CallShare.objects.select_for_update(of=["self"])
        .select_related("commitment__partner__sub_fund")
        .get(pk=share.pk)
    )
    if share.status not in (ShareStatus.DUE, ShareStatus.LATE):
        raise Refused(_("이미 모두 납입되었거나 취소된 몫입니다."))
    if amount < 1 or on > now.astimezone(SEOUL).date():
        raise Invalid(_("입금액은 0보다 커야 하고, 입금일은 오늘이나 지난 날이어야 합니다."), field="amount")
    if BankReceipt.objects.filter(reference=reference).exists():
        raise Invalid(_("같은 은행 거래번호의 납입이 이미 있습니다."), field="reference")
    event, partner = uuid4(), share.commitment.partner
    if partner.role == PartnerRole.SUB_FUND and amount > share.open:
        raise Invalid(_("다른 자펀드는 요청한 금액까지만 납입할 수 있습니다."), field="amount")
    used = min(amount, share.open)
    lines = move(Account.CASH, Account.DUE, used, partner) + move(
        Account.CASH, Account.SUSPENSE, amount - used, partner
    )
    post(
        book=queries.books.book_of(sub_fund), sub_fund=sub_fund, kind=EntryKind.RECEIPT, on=on, event=event, now=now,
        lines=lines,
    )  # fmt: skip
    if partner.role == PartnerRole.CITY:
        post(
            book=queries.books.city_book(sub_fund.programme), sub_fund=sub_fund, kind=EntryKind.RECEIPT, on=on,
            event=event, now=now, lines=move(Account.PAYABLE, Account.CASH, used),
        )  # fmt: skip
    elif partner.role == PartnerRole.SUB_FUND:
        holders.book_paid(partner, sub_fund, used, on=on, event=event, now=now)
    receipt = BankReceipt.objects.create(
        share=share, amount=amount, surplus=amount - used, on_date=on, reference=reference, recorded_at=now, event=event
    )
    _pay(share, used, on, event, acting)
    _settle(call, acting, used)
    return receipt


def _pay(share: CallShare, used: int, on: date, event: Any, acting: Any) -> None:
    """Count the money on the share; a share paid in full is done."""
    share.paid += used
    data = {"amount": used, "on": on, **booked(event)}
    if share.open == 0:
        advance(share, ShareStatus.PAID, by=acting, steps=SHARE, data=data, changes={"paid": share.paid})
        return
    CallShare.objects.filter(pk=share.pk).update(paid=share.paid)
    log.append("fund.share.received", row=share, by=acting, data={"from": share.status, "to": share.status, **data})


def _settle(call: CapitalCall, acting: Any, paid: int) -> None:
    """The call is funded when nothing of it is open, part paid when something came."""
    shares = list(queries.calls.shares_of(call))
    if all(share.open == 0 for share in shares):
        advance(call, CallStatus.FUNDED, by=acting, steps=CALL, data={"paid": paid})
    elif call.status == CallStatus.ISSUED and any(share.paid for share in shares):
        advance(call, CallStatus.PART_PAID, by=acting, steps=CALL, data={"paid": paid})


@transaction.atomic
def amend_call(*, call: CapitalCall, due: date, lines: Sequence[Asked], by: Any, now: datetime) -> None:
    """Draft another revision of an issued call: its entries are reversed, its shares void; it is approved anew."""
    acting = by.acting_as(rules.check_may_in(by, "capital_call.prepare", call.sub_fund))
    check_notice(call.sub_fund, due, now)
    event = _undo(call, acting, now)
    data = {"revision": call.revision + 1, **booked(event)}
    changes = {
        "revision": call.revision + 1,
        "due_date": due,
        "proposed_by": by,
        "approved_by": None,
        "proposed_at": now,
        "issued_at": None,
        "event": None,
    }
    advance(call, CallStatus.DRAFT, by=acting, steps=CALL, data=data, changes=changes)
    _write_lines(call, lines)
    queries.calls.shares(call.sub_fund, **sums(lines))
    tell_call_waiting(call, sum(line.amount for line in lines))


@transaction.atomic
def rescind_call(*, call: CapitalCall, by: Any, now: datetime, reason: str) -> None:
    """Take a call back before anybody paid."""
    acting = by.acting_as(rules.check_may_in(by, "capital_call.prepare", call.sub_fund))
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    shares, data = list(queries.calls.shares_of(call)), {}
    if any(share.paid for share in shares):
        raise Refused(_("납입이 시작된 출자요청은 취소할 수 없습니다. 고친 출자요청을 보내 주십시오."))
    if call.status == CallStatus.ISSUED:
        data = booked(_undo(call, acting, now))
    advance(call, CallStatus.RESCINDED, by=acting, steps=CALL, reason=reason, data=data)
    tell_call_rescinded(call, shares)


def _undo(call: CapitalCall, acting: Any, now: datetime) -> Any:
    """Reverse the entries of the present revision and void its shares; answers the event of the reversal."""
    if call.event is None:
        raise Refused(_("통지한 출자요청만 고칠 수 있습니다."))
    event = uuid4()
    lock(call.sub_fund.programme, call.sub_fund)
    still(call)
    reverse_event(event=call.event, on=now.astimezone(SEOUL).date(), now=now, into=event)
    for share in queries.calls.shares_of(call).select_for_update(of=["self"]):
        _count(share, -1)
        advance(share, ShareStatus.VOID, by=acting, steps=SHARE)
    return event


@transaction.atomic
def close_call(*, call: CapitalCall, by: Any, now: datetime) -> None:
    """Nothing more is expected of this call; what is open stays due."""
    role = rules.check_may_in(by, "capital_call.prepare", call.sub_fund)
    advance(call, CallStatus.CLOSED, by=by.acting_as(role), steps=CALL)


def mark_late(*, now: datetime) -> int:
    """Mark the shares whose day has passed; answers how many. May run at any time."""
    today, late = now.astimezone(SEOUL).date(), 0
    due = CallShare.objects.filter(status=ShareStatus.DUE, call__due_date__lt=today).select_related("call__sub_fund")
    for share in list(due):
        with suppress(Overtaken), transaction.atomic():  # paid, or marked by another run, in the meantime
            data = {"due": share.call.due_date}
            advance(share, ShareStatus.LATE, by=log.SYSTEM, steps=SHARE, data=data)
            late += 1
    return late
