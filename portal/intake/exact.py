"""Exact scores as people read them: cut after two decimals, never rounded up over a mark. Pure."""

from fractions import Fraction


def cut(number: Fraction | str | None) -> str:
    """``5999/100`` as ``59.99``; ``None`` as a dash. 59.999 stays below 60 on the screen as it does in the ranking."""
    if number is None:
        return "–"
    exact = Fraction(number)
    hundredths = abs(exact.numerator) * 100 // exact.denominator
    sign = "-" if exact < 0 else ""
    return f"{sign}{hundredths // 100}.{hundredths % 100:02d}"
