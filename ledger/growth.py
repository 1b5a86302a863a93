"""How the log grew: its published size at the end of each stretch of time, and the picture of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

#: Stretches to choose from, and for how long each is used.
STEPS = (
    (timedelta(minutes=10), timedelta(hours=5)),
    (timedelta(hours=1), timedelta(hours=30)),
    (timedelta(days=1), timedelta(days=30)),
    (timedelta(days=7), timedelta(days=210)),
    (timedelta(days=30), timedelta(days=900)),
)
WIDTH, HEIGHT = 960, 240


@dataclass(frozen=True)
class Bar:
    """The size at the end of the stretch that begins at `at`, what it grew by, and where the bar stands in the picture."""

    at: datetime
    size: int
    grown: int
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class Growth:
    """Bars in the order of time; `hourly` when each is shorter than a day."""

    bars: list[Bar]
    hourly: bool
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def most(self) -> int:
        return self.bars[-1].size if self.bars else 0


def growth(now: datetime) -> Growth:
    """The published size over time, in at most some thirty stretches up to `now`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(published_at) FROM ledger_published")
        first = cursor.fetchone()[0]
        if first is None:
            return Growth([], False)
        step = next((step for step, span in STEPS if now - first <= span), STEPS[-1][0])
        since = max(first, now - 30 * step)
        asked: list[Any] = [step, since]
        cursor.execute(
            "SELECT date_bin(%s, published_at, '2024-01-01 00:00+09'), max(size) FROM ledger_published"
            " WHERE published_at >= %s GROUP BY 1 ORDER BY 1",
            asked,
        )
        sizes = dict(cursor.fetchall())
        cursor.execute("SELECT coalesce(max(size), 0) FROM ledger_published WHERE published_at < %s", [since])
        before = cursor.fetchone()[0]
    return Growth(_drawn(_filled(sizes, step, now, before)), step < timedelta(days=1))


def _filled(sizes: dict[datetime, int], step: timedelta, now: datetime, before: int) -> list[Bar]:
    """A bar for every stretch; one without a checkpoint is as high as the one before it."""
    at, size, bars = min(sizes, default=now), before, []
    while at <= now:
        grown = max(sizes.get(at, size) - size, 0)
        size += grown
        bars.append(Bar(at, size, grown))
        at += step
    return bars


def _drawn(bars: list[Bar]) -> list[Bar]:
    most = max((bar.size for bar in bars), default=0) or 1
    slot = WIDTH // max(len(bars), 1)
    gap = min(slot // 5, 8)
    drawn = []
    for number, bar in enumerate(bars):
        height = max(bar.size * (HEIGHT - 8) // most, 1)
        width = min(slot - gap, 120)
        drawn.append(Bar(bar.at, bar.size, bar.grown, number * slot, HEIGHT - height, width, height))
    return drawn
