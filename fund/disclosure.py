"""Which cells of a public table are held back so that no company can be read out of it. Pure.

A cell of fewer companies than the rule's least is held back; then a second one wherever the totals would give it away.
A cell is given away exactly when it is a bridge of the graph whose nodes are the table's rows and columns, totals
included, and whose edges are the cells held back (Gusfield 1988). So each is put on a circle, closed over the cells that
tell least (after Kelly, Golden and Assad 1992). Told are then no exact figures; bounds from the totals remain.
"""

from collections.abc import Iterator, Mapping
from heapq import heappop, heappush
from itertools import count

from portal.core.amounts import check_each_natural

type Cell = tuple[str | None, str | None]
"""Row and column; ``None`` is the line of totals."""

type _Node = tuple[str, str | None]

LEAST = 3


def held_back(companies: Mapping[tuple[str, str], int], least: int = LEAST) -> frozenset[Cell]:
    """The cells and totals, by row and column, that are not shown; ``companies`` counts companies per cell.

    A cell of no company is shown as 0. Raises ``ValueError`` for a negative count.
    """
    check_each_natural("companies", companies.values())
    counts = _with_totals(companies)
    hidden = {cell for cell, number in counts.items() if number < least}
    for cell in sorted(hidden, key=_order):
        hidden |= set(_circle(cell, counts, hidden))
    return frozenset(hidden)


def _with_totals(companies: Mapping[tuple[str, str], int]) -> dict[Cell, int]:
    counts: dict[Cell, int] = {}
    for (row, column), number in companies.items():
        for cell in ((row, column), (row, None), (None, column), (None, None)):
            counts[cell] = counts.get(cell, 0) + number
    return {cell: number for cell, number in counts.items() if number}


def _circle(closing: Cell, counts: Mapping[Cell, int], hidden: set[Cell]) -> Iterator[Cell]:
    """The cells of the cheapest way from the row of ``closing`` to its column that does not use it.

    What is hidden already costs nothing, any other cell its companies; there is always a way, over the totals.
    """
    start, goal = ("row", closing[0]), ("column", closing[1])
    serial = count()
    ways: list[tuple[int, int, int, _Node, tuple[Cell, ...]]] = [(0, 0, next(serial), start, ())]
    seen: set[_Node] = set()
    while ways:
        cost, _, _, node, way = heappop(ways)
        if node == goal:
            return iter(way)
        if node in seen:
            continue
        seen.add(node)
        for cell, companies in counts.items():
            if cell == closing or _end(cell, node[0]) != node:
                continue
            other = _end(cell, "column" if node[0] == "row" else "row")
            price = 0 if cell in hidden else companies
            heappush(ways, (cost + price, len(way) + 1, next(serial), other, (*way, cell)))
    raise AssertionError("the totals close every circle")


def _end(cell: Cell, kind: str) -> _Node:
    return kind, cell[0] if kind == "row" else cell[1]


def _order(cell: Cell) -> tuple[bool, str, bool, str]:
    row, column = cell
    return row is None, row or "", column is None, column or ""
