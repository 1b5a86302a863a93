"""Look-through at the desk: what stands behind the net assets, company by company, on any day as known at any instant."""

from __future__ import annotations

import csv
from io import StringIO
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fund import exposure_tables, queries, rules, tables
from fund.views.shared import SignedIn, as_of
from portal.core.clock import database_now
from portal.core.errors import NotAllowed
from portal.core.periods import SEOUL
from portal.core.ui.parts import Row

#: A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_safe
@login_required
def exposure(request: SignedIn) -> HttpResponse:
    """Every programme that one reads as a whole: cash, companies, the City's part; a role in one sub-fund is not enough."""
    if not queries.funds.reads_funds(request.user):
        raise NotAllowed(_("투자 업무 담당자만 볼 수 있는 화면입니다."))
    on, known, form = as_of(request, database_now())
    asked = urlencode({key: request.GET[key] for key in ("on", "known") if request.GET.get(key)})
    shown = []
    for programme in queries.funds.programmes_for(request.user):
        if not rules.may_on(request.user, "fund.read", programme):
            continue
        found = queries.exposure.look_through(programme, on=on, known=known)
        invested = queries.exposure.invested_companies([programme], on=on, known=known)
        jobs = queries.companies.jobs(
            programme, {company.pk: first for company, first in invested.items()}, on=on, known=known
        )
        address = reverse("fund:exposure_csv", args=[programme.code])
        shown.append(
            {
                "programme": programme,
                "figures": exposure_tables.figures(found),
                "jobs": exposure_tables.jobs(jobs),
                "picture": exposure_tables.picture(programme, found),
                "csv": f"{address}?{asked}" if asked else address,
            }
        )
    facts = [
        Row(_("기준일"), tables.day(on)),
        Row(_("인지시점"), f"{known.astimezone(SEOUL):%Y-%m-%d %H:%M}"),
    ]
    return render(request, "fund/exposure.html", {"programmes": shown, "as_of_form": form, "facts": facts})


@require_safe
@login_required
def exposure_csv(request: SignedIn, programme: str) -> HttpResponse:
    """The same rows as a file."""
    found = queries.funds.programmes_for(request.user).filter(code=programme).first()
    if found is None:
        if not queries.funds.reads_funds(request.user):
            raise NotAllowed(_("투자 업무 담당자만 볼 수 있는 화면입니다."))
        raise Http404
    rules.check_may_on(request.user, "fund.read", found)
    on, known, _form = as_of(request, database_now())
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(exposure_tables.FILE)
    for row in exposure_tables.file_rows(queries.exposure.look_through(found, on=on, known=known), on, known):
        writer.writerow([_safe(cell) for cell in row])
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="exposure-{found.code}-{on.isoformat()}.csv"'
    return answer


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
