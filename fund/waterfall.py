"""Who gets what of a distribution: capital, preferred return, catch-up, split; clawback; who bears a loss. Exact. Pure.

The partners' side (LP) is all capital, the manager's own units included; the manager's side (GP) is carry only (성과보수).
Source of the tiers: the sub-fund's agreement (규약) in its two common forms, whole fund ("european") and deal by deal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fund.hurdle import ACCOUNTS, Account
from portal.core.amounts import WHOLE_BP, check_each_natural, check_natural, check_share_bp, check_whole
from portal.core.money import split

WATERFALLS = ("european", "deal_by_deal")
KINDS = ("contribution", "distribution", "carry", "carry_returned")
TIERS = ("return_of_capital", "preferred_return", "catch_up", "split")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the agreement says of profit; ``*_bp`` are basis points, the hurdle's a year.

    ``catch_up_bp`` 0 is none, the classic Korean form with carry on the excess over the hurdle only; 10,000 is full.
    ``clawback_tax_bp`` is the part of carry the manager keeps for the tax paid on it.
    """

    waterfall: str = "european"
    hurdle_bp: int = 0
    compounding: str = "annual"
    carry_bp: int = 2000
    catch_up_bp: int = 0
    clawback: bool = True
    clawback_tax_bp: int = 0


@dataclass(frozen=True, slots=True)
class Flow:
    """A past row: what partners paid in, fees too, what they were paid, carry paid or given back; ``amount`` > 0."""

    on: date
    kind: str
    amount: int
    deal: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What one tier gives to the partners and to the manager."""

    tier: str
    lp: int
    gp: int


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Always the four tiers in order, and their sums, which add up to the distributable."""

    lines: tuple[Line, ...]
    lp_total: int
    gp_total: int


def distribute(terms: Terms, flows: Sequence[Flow], distributable: int, on: date, deal: str = "") -> Waterfall:
    """Run ``distributable`` minor units through the tiers on the day ``on``, after the ``flows`` of the past.

    ``"european"`` counts every row, ``"deal_by_deal"`` those of ``deal``; rows come in any order. Partners take every
    remainder; no cell falls as the distributable grows. Raises ``ValueError`` for a row after ``on``, a row without a
    positive amount, a negative distributable, an unknown word, a catch-up that never catches up, deal-by-deal without
    a deal, a carry above the whole.
    """
    _check_terms(terms)
    _check_flows(flows, on)
    check_natural(distributable=distributable)
    if terms.waterfall == "deal_by_deal":
        if not deal:
            raise ValueError("deal-by-deal needs a deal")
        flows = [flow for flow in flows if flow.deal == deal]
    account, profit, carry = _past(terms, flows, on)
    return _tiers(terms, account, distributable, profit, carry)


def clawback(terms: Terms, paid_carry: int, entitled_carry: int) -> int:
    """What the manager gives back of the carry paid: the excess, at most the carry after tax, floored (환수).

    Entitled is what ``distribute`` gives with European terms over the whole fund. 0 if not in the terms. Raises
    ``ValueError`` for a negative carry or a tax outside 0..10,000.
    """
    check_natural(paid_carry=paid_carry, entitled_carry=entitled_carry)
    check_share_bp(clawback_tax_bp=terms.clawback_tax_bp)
    if not terms.clawback:
        return 0
    after_tax = paid_carry * (WHOLE_BP - terms.clawback_tax_bp) // WHOLE_BP
    return min(max(0, paid_carry - entitled_carry), after_tax)


