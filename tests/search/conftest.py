"""A room of the tests' own, whose things are the only ones there are to find."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime

import pytest

from portal.search import registry
from portal.search.registry import Entry, Source


class Shelf:
    """A room with some public things that a test puts in and takes out."""

    def __init__(self) -> None:
        self.held: dict[str, Entry] = {}

    def put(self, key: str, korean: str, english: str = "", *, on: date = date(2026, 1, 1), text: str = "") -> None:
        self.held[key] = Entry(key, korean, english, f"/ko/thing/{key}/", on, text, "")

    def entries(self, now: datetime, keys: Collection[str] | None) -> Iterator[Entry]:
        return (entry for key, entry in self.held.items() if keys is None or key in keys)


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """The only source there is."""
    found = Shelf()
    monkeypatch.setattr(registry, "_sources", {"things": Source("things", "물건", found.entries)})
    return found
