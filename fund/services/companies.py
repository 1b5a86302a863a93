"""What is known of a company: written down once with its source, corrected without losing what was known before."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from fund import rules
from fund.models import Company, CompanyReport
from ledger import log
from portal.core.errors import Invalid
from portal.core.periods import SEOUL


@transaction.atomic
def record_report(
    *, company: Company, on: date, source: str, source_date: date, by: Any, now: datetime, headcount: int | None = None,
    sales: int | None = None, address: str = "", shares: int | None = None, statutory: str = "",
) -> CompanyReport:  # fmt: skip
    """People, sales, address, shares and standing before the law of a company on a day; another word on the same day takes the place of the first.

    Raises ``Invalid`` for a day that lies ahead, a source before the day, or nothing said.
    """
    acting = by.acting_as(rules.check_may_on(by, "valuation.prepare", company.programme))
    said: dict[str, Any] = {"headcount": headcount, "sales": sales, "address": address.strip(), "shares": shares}
    said["statutory"] = statutory
    _check(on, source_date, said, now)
    Company.objects.select_for_update().get(pk=company.pk)
    before = CompanyReport.objects.filter(company=company, on_date=on, known__endswith__isnull=True).first()
    if before is not None:
        now = max(now, before.known.lower + timedelta(microseconds=1))
        CompanyReport.objects.filter(pk=before.pk).update(known=DateTimeTZRange(before.known.lower, now))
        log.append("fund.company_report.superseded", row=before, by=acting, data={"on": on.isoformat()})
    made = CompanyReport.objects.create(
        company=company, on_date=on, source=source, source_date=source_date, known=DateTimeTZRange(now, None),
        recorded_by=by, **said,
    )  # fmt: skip
    data = {"on": on.isoformat(), "source": source, "source_date": source_date.isoformat()}
    private = {"report": json.dumps(said, ensure_ascii=False, sort_keys=True)}
    log.append("fund.company_report.recorded", row=made, by=acting, data=data, private=private)
    return made


def _check(on: date, source_date: date, said: dict[str, Any], now: datetime) -> None:
    today = now.astimezone(SEOUL).date()
    if on > today:
        raise Invalid(_("아직 오지 않은 날의 현황은 적을 수 없습니다."), field="on")
    if not on <= source_date <= today:
        raise Invalid(_("출처의 날짜는 기준일과 오늘 사이여야 합니다."), field="source_date")
    if said["shares"] == 0:
        raise Invalid(_("발행주식 총수는 1주 이상이어야 합니다."), field="shares")
    if all(value is None or value == "" for value in said.values()):
        raise Invalid(_("고용, 매출, 소재지, 발행주식, 법정 구분 가운데 하나는 적어 주십시오."), field="headcount")
