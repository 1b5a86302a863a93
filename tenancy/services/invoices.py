"""Invoices: drafted month by month from the lease, numbered without gaps when issued."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Prefetch

from ledger import log
from portal.core.errors import Overtaken, Refused
from portal.core.periods import SEOUL, add_months, first_of_month, next_working_day
from portal.core.transition import advance, advance_all
from tenancy import queries, rules
from tenancy.conditions import Charged, due_lines
from tenancy.enums import AmendmentStatus, InvoiceKind, InvoiceStatus
from tenancy.models import Amendment, Hub, Invoice, InvoiceLine, InvoiceSeries, Lease
from tenancy.services.settling import companies_with_rest, use_balance
from tenancy.services.telling import tell_invoices_issued
from tenancy.services.usage_lines import add_up, drafts_of, next_position, usage_lines
from tenancy.workflow import INVOICE

_AT_ONCE = 200
_WITH = ("lease__organisation", "lease__rate_card", "lease__unit")


@transaction.atomic
def draft_month(*, lease: Lease, month: date) -> Invoice | None:
    """The rent of one month of a lease as a DRAFT; the one that exists already if there is one, None for no days.

    Supply and VAT are apart, each rounded once by the rate card.
    """
    found = draft_rent([lease.pk], first_of_month(month))
    return found[0] if found else None


def bill_month(*, hub: Hub, month: date) -> list[Invoice]:
    """Draft the month for every live lease of the hub; running twice, or twice at once, adds nothing.

    A lease that has ended is billed once more for what it used or shared.
    """
    first = first_of_month(month)
    live = Lease.objects.filter(unit__floor__building__hub=hub, status__in=queries.LIVE_LEASE)
    wanted = {*live.values_list("pk", flat=True), *queries.leases_with_charges(hub, first)}
    return draft_rent(sorted(wanted), first)


@transaction.atomic
def draft_rent(leases: Sequence[int], month: date) -> list[Invoice]:
    """The invoices of a month, written where there is none yet; the locked leases keep a second job waiting."""
    wanted = _billable(leases)
    there = Invoice.objects.filter(lease__in=wanted, month=month, kind=InvoiceKind.RENT)
    found = {invoice.lease_id: invoice for invoice in there.exclude(status=InvoiceStatus.DROPPED)}
    ahead = queries.billed_until([lease for lease in wanted if lease.rate_card.ahead_months > 1])
    used = usage_lines(wanted, month)
    due = {
        lease: lines
        for lease in wanted
        if lease.pk not in found and (lines := due_lines(lease, month, ahead.get(lease.pk)) + used.get(lease.pk, []))
    }
    written = write(InvoiceKind.RENT, month, due)
    for invoice in drafts_of(lease for lease in wanted if lease.pk in used and lease.pk in found):
        if invoice.month == month:
            found[invoice.lease_id] = add_lines(invoice, used[invoice.lease_id])
    found |= {invoice.lease_id: invoice for invoice in written}
    return [found[lease.pk] for lease in wanted if lease.pk in found]


def _billable(leases: Sequence[int]) -> list[Lease]:
    """Leases with all that their rent needs, locked until the commit."""
    rows = (
        Lease.objects.filter(pk__in=leases)
        .select_for_update(of=("self",), no_key=True)
        .select_related("unit", "rate_card")
        .prefetch_related("terms", Prefetch("amendments", Amendment.objects.filter(status=AmendmentStatus.IN_FORCE)))
        .order_by("pk")
    )
    found = list(rows)
    queries.know_floors(lease.unit for lease in found)
    return found


def redraft(lease_pk: int) -> None:
    """The lease's drafts say what is due by now; one that nothing is left of is dropped."""
    for lease in _billable([lease_pk]):
        for draft in drafts_of([lease]):
            draft.lines.all().delete()
            ahead = queries.billed_until([lease]) if lease.rate_card.ahead_months > 1 else {}
            due = due_lines(lease, draft.month, ahead.get(lease.pk))
            lines = due + usage_lines([lease], draft.month).get(lease.pk, [])
            add_lines(draft, lines)
            if not lines:
                advance(draft, InvoiceStatus.DROPPED, by=log.SYSTEM, steps=INVOICE)


def add_lines(draft: Invoice, lines: Sequence[Charged]) -> Invoice:
    """Further lines of a draft that is locked; its sums follow."""
    InvoiceLine.objects.bulk_create(_lines(draft, lines, start=next_position(draft)))
    add_up(draft)
    return draft


def charge_usage(leases: Iterable[Lease]) -> None:
    """What was used or shared goes on the earliest draft of its month or a later one; without one the next job takes it."""
    rows = list(leases)
    for draft in drafts_of(rows):
        lease = next(row for row in rows if row.pk == draft.lease_id)
        lines = usage_lines([lease], draft.month).get(lease.pk)
        if lines:
            add_lines(draft, lines)


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


