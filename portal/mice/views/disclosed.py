"""Support of events as everybody may read it: a list with filters and sums, and the same as data."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.mice import disclosure, event_tables, naming
from portal.mice.event_forms import AwardsForm
from portal.mice.models import Award

PER_PAGE = 50
#: What a spreadsheet would take for a formula, were it the first character of a text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _asked(request: HttpRequest) -> tuple[AwardsForm, dict[str, str], QuerySet[Award], bool]:
    """The form, what was chosen, the awards, and whether what was asked makes no sense."""
    programmes = [(one.code, naming.programme(one)) for one in disclosure.programmes()]
    form = AwardsForm(request.GET or None, years=disclosure.years(), programmes=programmes)
    wrong = form.is_bound and not form.is_valid()
    asked = {} if wrong or not form.is_bound else {key: value for key, value in form.cleaned_data.items() if value}
    found = disclosure.awards(**asked)
    return form, asked, found.none() if wrong else found, wrong


@require_safe
def awards(request: HttpRequest) -> HttpResponse:
    """Who got how much for what, and what came of it; the filters are in the address."""
    form, asked, found, wrong = _asked(request)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    query = f"?{urlencode(asked)}" if asked else ""
    context = {
        "form": form,
        "page": page,
        "table": event_tables.awards(list(page)),
        "sums": event_tables.sums([] if wrong else disclosure.sums(found)),
        "asked": bool(asked) or wrong,
        "files": [(form, reverse("mice:data", args=[form]) + query) for form in ("csv", "json")],
    }
    return render(request, "event/awards.html", context, status=400 if wrong else 200)


@require_safe
def data(request: HttpRequest, form: str) -> HttpResponse:
    """The same awards as a file, all pages of them."""
    _form, _chosen, found, wrong = _asked(request)
    if wrong or form not in ("csv", "json"):
        raise Http404
    rows = disclosure.records(found)
    if form == "json":
        return JsonResponse({"currency": "KRW", "awards": rows}, json_dumps_params={"ensure_ascii": False})
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(disclosure.FIELDS)
    writer.writerows([_cell(row[name]) for name in disclosure.FIELDS] for row in rows)
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="event-support.csv"'
    return answer


def _cell(value: Any) -> Any:
    """A value as a spreadsheet may open it: a text is never a formula."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
