"""Reports of the managers: the terms on which they are due."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from fund import rules
from fund.due import quarter_start
from fund.models import Programme, ReportTerms
from ledger import log
from portal.core.errors import Invalid
from portal.core.periods import SEOUL


@transaction.atomic
def set_report_terms(
    *, programme: Programme, start: date, source: str, by: Any, now: datetime, **days: int
) -> ReportTerms:
    """Within how many days managers report on the quarters that end from ``start``; ``days`` are the fields of the model.

    The first terms may begin in the past. Later ones change no quarter that has ended: what was late stays late.
    """
    acting = by.acting_as(rules.check_can_set_report_terms(by, programme))
    _check(start, source, days)
    Programme.objects.select_for_update().get(pk=programme.pk)
    before = programme.report_terms.filter(valid__endswith__isnull=True).first()
    if before is not None:
        if start < quarter_start(now.astimezone(SEOUL).date()) or start <= before.valid.lower:
            raise Invalid(
                _("이미 끝난 분기의 보고 기한은 바꾸지 않습니다. 이번 분기나 다음 분기의 첫날을 적어 주십시오."),
                field="start",
            )
        ReportTerms.objects.filter(pk=before.pk).update(valid=DateRange(before.valid.lower, start))
        log.append("fund.report_terms.ended", row=before, by=acting, data={"on": start})
    made = ReportTerms.objects.create(
        programme=programme, valid=DateRange(start, None), source=source.strip(), set_by=by, **days
    )
    log.append("fund.report_terms.set", row=made, by=acting, data={"on": start, **told(made)})
    return made


def told(terms: ReportTerms) -> dict[str, int]:
    """The days as the ledger tells them."""
    return {
        "quarter_days": terms.quarter_days,
        "year_days": terms.year_days,
        "indirect_quarter_days": terms.indirect_quarter_days,
        "indirect_year_days": terms.indirect_year_days,
    }


def _check(start: date, source: str, days: dict[str, int]) -> None:
    if start != quarter_start(start):
        raise Invalid(_("분기의 첫날(1월, 4월, 7월, 10월 1일)을 적어 주십시오."), field="start")
    for name, number in days.items():
        if not 1 <= number <= 366:
            raise Invalid(_("기한은 1일에서 366일까지입니다."), field=name)
    if not source.strip():
        raise Invalid(_("이 기한을 정한 근거를 적어 주십시오."), field="source")
