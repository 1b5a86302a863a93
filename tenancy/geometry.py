"""Polygons of floor plans in whole centimetres: area, crossings, overlaps. Pure, exact integers.

Cells are checked corner by corner and edge by edge; touching along an edge is no overlap.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

type Point = tuple[int, int]
type Polygon = Sequence[Point]

_CM2_PER_M2 = 10_000


def twice_area(polygon: Polygon) -> int:
    """Twice the area in cm², without sign."""
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in _edges(polygon)))


def area_m2(polygon: Polygon) -> Decimal:
    """The area in m², two decimals, the rest dropped."""
    hundredths = twice_area(polygon) * 100 // (2 * _CM2_PER_M2)
    return Decimal(hundredths) / 100


def is_simple(polygon: Polygon) -> bool:
    """At least three corners, none twice, no edge crossing or touching another, some area."""
    if len(polygon) < 3 or len(set(polygon)) != len(polygon) or twice_area(polygon) == 0:
        return False
    edges = _edges(polygon)
    last = len(edges) - 1
    return not any(
        _meet(*edges[i], *edges[j])
        for i in range(len(edges))
        for j in range(i + 2, len(edges))
        if not (i == 0 and j == last)
    )


def overlap(first: Polygon, second: Polygon) -> bool:
    """Whether two simple polygons share some area; touching does not count."""
    if not _boxes_overlap(first, second):
        return False
    if any(_cross(*a, *b) for a in _edges(first) for b in _edges(second)):
        return True
    return any(inside(point, second) for point in _probes(first)) or any(
        inside(point, first) for point in _probes(second)
    )


def within(inner: Polygon, outer: Polygon) -> bool:
    """Whether ``inner`` lies in ``outer``, its edge included."""
    if any(_cross(*a, *b) for a in _edges(inner) for b in _edges(outer)):
        return False
    return all(inside(point, outer) or _on_edge(point, outer) for point in _probes(inner))


def inside(point: tuple[Fraction | int, Fraction | int], polygon: Polygon) -> bool:
    """Whether the point lies strictly inside (a point on an edge does not)."""
    if _on_edge(point, polygon):
        return False
    x, y = point
    odd = False
    for (x1, y1), (x2, y2) in _edges(polygon):
        if (y1 > y) != (y2 > y) and x < Fraction((x2 - x1) * (y - y1), y2 - y1) + x1:
            odd = not odd
    return odd


def _boxes_overlap(first: Polygon, second: Polygon) -> bool:
    """Cheap and enough to tell most pairs of a floor apart."""
    return all(
        min(one) < max(other) and min(other) < max(one)
        for one, other in zip(zip(*first, strict=True), zip(*second, strict=True), strict=True)
    )


def _edges(polygon: Polygon) -> list[tuple[Point, Point]]:
    return list(zip(polygon, [*polygon[1:], polygon[0]], strict=True))


def _probes(polygon: Polygon) -> list[tuple[Fraction | int, Fraction | int]]:
    """Corners, middles of edges and one point inside: enough where no edges cross."""
    middles = [(Fraction(x1 + x2, 2), Fraction(y1 + y2, 2)) for (x1, y1), (x2, y2) in _edges(polygon)]
    return [*polygon, *middles, _point_inside(polygon)]


def _point_inside(polygon: Polygon) -> tuple[Fraction | int, Fraction | int]:
    """The middle of the first span that a line through no corner cuts out of the polygon."""
    heights = sorted({y for _, y in polygon})
    y = Fraction(heights[0] + heights[1], 2)
    cuts = sorted(
        Fraction((x2 - x1) * (y - y1), y2 - y1) + x1 for (x1, y1), (x2, y2) in _edges(polygon) if (y1 > y) != (y2 > y)
    )
    return (cuts[0] + cuts[1]) / 2, y


def _turn(a: Point, b: Point, c: Point) -> int:
    cross = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (cross > 0) - (cross < 0)


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the edges cut through each other (touching does not count)."""
    return _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the edges share any point."""
    touching = any(_between(point, *edge) for point, edge in ((a, (c, d)), (b, (c, d)), (c, (a, b)), (d, (a, b))))
    return touching or _cross(a, b, c, d)


def _between(point: tuple[Fraction | int, Fraction | int], a: Point, b: Point) -> bool:
    x, y = point
    if (b[0] - a[0]) * (y - a[1]) != (b[1] - a[1]) * (x - a[0]):
        return False
    return min(a[0], b[0]) <= x <= max(a[0], b[0]) and min(a[1], b[1]) <= y <= max(a[1], b[1])


def _on_edge(point: tuple[Fraction | int, Fraction | int], polygon: Polygon) -> bool:
    return any(_between(point, *edge) for edge in _edges(polygon))
