"""How fees, first loss, excess transfer and clawback come out of the books: the amount and every step to it. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from fund import waterfall
from fund.entitlement import entitled
from fund.enums import Account, CommitmentStatus, DistributionStatus, PartnerRole, SettlementKind, SettlementStatus
from fund.fees import Slice, management_fee
from fund.models import AgreementVersion, Commitment, Distribution, Settlement, SubFund
from fund.queries import books, flows
from fund.queries.funds import agreement as agreement_of
from portal.core.errors import Invalid
from portal.core.money import split

type Step = tuple[str, int]
"""A word of ``tables.STEPS`` and its amount."""


@dataclass(frozen=True, slots=True)
class Worked:
    """An amount with the steps that led to it; ``moved`` is what each commitment gains (negative: bears) of it."""

    amount: int
    inputs: dict[str, Any]
    steps: list[Step]
    slices: list[Slice] = field(default_factory=list)
    moved: dict[int, int] = field(default_factory=dict)

    def run(self) -> dict[str, Any]:
        """What is stored of it: plain, the same each time."""
        return {
            "inputs": self.inputs,
            "steps": [list(step) for step in self.steps],
            "slices": [[one.start.isoformat(), one.end.isoformat(), one.base, one.rate_bp] for one in self.slices],
            "moved": [[pk, amount] for pk, amount in sorted(self.moved.items())],
        }


@dataclass(frozen=True, slots=True)
class Carry:
    """Carry the manager holds, what the whole fund entitles it to, what is to be given back."""

    held: int
    entitled: int
    returnable: int


def settlements_of(sub_fund: SubFund) -> QuerySet[Settlement]:
    """Every settlement, the latest first."""
    return sub_fund.settlements.select_related("proposed_by", "approved_by").order_by("-number")


def settlement_of(public_id: UUID) -> Settlement | None:
    rows = Settlement.objects.select_related("sub_fund__programme__cluster", "proposed_by", "approved_by")
    return rows.filter(public_id=public_id).first()


def next_fee_day(sub_fund: SubFund) -> date | None:
    """The first day no fee was charged for yet."""
    kinds = sub_fund.settlements.filter(kind=SettlementKind.FEE)
    charged = kinds.exclude(status__in=[SettlementStatus.REFUSED, SettlementStatus.REVERSED])
    last = max((row.period.upper for row in charged if row.period), default=None)
    return last or sub_fund.formed_date


def allocated(sub_fund: SubFund, *, on: date) -> dict[int, int]:
    """By partner what it bears of others (debit) or gains (negative): the balance of account 3300."""
    found = books.by_partner(books.book_of(sub_fund), [Account.RESULT], on=on)
    return {partner: amount for (partner, _account), amount in found.items() if amount}


def work_out(sub_fund: SubFund, kind: str, *, on: date, period: DateRange | None = None, amount: int = 0) -> Worked:
    """The amount of one settlement and how it came; ``Invalid`` says why there is none."""
    if kind == SettlementKind.FEE:
        return _fee(sub_fund, period)
    if kind in (SettlementKind.EXPENSE, SettlementKind.INCOME):
        if amount < 1:
            raise Invalid(_("금액은 0보다 커야 합니다."), field="amount")
        return Worked(amount, {"amount": amount}, [("given", amount)])
    terms = agreement_of(sub_fund, on)
    if terms is None:
        raise Invalid(_("그날 효력이 있는 규약이 없습니다."), field="on")
    if kind == SettlementKind.CLAWBACK:
        return _clawback(sub_fund, terms, on)
    return (_first_loss if kind == SettlementKind.FIRST_LOSS else _excess)(sub_fund, terms, on)


def _fee(sub_fund: SubFund, period: DateRange | None) -> Worked:
    if period is None or sub_fund.formed_date is None or period.lower < sub_fund.formed_date:
        raise Invalid(_("관리보수의 기간은 결성일부터 셀 수 있습니다."), field="start")
    if period.upper <= period.lower:
        raise Invalid(_("기간의 끝은 시작보다 앞설 수 없습니다."), field="until")
    slices = fee_slices(sub_fund, period.lower, period.upper)
    fee = management_fee(slices)
    if not fee:
        raise Invalid(_("이 기간에는 관리보수가 없습니다."))
    inputs = {"slices": [[s.start.isoformat(), s.end.isoformat(), s.base, s.rate_bp] for s in slices]}
    return Worked(fee, inputs, [("fee", fee)], slices)


def fee_slices(sub_fund: SubFund, start: date, end: date) -> list[Slice]:
    """The stretches of ``[start, end)`` with one base and one rate.

    The base is what is committed until the investment period ends, and then the cost of what is still held.
    """
    rates = list(sub_fund.agreements.filter(known__endswith__isnull=True, valid__overlap=DateRange(start, end)))
    ends = sub_fund.investment_end_date or end
    days = _base_days(sub_fund, end)
    cuts = {start, end, ends, *[one.valid.lower for one in rates], *days}
    cuts |= {one.valid.upper for one in rates if one.valid.upper}
    inside = sorted(day for day in cuts if start <= day <= end)
    made = []
    for first, last in pairwise(inside):
        rate = next((one.fee_bp for one in rates if first in one.valid), 0)
        accounts = (Account.COMMITTED,) if first < ends else (Account.INVESTMENTS, Account.ALLOWANCE)
        base = sum(change.get(account, 0) for day, change in days.items() if day <= first for account in accounts)
        made.append(Slice(first, last, base, rate))
    return _joined(made)


def _base_days(sub_fund: SubFund, end: date) -> dict[date, dict[int, int]]:
    """By day what changed in the commitments and in the cost of what is held."""
    accounts = [Account.COMMITTED, Account.INVESTMENTS, Account.ALLOWANCE]
    found = books.postings(books.book_of(sub_fund), on=end).filter(account__in=accounts)
    days: dict[date, dict[int, int]] = {}
    for row in found.values("effective_date", "account").annotate(total=Sum("amount")):
        days.setdefault(row["effective_date"], {})[row["account"]] = int(row["total"])
    return days


def _joined(slices: Sequence[Slice]) -> list[Slice]:
    """Neighbours of one base and one rate as one."""
    made: list[Slice] = []
    for one in slices:
        if made and (made[-1].base, made[-1].rate_bp) == (one.base, one.rate_bp):
            made[-1] = Slice(made[-1].start, one.end, one.base, one.rate_bp)
        else:
            made.append(one)
    return made


def carry_position(sub_fund: SubFund, *, on: date) -> Carry | None:
    """How much carry is held, and how much the whole fund entitles to; None without an agreement on that day."""
    terms = agreement_of(sub_fund, on)
    if terms is None:
        return None
    past = flows.waterfall_flows(sub_fund, on=on)
    signs = {"carry": 1, "carry_returned": -1}
    held = sum(signs.get(flow.kind, 0) * flow.amount for flow in past)
    due = entitled(terms.terms, past, max(0, flows.net_assets(sub_fund, on=on)), on)
    return Carry(held, due, waterfall.clawback(terms.terms, max(0, held), due))


def _clawback(sub_fund: SubFund, terms: AgreementVersion, on: date) -> Worked:
    found = carry_position(sub_fund, on=on)
    if found is None or not found.returnable:
        raise Invalid(_("돌려받을 성과보수가 없습니다."))
    inputs = {"agreement": terms.digest, "held": found.held, "entitled": found.entitled, "on": on.isoformat()}
    steps = [("carry_held", found.held), ("carry_entitled", found.entitled), ("clawback", found.returnable)]
    return Worked(found.returnable, inputs, steps)


def _partners(sub_fund: SubFund) -> list[Commitment]:
    rows = sub_fund.commitments.filter(status__in=[CommitmentStatus.ACTIVE, CommitmentStatus.FULFILLED])
    return list(rows.select_related("partner").order_by("id"))


def _first_loss(sub_fund: SubFund, terms: AgreementVersion, on: date) -> Worked:
    """The manager bears the loss first, up to the agreement's limit of all that was paid in."""
    partners, past = _partners(sub_fund), flows.cash_flows(sub_fund, on=on)
    bearer = next((one for one in partners if one.partner.role == PartnerRole.GP), None)
    if bearer is None or not terms.first_loss_bp:
        raise Invalid(_("규약에 우선손실충당이 없거나 업무집행조합원의 출자가 없습니다."))
    if allocated(sub_fund, on=on):
        raise Invalid(_("우선손실충당이나 초과수익이전을 이미 나눈 조합입니다. 앞의 정산을 먼저 취소해 주십시오."))
    stakes = _paid_in(sub_fund, partners, on)
    paid_in, back = sum(stakes.values()), sum(flow.distributed for flow in past)
    nav = flows.net_assets(sub_fund, on=on)
    loss = min(paid_in - back - nav, paid_in)
    if loss <= 0:
        raise Invalid(_("이 날까지 손실이 없습니다."))
    borne = waterfall.first_loss(loss, stakes, str(bearer.pk), terms.first_loss_bp, terms.bearer_shares_rest)
    equal = split(loss, list(stakes.values()))
    moved = {int(name): even - borne[name] for (name, even) in zip(stakes, equal, strict=True) if even != borne[name]}
    passed = -sum(amount for amount in moved.values() if amount < 0)
    if not passed:
        raise Invalid(_("출자 비율대로 나누는 것과 다르지 않습니다."))
    inputs = {"agreement": terms.digest, "stakes": [[k, v] for k, v in stakes.items()], "loss": loss}
    steps = [("paid_in", paid_in), ("distributed", back), ("nav", nav), ("loss", loss)]
    steps += [("first_loss_limit", paid_in * terms.first_loss_bp // 10_000), ("first_loss", borne[str(bearer.pk)])]
    return Worked(passed, inputs, steps, moved=moved)


def _paid_in(sub_fund: SubFund, partners: Sequence[Commitment], on: date) -> dict[str, int]:
    found = books.by_partner(books.book_of(sub_fund), [Account.CAPITAL], on=on)
    return {str(one.pk): -found.get((one.partner_id, int(Account.CAPITAL)), 0) for one in partners}


def _excess(sub_fund: SubFund, terms: AgreementVersion, on: date) -> Worked:
    """A part of what the fund of funds got beyond the hurdle goes to the private partners, less what went before."""
    partners = _partners(sub_fund)
    funds = [one for one in partners if one.partner.role == PartnerRole.FOF]
    private = {str(one.pk): one.units for one in partners if one.partner.role == PartnerRole.PRIVATE}
    if not terms.excess_transfer_bp or not funds or not private:
        raise Invalid(_("규약에 초과수익이전이 없거나, 모태펀드와 민간 출자자가 함께 있지 않습니다."))
    beyond = _beyond_hurdle(sub_fund, on)
    ours, units = sum(one.units for one in funds), sum(one.units for one in partners)
    excess = beyond * ours // units
    before = _moved_before(sub_fund)
    due = waterfall.excess_transfer(excess, terms.excess_transfer_bp, private)
    moved = {int(pk): amount - before.get(int(pk), 0) for pk, amount in due.items()}
    total = sum(moved.values())
    if total <= 0 or min(moved.values()) < 0:
        raise Invalid(_("이전할 초과수익이 없습니다."))
    given = split(total, [one.units for one in funds])
    moved |= {one.pk: -part for one, part in zip(funds, given, strict=True)}
    inputs = {"agreement": terms.digest, "beyond": beyond, "excess": excess, "moved": sorted(before.items())}
    steps = [
        ("beyond_hurdle", beyond),
        ("excess", excess),
        ("transferred_before", sum(max(0, n) for n in before.values())),
    ]
    return Worked(total, inputs, [*steps, ("excess_transfer", total)], moved={k: v for k, v in moved.items() if v})


def _beyond_hurdle(sub_fund: SubFund, on: date) -> int:
    """What partners got of every paid distribution beyond capital and preferred return."""
    paid = Distribution.objects.filter(sub_fund=sub_fund, status=DistributionStatus.PAID, on_date__lte=on)
    lines = [line for row in paid for line in row.run.get("lines", [])]
    return sum(int(lp) for tier, lp, _gp in lines if tier in ("catch_up", "split"))


def _moved_before(sub_fund: SubFund) -> dict[int, int]:
    rows = sub_fund.settlements.filter(kind=SettlementKind.EXCESS_TRANSFER, status=SettlementStatus.SETTLED)
    sums: dict[int, int] = {}
    for row in rows:
        for pk, amount in row.run["moved"]:
            sums[pk] = sums.get(pk, 0) + amount
    return sums


def last_day(period: DateRange) -> date:
    """The last day a half-open span holds."""
    return period.upper - timedelta(days=1)
