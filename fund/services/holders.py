"""The book of a sub-fund that holds a stake in another: at cost, under the event of the other's book.

The stake is not revalued there: its value is what stands in the other's books, which the look-through reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from fund import queries
from fund.enums import Account, EntryKind
from fund.models import Partner, SubFund
from fund.services.books import Line, move, post
from portal.core.errors import Invalid


def book_paid(partner: Partner, sub_fund: SubFund, amount: int, *, on: date, event: UUID, now: datetime) -> None:
    """The holder pays a share of a call out of its cash; ``Invalid`` where it has not so much."""
    holder = _holder(partner)
    if amount > queries.books.free_cash(holder, on=on):
        raise Invalid(_("출자하는 자펀드에 그날 그만한 현금이 없습니다."), field="amount")
    _post(holder, sub_fund, EntryKind.RECEIPT, on, event, now, move(Account.STAKES, Account.CASH, amount))


def book_distributed(
    partner: Partner, sub_fund: SubFund, amount: int, capital: int, *, on: date, event: UUID, now: datetime
) -> None:
    """The holder gets its part: capital back lowers the stake's cost, the rest is realised."""
    lines = move(Account.CASH, Account.STAKES, capital) + move(Account.CASH, Account.REALISED, amount - capital)
    _post(_holder(partner), sub_fund, EntryKind.DISTRIBUTION, on, event, now, lines)


def book_equalised(
    partner: Partner, sub_fund: SubFund, principal: int, interest: int, *, on: date, event: UUID, now: datetime
) -> None:
    """What the holder pays to earlier partners, or gets back of later ones (negative)."""
    holder = _holder(partner)
    if principal + interest > queries.books.free_cash(holder, on=on):
        raise Invalid(_("출자하는 자펀드에 그날 그만한 현금이 없습니다."), field="on")
    account = Account.OTHER_INCOME if interest < 0 else Account.EXPENSE
    lines = move(Account.STAKES, Account.CASH, principal) + move(account, Account.CASH, interest)
    _post(holder, sub_fund, EntryKind.EQUALISATION, on, event, now, lines)


def _holder(partner: Partner) -> SubFund:
    assert partner.sub_fund is not None  # the caller asked the role
    return partner.sub_fund


def _post(
    holder: SubFund, sub_fund: SubFund, kind: EntryKind, on: date, event: UUID, now: datetime, lines: Sequence[Line]
) -> None:
    book = queries.books.book_of(holder)
    post(book=book, sub_fund=sub_fund, kind=kind, on=on, event=event, now=now, lines=lines)
