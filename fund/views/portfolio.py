"""The programme at a glance, and one sub-fund with its partners, calls and books on any day as known at any instant."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fund import commitment_tables, deal_tables, queries, report_tables, rules, settlement_tables, tables, value_tables
from fund import tear_sheet as sheet
from fund.models import Entry, Programme, SubFund
from fund.views.shared import SignedIn, as_of, found_sub_fund
from portal.core.clock import database_now
from portal.core.errors import NotAllowed
from portal.core.papers import answer
from portal.core.periods import SEOUL
from portal.core.ui.parts import Figure, Tab, Table

#: Entries of the journal on one page.
_ENTRIES = 100
#: As many late reports stand on the desk, the oldest first; all of them are a page away.
_LATE = 10
_TABS = ("partners", "calls", "distributions", "settlements", "deals", "holdings", "performance", "books", "journal")


@login_required
def desk(request: SignedIn) -> HttpResponse:
    """The City and the total against amount, target and cap; sub-funds; what waits. Managers have a page of their own."""
    if not queries.funds.reads_funds(request.user):
        if queries.reporting.managed_by(request.user).exists():
            return redirect("fund:reporting")
        raise NotAllowed(_("투자 업무 담당자만 볼 수 있는 화면입니다."))
    context = {
        "programmes": [_programme(request, programme) for programme in queries.funds.programmes_for(request.user)]
    }
    return render(request, "fund/desk.html", context)


def _programme(request: SignedIn, programme: Programme) -> dict[str, Any]:
    rows = [row for row in queries.funds.sub_funds_of(programme) if rules.may_in(request.user, "fund.read", row)]
    return {
        "programme": programme,
        "figures": _figures(programme),
        "sub_funds": tables.sub_funds(rows, queries.funds.committed(programme)),
        "waiting": tables.calls(list(queries.calls.open_calls(rows))),
        "late": _late(rows),
    }


def _late(rows: list[SubFund]) -> Table:
    today = database_now().astimezone(SEOUL).date()
    found = queries.reporting.late(queries.reporting.tasks(rows, today=today))
    return report_tables.late(found[:_LATE], today=today, linked=True)


def _figures(programme: Programme) -> list[Figure]:
    city, total = programme.city_committed, programme.total_committed
    cap = _("한도 %(cap)s, 주의 %(warn)s") % {
        "cap": tables.percent(programme.cap_bp, 10_000),
        "warn": tables.percent(programme.warn_bp, 10_000),
    }
    return [
        Figure(
            _("서울시 약정"), tables.money(city), note=_("목표 %(goal)s") % {"goal": tables.money(programme.amount)}
        ),
        Figure(
            _("약정 합계"),
            tables.money(total),
            note=_("목표 %(goal)s") % {"goal": tables.money(programme.target_total)},
        ),
        Figure(_("서울시 비율"), tables.percent(city, total), note=cap),
    ]


@login_required
def sub_fund(request: SignedIn, sub_fund: UUID) -> HttpResponse:
    """One sub-fund; the day and the instant of knowledge stand in the address."""
    found, now = found_sub_fund(request, sub_fund), database_now()
    on, known, form = as_of(request, now)
    shown = request.GET.get("show", "partners")
    shown = shown if shown in _TABS else "partners"
    words = {
        "partners": _("출자자"),
        "calls": _("출자요청"),
        "distributions": _("배분"),
        "settlements": _("보수와 정산"),
        "deals": _("투자건"),
        "holdings": _("투자자산"),
        "performance": _("성과"),
        "books": _("시산표"),
        "journal": _("분개장"),
    }
    page = _journal(request, found, on, known) if shown == "journal" else None
    context = {
        "sub_fund": found,
        "page": page,
        "on": on,
        "tone": tables.TONES.get(found.status, ""),
        "paper_query": urlencode({"on": on, "known": request.GET.get("known", "")}),
        "as_of_form": form if shown in ("holdings", "performance", "books", "journal") else None,
        "shown": shown,
        "tabs": [Tab(words[tab], f"?show={tab}", current=shown == tab) for tab in _TABS],
        "table": _table(found, shown, on, known) if page is None else tables.entries(list(page)),
        "results": _shown(found, shown, on, known),
        "stakes": _stakes(found, on, known) if shown == "holdings" else None,
        "may_commit": shown == "partners" and rules.can_prepare_commitment(request.user, found),
        "may_close": shown == "partners" and rules.can_hold_close(request.user, found),
        "may_distribute": rules.may_in(request.user, "distribution.prepare", found),
        "may_deal": rules.may_in(request.user, "deal.prepare", found),
        "may_call": rules.may_in(request.user, "capital_call.prepare", found),
    }
    return render(request, "fund/sub_fund.html", context)


def _stakes(found: SubFund, on: Any, known: Any) -> Table | None:
    """What it holds of other sub-funds; most hold none."""
    rows = queries.stakes.held_by(found)
    return commitment_tables.stakes(rows, queries.stakes.cost(found, on=on, known=known)) if rows else None


def _journal(request: SignedIn, found: SubFund, on: Any, known: Any) -> Page[Entry]:
    entries = queries.books.journal(queries.books.book_of(found), on=on, known=known)
    return Paginator(entries, _ENTRIES).get_page(request.GET.get("page"))


def _table(found: SubFund, shown: str, on: Any, known: Any) -> Any:
    if shown == "calls":
        return tables.calls(list(queries.calls.calls_of(found)))
    if shown == "distributions":
        return tables.distributions(list(queries.funds.distributions_of(found)), found.currency)
    if shown == "settlements":
        return settlement_tables.settlements(list(queries.settlements.settlements_of(found)))
    if shown == "deals":
        return deal_tables.deals(list(queries.holdings.deals_of(found)))
    if shown == "holdings":
        return value_tables.values(queries.values.values(found, on=on, known=known), found.currency)
    if shown == "performance":
        return tables.flows(queries.flows.cash_flows(found, on=on, known=known), found.currency)
    if shown == "books":
        sums = queries.books.balances(queries.books.book_of(found), on=on, known=known)
        return tables.balances(sums, found.currency)
    return tables.partners(list(queries.funds.commitments_of(found)), found.currency)


def _shown(found: SubFund, shown: str, on: Any, known: Any) -> list[Figure] | None:
    """The figures above the table."""
    if shown == "holdings":
        return value_tables.value_figures(queries.values.values(found, on=on, known=known), found.currency)
    return sheet.results(found, on=on, known=known) if shown == "performance" else None


@login_required
def tear_sheet(request: SignedIn, sub_fund: UUID) -> FileResponse:
    """The sub-fund on one paper, as of the day and the instant in the address."""
    found, now = found_sub_fund(request, sub_fund), database_now()
    on, known, _form = as_of(request, now)
    return answer(sheet.tear_sheet(found, on=on, known=known), f"{found.code}-{on}.pdf")
