"""What the awards of one event edition use of its cap. Pure.

Source: one cap for each edition over all programmes, rounds and applicants (the plan of 2018: up to 100 million won).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.core.amounts import check_natural

#: An award uses its amount until it is settled, then its final amount; cancelled, what is still out.
OPEN = frozenset({"DECIDED", "AGREED", "ADVANCED", "HELD", "REPORTED", "RETURNED", "AUDITED"})
SETTLED = frozenset({"SETTLED", "BALANCE_PAID", "REPAYMENT_DUE", "CLOSED", "REOPENED"})
CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Position:
    """One award in won: what was decided, paid, repaid, and its final amount once settled."""

    award: str
    edition: str
    programme: str
    state: str
    amount: int
    paid: int = 0
    repaid: int = 0
    final: int | None = None


def net(position: Position) -> int:
    """What the award uses of the cap, in won.

    An award taken up again after its settlement keeps to its final amount: what it gave back may be another's by now.
    Raises ``ValueError`` for an unknown state, a settled award without its final amount, a negative amount.
    """
    check_natural(amount=position.amount, paid=position.paid, repaid=position.repaid)
    if position.state in OPEN:
        return position.amount
    if position.state in SETTLED:
        if position.final is None:
            raise ValueError(f"{position.award} is settled without a final amount")
        check_natural(final=position.final)
        return position.final
    if position.state == CANCELLED:
        return max(position.paid - position.repaid, 0)
    raise ValueError(f"unknown state of an award: {position.state}")


def cap_left(cap: int, positions: Iterable[Position], *, edition: str, but: str = "") -> int:
    """What the awards of the edition, of whatever programme, leave of its cap, in won; never below 0.

    ``but`` names an award that is left out: what would be left for it.
    """
    check_natural(cap=cap)
    used = sum(net(one) for one in positions if one.edition == edition and not (but and one.award == but))
    return max(cap - used, 0)
