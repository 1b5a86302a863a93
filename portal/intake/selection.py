"""Who is selected, who waits, who is refused: quotas by track, unfilled places along the spill list. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from portal.intake.scoring import Ranked


class TieAtCutoff(ValueError):
    """Applications that share a place lie on both sides of a cut-off: the rule must break the tie, not chance."""


@dataclass(frozen=True, slots=True)
class Selection:
    """``selected``: (application, track, quota_track), the last naming whose place it uses. ``cutoffs``: by track the
    lowest total selected, null if nobody was."""

    selected: list[tuple[str, str, str]]
    reserved: dict[str, list[str]]
    refused: list[str]
    cutoffs: dict[str, Fraction | None]


def choose(
    ranked: Mapping[str, Sequence[Ranked]],
    quotas: Mapping[str, int],
    spill: Mapping[str, Sequence[str]],
    reserves: Mapping[str, int],
) -> Selection:
    """Fill each track by place with those who passed; its unfilled places go along its spill list, next by place.

    Then the reserves, by place, passed only. Tracks are served in the order of ``quotas``. Places nobody passed for
    stay empty. Raises ``TieAtCutoff`` for a shared place across a cut-off (of the selected or of the reserve) and
    ``ValueError`` for a track without quota, a negative number, an unknown track, an application listed twice.
    """
    _check(ranked, quotas, spill, reserves)
    queues = {track: _Queue(track, ranked.get(track, ())) for track in quotas}
    selected: list[tuple[str, str, str]] = []
    unfilled: dict[str, int] = {}
    for track, quota in quotas.items():
        taken = queues[track].take(quota)
        selected += [(row.application, track, track) for row in taken]
        unfilled[track] = quota - len(taken)
    for track, empty in unfilled.items():
        for other in spill.get(track, ()):
            if other != track:
                taken = queues[other].take(empty)
                selected += [(row.application, other, track) for row in taken]
                empty -= len(taken)
    for queue in queues.values():
        queue.check_cut()
    cutoffs = {track: queue.last_total for track, queue in queues.items()}
    reserved: dict[str, list[str]] = {}
    for track, queue in queues.items():
        reserved[track] = [row.application for row in queue.take(reserves.get(track, 0))]
        if reserved[track]:
            queue.check_cut()
    kept = {application for application, _, _ in selected}.union(*reserved.values())
    listed = [row.application for track in quotas for row in _by_place(ranked.get(track, ()))]
    refused = [application for application in listed if application not in kept]
    return Selection(selected, reserved, refused, cutoffs)


class _Queue:
    """The passed applications of one track, best first, taken from the front."""

    def __init__(self, track: str, ranked: Sequence[Ranked]) -> None:
        self.track = track
        self.rows = [row for row in _by_place(ranked) if row.passed]
        self.next = 0

    def take(self, count: int) -> list[Ranked]:
        taken = self.rows[self.next : self.next + count]
        self.next += len(taken)
        return taken

    def check_cut(self) -> None:
        if 0 < self.next < len(self.rows) and self.rows[self.next - 1].place == self.rows[self.next].place:
            raise TieAtCutoff(f"{self.track}: place {self.rows[self.next].place} is shared across the cut-off")

    @property
    def last_total(self) -> Fraction | None:
        return self.rows[self.next - 1].total if self.next else None


def _by_place(ranked: Sequence[Ranked]) -> list[Ranked]:
    """By place, then key; those without a place last."""
    return sorted(ranked, key=lambda row: (row.place is None, row.place or 0, row.application))


def _check(
    ranked: Mapping[str, Sequence[Ranked]],
    quotas: Mapping[str, int],
    spill: Mapping[str, Sequence[str]],
    reserves: Mapping[str, int],
) -> None:
    if set(ranked) - set(quotas):
        raise ValueError("a track without quota")
    named = set(spill) | set(reserves) | {other for others in spill.values() for other in others}
    if named - set(quotas):
        raise ValueError("an unknown track in spill or reserves")
    if any(number < 0 for number in (*quotas.values(), *reserves.values())):
        raise ValueError("a quota or reserve is negative")
    keys = [row.application for rows in ranked.values() for row in rows]
    if len(set(keys)) != len(keys):
        raise ValueError("an application is listed twice")
    if any(row.passed and row.place is None for rows in ranked.values() for row in rows):
        raise ValueError("an application passed without a place")
