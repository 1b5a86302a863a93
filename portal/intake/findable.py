"""What the search finds of the calls: every call the public may read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.intake import blocks, queries
from portal.intake.models import Call
from portal.search.registry import Entry, Source, in_both


def _calls(now: datetime, keys: Collection[str] | None) -> Iterator[Entry]:
    found = queries.public_calls().prefetch_related(None)
    for call in found if keys is None else found.filter(code__in=keys):
        if call.current is not None:
            yield _entry(call)


def _entry(call: Call) -> Entry:
    written = call.current
    assert written is not None
    title = in_both(lambda: blocks.in_language(written.title))
    text = in_both(lambda: blocks.in_language(written.summary))
    closes = timezone.localtime(call.closes_at)
    note = _("접수 마감 %(when)s") % {"when": date_format(closes, "DATETIME_FORMAT")}
    return Entry(call.code, *title, reverse("intake:call", args=[call.code]), closes.date(), *text, note)


CALLS = Source("calls", gettext_lazy("모집공고"), _calls, order=10)
