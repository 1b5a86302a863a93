"""Who gets which room: look-ahead serial dictatorship, its proof file, and a checker that shares no code with it. Pure.

``python -m tenancy.allocation check FILE`` tells anyone whether a published result follows the rule.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

VERSION = "look-ahead-serial-dictatorship/1"


def allocate(applicants: Sequence[str], preferences: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The unit of everyone placed; ``applicants`` in rank order, ``preferences`` their feasible units, best first.

    (1) In rank order an applicant is kept if the kept ones and this one can all be matched. (2) In rank order each kept
    one gets the best unit that leaves all later kept ones matchable. The answer is unique; inputs are not changed.
    Raises ``ValueError`` for an applicant or a unit listed twice and for a list of somebody who is no applicant.
    """
    if len(set(applicants)) != len(applicants):
        raise ValueError("an applicant is listed twice")
    if set(preferences) - set(applicants):
        raise ValueError("a list for somebody who is no applicant")
    if any(len(set(units)) != len(units) for units in preferences.values()):
        raise ValueError("a unit is listed twice")
    matching = _Matching(preferences)
    kept = [applicant for applicant in applicants if matching.keep(applicant)]
    for applicant in kept:
        matching.settle(applicant)
    return {applicant: matching.unit_of(applicant) for applicant in kept}


class _Matching:
    """A matching of applicants to units as bit masks over the units; one bit is one unit."""

    def __init__(self, preferences: Mapping[str, Sequence[str]]) -> None:
        self.units = sorted({unit for units in preferences.values() for unit in units})
        bit = {unit: 1 << index for index, unit in enumerate(self.units)}
        self.order = {applicant: [bit[unit] for unit in units] for applicant, units in preferences.items()}
        self.listed = {applicant: sum(bits) for applicant, bits in self.order.items()}
        self.holder: dict[int, str] = {}
        self.held: dict[str, int] = {}
        self.hopeful = self.unsettled = (1 << len(self.units)) - 1

    def unit_of(self, applicant: str) -> str:
        return self.units[self.held[applicant].bit_length() - 1]

    def keep(self, applicant: str) -> bool:
        """Match one more applicant, moving others; units that lead nowhere never will."""
        chain, seen = self._chain(self.listed.get(applicant, 0), self.hopeful)
        if not chain:
            self.hopeful &= ~seen
            return False
        self._shift(applicant, chain)
        return True

    def settle(self, applicant: str) -> None:
        """Give ``applicant`` its best unit that keeps all others matched, and close that unit to them."""
        own = self.held.pop(applicant)
        del self.holder[own]
        left = self.unsettled
        for bit in self.order[applicant]:
            chain, seen = self._chain(bit, left)
            if chain:
                self._shift(applicant, chain)
                self.unsettled &= ~bit
                return
            left &= ~seen

    def _chain(self, start: int, left: int) -> tuple[list[int], int]:
        """Units along which holders can move up to a free one, first to last, and all units of ``left`` looked at."""
        came: dict[int, int] = {}
        queue: list[int] = []
        fresh, before, seen = start & left, 0, 0
        while True:
            left &= ~fresh
            seen |= fresh
            while fresh:
                bit = fresh & -fresh
                fresh ^= bit
                came[bit] = before
                if bit not in self.holder:
                    return _back(bit, came), seen
                queue.append(bit)
            if not queue:
                return [], seen
            before = queue.pop()
            fresh = self.listed[self.holder[before]] & left

    def _shift(self, applicant: str, chain: list[int]) -> None:
        for bit in chain:
            pushed = self.holder.get(bit)
            self.holder[bit], self.held[applicant] = applicant, bit
            if pushed is not None:
                applicant = pushed


def _back(bit: int, came: Mapping[int, int]) -> list[int]:
    chain = []
    while bit:
        chain.append(bit)
        bit = came[bit]
    return chain[::-1]


def check(applicants: Sequence[str], preferences: Mapping[str, Sequence[str]], result: Mapping[str, str]) -> list[str]:
    """What in ``result`` breaks the rule, in plain words; empty when it is the one right answer."""
    faults = _wrong_names(applicants, preferences, result)
    if faults:
        return faults
    rank = {applicant: place for place, applicant in enumerate(applicants)}
    return _left_out(applicants, preferences, result, rank) + _better_off(preferences, result, rank)


