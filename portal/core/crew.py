"""Who acts at the same time: some processes, each with connections of its own, as the portal's web workers are."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from types import TracebackType
from typing import Self

from django.db import connections

#: Pieces for each process: a few, so that nobody waits long for the last.
_PIECES = 4


class Crew:
    """Spreads independent steps over processes; with one processor, all is done here, one after the other.

    Steps come back in the order of what was given, but happen in any order: they may not depend on one another.
    Open it outside every transaction: the others see only what is committed.
    """

    def __init__(self, size: int | None = None) -> None:
        self.size = size or len(os.sched_getaffinity(0))
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        if self.size > 1:
            # A connection must not be shared with a child; each opens its own.
            connections.close_all()
            self._pool = ProcessPoolExecutor(self.size, mp_context=multiprocessing.get_context("fork"))
            # The first piece of work starts them all, now, while this process has no other thread.
            self._pool.submit(os.getpid).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def each[Given, Made](self, act: Callable[[Given], Made], those: Iterable[Given]) -> list[Made]:
        """``act`` for each, what it answered in the same order; the first that was refused stops the rest.

        Both must be known to other processes: a function of a module, and what can be pickled.
        """
        given = list(those)
        if self._pool is None or len(given) < 2:
            return [act(one) for one in given]
        return list(self._pool.map(act, given, chunksize=-(-len(given) // (self.size * _PIECES))))
