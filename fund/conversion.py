"""Turning one instrument into another, and what a part of a lot cost. Exact fractions. Pure.

A conversion carries the cost and the first cash date over; it earns and loses nothing.
"""

from dataclasses import dataclass
from fractions import Fraction

from portal.core.amounts import WHOLE_BP, check_natural
from portal.core.money import split


@dataclass(frozen=True, slots=True)
class Redemption:
    """Proceeds (상환금) apart: the cost they give back and the gain, negative for a loss."""

    cost: int
    gain: int


def safe_shares(amount: int, cap: int, discount_bp: int, pre_money: int, shares: int) -> int:
    """Whole shares, floored, that ``amount`` minor units of a SAFE (조건부지분인수계약) buy at a priced round.

    The holder takes the better, that is lower, price: ``cap / shares``, or ``pre_money / shares`` less the discount; a
    cap of 0 is none. ``shares`` are those outstanding before the round. Raises ``ValueError`` for a negative amount or
    cap, a discount outside 0..9,999 basis points, and a round without value or shares.
    """
    check_natural(amount=amount, cap=cap, discount_bp=discount_bp, pre_money=pre_money, shares=shares)
    if discount_bp >= WHOLE_BP:
        raise ValueError(f"a discount of {discount_bp} leaves no price")
    if not pre_money or not shares:
        raise ValueError("a round has a value and shares")
    discounted = pre_money * (WHOLE_BP - discount_bp)
    valuation = min(cap * WHOLE_BP, discounted) if cap else discounted
    return amount * shares * WHOLE_BP // valuation


def converted_units(units: int, ratio: Fraction) -> int:
    """Whole shares that so many convertible ones become at a ratio of new per old (전환비율), floored.

    Raises ``ValueError`` for negative units or a ratio not above 0, ``TypeError`` for a float.
    """
    check_natural(units=units)
    if not isinstance(ratio, Fraction | int):
        raise TypeError(f"a ratio is exact, not {type(ratio).__name__}")
    if ratio <= 0:
        raise ValueError(f"a ratio of {ratio}")
    return int(units * ratio)


def part_of_cost(cost: int, units: int, taken: int) -> int:
    """What ``taken`` of a lot's units cost; the rest of the cost stays with the rest of the lot, to the won.

    Raises ``ValueError`` for more units than the lot holds, for none, or a negative cost.
    """
    check_natural(cost=cost, units=units, taken=taken)
    if not 0 < taken <= units:
        raise ValueError(f"{taken} of {units} units")
    return split(cost, [taken, units - taken])[0]


def redeem(cost: int, units: int, taken: int, proceeds: int) -> Redemption:
    """Proceeds of redeemed units split into their cost and the gain. ``ValueError`` as ``part_of_cost``."""
    check_natural(proceeds=proceeds)
    back = part_of_cost(cost, units, taken)
    return Redemption(back, proceeds - back)
