"""The officer's list of what is due in a hub, and one case of arrears with its instalments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.clock import database_now
from portal.core.periods import SEOUL
from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Column, Row, Table
from tenancy import change_forms, due_list, money_tables, queries, rules, services, tables
from tenancy.enums import ArrearsStatus
from tenancy.forms import SureForm
from tenancy.models import ArrearsCase, InvoiceLine
from tenancy.views.money import desk, found_hub
from tenancy.views.shared import SignedIn


@login_required
def due(request: SignedIn, hub: str) -> HttpResponse:
    """Offers and signatures running out, terms ending in 30, 90 and 120 days, renewals, arrears, inspections, holdovers."""
    place, now = found_hub(hub), database_now()
    rules.check_may_in(request.user, "lease.read", place)
    today = now.astimezone(SEOUL).date()
    rows = due_list.of_hub(place, now)
    late = list(queries.overdue_in([place], now))
    names = [_("체납 7일까지"), _("체납 30일까지"), _("체납 60일까지"), _("체납 60일 넘음")]
    ages = zip(names, queries.by_age(late, today), strict=True)
    case = Case(
        title=_("%(hub)s 기한 목록") % {"hub": place},
        back=desk(),
        caption=tables.day(today),
        figures=due_list.figures(rows, today),
        rows=[Row(name, tables.money(won)) for name, won in ages if won],
        tables=[due_list.table(rows, today)],
    )
    return show(request, case)


@login_required
def arrears_case(request: SignedIn, case: UUID) -> HttpResponse:
    """What a tenant owes, the interest it would bear, the step it is at, and instalments."""
    rows = ArrearsCase.objects.select_related("lease__organisation", "lease__unit__floor__building__hub__cluster")
    found = get_object_or_404(rows.select_related("lease__rate_card"), public_id=case)
    rules.check_can_see_lease(request.user, found.lease)
    now = database_now()
    today = now.astimezone(SEOUL).date()
    late = list(queries.overdue_of(found.lease, today))
    unpaid = services.interest_due(found.lease, today)
    open_won = sum(invoice.open_amount for invoice in late)
    page = Case(
        title=_("체납"),
        back=(str(found.lease), reverse("tenancy:lease", args=[found.lease.public_id])),
        caption=found.lease.organisation,
        status=found.get_status_display(),
        rows=[
            Row(_("체납 시작"), tables.day(found.since_date)),
            Row(_("미납액"), tables.money(open_won)),
            Row(_("오늘까지의 연체이자(아직 부과하지 않음)"), tables.money(sum(line.supply for line in unpaid))),
            *(Row(_("계산"), line.in_words) for line in unpaid),
        ],
        tables=[money_tables.overdue(late, now), *([_plan(found)] if found.plan else [])],
        acts=_acts(request, found, unpaid),
        recorded=[found],
    )
    return show(request, page)


def _plan(found: ArrearsCase) -> Table:
    return Table(
        caption=_("분납 약속"),
        columns=[Column(_("낼 날")), Column(_("금액(원)"), number=True)],
        rows=[[tables.day(date.fromisoformat(part["due"])), tables.money(part["amount"])] for part in found.plan or []],
    )


def _acts(request: SignedIn, found: ArrearsCase, unpaid: list[InvoiceLine]) -> list[Act]:
    def agree(answers: Mapping[str, Any], now: datetime) -> None:
        services.agree_plan(case=found, instalments=answers["parts"], by=request.user, now=now)

    def charge(answers: Mapping[str, Any], now: datetime) -> None:
        services.charge_interest(case=found, by=request.user, now=now)

    charges = bool(unpaid) and rules.may_in(request.user, "invoice.issue", found.lease.unit.hub)
    may = rules.may_in(request.user, "payment.import", found.lease.unit.hub)
    open_to = found.status in (ArrearsStatus.REMINDED, ArrearsStatus.DEMANDED)
    act = Act("plan", _("분납"), change_forms.InstalmentsForm, _("분납 약속하기"), agree, _("분납을 약속했습니다."))
    interest = Act("interest", _("연체이자"), SureForm, _("연체이자 부과하기"), charge, _("연체이자를 고지했습니다."), kind="secondary")  # fmt: skip
    return [one for one, now in ((act, may and open_to), (interest, charges)) if now]
