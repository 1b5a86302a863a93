"""Pictures of money drawn on the server: where each bar and point stands. Whole numbers only. Pure.

A picture is 1,000 wide; beside it stands a table that says the same. Amounts below 0 hang under the ground line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 1_000, 300
_GAP_OF = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; ``tone`` names what it stands for."""

    x: int
    y: int
    width: int
    height: int
    tone: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, lines (points as SVG wants them, with their tone) and the ground line."""

    bars: tuple[Bar, ...]
    lines: tuple[tuple[str, str], ...]
    ground: int
    width: int = WIDTH
    height: int = HEIGHT


def chart(bars: Sequence[Sequence[tuple[str, int]]], lines: Sequence[tuple[str, Sequence[int]]] = ()) -> Chart:
    """Groups of bars side by side, each group with its tones and amounts, and lines over the groups."""
    amounts = [amount for group in bars for _tone, amount in group]
    amounts += [amount for _tone, row in lines for amount in row]
    high, low = max([0, *amounts]), min([0, *amounts])
    span = (high - low) or 1
    ground = high * HEIGHT // span if high else 0
    places = max([len(bars), *[len(row) for _tone, row in lines], 1])
    drawn = [bar for place, group in enumerate(bars) for bar in _group(place, places, group, ground, span)]
    ways = tuple((tone, _points(row, places, ground, span)) for tone, row in lines)
    return Chart(tuple(drawn), ways, ground)


def bridge(steps: Sequence[tuple[str, int]]) -> Chart:
    """From one amount to the next: each step hangs where the one before ended; the last stands on the ground."""
    level, spans = 0, list[tuple[int, int, str]]()
    for _name, amount in steps[:-1]:
        spans.append((level, level + amount, "up" if amount >= 0 else "down"))
        level += amount
    spans.append((0, steps[-1][1], "total"))
    edges = [edge for start, end, _tone in spans for edge in (start, end)]
    high, low = max(0, *edges), min(0, *edges)
    span = (high - low) or 1
    ground = high * HEIGHT // span
    wide = WIDTH // len(spans)
    bars = []
    for place, (start, end, tone) in enumerate(spans):
        top, bottom = ground - max(start, end) * HEIGHT // span, ground - min(start, end) * HEIGHT // span
        bars.append(Bar(place * wide + wide // 10, top, wide * 8 // 10, max(1, bottom - top), tone))
    return Chart(tuple(bars), (), ground)


def _group(place: int, places: int, group: Sequence[tuple[str, int]], ground: int, span: int) -> list[Bar]:
    whole = WIDTH * 100 // places
    wide = whole * (_GAP_OF - 1) // _GAP_OF // max(1, len(group))
    made = []
    for number, (tone, amount) in enumerate(group):
        tall = abs(amount) * HEIGHT // span
        x = (place * whole + whole // (2 * _GAP_OF) + number * wide) // 100
        made.append(Bar(x, ground - tall if amount >= 0 else ground, max(1, wide // 100), tall, tone))
    return made


def _points(row: Sequence[int], places: int, ground: int, span: int) -> str:
    whole = WIDTH * 100 // places
    return " ".join(
        f"{(place * whole + whole // 2) // 100},{ground - amount * HEIGHT // span}" for place, amount in enumerate(row)
    )
