"""What can be found: each room registers the public things it has, in ``AppConfig.ready()``; this floor calls it back.

A source gives only what everybody may read. It is asked twice: when the index is filled, and again for the few things a
page of results shows, so that what was withdrawn a moment ago is not shown although the index still knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import override


@dataclass(frozen=True, slots=True)
class Entry:
    """One public thing. ``href`` leads to it in the reader's language; ``on`` is the day by which it is new or old."""

    key: str
    title_ko: str
    title_en: str
    href: str
    on: date
    text_ko: str = ""
    text_en: str = ""
    note: str = ""

    def title(self, language: str) -> tuple[str, str]:
        """The title and its language: the reader's, else the other."""
        return _in(language, self.title_ko, self.title_en)

    def text(self, language: str) -> tuple[str, str]:
        """The text and its language: the reader's, else the other."""
        return _in(language, self.text_ko, self.text_en)


def _in(language: str, korean: str, english: str) -> tuple[str, str]:
    pairs = [(korean, "ko"), (english, "en")]
    wanted, other = reversed(pairs) if language.startswith("en") else pairs
    return wanted if wanted[0] else other


#: (now, keys or None for all) → the entries that are public now, among those keys.
type Entries = Callable[[datetime, Collection[str] | None], Iterable[Entry]]


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of public things, one group of the results. Lower ``order`` comes first."""

    code: str
    title: str | Promise
    entries: Entries
    order: int = 50


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Make a source known; a second one of the same code stops the portal at start."""
    if source.code in _sources:
        raise ImproperlyConfigured(f"two sources of search are called {source.code}")
    _sources[source.code] = source


def sources() -> list[Source]:
    """Every source, in the order of the groups."""
    return sorted(_sources.values(), key=lambda source: (source.order, source.code))


#: The day of what is neither new nor old, such as a place.
TIMELESS = date(2000, 1, 1)


def in_both(say: Callable[[], object]) -> tuple[str, str]:
    """What something says in Korean and in English."""
    with override("ko"):
        korean = str(say())
    with override("en"):
        return korean, str(say())
