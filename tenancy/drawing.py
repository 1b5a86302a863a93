"""A floor plan as figures for the template's SVG: paths in centimetres, north up, state by colour, pattern and letter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from tenancy.enums import CellKind, PlaceState
from tenancy.models import Floor
from tenancy.queries import Place

LETTERS: dict[str, Promise] = {
    PlaceState.FREE: pgettext_lazy("평면도", "공"),
    PlaceState.OFFERED: pgettext_lazy("평면도", "제"),
    PlaceState.COMMITTED: pgettext_lazy("평면도", "계"),
    PlaceState.OCCUPIED: pgettext_lazy("평면도", "입"),
    PlaceState.BLOCKED: pgettext_lazy("평면도", "중"),
}
_PATTERNED = frozenset(state.lower() for state in (PlaceState.OFFERED, PlaceState.COMMITTED, PlaceState.BLOCKED))
_MARGIN, _LINE = 60, 120


@dataclass(frozen=True, slots=True)
class Figure:
    """One unit or common cell."""

    path: str
    walls: str
    kind: str
    label: str
    letter: str
    seats: int | None
    x: int
    y: int
    leaving: bool = False
    mine: bool = False
    #: Who is in the room, where the reader may know it.
    name: str = ""

    @property
    def pattern(self) -> str:
        """The hatching laid over the room, by the end of its name."""
        return self.kind if self.kind in _PATTERNED else ""

    @property
    def note_y(self) -> int:
        """Where the second line of its text stands."""
        return self.y + _LINE


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything the SVG needs."""

    view_box: str
    outline: str
    figures: tuple[Figure, ...]


def draw(
    floor: Floor, places: Iterable[Place], mine: str = "", names: Callable[[Place], str] = lambda place: ""
) -> Drawing:
    """The floor with its units on a day; ``mine`` is the unit to point out, ``names`` says whose name may be shown."""
    xs, ys = zip(*floor.outline_cm, strict=True)
    top = max(ys)
    common = [
        _common(cell.polygon_cm, cell.code, cell.kind, top) for cell in floor.cells.all() if cell.kind != CellKind.ROOM
    ]
    letters = {state: str(letter) for state, letter in LETTERS.items()}
    units = [_unit(place, top, mine, names(place), letters[place.state]) for place in places]
    width, height = max(xs) - min(xs), top - min(ys)
    return Drawing(
        view_box=f"{min(xs) - _MARGIN} {-_MARGIN} {width + 2 * _MARGIN} {height + 2 * _MARGIN}",
        outline=_path([floor.outline_cm], top),
        figures=(*common, *units),
    )


def _unit(place: Place, top: int, mine: str, name: str, letter: str) -> Figure:
    x, y = _middle(place.outlines, top)
    return Figure(
        path=_path(place.outlines, top),
        walls=_walls(place.outlines, top),
        kind=place.state.lower(),
        label=place.unit.code,
        letter=letter,
        seats=place.unit.seats,
        x=x,
        y=y,
        leaving=place.leaving,
        mine=place.unit.code == mine,
        name=name,
    )


def _common(polygon: list[list[int]], code: str, kind: str, top: int) -> Figure:
    x, y = _middle([polygon], top)
    return Figure(_path([polygon], top), _walls([polygon], top), "common", str(CellKind(kind).label), "", None, x, y)


def _path(polygons: Iterable[Sequence[Sequence[int]]], top: int) -> str:
    """SVG has y downwards, plans have it upwards."""
    return " ".join("M" + " L".join(f"{x} {top - y}" for x, y in polygon) + " Z" for polygon in polygons)


def _walls(polygons: Sequence[Sequence[Sequence[int]]], top: int) -> str:
    """The outer edges: an edge that two cells of a unit share is no wall."""
    edges = [
        (tuple(start), tuple(end))
        for polygon in polygons
        for start, end in zip(polygon, [*polygon[1:], polygon[0]], strict=True)
    ]
    count = Counter(frozenset(edge) for edge in edges)
    outer = [edge for edge in edges if count[frozenset(edge)] == 1]
    return " ".join(f"M{x1} {top - y1} L{x2} {top - y2}" for (x1, y1), (x2, y2) in outer)


def _middle(polygons: Sequence[Sequence[Sequence[int]]], top: int) -> tuple[int, int]:
    points = [point for polygon in polygons for point in polygon]
    xs, ys = [x for x, _y in points], [y for _x, y in points]
    return (min(xs) + max(xs)) // 2, top - (min(ys) + max(ys)) // 2
