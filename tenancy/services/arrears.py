"""Arrears: a case per lease with something overdue, one step at a time by the days that have passed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max, Min, Sum
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, Overtaken, Refused
from portal.core.periods import SEOUL, first_of_month
from portal.core.transition import advance
from tenancy import rent, rules
from tenancy.enums import ArrearsStatus, Basis, InvoiceKind, LineKind, Rounding
from tenancy.models import ArrearsCase, Invoice, InvoiceLine, Lease
from tenancy.services.invoices import issue_invoice
from tenancy.services.settling import OPEN, overdue
from tenancy.services.telling import tell_arrears
from tenancy.workflow import ARREARS

#: Days after the due date from which a case takes its next step by itself (design 05 §7).
STEPS_BY_DAY: dict[str, tuple[int, ArrearsStatus]] = {
    ArrearsStatus.OPEN: (7, ArrearsStatus.REMINDED),
    ArrearsStatus.REMINDED: (30, ArrearsStatus.DEMANDED),
    ArrearsStatus.DEMANDED: (60, ArrearsStatus.FINAL_NOTICE),
}


def dun(*, now: datetime) -> int:
    """Open cases, close those paid, take the steps that are due; answers how many moved. Safe at any time, twice at once."""
    today, moved = now.astimezone(SEOUL).date(), 0
    late = overdue(
        Invoice.objects.filter(lease__arrears=None) | Invoice.objects.filter(lease__arrears__status="CLOSED"), today
    )
    for row in late.values("lease").annotate(since=Min("due_date")).order_by("lease"):
        moved += _open(row["lease"], row["since"], now)
    cases = ArrearsCase.objects.exclude(status__in=[ArrearsStatus.CLOSED, ArrearsStatus.TERMINATING])
    owing = set(overdue(Invoice.objects.filter(lease__arrears__in=cases), today).values_list("lease", flat=True))
    for case in cases.select_related("lease__organisation", "lease__unit").order_by("pk"):
        if case.lease_id in owing and _next(case, today) is None and case.status != ArrearsStatus.PLAN:
            continue  # nothing was paid and no day has come
        try:
            moved += _step(case, today, now)
        except Refused:
            continue  # moved in between
    return moved


def _open(lease: int, since: date, now: datetime) -> int:
    try:
        with transaction.atomic():
            row = Lease.objects.select_for_update(no_key=True).get(pk=lease)
            if row.arrears.exclude(status=ArrearsStatus.CLOSED).exists():
                return 0
            case = ArrearsCase.objects.create(lease=row, since_date=since, stepped_at=now)
            data = {"to": case.status, "open": _overdue_won(case, now.astimezone(SEOUL).date()), "since": since}
            log.append("space.arrears.opened", row=case, by=log.SYSTEM, data=data)
    except IntegrityError:
        return 0
    return 1


@transaction.atomic
def _step(case: ArrearsCase, today: date, now: datetime) -> int:
    left = _overdue_won(case, today)
    if not left:
        advance(case, ArrearsStatus.CLOSED, by=log.SYSTEM, steps=ARREARS, changes={"stepped_at": now})
        return 1
    if case.status == ArrearsStatus.PLAN:
        return _check_plan(case, today, now)
    to = _next(case, today)
    if to is None:
        return 0
    advance(case, to, by=log.SYSTEM, steps=ARREARS, data={"open": left}, changes={"stepped_at": now})
    tell_arrears(case, left)
    return 1


def _next(case: ArrearsCase, today: date) -> ArrearsStatus | None:
    """The step whose day has come; a letter a day at most, also when the job comes late and then twice."""
    days, to = STEPS_BY_DAY.get(case.status, (0, None))
    if case.status != ArrearsStatus.OPEN and case.stepped_at.astimezone(SEOUL).date() >= today:
        return None
    return to if to is not None and today >= case.since_date + timedelta(days=days) else None


def _check_plan(case: ArrearsCase, today: date, now: datetime) -> int:
    """Broken when more is open than the instalments still to come."""
    to_come = sum(part["amount"] for part in case.plan or [] if date.fromisoformat(part["due"]) >= today)
    left = _planned_won(case)
    if left <= to_come:
        return 0
    data, changes = {"open": left}, {"stepped_at": now}
    advance(case, ArrearsStatus.DEMANDED, by=log.SYSTEM, steps=ARREARS, data=data, changes=changes)
    tell_arrears(case, left)
    return 1


@transaction.atomic
def charge_interest(*, case: ArrearsCase, by: Any, now: datetime) -> Invoice:
    """Charge the interest that the page showed: for each late invoice the days since it was due or last charged.

    An invoice of its own, once a month, without VAT and never on interest. Raises ``Invalid`` when it comes to nothing.
    """
    rules.check_may_in(by, "invoice.issue", case.lease.unit.hub)
    lease = Lease.objects.select_for_update(of=("self",), no_key=True).select_related("rate_card").get(pk=case.lease_id)
    today = now.astimezone(SEOUL).date()
    lines = interest_due(lease, today)
    if not lines:
        raise Invalid(_("부과할 연체이자가 없습니다."))
    total = sum(line.supply for line in lines)
    try:
        with transaction.atomic():
            invoice = Invoice.objects.create(
                lease=lease, month=first_of_month(today), kind=InvoiceKind.INTEREST,
                supply=total, vat=0, total=total, open_amount=total,
            )  # fmt: skip
    except IntegrityError as error:
        raise Overtaken(_("이달의 연체이자는 이미 부과했습니다.")) from error
    for line in lines:
        line.invoice = invoice
    InvoiceLine.objects.bulk_create(lines)
    issue_invoice(invoice=invoice, by=by, now=now)
    return invoice


def interest_due(lease: Lease, today: date) -> list[InvoiceLine]:
    """The lines that interest up to ``today`` would be charged by, unwritten."""
    late = overdue(lease.invoices.exclude(kind=InvoiceKind.INTEREST), today).annotate(
        charged=Max("interest_lines__period__endswith")
    )
    lines: list[InvoiceLine] = []
    for row in late.order_by("due_date", "pk"):
        since = row.charged or row.due_date
        amount = rent.late_interest(row.open_amount, lease.rate_card.late_interest_bp, max(0, (today - since).days))
        if amount:
            lines.append(
                InvoiceLine(
                    position=len(lines) + 1, kind=LineKind.INTEREST, basis=Basis.FLAT, period=DateRange(since, today),
                    area_m2=1, rate_won=row.open_amount, rounding=Rounding.WON, bp=lease.rate_card.late_interest_bp,
                    supply=amount, vat=0, late=row,
                )
            )  # fmt: skip
    return lines


def _overdue_won(case: ArrearsCase, today: date) -> int:
    return overdue(case.lease.invoices.all(), today).aggregate(sum=Sum("open_amount"))["sum"] or 0


def _planned_won(case: ArrearsCase) -> int:
    """What is still open of the invoices for which instalments were agreed."""
    covered = [number for part in (case.plan or [])[:1] for number in part["invoices"]]
    rows = case.lease.invoices.filter(number__in=covered, status__in=OPEN)
    return rows.aggregate(sum=Sum("open_amount"))["sum"] or 0


@transaction.atomic
def agree_plan(*, case: ArrearsCase, instalments: Sequence[tuple[date, int]], by: Any, now: datetime) -> None:
    """Agree that what is overdue is paid in parts; the parts must add up to it and lie ahead."""
    role = rules.check_can_agree_plan(by, case)
    today = now.astimezone(SEOUL).date()
    late = list(overdue(case.lease.invoices.all(), today))
    left = sum(invoice.open_amount for invoice in late)
    if not instalments or sum(amount for _, amount in instalments) != left or any(a <= 0 for _, a in instalments):
        raise Invalid(_("나누어 낼 금액의 합이 미납액과 같아야 합니다."))
    if any(due <= today for due, _amount in instalments):
        raise Invalid(_("분납일은 오늘보다 뒤여야 합니다."))
    numbers = [invoice.number for invoice in late]
    plan = [{"due": due.isoformat(), "amount": amount, "invoices": numbers} for due, amount in sorted(instalments)]
    advance(
        case,
        ArrearsStatus.PLAN,
        by=by.acting_as(role),
        steps=ARREARS,
        data={"instalments": len(plan), "open": left},
        changes={"plan": plan, "stepped_at": now},
    )


@transaction.atomic
def start_termination(*, case: ArrearsCase, heard_date: date, by: Any, now: datetime, reason: str) -> None:
    """After the final notice and a hearing the approver starts ending the lease."""
    role = rules.check_can_start_termination(by, case)
    if heard_date > now.astimezone(SEOUL).date() or not reason.strip():
        raise Invalid(_("의견을 들은 날과 이유를 적어 주십시오."))
    advance(
        case,
        ArrearsStatus.TERMINATING,
        by=by.acting_as(role),
        steps=ARREARS,
        reason=reason.strip(),
        data={"heard": heard_date},
        changes={"heard_date": heard_date, "stepped_at": now},
    )
