"""The way of a tour as a picture: where its stops lie to each other, numbered, with the minutes between two. No map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Any

WIDTH, HEIGHT, EDGE = 360, 200, 36
#: Nearer than this two numbered circles would touch, and the picture shows the order alone.
NEAREST = 56
_ROW = 4


@dataclass(frozen=True, slots=True)
class Dot:
    """A stop: its number and place in the picture."""

    number: int
    x: int
    y: int
    step_free: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A leg between two stops; ``x`` and ``y`` is where its minutes stand."""

    x1: int
    y1: int
    x2: int
    y2: int
    x: int
    y: int
    minutes: int
    mode: str


@dataclass(frozen=True, slots=True)
class Picture:
    """``scaled``: the stops lie as in the city, not merely in their order."""

    height: int
    dots: Sequence[Dot]
    lines: Sequence[Line]
    scaled: bool


def picture(itinerary: Mapping[str, Any]) -> Picture:
    """The picture of a frozen itinerary; units are those of a drawing 360 wide."""
    stops = itinerary["stops"]
    places = _as_in_the_city(stops)
    scaled = places is not None and _apart(places)
    if places is None or not scaled:
        places = _in_order(len(stops))
    dots = [Dot(n, x, y, stop["step_free"]) for n, (stop, (x, y)) in enumerate(zip(stops, places, strict=True), 1)]
    lines = [
        _line(dots[n], dots[n + 1], leg["minutes"], leg["mode"]) for n, leg in enumerate(itinerary.get("legs", []))
    ]
    return Picture(max((y for _x, y in places), default=EDGE) + EDGE, dots, lines, scaled)


def _line(start: Dot, end: Dot, minutes: int, mode: str) -> Line:
    """The minutes stand a little beside the middle of the line."""
    dx, dy = end.x - start.x, end.y - start.y
    length = hypot(dx, dy) or 1
    side = 1 if dx >= 0 else -1
    x = (start.x + end.x) / 2 + side * dy / length * 15
    y = (start.y + end.y) / 2 - side * dx / length * 15 + 4
    return Line(start.x, start.y, end.x, end.y, round(x), round(y), minutes, mode)


def _as_in_the_city(stops: Sequence[Mapping[str, Any]]) -> list[tuple[int, int]] | None:
    """North up, one scale for both directions; None where a stop has no coordinates."""
    if len(stops) < 2 or any(stop["latitude"] is None or stop["longitude"] is None for stop in stops):
        return None
    north = [float(stop["latitude"]) for stop in stops]
    shrink = cos(radians(sum(north) / len(north)))
    east = [float(stop["longitude"]) * shrink for stop in stops]
    wide, high = max(east) - min(east), max(north) - min(north)
    scale = min((WIDTH - 2 * EDGE) / (wide or 1e-9), (HEIGHT - 2 * EDGE) / (high or 1e-9))
    left = (WIDTH - wide * scale) / 2
    return [
        (round(left + (x - min(east)) * scale), round(EDGE + (max(north) - y) * scale))
        for x, y in zip(east, north, strict=True)
    ]


def _apart(places: Sequence[tuple[int, int]]) -> bool:
    return all(hypot(a[0] - b[0], a[1] - b[1]) >= NEAREST for n, a in enumerate(places) for b in places[n + 1 :])


def _in_order(count: int) -> list[tuple[int, int]]:
    """Rows of four, every other row backwards, as one would draw a winding way."""
    step = (WIDTH - 2 * EDGE) // (_ROW - 1)
    places = []
    for n in range(count):
        row, column = divmod(n, _ROW)
        places.append((EDGE + step * (column if row % 2 == 0 else _ROW - 1 - column), EDGE + row * 72))
    return places
