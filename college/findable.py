"""What the search finds of the college: public runs, with what their course says of itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy

from college import naming, queries
from college.tables import day
from portal.search.registry import Entry, Source, in_both


def _runs(now: datetime, keys: Collection[str] | None) -> Iterator[Entry]:
    found = queries.public_runs()
    for run in found if keys is None else found.filter(code__in=keys):
        course = run.course
        yield Entry(
            run.code,
            *in_both(lambda run=run: naming.name(run)),  # type: ignore[misc]
            reverse("college:run", args=[run.code]),
            run.starts_date,
            course.summary_ko,
            course.summary_en,
            f"{day(run.starts_date)} ~ {day(run.ends_date)}",
        )


RUNS = Source("runs", gettext_lazy("교육"), _runs, order=20)
