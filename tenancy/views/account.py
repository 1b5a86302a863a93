"""What a company has paid: each row of the bank, what it paid for, and what is left (선수금); finance pays it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Figure
from tenancy import forms, money_tables, queries, rules, services, tables
from tenancy.enums import PaymentKind
from tenancy.models import Lease, Payment
from tenancy.views.shared import SignedIn, found_lease


@login_required
def account(request: SignedIn, lease: UUID) -> HttpResponse:
    """The company's payments; at the desk those that came in for this hub."""
    found = found_lease(lease)
    rules.check_can_see_lease(request.user, found)
    hub = found.unit.hub
    own = rules.is_own_lease(request.user, found)
    rows = list(queries.payments_of(found.organisation, None if own else hub))
    balance = services.balance_of(found.organisation_id)
    case = Case(
        title=_("수납 내역"),
        back=(str(found), reverse("tenancy:lease", args=[found.public_id])),
        caption=found.organisation,
        figures=[Figure(_("선수금"), tables.money(balance))],
        notes=[_explained(own)] if balance else [],
        tables=[money_tables.payments(rows)],
        acts=_acts(request, found, rows, balance) if rules.may_in(request.user, "payment.import", hub) else [],
        recorded=rows,
    )
    return show(request, case)


def _explained(own: bool) -> str:
    if own:
        return _("더 내신 금액은 다음 고지서에 먼저 쓰입니다. 돌려받으시려면 요청을 남겨 주십시오.")
    return _("선수금은 다음 고지서에 먼저 쓰입니다. 기업이 요청하면 돌려줍니다.")


def _acts(request: SignedIn, found: Lease, rows: list[Payment], balance: int) -> list[Act]:
    by = request.user
    came = [row for row in rows if row.kind == PaymentKind.RECEIVED]
    standing = [row for row in came if not hasattr(row, "reversed_by")]

    def refund(answers: Mapping[str, Any], now: datetime) -> None:
        services.refund(payment=came[-1], by=by, now=now, **answers)

    def bounce(answers: Mapping[str, Any], now: datetime) -> None:
        payment = next(row for row in standing if str(row.pk) == answers["payment"])
        services.bounce(payment=payment, by=by, now=now, reason=answers["reason"])

    choices = [(str(row.pk), money_tables.payment_in_words(row)) for row in standing]
    possible = [
        (balance > 0 and came, Act("refund", _("선수금 반환"), forms.RefundForm, _("반환 기록하기"), refund, _("선수금을 돌려주었습니다."), initial={"amount": balance})),
        (standing, Act("bounce", _("입금 취소"), forms.BounceForm, _("취소된 입금 기록하기"), bounce, _("입금을 취소하고 고지서를 다시 열었습니다."), kind="danger", options={"payments": choices})),
    ]  # fmt: skip
    return [act for now, act in possible if now]
