"""Reads: what the index knows under the words that somebody typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from portal.search import letters, registry

#: Words that are looked for; what is typed beyond them is not.
MOST_WORDS = 6
#: Up to so many things every one is ranked; of more, the best by title and the newest of each kind.
RANKED = 400
#: What of each kind is looked through for a word that stands in very many, and how many of them are kept.
NEWEST = 2_000
KEPT = 40
#: Rows of the index that are looked at to guess in how many things a word stands; a smaller index is not guessed about.
SAMPLE = 2_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: ``words`` as typed keys, or first consonants when ``initials``."""

    words: tuple[str, ...]
    initials: bool = False

    @property
    def column(self) -> str:
        return "initials" if self.initials else "letters"

    @property
    def patterns(self) -> list[str]:
        """Inside words; one or two keys only where a word begins, for there are no trigrams in them."""
        return [f"%{word}%" if len(word) > 2 else f"% {word}%" for word in self.words]


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing the index knows. ``rank``: 0 the title itself, 1 its beginning, 2 words of it, 3 within it, 4 its text."""

    source: str
    key: str
    rank: int
    on: date


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found, the best first; not ``complete`` when there are more than are looked through."""

    rows: list[Hit]
    complete: bool

    def of(self, source: str) -> list[Hit]:
        return [hit for hit in self.rows if hit.source == source]


def asked(text: str) -> Asked:
    """What a text typed into the box looks for."""
    words = tuple(letters.typed(text).split()[:MOST_WORDS])
    return Asked(words, letters.asks_initials(text))


def search(asked: Asked, *, source: str = "") -> Hits:
    """Everything public with all the words, the best first; among one source if it is named."""
    if not asked.words:
        return Hits([], complete=True)
    ids = [] if (common := _is_common(asked, source)) else _matching(asked, source)
    complete = not common and len(ids) <= RANKED
    return Hits(_ranked(asked, ids if complete else _common(asked, source)), complete)


def _is_common(asked: Asked, source: str) -> bool:
    """Whether the words stand in so many things that gathering them all would cost more than it shows: by a sample."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'search_found'::regclass")
        rows = cursor.fetchone()[0]
        if rows <= SAMPLE * 2:
            return False
        condition, values = _condition(asked, source)
        sample = f"SELECT count(*) FROM search_found TABLESAMPLE SYSTEM (%s) REPEATABLE (1) WHERE {condition}"  # noqa: S608
        cursor.execute(sample, [100 * SAMPLE / rows, *values])
        return bool(cursor.fetchone()[0] * rows > RANKED * 5 * SAMPLE)


def _matching(asked: Asked, source: str) -> list[int]:
    """Any things with the words, at most one more than are ranked."""
    condition, values = _condition(asked, source)
    # Kept apart from the limit, so that it is planned as a search for all: by the index, not by reading the table.
    query = f"WITH every AS MATERIALIZED (SELECT id FROM search_found WHERE {condition}) SELECT id FROM every LIMIT %s"  # noqa: S608
    return _ids(query, [*values, RANKED + 1])


def _common(asked: Asked, source: str) -> list[int]:
    """Of a word that stands in very many things: those whose title begins with it, and the newest of each kind."""
    phrase = f"{' '.join(asked.words)}%"
    condition, values = _condition(asked, "")
    kinds = [source] if source else [one.code for one in registry.sources()]
    begins = " UNION ALL ".join(
        f"(SELECT id FROM search_found WHERE {title} LIKE %s AND source = ANY(%s) LIMIT {KEPT})"  # noqa: S608
        for title in ("title_ko", "title_en")
    )
    query = f"""
        {begins} UNION ALL
        SELECT newest.id FROM unnest(%s::text[]) AS kind (code) CROSS JOIN LATERAL (
            SELECT id FROM (
                SELECT id, letters, initials, on_date FROM search_found WHERE source = kind.code
                ORDER BY on_date DESC LIMIT {NEWEST}
            ) AS late WHERE {condition} ORDER BY on_date DESC LIMIT {KEPT}
        ) AS newest"""  # noqa: S608
    return _ids(query, [phrase, kinds, phrase, kinds, kinds, *values])


#: Statements here are put together from names of columns and from numbers of this module; what people type is a value.
def _condition(asked: Asked, source: str) -> tuple[str, list[str]]:
    parts = [f"{asked.column} LIKE %s"] * len(asked.words)
    return " AND ".join([*parts, "source = %s"] if source else parts), [*asked.patterns, *([source] if source else [])]


def _ids(query: str, values: Sequence[str | int | list[str]]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [row[0] for row in cursor.fetchall()]


def _ranked(asked: Asked, ids: list[int]) -> list[Hit]:
    phrase = " ".join(asked.words)
    titles = ["btrim(initials)"] if asked.initials else ["title_ko", "title_en"]
    words = [f"% {word}%" for word in asked.words]
    inside = [f"%{word}%" for word in asked.words]
    title = f"' ' || {' || chr(10) || chr(32) || '.join(titles)}"
    query = f"""
        SELECT source, key, CASE
            WHEN %s IN ({", ".join(titles)}) THEN 0
            WHEN {" OR ".join(f"{name} LIKE %s" for name in titles)} THEN 1
            WHEN {title} LIKE ALL (%s) THEN 2
            WHEN {title} LIKE ALL (%s) THEN 3
            ELSE 4 END AS rank, on_date
        FROM search_found WHERE id = ANY(%s) ORDER BY rank, on_date DESC, id DESC"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, [phrase, *[f"{phrase}%"] * len(titles), words, inside, ids])
        return [Hit(*row) for row in cursor.fetchall()]
