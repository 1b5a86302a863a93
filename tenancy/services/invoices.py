"""Invoices: drafted month by month from the lease, numbered without gaps when issued."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F

from portal.core.periods import SEOUL, add_months, first_of_month, next_working_day
from portal.core.transition import advance
from tenancy import queries, rent, rules
from tenancy.enums import InvoiceKind, InvoiceStatus
from tenancy.models import Hub, Invoice, InvoiceLine, InvoiceSeries, Lease
from tenancy.services.telling import tell_invoice_issued
from tenancy.workflow import INVOICE


@transaction.atomic
def draft_month(*, lease: Lease, month: date) -> Invoice | None:
    """The rent of one month of a lease as a DRAFT; the one that exists already if there is one, None for no days.

    Supply and VAT are apart, each rounded once by the rate card.
    """
    first = first_of_month(month)
    found = lease.invoices.filter(month=first, kind=InvoiceKind.RENT).exclude(status=InvoiceStatus.DROPPED).first()
    if found is not None:
        return found
    lines = [line for term in lease.terms.all() for line in _lines(lease, term.period, first)]
    if not lines:
        return None
    card = lease.rate_card
    taxed = [rent.vat(line.amount, card.vat_mode) for line in lines]
    total = sum(part.total for part in taxed)
    invoice = Invoice.objects.create(
        lease=lease,
        month=first,
        kind=InvoiceKind.RENT,
        supply=sum(part.supply for part in taxed),
        vat=sum(part.vat for part in taxed),
        total=total,
        open_amount=total,
    )
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice,
            position=position,
            period=DateRange(line.start, line.end),
            area_m2=line.area_m2,
            rate_won=line.rate_won_per_m2,
            rounding=line.rounding,
            supply=part.supply,
            vat=part.vat,
        )
        for position, (line, part) in enumerate(zip(lines, taxed, strict=True), start=1)
    )
    return invoice


def _lines(lease: Lease, period: Any, first: date) -> list[rent.Line]:
    start, end = max(period.lower, first), min(period.upper, add_months(first, 1))
    if end <= start:
        return []
    card = lease.rate_card
    return rent.lines(lease.unit.area_m2, card.rate_won, start, end, card.rounding)


def bill_month(*, hub: Hub, month: date) -> list[Invoice]:
    """Draft the month for every live lease of the hub; running twice adds nothing."""
    leases = queries.leases_in([hub]).filter(status__in=queries.LIVE_LEASE)
    return [invoice for lease in leases if (invoice := draft_month(lease=lease, month=month)) is not None]


@transaction.atomic
def issue_invoice(*, invoice: Invoice, by: Any, now: datetime) -> None:
    """Give a drafted invoice its number and due date and tell the tenant."""
    role = rules.check_can_issue_invoice(by, invoice)
    hub, day = invoice.lease.unit.hub, now.astimezone(SEOUL).date()
    number, due = _next_number(hub, day.year), _due(invoice, day)
    advance(
        invoice,
        InvoiceStatus.ISSUED,
        by=by.acting_as(role),
        steps=INVOICE,
        data={"month": invoice.month, "total": invoice.total, "number": number, "due": due},
        changes={"number": number, "due_date": due, "issued_at": now},
    )
    tell_invoice_issued(invoice)


def _next_number(hub: Hub, year: int) -> str:
    """The next number of the hub's year; the row stays locked until the commit, so a rollback leaves no gap."""
    InvoiceSeries.objects.get_or_create(hub=hub, year=year)
    series = InvoiceSeries.objects.filter(hub=hub, year=year)
    series.update(last=F("last") + 1)
    return f"{hub.code}-{year}-{series.get().last:05d}"


def _due(invoice: Invoice, issued: date) -> date:
    """The card's day of the month billed, or of the month of issue when that is later; a day off moves on."""
    day = invoice.lease.rate_card.due_day
    due = invoice.month.replace(day=day)
    while due <= issued:
        due = add_months(due, 1)
    return next_working_day(due)
