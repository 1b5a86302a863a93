"""Slow and independent answers about rates of return: exact polynomials and 60 digits, no code of the fund's own."""

from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

FIRST = date(2010, 1, 1)


def yearly(amounts):
    """Flows a year of 365 days apart."""
    return [(FIRST + timedelta(365 * year), amount) for year, amount in enumerate(amounts)]


def net_present_value(flows, rate):
    """Discounted act/365 to the first date, for a float taken as exactly what it is."""
    first = min(day for day, _ in flows)
    with localcontext(prec=60):
        growth = 1 + Decimal(rate)
        return sum((amount / growth ** (Decimal((day - first).days) / 365) for day, amount in flows), Decimal(0))


def polynomial(roots, scale=1):
    """Coefficients, lowest first, of the polynomial in 1 + rate with these roots; yearly flows, latest first."""
    result = [Fraction(scale)]
    for root in roots:
        shifted, scaled = [Fraction(0), *result], [-root * value for value in result] + [Fraction(0)]
        result = [a + b for a, b in zip(shifted, scaled, strict=True)]
    return result


def count_roots(coefficients, low, high):
    """How many different roots in (low, high], by Sturm's theorem; coefficients lowest first, exact."""
    chain = [_trim(coefficients), _trim([i * value for i, value in enumerate(coefficients)][1:])]
    while any(chain[-1]):
        chain.append([-value for value in _remainder(chain[-2], chain[-1])])
    chain = [row for row in chain if any(row)]
    return _variations(chain, low) - _variations(chain, high)


def _variations(chain, at):
    values = [sum(value * at**power for power, value in enumerate(row)) for row in chain]
    signs = [value > 0 for value in values if value]
    return sum(a != b for a, b in pairwise(signs))


def _remainder(dividend, divisor):
    rest = list(dividend)
    while len(rest) >= len(divisor) and any(rest):
        factor, shift = rest[-1] / divisor[-1], len(rest) - len(divisor)
        for i, value in enumerate(divisor):
            rest[shift + i] -= factor * value
        rest = _trim(rest[:-1])
    return rest


def _trim(row):
    row = [Fraction(value) for value in row]
    while row and not row[-1]:
        row.pop()
    return row
