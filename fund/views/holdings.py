"""What is held: one holding with its lots and their history, a lot's conversion and split, one company over all sub-funds."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from fund import deal_tables, queries, rules, services, tables, value_tables
from fund.deal_forms import ConversionForm, SplitForm
from fund.models import Lot
from fund.views.shared import SignedIn
from portal.core.clock import database_now
from portal.core.errors import Invalid, Refused
from portal.core.periods import SEOUL
from portal.core.ui.parts import Figure, Row
from portal.plan.registry import fact


@login_required
def holding(request: SignedIn, holding: UUID) -> HttpResponse:
    """Lots, what happened to them, and where the money stands in the books."""
    found = queries.holdings.holding_of(holding)
    if found is None:
        raise Http404
    rules.check_can_read(request.user, found.sub_fund)
    lots, today = list(queries.holdings.lots_of(found)), database_now().astimezone(SEOUL).date()
    currency, manages = found.sub_fund.currency, rules.may_in(request.user, "deal.prepare", found.sub_fund)
    context = {
        "holding": found,
        "sub_fund": found.sub_fund,
        "tone": tables.TONES.get(found.status, ""),
        "figures": [
            Figure(_("취득원가"), tables.amount_in(currency, sum(lot.cost for lot in lots))),
            Figure(_("장부 가치"), tables.amount_in(currency, queries.values.carrying(found, on=today))),
            Figure(_("첫 투자일"), tables.day(found.first_cash_date)),
        ],
        "lots": deal_tables.lots(lots, currency, manages=manages),
        "valuations": value_tables.valuations(list(queries.values.valuations_of(found)), currency),
        "measures": value_tables.measures(list(queries.values.measures_of(found)), currency),
        "may_value": rules.may_in(request.user, "valuation.prepare", found.sub_fund),
        "events": deal_tables.events(list(queries.holdings.events_of(found)), currency),
        "deals": deal_tables.deals(list(queries.holdings.deals_of(found.sub_fund).filter(company=found.company))),
    }
    return render(request, "fund/holding.html", context)


@login_required
def lot(request: SignedIn, lot: int) -> HttpResponse:
    """Convert a lot, or split it."""
    rows = Lot.objects.select_related("holding__sub_fund__programme__cluster", "holding__company")
    found = get_object_or_404(rows, pk=lot)
    rules.check_may_in(request.user, "deal.prepare", found.holding.sub_fund)
    splitting = "split" in request.POST
    posted = request.POST or None
    convert = ConversionForm(None if splitting else posted, lot=found)
    split = SplitForm(posted if splitting else None)
    form = split if splitting else convert
    if request.method == "POST" and form.is_valid():
        try:
            _change(request, found, convert, split, splitting=splitting)
            messages.success(request, _("증권의 변동을 기록했습니다."))
            return redirect("fund:holding", holding=found.holding.public_id)
        except Refused as refusal:
            named = refusal.field if isinstance(refusal, Invalid) else None
            form.add_error(named if named in form.fields else None, str(refusal.message))
    context = {
        "lot": found,
        "holding": found.holding,
        "facts": [
            Row(_("수"), f"{found.units:,}"),
            Row(_("취득원가"), tables.amount_in(found.holding.sub_fund.currency, found.cost)),
            Row(_("첫 투자일"), tables.day(found.first_cash_date)),
            *deal_tables.terms(found, found.holding.sub_fund.currency),
        ],
        "convert": convert if convert.fields["to"].choices else None,  # type: ignore[attr-defined]
        "split": split if found.units else None,
        "shown": form,
    }
    return render(request, "fund/lot.html", context, status=422 if form.errors else 200)


def _change(request: SignedIn, found: Lot, convert: ConversionForm, split: SplitForm, *, splitting: bool) -> None:
    if splitting:
        services.split_lot(lot=found, by=request.user, now=database_now(), **split.cleaned_data)
    else:
        services.convert_lot(lot=found, by=request.user, now=database_now(), **convert.asked())


@login_required
def company(request: SignedIn, company: UUID) -> HttpResponse:
    """One company over all sub-funds that one reads; whether it is a tenant is asked, and what is unknown is said so."""
    found = queries.holdings.company_of(company)
    if found is None:
        raise Http404
    role_in = rules.check_can_read_company(request.user, found)
    held = [row for row in queries.holdings.holdings_in(found) if row.sub_fund in role_in]
    today = database_now().astimezone(SEOUL).date()
    first = min((row.first_cash_date for row in held), default=None)
    asked = {"organisation": found.organisation}
    tenancy = [
        (_("투자 때 입주기업"), fact("tenancy.is_tenant", on=first, **asked) if first else None),
        (_("지금 입주기업"), fact("tenancy.is_tenant", on=today, **asked)),
        (_("졸업기업"), fact("tenancy.is_graduate", on=today, **asked)),
    ]
    context = {
        "company": found,
        "facts": deal_tables.company_facts(found, tenancy),
        "reports": value_tables.reports(list(queries.companies.reports_of(found))),
        "may_report": rules.may_on(request.user, "valuation.prepare", found.programme),
        "holdings": deal_tables.holdings(held, of_company=True),
        "deals": deal_tables.deals(
            list(found.deals.filter(sub_fund__in=role_in).select_related("company", "sub_fund").order_by("-id")),
            of_all=True,
        ),
    }
    return render(request, "fund/company.html", context)
