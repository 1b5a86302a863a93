"""Money is whole: what the rooms' arithmetic takes as an amount. Pure.

Amounts are ``int`` in minor units of a currency (won have none), rates are basis points; a float is a mistake, not a sum.
"""

from collections.abc import Iterable

WHOLE_BP = 10_000
DAYS_IN_YEAR = 365


def check_whole(**amounts: object) -> None:
    """Raise ``TypeError`` for whatever is not a whole number; the name says which argument was wrong."""
    for name, amount in amounts.items():
        if isinstance(amount, bool) or not isinstance(amount, int):
            raise TypeError(f"{name} is a whole number, not {type(amount).__name__}")


def check_natural(**amounts: int) -> None:
    """Raise ``TypeError`` for what is not whole, ``ValueError`` for what is below 0."""
    check_whole(**amounts)
    for name, amount in amounts.items():
        if amount < 0:
            raise ValueError(f"{name} is negative: {amount}")


def check_each_natural(name: str, amounts: Iterable[int]) -> None:
    """The same for each amount of a sequence."""
    for amount in amounts:
        check_natural(**{name: amount})


def check_share_bp(**rates: int) -> None:
    """Raise ``ValueError`` for a share outside 0..10,000 basis points."""
    check_natural(**rates)
    for name, rate in rates.items():
        if rate > WHOLE_BP:
            raise ValueError(f"{name} is more than the whole: {rate}")
