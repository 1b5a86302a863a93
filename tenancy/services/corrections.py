"""An amendment in force in a month that was billed: drafts are written anew, issued ones corrected.

Too much billed is a credit note that waits for the approver, too little a line of the next invoice: nobody has to
remember it (design 05 §7, billed − recomputed).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from portal.core.periods import add_months, first_of_month
from tenancy import differences
from tenancy.conditions import PRICED, charged, stretches
from tenancy.enums import AmendmentKind, InvoiceStatus, LineKind
from tenancy.models import Amendment, Correction, CreditNote, InvoiceLine, Lease
from tenancy.services.credits import credit_number
from tenancy.services.invoices import charge_usage, redraft
from tenancy.services.settling import locked

_KINDS = (LineKind.RENT, LineKind.FEE)
_UNISSUED = (InvoiceStatus.DRAFT, InvoiceStatus.DROPPED)
_MOST_WORDS = 400
#: What of a lease's terms decides an amount.
_PRICE = ("area_m2", "seats", "people", "basis", "rate_won", "fee_won", "fee_basis", "rounding", "vat")


def correct_billed(amendment: Amendment, *, now: datetime) -> None:
    """What follows in money from an amendment that is in force now; its lease is locked."""
    if amendment.kind == AmendmentKind.DATES:
        _begin_later(amendment, now=now)
    if amendment.kind not in PRICED:
        return
    redraft(amendment.lease_id)
    billed: dict[date, list[InvoiceLine]] = {}
    for line in _billed(amendment):
        billed.setdefault(first_of_month(line.period.lower), []).append(line)
    for month, lines in sorted(billed.items()):
        for kind in _KINDS:
            _correct(amendment, month, kind, lines, now=now)
    charge_usage([_lease(amendment)])


def _begin_later(amendment: Amendment, *, now: datetime) -> None:
    """The term begins later than was billed: drafts are written anew, the days before it are credited."""
    redraft(amendment.lease_id)
    rows = InvoiceLine.objects.filter(
        invoice__lease=amendment.lease_id, kind__in=_KINDS, period__startswith__lt=amendment.effective_date
    ).exclude(invoice__status__in=_UNISSUED)
    lease = _lease(amendment)
    for line in rows.select_related("invoice").prefetch_related("credits").order_by("period", "pk"):
        kind, start, end = LineKind(line.kind), line.period.lower, line.period.upper
        before = _parts(lease, start, end, kind)
        after = _parts(lease, amendment.effective_date, end, kind) if amendment.effective_date < end else []
        owed = differences.difference(before, after)
        words = differences.in_words(kind, first_of_month(start), before, after)
        _credit([line], -owed.supply, -owed.vat, words, now=now)


def _billed(amendment: Amendment) -> list[InvoiceLine]:
    """Issued lines of rent and fee of the months that the amendment reaches, and all of those months."""
    rows = InvoiceLine.objects.filter(
        invoice__lease=amendment.lease_id,
        kind__in=_KINDS,
        period__endswith__gt=first_of_month(amendment.effective_date),
    ).exclude(invoice__status__in=_UNISSUED)
    found = list(rows.select_related("invoice").prefetch_related("credits").order_by("period", "pk"))
    reached = {first_of_month(line.period.lower) for line in found if line.period.upper > amendment.effective_date}
    return [line for line in found if first_of_month(line.period.lower) in reached]


def _lease(amendment: Amendment, *, undone: bool = False) -> Lease:
    """The lease as the amendment left it; ``undone``, as it would be had the amendment changed nothing."""
    rows = Lease.objects.select_related("unit__floor__building__hub", "rate_card").prefetch_related("amendments")
    lease = rows.get(pk=amendment.lease_id)
    for row in lease.amendments.all():
        if undone and row.pk == amendment.pk:
            row.after = row.before
    return lease


def _correct(amendment: Amendment, month: date, kind: LineKind, lines: list[InvoiceLine], *, now: datetime) -> None:
    """The days that were billed, by the terms before and after."""
    start, end = min(line.period.lower for line in lines), max(line.period.upper for line in lines)
    before, after = (_parts(_lease(amendment, undone=undone), start, end, kind) for undone in (True, False))
    owed = differences.difference(before, after)
    if owed.total > 0:
        Correction.objects.create(
            lease_id=amendment.lease_id, amendment=amendment, month=month, kind=kind, before=before, after=after,
            until=min(end, add_months(month, 1)),
        )  # fmt: skip
    elif owed.total < 0:
        words = differences.in_words(kind, month, before, after)
        _credit([line for line in lines if line.kind == kind], -owed.supply, -owed.vat, words, now=now)


def _parts(lease: Lease, start: date, end: date, kind: LineKind) -> list[dict[str, Any]]:
    """The lines of billed days; days at one price are one line, as they were billed, whatever else changed between."""
    spans: list[tuple[date, date, dict[str, Any]]] = []
    for first, last, terms in stretches(lease, start, end):
        if spans and _price(spans[-1][2]) == _price(terms):
            first = spans.pop()[0]
        spans.append((first, last, terms))
    return [
        part
        for first, last, terms in spans
        for part in differences.plain((one for one in charged(terms, first, last) if one.kind == kind), terms["vat"])
    ]


def _price(terms: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in terms.items() if name in _PRICE}


def _credit(lines: list[InvoiceLine], supply: int, vat: int, words: str, *, now: datetime) -> None:
    """A credit note for each line as far as it goes, the last first; prepared by the clock, for the approver to decide."""
    reason = words if len(words) <= _MOST_WORDS else f"{words[: _MOST_WORDS - 1]}…"
    for line in reversed(lines):
        invoice = locked(line.invoice)
        left = line.total - sum(note.total for note in line.credits.all())
        total = min(left, supply + vat)
        if total <= 0:
            continue
        tax = min(vat, line.vat, total)
        CreditNote.objects.create(
            line=line, invoice=invoice, number=credit_number(invoice), reason=reason,
            supply=total - tax, vat=tax, total=total, prepared_by=None, prepared_at=now,
        )  # fmt: skip
        supply, vat = supply - (total - tax), vat - tax
