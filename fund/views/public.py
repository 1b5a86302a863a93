"""What everybody may read of the fund: one page from the latest published figures, each figure with its definition."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fund import public as disclosure
from fund import public_tables, queries, report_tables, rules
from fund.figures import FIGURES
from fund.models import Snapshot
from portal.core.clock import database_now
from portal.core.periods import SEOUL
from portal.core.ui.parts import Row, Table


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """The latest published figures with their pictures; says so while there are none."""
    found = queries.snapshots.latest_published()
    if found is None:
        return render(request, "fund/public.html", {"snapshot": None})
    content = json.loads(found.body)
    context = {
        "snapshot": found,
        "facts": public_tables.dates(found, content),
        "groups": public_tables.groups(content),
        "pictures": public_tables.pictures(content, disclosure.PUBLIC),
        "write_downs": public_tables.write_downs(content, disclosure.PUBLIC),
        "restatements": _restatements(found),
        "late": _late(found),
        "published": found,
    }
    return render(request, "fund/public.html", context)


def _late(found: Snapshot) -> Table:
    """Which managers' reports are past their day today: by rule everybody may know."""
    today = database_now().astimezone(SEOUL).date()
    tasks = queries.reporting.tasks(queries.funds.sub_funds_of(found.programme), today=today)
    return report_tables.late(queries.reporting.late(tasks), today=today)


def _restatements(found: Snapshot) -> Any:
    rows = list(queries.snapshots.restatements_of(found.programme))
    contents = {row.pk: json.loads(row.body) for row in rows}
    contents |= {row.restates.pk: json.loads(row.restates.body) for row in rows if row.restates}
    return public_tables.restatements(rows, contents)


@require_safe
def figure(request: HttpRequest, figure: str) -> HttpResponse:
    """One figure: what it means, where it comes from, as of when and as known when; whoever reads the books opens them."""
    found, one = queries.snapshots.latest_published(), FIGURES.get(figure)
    if found is None or one is None:
        raise Http404
    content = json.loads(found.body)
    context: dict[str, Any] = {
        "snapshot": found,
        "figure": one,
        "value": public_tables.shown(one, disclosure.value_of(content, figure)),
        "facts": public_tables.facts_of(found, content, one),
        "below": [],
    }
    if request.user.is_authenticated and rules.may_on(request.user, "fund.read", found.programme):
        context["below"] = _below(found)
    return render(request, "fund/figure.html", context)


def _below(found: Snapshot) -> list[Row]:
    """The books of each sub-fund on that day and as known at that very instant, for those who may read them."""
    asked = "?" + urlencode({"show": "journal", "on": found.as_of_date, "known": found.known_at.isoformat()})
    return [
        Row(str(one), _("분개 보기"), change=reverse("fund:sub_fund", args=[one.public_id]) + asked)
        for one in queries.funds.sub_funds_of(found.programme)
    ]


@require_safe
def data(request: HttpRequest, form: str) -> HttpResponse:
    """The public figures as JSON or CSV."""
    found = queries.snapshots.latest_published()
    if found is None or form not in ("json", "csv"):
        raise Http404
    content = disclosure.disclosed(json.loads(found.body), disclosure.PUBLIC)
    if form == "json":
        return JsonResponse({**content, "digest": found.digest}, json_dumps_params={"ensure_ascii": False})
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["figure", "value", "unit", "as_of", "known_at"])
    for code, one in FIGURES.items():
        value = content["figures"][code]
        writer.writerow([code, "" if value is None else value, one.unit, content["as_of"], content["known_at"]])
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="fund-{content["as_of"]}.csv"'
    return answer
