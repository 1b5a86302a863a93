"""Every rate at which discounted flows sum to zero. Pure.

A sum Σ aᵢ·xᵗⁱ with V changes of sign has at most V positive roots (Descartes' rule in Laguerre's form for real
exponents). Multiplied by a power of x so that one change of sign sits at exponent 0, its derivative has V − 1 changes;
between the roots of that derivative the sum crosses zero at most once. So all roots are found by going down to one
change of sign and coming up again: nothing is sampled, no pair is missed, and pairs need not be apart by a grid's step.

Flows are measured on s = ln(1 + rate) by L(s) = ln(what came back) − ln(what was paid), both discounted: L has the sign
of their difference, is nearly a straight line for one change of sign, and does not overflow.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction
from math import exp, log

from portal.core.money import Exact

LOWEST, HIGHEST = log(1e-6), log(1e3)
"""Where roots are looked for: 1 + rate within [1e-6, 1e3]."""

_EDGE = 1e-12
type _Rows = tuple[list[float], list[float]]

_DIGITS = 60
_ROUNDS = 200


@dataclass(slots=True)
class Sums:
    """Flows ``amounts[i]`` at ``times[i]`` years, times ascending, no amount 0, both signs present."""

    times: Sequence[float]
    amounts: Sequence[float]
    came: _Rows = field(init=False)
    paid: _Rows = field(init=False)

    def __post_init__(self) -> None:
        self.came, self.paid = ([], []), ([], [])
        for time, amount in zip(self.times, self.amounts, strict=True):
            times, amounts = self.came if amount > 0 else self.paid
            times.append(time)
            amounts.append(abs(amount))

    def gap(self, s: float) -> tuple[float, float]:
        """L(s) and its slope."""
        came, came_base, came_at = _weighed(self.came, s)
        paid, paid_base, paid_at = _weighed(self.paid, s)
        return log(came / paid) - (came_base - paid_base) * s, paid_at - came_at

    def sign(self, s: float) -> int:
        """1, −1, or 0 where L(s) is within what floats can tell: a turning point that only touches zero is a root."""
        gap = self.gap(s)[0]
        return 0 if abs(gap) <= self.noise(s) else (1 if gap > 0 else -1)

    def noise(self, s: float) -> float:
        """A bound on the rounding of L(s): that of the sums and that of the exponents."""
        return 2.0**-52 * (8 + len(self.times) + 2 * (self.times[-1] - self.times[0]) * abs(s))

    def changes(self) -> list[int]:
        """The places before which the sign changes."""
        signs = [amount > 0 for amount in self.amounts]
        return [i for i in range(1, len(signs)) if signs[i] != signs[i - 1]]


def roots(times: Sequence[float], amounts: Sequence[float]) -> list[float]:
    """All s in [LOWEST, HIGHEST] where the flows, discounted by e^(−s·time), sum to zero; ascending."""
    sums = Sums(times, amounts)
    changes = sums.changes()
    if len(changes) == 1:
        root = _newton(sums, LOWEST - _EDGE, HIGHEST + _EDGE)
        return [] if root is None else [min(max(root, LOWEST), HIGHEST)]
    middle = changes[len(changes) // 2]
    zero = (times[middle - 1] + times[middle]) / 2
    turning = roots(times, [amount * (zero - time) for time, amount in zip(times, amounts, strict=True)])
    return _between(sums, [LOWEST, *turning, HIGHEST])


def _between(sums: Sums, stops: list[float]) -> list[float]:
    """The roots at the stops and the one there may be between each two of them."""
    found: list[float] = []
    signs = [sums.sign(stop) for stop in stops]
    for i, (stop, sign) in enumerate(zip(stops, signs, strict=True)):
        if sign == 0 and stop not in found:
            found.append(stop)
        if i + 1 < len(stops) and sign * signs[i + 1] < 0:
            found.append(_bracketed(sums, stop, stops[i + 1], sign))
    return found


def _newton(sums: Sums, low: float, high: float) -> float | None:
    """The one root of flows with one change of sign, if it lies within; nearly always a few steps from 0."""
    s = 0.0
    for _ in range(8):
        gap, slope = sums.gap(s)
        step = gap / slope
        s -= step
        if not low < s < high:
            break
        if abs(step) < 1e-9:  # the next would be in the order of its square
            return s
    at_low, at_high = sums.sign(low), sums.sign(high)
    if at_low * at_high >= 0:
        return low if at_low == 0 else high if at_high == 0 else None
    return _bracketed(sums, low, high, at_low)


def _bracketed(sums: Sums, low: float, high: float, sign: int) -> float:
    """The root between two points of opposite sign: Newton's step where it stays inside, else half the way."""
    s = (low + high) / 2
    for _ in range(_ROUNDS):
        gap, slope = sums.gap(s)
        if gap * sign > 0:
            low = s
        else:
            high = s
        new = s - gap / slope if slope else low
        if not low < new < high:
            new = (low + high) / 2
        if abs(new - s) <= 1e-16 * max(1.0, abs(s)) or gap == 0:
            return s
        s = new
    return s


def _weighed(rows: _Rows, s: float) -> tuple[float, float, float]:
    """Σ amount·e^(−s·time) without its largest factor, the time of that factor, and the mean time so weighted."""
    times, amounts = rows
    base = times[0] if s >= 0 else times[-1]
    total = moment = 0.0
    for time, amount in zip(times, amounts, strict=True):
        weight = amount * exp((base - time) * s)
        total += weight
        moment += weight * time
    return total, base, moment / total


def nearest(times: Sequence[Fraction], amounts: Sequence[Exact], rate: float) -> float:
    """The float next to the true root near ``rate``: the flows then sum to zero as nearly as a float rate allows.

    Two of Newton's steps with 60 digits; ``times`` in years and ``amounts`` are exact.
    """
    with localcontext(prec=_DIGITS):
        rows = [(_decimal(time), _decimal(amount)) for time, amount in zip(times, amounts, strict=True)]
        growth = 1 + Decimal(rate)
        for _ in range(2):
            now = [(time, amount * growth**-time) for time, amount in rows]
            slope = sum((time * value for time, value in now), Decimal(0))
            if slope:
                growth += growth * sum((value for _, value in now), Decimal(0)) / slope
        return float(growth - 1)


def _decimal(number: Exact) -> Decimal:
    exact = Fraction(number)
    return Decimal(exact.numerator) / exact.denominator
