"""A hub from the side: its floors with a square for every room, drawn from the rooms that stand there on the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from portal.core.ui.parts import Column, Table
from tenancy import queries
from tenancy.models import Hub

#: Units of the drawing: side of a room, gap between rooms, height of a floor, room for the floor's name.
SIDE, GAP, STOREY, NAME = 28, 8, 56, 64
#: Rooms in one line; a larger floor takes more lines.
LINE = 12


@dataclass(frozen=True, slots=True)
class Square:
    """A room: its upper left corner, and whether it can be had."""

    x: int
    y: int
    free: bool


@dataclass(frozen=True, slots=True)
class Storey:
    """A floor as drawn: where its line begins, its name, its rooms."""

    name: str
    y: int
    height: int
    squares: Sequence[Square]
    free: int

    @property
    def middle(self) -> int:
        return self.y + self.height // 2


@dataclass(frozen=True, slots=True)
class Elevation:
    """The whole drawing."""

    storeys: Sequence[Storey]
    height: int
    width: int = NAME + LINE * (SIDE + GAP) + GAP

    @property
    def inner(self) -> int:
        """How wide a floor is."""
        return self.width - NAME


def of_hub(hub: Hub, on: date) -> Elevation | None:
    """The hub as it stands that day, the top floor first; None where it has no room yet."""
    after = on + timedelta(days=1)
    floors: dict[tuple[int, str], list[bool]] = {}
    for unit in queries.units_of([hub], on, after).annotate(let=queries.taken(on, after)):
        floors.setdefault((unit.floor.level, str(unit.floor)), []).append(not unit.let)
    return drawn([(name, rooms) for (_level, name), rooms in sorted(floors.items(), reverse=True)]) if floors else None


def drawn(floors: Sequence[tuple[str, Sequence[bool]]]) -> Elevation:
    """Floors from above, each with its rooms and whether each is free, as rectangles."""
    storeys, top = [], 0
    for name, rooms in floors:
        lines = -(-len(rooms) // LINE)
        height = STOREY + (lines - 1) * (SIDE + GAP)
        squares = [
            Square(NAME + GAP + (place % LINE) * (SIDE + GAP), top + 14 + (place // LINE) * (SIDE + GAP), free)
            for place, free in enumerate(rooms)
        ]
        storeys.append(Storey(name, top, height, squares, sum(rooms)))
        top += height
    # One more for the line under the lowest floor.
    return Elevation(storeys, top + 1)


def table(found: Elevation) -> Table:
    """The same in figures."""
    return Table(
        caption=_("층별 공간"),
        columns=[Column(_("층")), Column(_("공간 수"), number=True), Column(_("빈 곳"), number=True)],
        rows=[[storey.name, len(storey.squares), storey.free] for storey in found.storeys],
    )
