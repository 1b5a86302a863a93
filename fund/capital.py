"""Committed, called, unfunded; the City's share of the whole; who joins late. Integers only. Pure.

Source of the rules: ILPA Reporting Template v2.0 (unfunded roll-forward) and the programme's own policy (cap of the City).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from portal.core.amounts import DAYS_IN_YEAR, WHOLE_BP, check_each_natural, check_natural, check_whole
from portal.core.money import Exact, split, split_cumulative


@dataclass(frozen=True, slots=True)
class Equalisation:
    """What late closers pay and earlier partners get back; the fund itself receives nothing of it.

    ``principal`` and ``interest`` hold one amount per joining partner, the ``_back`` ones one per earlier partner.
    """

    principal: tuple[int, ...]
    interest: tuple[int, ...]
    principal_back: tuple[int, ...]
    interest_back: tuple[int, ...]


def unfunded(
    commitment: int, called_inside: int, recallable: int, returned_excess: int, released: int, adjustment: int = 0
) -> int:
    """What may still be called (미납입 약정), in minor units.

    Commitment − called inside + recallable + returned excess − released ± adjustment. "Called ≤ committed" is no rule:
    recalled money is called twice. Raises ``ValueError`` for a result outside 0..commitment, ``TypeError`` for a float.
    """
    check_whole(
        commitment=commitment,
        called_inside=called_inside,
        recallable=recallable,
        returned_excess=returned_excess,
        released=released,
        adjustment=adjustment,
    )
    left = commitment - called_inside + recallable + returned_excess - released + adjustment
    if not 0 <= left <= commitment:
        raise ValueError(f"unfunded of {left} is outside 0..{commitment}")
    return left


def in_won(amount: int, places: int, rate: Exact) -> int:
    """What an amount of another currency counts for in won, cut to the won.

    ``amount`` in minor units, ``places`` those of its currency (ISO 4217), ``rate`` won for one unit, above 0.
    """
    check_whole(amount=amount)
    if rate <= 0:
        raise ValueError("a rate is above 0")
    return int(amount * Fraction(rate) // 10**places)


def call_shares(amount: int, units: Sequence[int], already: Sequence[int]) -> list[int]:
    """Each partner's share of a call, by units and over everything called so far on the same set of units.

    So no partner is ever a full won off. Raises ``ValueError`` where a partner's exact part is below one won: there
    a share could turn negative, and such a call is not worth sending.
    """
    check_natural(amount=amount)
    check_each_natural("units", units)
    if not units or amount * min(units) < sum(units):
        raise ValueError(f"a call of {amount} leaves a partner with less than one won")
    return split_cumulative(amount, units, already)


def city_share_ok(city: int, total: int, cap_bp: int) -> bool:
    """Whether the City's commitments stay within its cap of all commitments; the cap itself is allowed."""
    check_whole(city=city, total=total, cap_bp=cap_bp)
    return city * WHOLE_BP <= cap_bp * total


def share_bp(city: int, total: int) -> Fraction | None:
    """The City's share in exact basis points; ``None`` before anybody has committed."""
    check_whole(city=city, total=total)
    return Fraction(city * WHOLE_BP, total) if total else None


def smallest_total(city: int, cap_bp: int) -> int:
    """The least total of commitments under which the City's amount keeps the cap. ``ValueError`` for a cap of 0."""
    check_natural(city=city, cap_bp=cap_bp)
    if cap_bp == 0:
        raise ValueError("no total keeps a cap of 0")
    return -(-city * WHOLE_BP // cap_bp)


def equalise(
    earlier: Sequence[int], joining: Sequence[int], calls: Sequence[tuple[date, int]], on: date, rate_bp: int
) -> Equalisation:
    """Let all stand where they would had everyone joined at the first close (추가결성).

    ``earlier`` and ``joining`` are units (좌), ``calls`` the due date and total of each call so far. Principal is the
    called total split over all units; interest is simple, act/365, from each due date on the joiner's exact part, one
    floor per joiner. Both go to the earlier partners by units. ``ValueError``: a call due after ``on`` (it is amended
    instead), negative units, amounts or rate, or nobody to pay back.
    """
    check_natural(rate_bp=rate_bp)
    for due, amount in calls:
        check_natural(call=amount)
        if due > on:
            raise ValueError(f"a call due on {due} is after the close of {on}")
    check_each_natural("units", [*earlier, *joining])
    principal = split(sum(amount for _, amount in calls), [*earlier, *joining])[len(earlier) :]
    won_days = sum(amount * (on - due).days for due, amount in calls)
    whole = (sum(earlier) + sum(joining)) * WHOLE_BP * DAYS_IN_YEAR
    interest = [won_days * units * rate_bp // whole for units in joining]
    return Equalisation(
        principal=tuple(principal),
        interest=tuple(interest),
        principal_back=tuple(split(sum(principal), earlier)),
        interest_back=tuple(split(sum(interest), earlier)),
    )
