"""Whole won: splitting without losing one, and writing amounts as people read them.

Amounts are ``int`` (won). Weights may be any exact number: ``int``, ``Fraction`` or ``Decimal``, never ``float``.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

type Exact = int | Fraction | Decimal

_MYRIADS = ((10**12, "조"), (10**8, "억"), (10**4, "만"))


def split(total: int, weights: Sequence[Exact]) -> list[int]:
    """Share ``total`` won in proportion to ``weights`` by largest remainder, a tie to the first; sums to ``total``.

    A negative total is the mirror of the positive one, so that a reversal cancels to the won.
    Raises ``ValueError`` for a negative weight or weights that are all 0 or none; ``TypeError`` for a float.
    """
    _check_won(total)
    exact = _exact_weights(weights)
    if total < 0:
        return [-share for share in split(-total, weights)]
    whole = sum(exact)
    quotas = [total * weight / whole for weight in exact]
    shares = [quota.numerator // quota.denominator for quota in quotas]
    by_remainder = sorted(range(len(quotas)), key=lambda i: (shares[i] - quotas[i], i))
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


def _exact_weights(weights: Sequence[Exact]) -> list[Fraction]:
    for weight in weights:
        if isinstance(weight, bool) or not isinstance(weight, int | Fraction | Decimal):
            raise TypeError(f"a weight is an exact number, not {type(weight).__name__}")
    exact = [Fraction(weight) for weight in weights]
    if any(weight < 0 for weight in exact):
        raise ValueError("a weight is negative")
    if not any(exact):
        raise ValueError("all weights are 0")
    return exact
