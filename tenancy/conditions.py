"""What a lease costs on which days: its rate card and room, changed by amendments from their day on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from portal.core.periods import add_months
from tenancy import rent
from tenancy.enums import AmendmentKind, AmendmentStatus, Basis, LineKind
from tenancy.models import Lease, RateCard, Unit

_PRICED = (AmendmentKind.MOVE, AmendmentKind.AREA, AmendmentKind.RATE)


@dataclass(frozen=True, slots=True)
class Charged:
    """One line of an invoice before it is written."""

    kind: LineKind
    basis: Basis
    line: rent.Line
    taxed: rent.Vat


def snapshot(unit: Unit, card: RateCard) -> dict[str, Any]:
    """Everything that decides the rent, as plain data for an amendment."""
    return {
        "unit": unit.ref,
        "unit_id": unit.pk,
        "area_m2": str(unit.area_m2),
        "seats": unit.seats,
        "rate_card_id": card.pk,
        "basis": str(card.basis),
        "rate_won": card.rate_won,
        "fee_won": card.fee_won,
        "rounding": str(card.rounding),
        "vat": str(card.vat_mode),
    }


def current(lease: Lease) -> dict[str, Any]:
    """The latest conditions of a lease, those of amendments in force included."""
    changed = _priced(lease)
    if not changed:
        return snapshot(lease.unit, lease.rate_card)
    # Only what decides the rent: that two tenants swapped, or a room was split, belongs to that amendment alone.
    kept = {name: changed[-1].after[name] for name in snapshot(lease.unit, lease.rate_card)}
    return {**kept, "unit_id": lease.unit_id}


def _priced(lease: Lease) -> list[Any]:
    """Amendments in force that touch the rent, in order; reads what was prefetched."""
    found = [a for a in lease.amendments.all() if a.status == AmendmentStatus.IN_FORCE and a.kind in _PRICED]
    return sorted(found, key=lambda amendment: (amendment.effective_date, amendment.pk))


def stretches(lease: Lease, start: date, end: date) -> Iterator[tuple[date, date, dict[str, Any]]]:
    """``[start, end)`` cut where the conditions change, each part with its conditions."""
    changed = _priced(lease)
    if not changed:
        yield start, end, snapshot(lease.unit, lease.rate_card)
        return
    marks: list[tuple[date, dict[str, Any]]] = [(date.min, changed[0].before)]
    marks += [(amendment.effective_date, amendment.after) for amendment in changed]
    ends = [day for day, _ in marks[1:]] + [date.max]
    for (since, terms), until in zip(marks, ends, strict=True):
        first, last = max(start, since), min(end, until)
        if first < last:
            yield first, last, terms


def month_lines(lease: Lease, month: date) -> list[Charged]:
    """The lines of one month: rent, then the management fee, for every stretch of the terms within it."""
    found: list[Charged] = []
    for term in sorted(lease.terms.all(), key=lambda term: term.seq):
        start, end = max(term.period.lower, month), min(term.period.upper, add_months(month, 1))
        end = min(end, lease.leave_date or end)
        if start < end:
            for first, last, terms in stretches(lease, start, end):
                found += charged(terms, first, last)
    return found


def charged(terms: dict[str, Any], start: date, end: date) -> list[Charged]:
    """The lines of one stretch within a month."""
    basis = Basis(terms["basis"])
    lines = [(LineKind.RENT, basis, quantity(terms), terms["rate_won"])]
    if terms["fee_won"]:
        lines.append((LineKind.FEE, Basis.FLAT, Decimal(1), terms["fee_won"]))
    return [
        Charged(kind, by, line, rent.vat(line.amount, terms["vat"]))
        for kind, by, amount, rate in lines
        for line in rent.lines(amount, rate, start, end, terms["rounding"])
    ]


def held_over(lease: Lease, start: date, end: date) -> Iterator[Charged]:
    """The lines of days held over: the rent of the last conditions at the card's rate for it, month by month."""
    bp = lease.rate_card.holdover_bp
    for first, last, terms in stretches(lease, start, end):
        for line in rent.lines(quantity(terms), terms["rate_won"], first, last, terms["rounding"], bp=bp):
            yield Charged(LineKind.HOLDOVER, Basis(terms["basis"]), line, rent.vat(line.amount, terms["vat"]))


def quantity(terms: dict[str, Any]) -> Decimal:
    """How much of the card's basis the room has."""
    if terms["basis"] == Basis.SEAT:
        return Decimal(terms["seats"])
    return Decimal(1) if terms["basis"] == Basis.FLAT else Decimal(terms["area_m2"])
