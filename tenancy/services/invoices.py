"""Invoices: drafted month by month from the lease, numbered without gaps when issued."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Prefetch

from portal.core.errors import Refused
from portal.core.periods import SEOUL, add_months, first_of_month, next_working_day
from portal.core.transition import advance
from tenancy import queries, rules
from tenancy.conditions import Charged, month_lines
from tenancy.enums import AmendmentStatus, InvoiceKind, InvoiceStatus
from tenancy.models import Amendment, Hub, Invoice, InvoiceLine, InvoiceSeries, Lease
from tenancy.services.settling import use_balance
from tenancy.services.telling import tell_invoice_issued
from tenancy.workflow import INVOICE


@transaction.atomic
def draft_month(*, lease: Lease, month: date) -> Invoice | None:
    """The rent of one month of a lease as a DRAFT; the one that exists already if there is one, None for no days.

    Supply and VAT are apart, each rounded once by the rate card.
    """
    found = draft_rent([lease.pk], first_of_month(month))
    return found[0] if found else None


def bill_month(*, hub: Hub, month: date) -> list[Invoice]:
    """Draft the month for every live lease of the hub; running twice, or twice at once, adds nothing."""
    live = Lease.objects.filter(unit__floor__building__hub=hub, status__in=queries.LIVE_LEASE)
    return draft_rent(list(live.values_list("pk", flat=True)), first_of_month(month))


@transaction.atomic
def draft_rent(leases: Sequence[int], month: date) -> list[Invoice]:
    """The invoices of a month, written where there is none yet; the locked leases keep a second job waiting."""
    rows = (
        Lease.objects.filter(pk__in=leases)
        .select_for_update(of=("self",), no_key=True)
        .select_related("unit__floor__building__hub", "rate_card")
        .prefetch_related("terms", Prefetch("amendments", Amendment.objects.filter(status=AmendmentStatus.IN_FORCE)))
        .order_by("pk")
    )
    wanted = list(rows)
    there = Invoice.objects.filter(lease__in=wanted, month=month, kind=InvoiceKind.RENT)
    found = {invoice.lease_id: invoice for invoice in there.exclude(status=InvoiceStatus.DROPPED)}
    due = {lease: lines for lease in wanted if lease.pk not in found and (lines := month_lines(lease, month))}
    written = write(InvoiceKind.RENT, month, due)
    found |= {invoice.lease_id: invoice for invoice in written}
    return [found[lease.pk] for lease in wanted if lease.pk in found]


def write(kind: InvoiceKind, month: date, due: dict[Lease, list[Charged]]) -> list[Invoice]:
    """Drafts with their lines, two statements however many."""
    invoices = Invoice.objects.bulk_create(_draft(lease, kind, month, lines) for lease, lines in due.items())
    InvoiceLine.objects.bulk_create(
        line for invoice, lines in zip(invoices, due.values(), strict=True) for line in _lines(invoice, lines)
    )
    return invoices


def _draft(lease: Lease, kind: InvoiceKind, month: date, lines: Sequence[Charged]) -> Invoice:
    total = sum(line.taxed.total for line in lines)
    return Invoice(
        lease=lease,
        month=month,
        kind=kind,
        supply=sum(line.taxed.supply for line in lines),
        vat=sum(line.taxed.vat for line in lines),
        total=total,
        open_amount=total,
    )


def _lines(invoice: Invoice, lines: Sequence[Charged]) -> Iterable[InvoiceLine]:
    for position, charged in enumerate(lines, start=1):
        yield InvoiceLine(
            invoice=invoice,
            position=position,
            kind=charged.kind,
            basis=charged.basis,
            period=DateRange(charged.line.start, charged.line.end),
            area_m2=charged.line.area_m2,
            rate_won=charged.line.rate_won_per_m2,
            rounding=charged.line.rounding,
            bp=charged.line.bp,
            supply=charged.taxed.supply,
            vat=charged.taxed.vat,
        )


@transaction.atomic
def issue_invoice(*, invoice: Invoice, by: Any, now: datetime) -> None:
    """Give a drafted invoice its number and due date, use what the tenant has paid too much, and tell the tenant."""
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
    use_balance(invoice, by=by.acting_as(role), now=now)
    tell_invoice_issued(invoice)


def issue_all(*, invoices: Iterable[Invoice], by: Any, now: datetime) -> list[tuple[Invoice, Refused | None]]:
    """Issue many, each in its own transaction; answers for each whether it was refused, and why."""
    outcome: list[tuple[Invoice, Refused | None]] = []
    for invoice in invoices:
        try:
            issue_invoice(invoice=invoice, by=by, now=now)
            outcome.append((invoice, None))
        except Refused as refusal:
            outcome.append((invoice, refusal))
    return outcome


def _next_number(hub: Hub, year: int) -> str:
    """The next number of the hub's year; the row stays locked until the commit, so a rollback leaves no gap."""
    series = InvoiceSeries.objects.filter(hub=hub, year=year)
    if not series.update(last=F("last") + 1):
        InvoiceSeries.objects.get_or_create(hub=hub, year=year)
        series.update(last=F("last") + 1)
    return f"{hub.code}-{year}-{series.get().last:05d}"


def _due(invoice: Invoice, issued: date) -> date:
    """The card's day of the month billed, or of the month of issue when that is later; a day off moves on."""
    day = invoice.lease.rate_card.due_day
    due = invoice.month.replace(day=day)
    while due <= issued:
        due = add_months(due, 1)
    return next_working_day(due)
