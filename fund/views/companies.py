"""What is known of a company, written down with its source."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fund import queries, rules, services
from fund.value_forms import ReportForm
from fund.views.shared import SignedIn
from portal.core.clock import database_now
from portal.core.errors import Invalid, Refused


@login_required
def new_report(request: SignedIn, company: UUID) -> HttpResponse:
    """Record people, sales, address and shares on a day."""
    found = queries.holdings.company_of(company)
    if found is None:
        raise Http404
    rules.check_may_on(request.user, "valuation.prepare", found.programme)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.record_report(company=found, by=request.user, now=database_now(), **form.cleaned_data)
            messages.success(request, _("기업현황을 기록했습니다."))
            return redirect("fund:company", company=found.public_id)
        except Refused as refusal:
            named = refusal.field if isinstance(refusal, Invalid) else None
            form.add_error(named if named in form.fields else None, str(refusal.message))
    context = {"company": found, "form": form}
    return render(request, "fund/new_report.html", context, status=422 if form.errors else 200)
