"""What the search finds of the fund: the published figures and what each means, once a quarter is published."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fund import figures, queries
from portal.search.registry import Entry, Source, in_both


def _figures(now: datetime, keys: Collection[str] | None) -> Iterator[Entry]:
    published = queries.snapshots.latest_published()
    if published is None:
        return
    note = _("%(day)s 기준") % {"day": date_format(published.as_of_date, "DATE_FORMAT")}
    for code, one in figures.FIGURES.items():
        if keys is None or code in keys:
            href = reverse("fund:figure", args=[code])
            label, meaning = in_both(lambda one=one: one.label), in_both(lambda one=one: one.meaning)  # type: ignore[misc]
            yield Entry(code, *label, href, published.as_of_date, *meaning, note)


FIGURES = Source("fund", gettext_lazy("펀드 수치"), _figures, order=70)
