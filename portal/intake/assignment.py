"""Which evaluator reads which file: pure, the same answer for the same input in whatever order it comes.

A pair is always (evaluator, file), as in a score sheet.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

type Pair = tuple[str, str]

NOBODY_LEFT = "nobody_left"
ALL_BARRED = "all_barred"


@dataclass(frozen=True, slots=True)
class Shortage:
    """A file that lacks readers: how many, why, and which evaluators are barred from it."""

    file: str
    missing: int
    why: str
    barred: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The proposal an officer confirms. ``loads``: files by evaluator, those with none included."""

    pairs: list[Pair]
    short: list[Shortage]
    loads: dict[str, int]


def assign(
    files: Sequence[str],
    evaluators: Sequence[str],
    barred: Iterable[Pair],
    per_file: int,
    fixed: Iterable[Pair] = (),
    match: Mapping[Pair, int] | None = None,
) -> Plan:
    """Give each file ``per_file`` evaluators.

    In this order of weight: no barred pair and every ``fixed`` one, fewest missing seats, lowest highest load, best sum
    of ``match`` (whole numbers; a pair without one counts 0), evaluator key. Raises ``ValueError`` for a name that
    comes twice, a fixed pair that is barred or unknown, a pair turned round, ``per_file`` below 1.
    """
    bars, kept, fit = set(barred), sorted(set(fixed)), dict(match or {})
    _check(files, evaluators, bars, kept, fit, per_file)
    board = _Board(sorted(files), sorted(evaluators), bars, kept, per_file, fit)
    board.fill(len(files))
    most = board.placed
    low = max([*board.loads_of(kept).values(), -(-most // max(1, len(evaluators)))])
    for cap in range(low, len(files) + 1):
        board = _Board(sorted(files), sorted(evaluators), bars, kept, per_file, fit)
        board.fill(cap)
        if board.placed == most:
            break
    pairs = sorted(board.pairs(), key=lambda pair: (pair[1], pair[0]))
    return Plan(pairs, _shortages(files, evaluators, bars, pairs, per_file), board.loads_of(pairs))


class _Board:
    """Minimum-cost flow, one seat of one file at a time, on the small graph of evaluators.

    From evaluator x to y leads the cheapest file that x reads and y could read instead; the cost of a pair is the
    match it forgoes, then the evaluator's place in key order.
    """

    def __init__(
        self,
        files: list[str],
        evaluators: list[str],
        bars: set[Pair],
        kept: list[Pair],
        per_file: int,
        match: Mapping[Pair, int],
    ) -> None:
        self.files, self.evaluators = files, evaluators
        self.fixed = {file: {who for who, what in kept if what == file} for file in files}
        self.given: dict[str, set[str]] = {file: set() for file in files}
        self.seats = {file: max(0, per_file - len(self.fixed[file])) for file in files}
        self.loads = self.loads_of(kept)
        self.held: dict[str, set[str]] = {who: set() for who in evaluators}
        scale = len(evaluators) * len(files) * per_file + 1
        best = max(match.values(), default=0)
        self.cost = {
            (who, file): (best - match.get((who, file), 0)) * scale + position
            for position, who in enumerate(evaluators)
            for file in files
            if (who, file) not in bars and who not in self.fixed[file]
        }
        self.readers = {file: [who for who in evaluators if (who, file) in self.cost] for file in files}
        self.swaps: dict[str, dict[str, tuple[int, str]]] = {}
        self.placed = len(kept)

    def loads_of(self, pairs: Iterable[Pair]) -> dict[str, int]:
        loads = dict.fromkeys(self.evaluators, 0)
        for who, _ in pairs:
            loads[who] += 1
        return loads

    def pairs(self) -> list[Pair]:
        return [(who, file) for file in self.files for who in self.fixed[file] | self.given[file]]

    def fill(self, cap: int) -> None:
        """Seat readers until no further seat can be filled with no load above ``cap``."""
        for file in self.files:
            for _ in range(self.seats[file]):
                self._seat(file, cap)

    def _seat(self, file: str, cap: int) -> None:
        """One more reader for ``file`` along the cheapest chain of exchanges, if there is one."""
        cost, came = self._cheapest_chains(file)
        free = [who for who in cost if self.loads[who] < cap]
        if not free:
            return
        who = min(free, key=lambda who: (cost[who], who))
        self.loads[who] += 1
        self.placed += 1
        changed = {file}
        while (before := came[who]) is not None:
            moved = self.swaps[before][who][1]
            self._move(moved, before, who)
            changed.add(moved)
            who = before
        self.given[file].add(who)
        self.held[who].add(file)
        self._price_again(changed)

    def _move(self, file: str, before: str, after: str) -> None:
        self.given[file].remove(before)
        self.held[before].remove(file)
        self.given[file].add(after)
        self.held[after].add(file)
        self.swaps[before] = self._swaps_of(before)

    def _price_again(self, changed: Iterable[str]) -> None:
        for who in {reader for file in changed for reader in self.given[file]}:
            self.swaps[who] = self._swaps_of(who)

    def _swaps_of(self, who: str) -> dict[str, tuple[int, str]]:
        """For every other reader the cheapest file that could go over to it: (difference in cost, file)."""
        swaps: dict[str, tuple[int, str]] = {}
        for file in self.held[who]:
            own = self.cost[who, file]
            for other in self._could_read(file):
                swap = (self.cost[other, file] - own, file)
                if other not in swaps or swap < swaps[other]:
                    swaps[other] = swap
        return swaps

    def _cheapest_chains(self, file: str) -> tuple[dict[str, int], dict[str, str | None]]:
        """Bellman and Ford; no negative cycle can arise while every chain taken was the cheapest."""
        cost = {who: self.cost[who, file] for who in self._could_read(file)}
        came: dict[str, str | None] = dict.fromkeys(cost)
        queue = sorted(cost)
        while queue:
            who = queue.pop(0)
            for other, (difference, _) in sorted(self.swaps.get(who, {}).items()):
                if other not in cost or cost[who] + difference < cost[other]:
                    cost[other], came[other] = cost[who] + difference, who
                    if other not in queue:
                        queue.append(other)
        return cost, came

    def _could_read(self, file: str) -> list[str]:
        return [who for who in self.readers[file] if who not in self.given[file]]


def _shortages(
    files: Sequence[str], evaluators: Sequence[str], bars: set[Pair], pairs: list[Pair], per_file: int
) -> list[Shortage]:
    readers = dict.fromkeys(files, 0)
    for _, file in pairs:
        readers[file] += 1
    short = []
    for file in sorted(files):
        if readers[file] < per_file:
            against = tuple(who for who in sorted(evaluators) if (who, file) in bars)
            why = ALL_BARRED if against else NOBODY_LEFT
            short.append(Shortage(file, per_file - readers[file], why, against))
    return short


def _check(
    files: Sequence[str],
    evaluators: Sequence[str],
    bars: set[Pair],
    kept: list[Pair],
    match: Mapping[Pair, int],
    per_file: int,
) -> None:
    if len(set(files)) != len(files) or len(set(evaluators)) != len(evaluators):
        raise ValueError("a name comes twice")
    if per_file < 1:
        raise ValueError("per_file is at least 1")
    known_files, known = set(files), set(evaluators)
    for who, file in (*bars, *kept, *match):
        if who in known_files - known and file in known - known_files:
            raise ValueError(f"the pair ({who}, {file}) is turned round: evaluator first")
    for pair in kept:
        if pair[0] not in known or pair[1] not in known_files or pair in bars:
            raise ValueError(f"the fixed pair {pair} is barred or unknown")
