"""The City's plan of calls, year by year."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fund import rules
from fund.models import CallPlan, Programme
from ledger import log
from portal.core.errors import Invalid
from portal.core.periods import SEOUL


@transaction.atomic
def set_call_plan(*, programme: Programme, year: int, amount: int, source: str, by: Any, now: datetime) -> CallPlan:
    """What the City expects to be called in a budget year, in won; years that are over keep their plan."""
    acting = by.acting_as(rules.check_can_set_call_plan(by, programme))
    Programme.objects.select_for_update().get(pk=programme.pk)
    this = now.astimezone(SEOUL).year
    if not this <= year <= this + 20:
        raise Invalid(_("올해부터 20년 안의 회계연도를 적어 주십시오."), field="year")
    if not 0 <= amount <= programme.amount:
        raise Invalid(_("한 해의 계획은 서울시 출자 목표를 넘을 수 없습니다."), field="amount")
    if not source.strip():
        raise Invalid(_("이 계획의 근거를 적어 주십시오."), field="source")
    made = CallPlan.objects.create(
        programme=programme, year=year, amount=amount, source=source.strip(), set_by=by, set_at=now
    )
    log.append("fund.call_plan.set", row=made, by=acting, data={"year": year, "amount": amount})
    return made
