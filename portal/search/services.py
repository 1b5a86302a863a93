"""Keeping the index: filled from what the rooms say is public now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from portal.search import letters, registry
from portal.search.models import Found

#: Keys of a title that are compared as a whole; an index takes no longer ones.
LONGEST_TITLE = 300
_LOCK = "portal.search.refresh"


def refresh(*, now: datetime) -> int:
    """Make the index what the rooms show at ``now``; returns how many things were put in, changed or taken out.

    Two refreshes at once would both put the same thing in: the later waits for the earlier.
    """
    changed = 0
    for source in registry.sources():
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [_LOCK])
            changed += _bring_up(source.code, source.entries(now, None))
    return changed + _forget()


def rebuild(*, now: datetime) -> int:
    """Empty the index and fill it anew; readers see the old one until the new one stands."""
    with transaction.atomic():
        Found.objects.all().delete()
        return refresh(now=now)


def row_of(source: str, entry: registry.Entry) -> Found:
    """An entry as it is searched."""
    titles = [letters.typed(title)[:LONGEST_TITLE] for title in (entry.title_ko, entry.title_en)]
    texts = [letters.typed(text) for text in (entry.text_ko, entry.text_en)]
    return Found(
        source=source,
        key=entry.key,
        on_date=entry.on,
        title_ko=titles[0],
        title_en=titles[1],
        letters="".join(f" {part}\n" for part in [*titles, *texts] if part),
        initials=f" {letters.initials(entry.title_ko)}",
    )


def _bring_up(source: str, entries: Iterable[registry.Entry]) -> int:
    kept = {row.key: row for row in Found.objects.filter(source=source)}
    new, changed = [], []
    for row in {entry.key: row_of(source, entry) for entry in entries}.values():
        old = kept.pop(row.key, None)
        if old is None:
            new.append(row)
        elif any(getattr(old, name) != getattr(row, name) for name in _SAID):
            row.pk = old.pk
            changed.append(row)
    Found.objects.bulk_create(new, batch_size=1000)
    Found.objects.bulk_update(changed, _SAID, batch_size=200)
    Found.objects.filter(pk__in=[row.pk for row in kept.values()]).delete()
    return len(new) + len(changed) + len(kept)


def _forget() -> int:
    """Take out what no source gives any more."""
    known = [source.code for source in registry.sources()]
    return Found.objects.exclude(source__in=known).delete()[0]


_SAID = ["on_date", "title_ko", "title_en", "letters", "initials"]
