"""Whole won: splitting without losing one, and writing amounts as people read them.

Amounts are ``int`` (won). Weights may be any exact number: ``int``, ``Fraction`` or ``Decimal``, never ``float``.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm

type Exact = int | Fraction | Decimal

_MYRIADS = ((10**12, "조"), (10**8, "억"), (10**4, "만"))


def split(total: int, weights: Sequence[Exact]) -> list[int]:
    """Share ``total`` won in proportion to ``weights`` by largest remainder, a tie to the first; sums to ``total``.

    A negative total is the mirror of the positive one, so that a reversal cancels to the won.
    Raises ``ValueError`` for a negative weight or weights that are all 0 or none; ``TypeError`` for a float.
    """
    _check_won(total)
    whole_weights = _whole_weights(weights)
    if total < 0:
        return [-share for share in split(-total, weights)]
    sum_of_weights = sum(whole_weights)
    shares = [total * weight // sum_of_weights for weight in whole_weights]
    rests = [total * weight % sum_of_weights for weight in whole_weights]
    by_remainder = sorted(range(len(rests)), key=lambda i: (-rests[i], i))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


def split_cumulative(total: int, weights: Sequence[Exact], already: Sequence[int]) -> list[int]:
    """Shares of this instalment of ``total`` won, so that nobody drifts over many instalments.

    ``already`` holds what each party has had so far under the same weights. The cumulative amount is split by largest
    remainder and ``already`` taken off; where a party's exact part is below 1 won its share may be −1.
    """
    if len(already) != len(weights):
        raise ValueError("already and weights differ in length")
    for amount in already:
        _check_won(amount)
    after = split(total + sum(already), weights)
    return [now - before for now, before in zip(after, already, strict=True)]


def won(amount: int, language: str = "ko") -> str:
    """``29,032원`` in Korean, ``KRW 29,032`` in English."""
    _check_won(amount)
    return f"{amount:,}원" if language.startswith("ko") else f"KRW {amount:,}"


def won_in_words(amount: int) -> str:
    """The amount in Korean myriads: ``136억 4,500만 원``; parts that are 0 are left out."""
    _check_won(amount)
    sign, rest = ("-" if amount < 0 else ""), abs(amount)
    parts = []
    for size, name in _MYRIADS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count:,}{name}")
    if rest or not parts:
        return f"{sign}{' '.join([*parts, f'{rest:,}'])}원"
    return f"{sign}{' '.join(parts)} 원"


def _check_won(amount: int) -> None:
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise TypeError(f"won are whole numbers, not {type(amount).__name__}")


def _whole_weights(weights: Sequence[Exact]) -> list[int]:
    """The weights in the same proportion as whole numbers: dividing these is many times faster than fractions."""
    for weight in weights:
        if isinstance(weight, bool) or not isinstance(weight, int | Fraction | Decimal):
            raise TypeError(f"a weight is an exact number, not {type(weight).__name__}")
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight is negative")
    if not any(weights):
        raise ValueError("all weights are 0")
    whole = [weight for weight in weights if isinstance(weight, int)]
    if len(whole) == len(weights):
        return whole
    exact = [Fraction(weight) for weight in weights]
    common = lcm(*[weight.denominator for weight in exact])
    return [weight.numerator * (common // weight.denominator) for weight in exact]
