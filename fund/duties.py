"""How much must go where, and how it stands against the clock (투자의무). Integers only. Pure.

Source: the City's fund notices of 2019 and 2025 (multiples of the City's money) and the Venture Investment Promotion
Act's shares of a fund; the figures themselves are dated policy.
"""

from datetime import date

from portal.core.amounts import WHOLE_BP, check_natural


def required(base: int, bp: int) -> int:
    """The amount owed, in minor units, rounded up: ``bp`` of ``base``, where 20,000 basis points are twice the base."""
    check_natural(base=base, bp=bp)
    return -(-base * bp // WHOLE_BP)


def standing(progress: int, required: int, start: date, deadline: date, on: date, waived: bool = False) -> str:
    """waived · met · not_started · breached · at_risk · on_track, the first that holds on the day.

    The clock runs over ``[start, deadline)``. At risk: progress × total days < required × elapsed days. Raises
    ``ValueError`` for a deadline not after the start or a negative amount.
    """
    check_natural(progress=progress, required=required)
    if deadline <= start:
        raise ValueError(f"a clock from {start} to {deadline}")
    if waived:
        return "waived"
    if progress >= required:
        return "met"
    if on < start:
        return "not_started"
    if on >= deadline:
        return "breached"
    behind = progress * (deadline - start).days < required * (on - start).days
    return "at_risk" if behind else "on_track"