def _lines(invoice: Invoice, lines: Sequence[Charged], start: int = 1) -> Iterable[InvoiceLine]:
    for position, charged in enumerate(lines, start=start):
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
            **charged.links,
        )


@transaction.atomic
def issue_invoice(*, invoice: Invoice, by: Any, now: datetime) -> None:
    """Give a drafted invoice its number and due date, use what the tenant has paid too much, and tell the tenant."""
    role = rules.check_can_issue_invoice(by, invoice)
    # What was drafted when the page was shown may have got further lines since.
    rows = Invoice.objects.select_for_update(no_key=True)
    invoice.refresh_from_db(fields=["supply", "vat", "total", "open_amount"], from_queryset=rows)
    _issue([invoice], invoice.lease.unit.hub, by=by.acting_as(role), now=now)


def issue_all(*, invoices: Iterable[Invoice], by: Any, now: datetime) -> list[tuple[Invoice, Refused | None]]:
    """Issue many, a few hundred in each transaction; answers for each whether it was refused, and why.

    One that somebody else issued or dropped meanwhile is ``Overtaken``, the others go out.
    """
    wanted, outcome = list(invoices), list[tuple[Invoice, Refused | None]]()
    for start in range(0, len(wanted), _AT_ONCE):
        outcome += _issue_part(wanted[start : start + _AT_ONCE], by=by, now=now)
    return outcome


@transaction.atomic
def _issue_part(invoices: Sequence[Invoice], *, by: Any, now: datetime) -> list[tuple[Invoice, Refused | None]]:
    """The numbers of a hub are taken together, for those that are still drafts under the lock, in the order given."""
    rows = Invoice.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=[invoice.pk for invoice in invoices], status=InvoiceStatus.DRAFT
    )
    drafts = {row.pk: row for row in rows.select_related(*_WITH).order_by("pk")}
    queries.know_floors(row.lease.unit for row in drafts.values())
    going: dict[Hub, list[Invoice]] = {}
    for row in (drafts[one.pk] for one in invoices if one.pk in drafts):
        going.setdefault(row.lease.unit.hub, []).append(row)
    refused = {hub: refusal for hub, rows in going.items() if (refusal := _issue_of_hub(hub, rows, by=by, now=now))}
    return [
        (drafts[one.pk], refused.get(drafts[one.pk].lease.unit.hub)) if one.pk in drafts else (one, Overtaken())
        for one in invoices
    ]


def _issue_of_hub(hub: Hub, drafts: Sequence[Invoice], *, by: Any, now: datetime) -> Refused | None:
    """Why they did not go out, all for the same reason; None when they did."""
    try:
        role = rules.check_can_issue_invoice(by, drafts[0])
    except Refused as refusal:
        return refusal
    _issue(drafts, hub, by=by.acting_as(role), now=now)
    return None


def _issue(drafts: Sequence[Invoice], hub: Hub, *, by: Any, now: datetime) -> None:
    """Numbers, due dates, leaves, and a notice each. ``by`` acts in a role."""
    day = now.astimezone(SEOUL).date()
    given = {
        row.pk: {"number": number, "due_date": _due(row, day), "issued_at": now}
        for row, number in zip(drafts, _numbers(hub, day.year, len(drafts)), strict=True)
    }
    advance_all(
        drafts,
        InvoiceStatus.ISSUED,
        by=by,
        steps=INVOICE,
        data=lambda row: {"month": row.month, "total": row.total, "number": row.number, "due": row.due_date},
        changes=lambda row: given[row.pk],
    )
    rest = companies_with_rest({row.lease.organisation_id for row in drafts})
    for row in drafts:
        if row.lease.organisation_id in rest:
            use_balance(row, by=by, now=now)
    tell_invoices_issued(drafts)


def _numbers(hub: Hub, year: int, count: int) -> Iterator[str]:
    """The next numbers of the hub's year; the row stays locked until the commit, so a rollback leaves no gap."""
    series = InvoiceSeries.objects.filter(hub=hub, year=year)
    if not series.update(last=F("last") + count):
        InvoiceSeries.objects.get_or_create(hub=hub, year=year)
        series.update(last=F("last") + count)
    last = series.get().last
    return (f"{hub.code}-{year}-{number:05d}" for number in range(last - count + 1, last + 1))


def _due(invoice: Invoice, issued: date) -> date:
    """The card's day of the month billed, or of the month of issue when that is later; a day off moves on."""
    day = invoice.lease.rate_card.due_day
    due = max(invoice.month, first_of_month(issued)).replace(day=day)
    if due <= issued:
        due = add_months(due, 1)
    return next_working_day(due)
