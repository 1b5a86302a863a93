"""Capital account statements: what is told of a quarter and to whom, one's own statements, and their files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fund import papers, queries, rules, services, statement_tables, tables
from fund.enums import SnapshotKind, SnapshotStatus, StatementStatus
from fund.models import CapitalStatement, Snapshot
from fund.queries.issued import PERIODS
from fund.report_tables import quarter as quarter_name
from fund.views.shared import SignedIn, check_concerned
from fund.workbook.account import Sheet, account
from portal.core.errors import NotAllowed
from portal.core.papers import answer
from portal.core.ui.parts import Figure, Row
from portal.core.ui.trying import tried

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PER_PAGE = 40


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def quarter(request: SignedIn, snapshot: UUID) -> HttpResponse:
    """Every sub-fund's partners at the end of a quarter: told, to be told, to be told anew; another person issues all."""
    found = _quarter(request, snapshot)
    if request.method == "POST":
        word = _("명세서를 발행하고 있습니다. 잠시 뒤 이 화면에서 확인해 주십시오.")
        tried(request, lambda: services.order_statements(snapshot=found, by=request.user), word)
        return redirect("fund:quarter_statements", snapshot=found.public_id)
    funds = _funds(found) if found.status == SnapshotStatus.PUBLISHED else []
    told = [one for _fund, rows in funds for one in rows]
    left = sum(one.differs for one in told)
    context = {
        "snapshot": found,
        "title": _("%(quarter)s 자본계정 명세서") % {"quarter": quarter_name(found.as_of_date)},
        "figures": _figures(len(told), left) if told else [],
        "facts": [
            Row(_("기준일"), tables.day(found.as_of_date)),
            Row(_("실적확정"), _("제%(number)s호") % {"number": found.number}),
            Row(_("상태"), found.get_status_display()),
        ],
        "sub_funds": [
            (fund, statement_tables.of_quarter(rows, fund.currency, end=found.as_of_date)) for fund, rows in funds
        ],
        **_may(request, found, funds, left),
    }
    return render(request, "fund/quarter_statements.html", context)


def _figures(partners: int, left: int) -> list[Figure]:
    return [
        Figure(_("출자자 수"), partners),
        Figure(_("발행한 명세서"), partners - left),
        Figure(_("발행할 차례"), left),
    ]


def _quarter(request: SignedIn, public_id: UUID) -> Snapshot:
    found = queries.snapshots.snapshot_of(public_id)
    if found is None or found.kind != SnapshotKind.QUARTER:
        raise Http404
    rules.check_may_on(request.user, "fund.read", found.programme)
    return found


def _funds(found: Snapshot) -> list[tuple[Any, list[Any]]]:
    funds = found.programme.sub_funds.filter(closes__isnull=False).distinct().select_related("programme")
    return [(fund, queries.issued.told(fund, found)) for fund in funds.order_by("code")]


def _may(request: SignedIn, found: Snapshot, funds: list[tuple[Any, list[Any]]], left: int) -> dict[str, Any]:
    """Whether there is a button, or why there is none."""
    second = all(rules.can_issue_statements(request.user, fund, found) for fund, _rows in funds)
    return {
        "may_issue": second and left > 0,
        "unpublished": found.status != SnapshotStatus.PUBLISHED,
        "waits_for_another": not second and left > 0,
    }


@login_required
@require_safe
def own(request: SignedIn) -> HttpResponse:
    """The statements of the partners one acts for."""
    if not queries.issued.is_partner(request.user):
        raise NotAllowed(_("조합에 출자한 기관의 구성원만 볼 수 있는 화면입니다."))
    page = Paginator(queries.issued.own(request.user), _PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "fund/own_statements.html", {"table": statement_tables.own(list(page)), "page": page})


@login_required
@require_safe
def statement(request: SignedIn, statement: UUID) -> HttpResponse:
    """One statement as it was issued, and which one replaced it."""
    row = _statement(request, statement)
    replaced = row.status == StatementStatus.REPLACED
    context = {
        "statement": row,
        "tone": "" if replaced else "success",
        "facts": [*statement_tables.facts(row), *statement_tables.committed(row)],
        "table": statement_tables.account(row, whole=False),
        "newer": row.replaced_by if replaced else None,
        "older": row.replaces,
        "may_see_all": rules.may_on(request.user, "fund.read", row.sub_fund.programme),
        "is_own": queries.issued.own(request.user).filter(pk=row.pk).exists(),
    }
    return render(request, "fund/statement.html", context)


@login_required
@require_safe
def statement_pdf(request: SignedIn, statement: UUID) -> FileResponse:
    """The statement on paper."""
    row = _statement(request, statement)
    return answer(papers.statement(row), f"{row}.pdf")


@login_required
@require_safe
def statement_xlsx(request: SignedIn, statement: UUID) -> HttpResponse:
    """The statement as a workbook."""
    row = _statement(request, statement)
    figures, words = statement_tables.said(row), statement_tables.periods()
    facts = [(str(one.label), str(one.value)) for one in statement_tables.facts(row)]
    sheet = Sheet(
        title=_("자본계정 명세서"),
        facts=[
            (_("번호"), str(row)),
            *facts,
            (_("통화"), row.sub_fund.currency),
            (_("상태"), row.get_status_display()),
        ],
        heads=[_("항목"), *(words[name] for name in PERIODS)],
        lines=statement_tables.laid_out(figures),
        below=[(_("약정액"), figures["committed"]), (_("미납입 약정"), figures["unfunded"])],
        currency=row.sub_fund.currency,
        made_at=row.issued_at,
    )
    headers = {
        "Content-Disposition": f'attachment; filename="{row}.xlsx"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(account(sheet), content_type=_XLSX, headers=headers)


def _statement(request: SignedIn, public_id: UUID) -> CapitalStatement:
    row = queries.issued.statement_of(public_id)
    if row is None:
        raise Http404
    check_concerned(request, row.sub_fund, row.commitment)
    return row
