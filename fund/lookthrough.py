"""What a holder owns of each company through funds that may hold each other. Exact fractions. Pure."""

from collections.abc import Mapping
from fractions import Fraction
from numbers import Rational

type Weights = dict[str, Fraction]


def exposures(
    root: str, stakes: Mapping[str, Mapping[str, Fraction]], assets: Mapping[str, Mapping[str, int]]
) -> dict[str, Fraction]:
    """Value per company that belongs to ``root``, summed over all paths, in minor units.

    ``stakes[holder][fund]`` is the part of the fund the holder owns, ``assets[fund][company]`` the value the fund holds.
    Funds that hold each other are solved exactly, as the sum of the endless series. Raises ``ValueError`` for a stake
    outside 0..1 or funds that own each other whole, ``TypeError`` for a float. Companies come in alphabetical order.
    """
    _check(stakes, assets)
    reached = _reachable(root, stakes)
    funds = {name: _above_zero(stakes.get(name, {})) for name in reached}
    held = {name: {company: Fraction(value) for company, value in assets.get(name, {}).items()} for name in reached}
    for fund in reversed(reached[1:]):
        _fold(fund, funds, held)
    whole = _endless(root, funds[root].get(root, Fraction(0)))
    return {company: value * whole for company, value in sorted(held[root].items())}


def _fold(fund: str, funds: dict[str, Weights], held: dict[str, Weights]) -> None:
    """Take one fund out and give its holders, by their stake, what it owns."""
    own = funds.pop(fund)
    whole = _endless(fund, own.pop(fund, Fraction(0)))
    companies = held.pop(fund)
    for holder, stakes in funds.items():
        if fund not in stakes:
            continue
        part = stakes.pop(fund) * whole
        _add(stakes, own, part)
        _add(held[holder], companies, part)


def _endless(fund: str, of_itself: Fraction) -> Fraction:
    """1 + s + s² + … for the part ``s`` of itself that a fund owns round a circle."""
    if of_itself >= 1:
        raise ValueError(f"{fund} owns the whole of itself round a circle")
    return 1 / (1 - of_itself)


def _add(to: Weights, what: Weights, part: Fraction) -> None:
    for name, value in what.items():
        to[name] = to.get(name, Fraction(0)) + part * value


def _reachable(root: str, stakes: Mapping[str, Mapping[str, Fraction]]) -> list[str]:
    found = {root: None}
    queue = [root]
    for holder in queue:
        new = [fund for fund in _above_zero(stakes.get(holder, {})) if fund not in found]
        found.update(dict.fromkeys(new))
        queue.extend(new)
    return queue


def _above_zero(stakes: Mapping[str, Fraction]) -> Weights:
    return {fund: Fraction(stake) for fund, stake in stakes.items() if stake}


def _check(stakes: Mapping[str, Mapping[str, Fraction]], assets: Mapping[str, Mapping[str, int]]) -> None:
    numbers = [number for table in (stakes, assets) for row in table.values() for number in row.values()]
    for number in numbers:
        if not isinstance(number, Rational):
            raise TypeError(f"a stake or value is exact, not {type(number).__name__}")
    for row in stakes.values():
        for fund, stake in row.items():
            if not 0 <= stake <= 1:
                raise ValueError(f"a stake of {stake} in {fund}")
