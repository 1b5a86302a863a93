"""How many shares a SAFE becomes at its round. Exact fractions. Pure."""

from fund.amounts import WHOLE_BP, check_natural


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
