"""The organiser's sheet: invoices entered one by one as they come, and filed together as the settlement report."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.errors import Invalid
from portal.mice import rules
from portal.mice.models import Award, SettlementReport, SheetLine
from portal.mice.services.awards import lock
from portal.mice.services.reports import Spent, file_report, keep_evidence


@transaction.atomic
def enter_line(
    *,
    award: Award,
    code: str,
    supply: int,
    vat: int,
    paid_on: date,
    vendor: str,
    evidence: File[Any],
    kind: str,
    by: User,
    now: datetime,
    vendor_number: str = "",
    vat_reclaimable: bool = False,
    related: bool = False,
    approval_number: str = "",
) -> SheetLine:
    """One invoice, in won, with its evidence. Raises ``Invalid`` for another category than the award's, or no amount."""
    rules.check_can_act_on(by, award)
    held = lock(award)
    rules.check_can_enter(held)
    if not held.lines.filter(code=code).exists():
        raise Invalid(_("교부받은 비목을 골라 주십시오."), field="code")
    if supply < 0 or vat < 0 or supply + vat == 0:
        raise Invalid(_("공급가액과 부가세를 0원 이상으로, 적어도 하나는 1원 이상으로 적어 주십시오."), field="supply")
    kept = keep_evidence(
        award=held, content=evidence, kind=kind, amount=supply + vat, by=by, now=now, approval_number=approval_number
    )
    return SheetLine.objects.create(
        award=held,
        code=code,
        supply=supply,
        vat=vat,
        vat_reclaimable=vat_reclaimable,
        paid_on=paid_on,
        vendor=vendor,
        vendor_number=vendor_number,
        related=related,
        evidence=kept,
        entered_by=by,
        entered_at=now,
    )


@transaction.atomic
def strike_line(*, line: SheetLine, by: User) -> None:
    """Take an invoice off the sheet; what was filed of it before stays as it was filed."""
    rules.check_can_act_on(by, line.award)
    rules.check_can_enter(lock(line.award))
    line.delete()


@transaction.atomic
def file_sheet(*, award: Award, interest: int, by: User, now: datetime) -> SettlementReport:
    """The master account files the whole sheet, with the interest that the money bore."""
    rules.check_can_sign(by, award)
    rules.check_can_enter(lock(award))
    return file_report(
        award=award, spent=[_spent(line) for line in award.sheet.all()], interest=interest, by=by, now=now
    )


def _spent(line: SheetLine) -> Spent:
    return Spent(
        code=line.code,
        supply=line.supply,
        vat=line.vat,
        paid_on=line.paid_on,
        vendor=line.vendor,
        evidence=line.evidence,
        vendor_number=line.vendor_number,
        vat_reclaimable=line.vat_reclaimable,
        related=line.related,
    )