def _wrong_names(
    applicants: Sequence[str], preferences: Mapping[str, Sequence[str]], result: Mapping[str, str]
) -> list[str]:
    faults = [f"{name} is listed twice" for name in sorted({n for n in applicants if list(applicants).count(n) > 1})]
    faults += [f"{name} has preferences but did not apply" for name in sorted(set(preferences) - set(applicants))]
    taken: dict[str, str] = {}
    for name, unit in result.items():
        if name not in applicants:
            faults.append(f"{name} has {unit} but did not apply")
        elif unit not in preferences.get(name, ()):
            faults.append(f"{name} has {unit}, which is not feasible for it")
        if unit in taken:
            faults.append(f"{unit} was given to {taken[unit]} and to {name}")
        taken[unit] = name
    return faults


def _left_out(
    applicants: Sequence[str],
    preferences: Mapping[str, Sequence[str]],
    result: Mapping[str, str],
    rank: Mapping[str, int],
) -> list[str]:
    """People outside who could enter by moving the kept, at the cost of nobody or of someone ranked below them.

    Every unit learns the worst-placed holder (beyond all: nobody) whom taking it could push out in the end.
    """
    holder = {unit: name for name, unit in result.items()}
    nobody = len(applicants)
    wanted_by: dict[str, list[str]] = {}
    for name, unit in result.items():
        for other in preferences[name]:
            wanted_by.setdefault(other, []).append(unit)
    pushes: dict[str, int] = {}
    every = {unit for units in preferences.values() for unit in units}
    for start in sorted(every, key=lambda unit: (-rank.get(holder.get(unit, ""), nobody), unit)):
        last = rank[holder[start]] if start in holder else nobody
        spread = [start]
        while spread:
            unit = spread.pop()
            if unit not in pushes:
                pushes[unit] = last
                spread += wanted_by.get(unit, ())
    faults = []
    for name in applicants:
        if name not in result:
            reach = max((pushes[unit] for unit in preferences.get(name, ())), default=-1)
            if reach == nobody:
                faults.append(f"{name} was left out although a room could be made free for it")
            elif reach > rank[name]:
                faults.append(f"{name} was left out although {applicants[reach]} ranks below it")
    return faults


def _better_off(
    preferences: Mapping[str, Sequence[str]], result: Mapping[str, str], rank: Mapping[str, int]
) -> list[str]:
    """Kept people who could have a better unit by moving only worse-ranked ones, none of whom falls out."""
    holder = {unit: name for name, unit in result.items()}
    wishes = {name: frozenset(preferences[name]) for name in result}
    faults = []
    for name, own in result.items():
        looked: set[str] = set()
        for better in preferences[name]:
            if better == own:
                break
            if _can_be_freed(better, name, own, holder, wishes, rank, looked):
                faults.append(f"{name} has {own} although it could have {better}")
                break
    return faults


def _can_be_freed(
    unit: str,
    name: str,
    own: str,
    holder: Mapping[str, str],
    wishes: Mapping[str, frozenset[str]],
    rank: Mapping[str, int],
    looked: set[str],
) -> bool:
    ahead = {unit} - looked
    while ahead:
        looked |= ahead
        if own in ahead or any(room not in holder for room in ahead):
            return True
        movable = [holder[room] for room in ahead if rank[holder[room]] > rank[name]]
        ahead = set().union(*(wishes[mover] for mover in movable)) - looked
    return False


def main(arguments: Sequence[str]) -> int:
    """``check FILE``: print how many were placed and what is wrong. 0 right, 1 violations, 2 unusable."""
    if len(arguments) != 2 or arguments[0] != "check":
        print("usage: python -m tenancy.allocation check FILE", file=sys.stderr)
        return 2
    try:
        proof = json.loads(Path(arguments[1]).read_text(encoding="utf-8"))
        applicants, preferences, result = proof["applicants"], proof["preferences"], proof["result"]
        faults = check(applicants, preferences, result)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"cannot read {arguments[1]}: {error}", file=sys.stderr)
        return 2
    for fault in faults:
        print(fault)
    print(f"{len(result)} placed, {len(faults)} violations")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