def first_loss(
    loss: int, stakes: Mapping[str, int], bearer: str, limit_bp: int, bearer_shares_rest: bool
) -> dict[str, int]:
    """What each partner bears of a loss when one bears first (우선손실충당), in the order of ``stakes``.

    The bearer takes the loss up to ``limit_bp`` of all stakes, floored, and up to its own; the rest is split by stake
    among all, or all but the bearer. Nobody bears more than its stake: the excess passes to those with stake left.
    Raises ``ValueError`` for a loss above all stakes, a negative amount or limit, a bearer without a stake.
    """
    check_natural(loss=loss, limit_bp=limit_bp)
    check_each_natural("stake", stakes.values())
    if bearer not in stakes:
        raise ValueError(f"{bearer} holds no stake")
    whole = sum(stakes.values())
    if loss > whole:
        raise ValueError(f"a loss of {loss} is above all stakes of {whole}")
    first = min(loss, whole * limit_bp // WHOLE_BP, stakes[bearer])
    borne = {name: first if name == bearer else 0 for name in stakes}
    rest, turns = loss - first, [name for name in stakes if bearer_shares_rest or name != bearer]
    while rest:
        bearing = [name for name in turns if borne[name] < stakes[name]] or [bearer]
        for name, share in zip(bearing, split(rest, [stakes[name] for name in bearing]), strict=True):
            taken = min(share, stakes[name] - borne[name])
            borne[name], rest = borne[name] + taken, rest - taken
    return borne


def excess_transfer(excess: int, rate_bp: int, receivers: Mapping[str, int]) -> dict[str, int]:
    """What named partners receive of the fund-of-funds' excess return (초과수익이전): floored, then split by stake.

    An excess below 0 counts as 0. Raises ``ValueError`` for a rate outside 0..10,000 or nobody with a stake.
    """
    check_whole(excess=excess)
    check_share_bp(rate_bp=rate_bp)
    passed_on = max(0, excess) * rate_bp // WHOLE_BP
    return dict(zip(receivers, split(passed_on, list(receivers.values())), strict=True))


def _check_terms(terms: Terms) -> None:
    if terms.waterfall not in WATERFALLS:
        raise ValueError(f"unknown waterfall: {terms.waterfall}")
    if terms.compounding not in ACCOUNTS:
        raise ValueError(f"unknown compounding: {terms.compounding}")
    check_natural(hurdle_bp=terms.hurdle_bp)
    check_share_bp(carry_bp=terms.carry_bp, catch_up_bp=terms.catch_up_bp)
    if 0 < terms.catch_up_bp <= terms.carry_bp:
        raise ValueError(f"a catch-up of {terms.catch_up_bp} never reaches a carry of {terms.carry_bp}")


def _check_flows(flows: Sequence[Flow], on: date) -> None:
    for flow in flows:
        check_whole(amount=flow.amount)
        if flow.kind not in KINDS:
            raise ValueError(f"unknown kind of flow: {flow.kind}")
        if flow.amount <= 0:
            raise ValueError(f"a flow of {flow.amount}")
        if flow.on > on:
            raise ValueError(f"a flow on {flow.on}, after {on}")


def _past(terms: Terms, flows: Sequence[Flow], on: date) -> tuple[Account, int, int]:
    """The account as it stands on the day, the partners' profit so far, the carry the manager holds."""
    account, profit, carry = ACCOUNTS[terms.compounding](terms.hurdle_bp), 0, 0
    for flow in sorted(flows, key=lambda flow: (flow.on, KINDS.index(flow.kind))):
        account.advance(flow.on)
        if flow.kind == "contribution":
            account.contribute(flow.amount)
        elif flow.kind == "distribution":
            profit += max(0, flow.amount - account.capital)
            account.pay(flow.amount)
        else:
            carry += flow.amount if flow.kind == "carry" else -flow.amount
    account.advance(on)
    return account, profit, carry


def _tiers(terms: Terms, account: Account, distributable: int, profit: int, carry: int) -> Waterfall:
    capital = min(distributable, account.capital)
    preferred = min(distributable - capital, account.preferred())
    left = distributable - capital - preferred
    catching_up = _catch_up(terms, profit + preferred, carry, left)
    to_manager = catching_up * terms.catch_up_bp // WHOLE_BP
    rest = left - catching_up
    share = rest * terms.carry_bp // WHOLE_BP
    cells = ((capital, 0), (preferred, 0), (catching_up - to_manager, to_manager), (rest - share, share))
    lines = tuple(Line(tier, lp, gp) for tier, (lp, gp) in zip(TIERS, cells, strict=True))
    return Waterfall(lines, sum(line.lp for line in lines), sum(line.gp for line in lines))


def _catch_up(terms: Terms, profit: int, carry: int, left: int) -> int:
    """How much runs through the catch-up until the manager holds its carry of all profit, within 0 and what is left."""
    if not terms.catch_up_bp:
        return 0
    missing = terms.carry_bp * (profit + carry) - carry * WHOLE_BP
    return max(0, min(left, missing // (terms.catch_up_bp - terms.carry_bp)))
