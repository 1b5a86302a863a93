"""What is to happen when: everything that people and the clock do, in the order of time."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

type Act = Callable[[datetime], None]


class Agenda:
    """Acts wait here for their time; one may enter others, none earlier than itself."""

    def __init__(self) -> None:
        self._waiting: list[tuple[datetime, int, Act]] = []
        self._numbers = count()

    def at(self, when: datetime, act: Act) -> None:
        """Enter an act; of two for the same instant the one entered first happens first."""
        heapq.heappush(self._waiting, (when, next(self._numbers), act))

    def live(self) -> None:
        """Everything in its order, each told what time it is."""
        while self._waiting:
            when, _number, act = heapq.heappop(self._waiting)
            act(when)
