"""What was used, shared or made dearer, as lines of invoices: on the month's draft, else on the next month's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max, Sum

from portal.core.periods import add_months
from tenancy import differences, rent, usage
from tenancy.conditions import Charged
from tenancy.enums import Basis, InvoiceKind, InvoiceStatus, LineKind
from tenancy.models import Correction, Invoice, InvoiceLine, Lease, Tariff
from tenancy.queries.charges import tariffs_in_force, uncharged_corrections, uncharged_readings, uncharged_shares


def usage_lines(leases: Sequence[Lease], until: date) -> dict[int, list[Charged]]:
    """By lease what waits to be charged for months up to ``until``; a reading without a tariff in force goes on waiting."""
    by_key = {lease.pk: lease for lease in leases}
    found: dict[int, list[Charged]] = {}
    readings = list(uncharged_readings(leases, until))
    tariffs = tariffs_in_force({reading.unit.hub for reading in readings}) if readings else []
    for reading in readings:
        tariff = _tariff_for(reading, tariffs)
        if tariff is not None and reading.used is not None and reading.month is not None:
            card = by_key[reading.lease_id].rate_card
            amount = usage.metered(reading.used, tariff.won, card.rounding)
            links = {"reading": reading, "tariff": tariff}
            found.setdefault(reading.lease_id, []).append(
                _charged(LineKind.METER, reading.month, amount, card, links, card.rounding)
            )
    for share in uncharged_shares(leases, until):
        card = by_key[share.lease_id].rate_card
        found.setdefault(share.lease_id, []).append(
            _charged(LineKind.SHARED, share.cost.month, share.amount, card, {"share": share})
        )
    for correction in uncharged_corrections(leases, until):
        until_day = min(correction.until, by_key[correction.lease_id].leave_date or correction.until)
        owed = differences.difference(correction.before, correction.after, until_day)
        if owed.total > 0:
            found.setdefault(correction.lease_id, []).append(_corrected(correction, owed, until_day))
    return found


def _corrected(correction: Correction, owed: rent.Vat, until: date) -> Charged:
    """The line of what an amendment made dearer, of the days up to ``until``."""
    [line] = rent.lines(Decimal(1), owed.supply, correction.month, add_months(correction.month, 1))
    links = {"correction": correction}
    return Charged(LineKind.CORRECTION, Basis.FLAT, replace(line, end=until), owed, links)


def _tariff_for(reading: Any, tariffs: Iterable[Tariff]) -> Tariff | None:
    hub = reading.unit.hub.pk
    return next(
        (one for one in tariffs if (one.hub_id, one.kind) == (hub, reading.kind) and one.from_month <= reading.month),
        None,
    )


def _charged(
    kind: LineKind, month: date, amount: int, card: Any, links: dict[str, Any], rounding: str = "won"
) -> Charged:
    """A line of a whole month whose amount is rounded already, with VAT as the lease's rent has it."""
    [line] = rent.lines(Decimal(1), amount, month, add_months(month, 1), rounding)
    return Charged(kind, Basis.FLAT, line, rent.vat(amount, card.vat_mode), links)


def drafts_of(leases: Iterable[Lease | int]) -> list[Invoice]:
    """The drafted rent invoices of leases, locked until the commit, the earliest first."""
    rows = Invoice.objects.filter(lease__in=leases, kind=InvoiceKind.RENT, status=InvoiceStatus.DRAFT)
    return list(rows.select_for_update(no_key=True).order_by("month", "pk"))


def next_position(invoice: Invoice) -> int:
    """Where the next line of an invoice goes."""
    return int(invoice.lines.aggregate(last=Max("position"))["last"] or 0) + 1


def add_up(invoice: Invoice) -> None:
    """A draft says the sum of its lines, after they have changed."""
    sums = InvoiceLine.objects.filter(invoice=invoice).aggregate(supply=Sum("supply"), vat=Sum("vat"))
    invoice.supply, invoice.vat = int(sums["supply"] or 0), int(sums["vat"] or 0)
    invoice.total = invoice.open_amount = invoice.supply + invoice.vat
    invoice.save(update_fields=["supply", "vat", "total", "open_amount"])
