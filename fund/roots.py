"""Every rate at which discounted flows sum to zero. Pure.

A sum Σ aᵢ·xᵗⁱ with V changes of sign has at most V positive roots (Descartes' rule in Laguerre's form for real
exponents). Multiplied by a power of x so that one change of sign sits at exponent 0, its derivative has V − 1 changes;
between the roots of that derivative the sum crosses zero at most once. So all roots are found by going down to one
change of sign and coming up again: nothing is sampled, no pair is missed, and pairs need not be apart by a grid's step.

Flows are measured on s = ln(1 + rate) by L(s) = ln(what came back) − ln(what was paid), both discounted: L has the sign
of their difference, is nearly a straight line for one change of sign, and does not overflow. Floats serve as long as L
is clearly off zero at every turning point; where roots lie so close that it is not, 60 digits do.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction

from portal.core.amounts import DAYS_IN_YEAR

LOWEST, HIGHEST = Decimal("1e-6"), Decimal("1e3")
"""Where roots are looked for: 1 + rate within both."""

_DIGITS = 60
_ROUNDS = 500


class _Unclear(Exception):
    """Floats cannot tell on which side of zero a turning point lies."""


@dataclass(frozen=True, slots=True)
class Numbers[R: (float, Decimal)]:
    """What is counted with. ``fine`` is one rounding; a step below ``near`` has its successor in the order of ``fine``;
    an |L| below ``clear`` at a turning point is left to finer numbers."""

    exp: Callable[[R], R]
    log: Callable[[R], R]
    low: R
    high: R
    fine: R
    near: R
    clear: R


_FLOATS = Numbers(math.exp, math.log, math.log(LOWEST), math.log(HIGHEST), 2.0**-52, 1e-9, 1e-7)


def rates(days: Sequence[int], amounts: Sequence[int | Fraction]) -> tuple[float, ...]:
    """Every rate a year, ascending, at which amounts so many days on, none of them 0, sum to zero at the first day.

    Each is the float next to the true root where that matters: the sum is then as near zero as a float rate allows.
    """
    if not amounts or min(amounts) > 0 or max(amounts) < 0:
        return ()
    times = [(day - days[0]) / DAYS_IN_YEAR for day in days]
    floats = [float(amount) for amount in amounts]
    try:
        found = _roots(_FLOATS, times, floats)
    except _Unclear:
        return _with_digits(days, amounts)
    if all(_fine(times, floats, s) for s in found):
        return tuple(math.expm1(s) for s in found)
    return tuple(_polished(days, amounts, s) for s in found)


@dataclass(slots=True)
class _Sums[R: (float, Decimal)]:
    """Flows at times in years, ascending, no amount 0, both signs present; what came and what was paid apart."""

    numbers: Numbers[R]
    times: Sequence[R]
    amounts: Sequence[R]
    came: tuple[list[R], list[R]] = field(init=False)
    paid: tuple[list[R], list[R]] = field(init=False)

    def __post_init__(self) -> None:
        self.came, self.paid = ([], []), ([], [])
        for time, amount in zip(self.times, self.amounts, strict=True):
            times, amounts = self.came if amount > 0 else self.paid
            times.append(time)
            amounts.append(abs(amount))

    def gap(self, s: R) -> tuple[R, R]:
        """L(s) and its slope."""
        came, came_base, came_at = self._weighed(self.came, s)
        paid, paid_base, paid_at = self._weighed(self.paid, s)
        return self.numbers.log(came / paid) - (came_base - paid_base) * s, paid_at - came_at

    def sign(self, s: R) -> int:
        """1, −1, or 0 within the rounding of L: a turning point that only touches zero is a root."""
        gap = self.gap(s)[0]
        noise = self.numbers.fine * (8 + len(self.times) + 2 * (self.times[-1] - self.times[0]) * abs(s))
        return 0 if abs(gap) <= noise else (1 if gap > 0 else -1)

    def changes(self) -> list[int]:
        """The places before which the sign changes."""
        signs = [amount > 0 for amount in self.amounts]
        return [i for i in range(1, len(signs)) if signs[i] != signs[i - 1]]

    def _weighed(self, rows: tuple[list[R], list[R]], s: R) -> tuple[R, R, R]:
        """Σ amount·e^(−s·time) without its largest factor, the time of that factor, and the mean time so weighted."""
        times, amounts = rows
        base, exp = times[0] if s >= 0 else times[-1], self.numbers.exp
        total = moment = base * 0
        for time, amount in zip(times, amounts, strict=True):
            weight = amount * exp((base - time) * s)
            total += weight
            moment += weight * time
        return total, base, moment / total


def _roots[R: (float, Decimal)](numbers: Numbers[R], times: Sequence[R], amounts: Sequence[R]) -> list[R]:
    """All s from low to high where the flows, discounted by e^(−s·time), sum to zero; ascending."""
    sums = _Sums(numbers, times, amounts)
    changes = sums.changes()
    if len(changes) == 1:
        return _only(sums)
    middle = changes[len(changes) // 2]
    zero = (times[middle - 1] + times[middle]) / 2
    slopes = [amount * (zero - time) for time, amount in zip(times, amounts, strict=True)]
    turning: list[R] = _roots(numbers, times, slopes)
    return _between(sums, turning)


def _between[R: (float, Decimal)](sums: _Sums[R], turning: list[R]) -> list[R]:
    """The roots at the turning points and ends, and the one there may be between each two of them."""
    stops = [sums.numbers.low]
    stops += turning
    stops.append(sums.numbers.high)
    if any(abs(sums.gap(stop)[0]) < sums.numbers.clear for stop in stops):
        raise _Unclear
    found: list[R] = []
    signs = [sums.sign(stop) for stop in stops]
    for i, (stop, sign) in enumerate(zip(stops, signs, strict=True)):
        if sign == 0 and stop not in found:
            found.append(stop)
        if i + 1 < len(stops) and sign * signs[i + 1] < 0:
            found.append(_bracketed(sums, stop, stops[i + 1], sign))
    return found


def _only[R: (float, Decimal)](sums: _Sums[R]) -> list[R]:
    """The one root of flows with one change of sign, if it lies within; nearly always a few steps from 0."""
    low, high, near = sums.numbers.low, sums.numbers.high, sums.numbers.near
    s = low * 0
    for _ in range(12):
        gap, slope = sums.gap(s)
        step = gap / slope
        s -= step
        if not low < s < high:
            break
        if abs(step) < near:
            return [s]
    ends = sums.sign(low), sums.sign(high)
    if ends[0] * ends[1] < 0:
        return [_bracketed(sums, low, high, ends[0])]
    return [low] if ends[0] == 0 else [high] if ends[1] == 0 else []


def _bracketed[R: (float, Decimal)](sums: _Sums[R], low: R, high: R, sign: int) -> R:
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
        if abs(new - s) <= sums.numbers.fine * abs(s) / 2 or gap == 0:
            return s
        s = new
    return s


def _fine(times: list[float], amounts: list[float], s: float) -> bool:
    """Whether the noise of floats stays below a tenth of a minor unit, so that there is nothing to polish."""
    largest = max(0.0, -s * times[-1])
    if largest > 100:
        return False
    steepest = (1 + abs(s)) * times[-1] + len(times) + 4
    return sum(map(abs, amounts)) * math.exp(largest) * steepest * _FLOATS.fine < 0.1


def _polished(days: Sequence[int], amounts: Sequence[int | Fraction], s: float) -> float:
    """The float next to the root near ``s``: two of Newton's steps with many digits, within reach of their start."""
    with localcontext(prec=_DIGITS):
        times, exact = _decimals(days, amounts)
        fine, root = Decimal(s), Decimal(s)
        for _ in range(2):
            now = [amount * (-time * fine).exp() for time, amount in zip(times, exact, strict=True)]
            fine += sum(now, Decimal(0)) / sum(map(Decimal.__mul__, times, now), Decimal(0))
        return float((fine if abs(fine - root) < Decimal("1e-6") else root).exp() - 1)


def _with_digits(days: Sequence[int], amounts: Sequence[int | Fraction]) -> tuple[float, ...]:
    with localcontext(prec=_DIGITS):
        numbers = Numbers(
            exp=Decimal.exp,
            log=Decimal.ln,
            low=LOWEST.ln(),
            high=HIGHEST.ln(),
            fine=Decimal(10) ** (2 - _DIGITS),
            near=Decimal(10) ** (-_DIGITS // 2 - 1),
            clear=Decimal(0),
        )
        return tuple(dict.fromkeys(float(s.exp() - 1) for s in _roots(numbers, *_decimals(days, amounts))))


def _decimals(days: Sequence[int], amounts: Sequence[int | Fraction]) -> tuple[list[Decimal], list[Decimal]]:
    times = [Decimal(day - days[0]) / DAYS_IN_YEAR for day in days]
    return times, [Decimal(amount.numerator) / amount.denominator for amount in amounts]
