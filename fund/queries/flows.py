"""Cash flows and performance, derived from the postings as of a day and as known at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum

from fund import performance
from fund.enums import MEMO, Account, EntryKind
from fund.models import Partner, SubFund
from fund.queries import books
from fund.waterfall import Flow

#: Entries whose effect on a partner is cash: the account that carries it, and what it counts as. A reversal takes its
#: original's place with the other sign.
_PAID_IN = {EntryKind.RECEIPT: Account.DUE, EntryKind.EQUALISATION: Account.CAPITAL}


#: What a sub-fund holds less what it owes; what partners still have to pay is not in it.
NET_ASSETS = (
    Account.CASH,
    Account.INVESTMENTS,
    Account.STAKES,
    Account.ALLOWANCE,
    Account.UNREALISED,
    Account.PAYABLE,
    Account.FACILITY,
    Account.SUSPENSE,
    Account.CARRY_ACCRUED,
)


@dataclass(frozen=True, slots=True)
class CashFlow:
    """What a partner (or all) paid (negative) or got on a day; ``paid_in`` and ``distributed`` are its gross sides."""

    on: date
    paid_in: int
    distributed: int
    carry: int = 0

    @property
    def net(self) -> int:
        return self.distributed - self.paid_in


@dataclass(frozen=True, slots=True)
class Result:
    """Performance on a day: flows, net asset value, rate and multiples."""

    flows: tuple[CashFlow, ...]
    nav: int
    rate: performance.Xirr
    multiples: performance.Multiples


def cash_flows(
    sub_fund: SubFund,
    *,
    on: date,
    known: datetime | None = None,
    partner: Partner | None = None,
    standing: bool = False,
) -> list[CashFlow]:
    """Money in and out by day, from the sub-fund's book. Excess returned lowers what was paid in; interest is left out.

    ``standing`` leaves out what was reversed together with its mirror, else both show on their days.
    """
    found = books.postings(books.book_of(sub_fund), on=on, known=known).filter(account__lt=MEMO)
    found = found.filter(partner=partner) if partner else found
    if standing:
        found = found.filter(entry__reversal__isnull=True, entry__reversal_of__isnull=True)
    rows = found.values("effective_date", "account", "entry__kind", "entry__reversal_of__kind").annotate(
        total=Sum("amount")
    )
    days: dict[date, list[int]] = {}
    for row in rows:
        kind = row["entry__reversal_of__kind"] or row["entry__kind"]
        added = sides(kind, row["account"], int(row["total"]))
        day = days.setdefault(row["effective_date"], [0, 0, 0])
        days[row["effective_date"]] = [a + b for a, b in zip(day, added, strict=True)]
    return [CashFlow(day, *sides) for day, sides in sorted(days.items()) if any(sides)]


def sides(kind: str, account: int, total: int) -> tuple[int, int, int]:
    """What postings of an account in an entry of this kind add to paid in, distributed, carry paid."""
    if _PAID_IN.get(EntryKind(kind)) == account:
        return -total, 0, 0
    if kind == EntryKind.CLAWBACK and account == Account.CARRY_PAID:
        return 0, 0, total
    if kind == EntryKind.DISTRIBUTION:
        if account == Account.CAPITAL:
            return -total, 0, 0
        return (
            (0, total, 0) if account == Account.DISTRIBUTED else (0, 0, total if account == Account.CARRY_PAID else 0)
        )
    return 0, 0, 0


def waterfall_flows(sub_fund: SubFund, *, on: date) -> list[Flow]:
    """The posted flows as the waterfall takes them; what was returned as excess lowers the capital paid in."""
    made: list[Flow] = []
    for flow in cash_flows(sub_fund, on=on, standing=True):
        parts = [("contribution", flow.paid_in), ("distribution", flow.distributed), ("carry", flow.carry)]
        if flow.paid_in < 0:
            parts = [("distribution", flow.distributed - flow.paid_in), ("carry", flow.carry)]
        parts.append(("carry_returned", -flow.carry))
        made += [Flow(flow.on, kind, amount) for kind, amount in parts if amount > 0]
    return made


def net_assets(sub_fund: SubFund, *, on: date, known: datetime | None = None) -> int:
    """What the sub-fund holds less what it owes, without what partners still have to pay."""
    found = books.balances(books.book_of(sub_fund), on=on, known=known)
    return sum(found.get(account, 0) for account in NET_ASSETS)


def performance_of(sub_fund: SubFund, *, on: date, known: datetime | None = None) -> Result:
    """All partners together, net of fees and carry; the net asset value counts as received on the day."""
    flows = cash_flows(sub_fund, on=on, known=known)
    nav = net_assets(sub_fund, on=on, known=known)
    balances = books.balances(books.book_of(sub_fund), on=on, known=known)
    dated = [(flow.on, flow.net) for flow in flows] + [(on, nav)]
    return Result(
        tuple(flows),
        nav,
        performance.xirr(dated),
        performance.multiples(
            sum(flow.paid_in for flow in flows),
            sum(flow.distributed for flow in flows),
            nav,
            balances.get(Account.COMMITTED, 0),
        ),
    )
