"""What a lease costs on which days: its rate card and room, changed by amendments from their day on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from portal.core.periods import add_months
from tenancy import rent
from tenancy.enums import AmendmentKind, AmendmentStatus, Basis, LineKind
from tenancy.models import Lease, RateCard, Unit

PRICED = (AmendmentKind.MOVE, AmendmentKind.AREA, AmendmentKind.RATE)


@dataclass(frozen=True, slots=True)
class Charged:
    """One line of an invoice before it is written."""

    kind: LineKind
    basis: Basis
    line: rent.Line
    taxed: rent.Vat
    #: What a line for use or a share names: its reading and tariff, or its share.
    links: Mapping[str, Any] = field(default_factory=dict)


def snapshot(unit: Unit, card: RateCard, people: int) -> dict[str, Any]:
    """Everything that decides the rent, as plain data for an amendment."""
    return {
        "unit": unit.ref,
        "unit_id": unit.pk,
        "area_m2": str(unit.area_m2),
        "seats": unit.seats,
        "rate_card_id": card.pk,
        "basis": str(card.basis),
        "rate_won": card.rate_won,
        "people": people,
        "fee_won": card.fee_won,
        "fee_basis": str(card.fee_basis),
        "rounding": str(card.rounding),
        "vat": str(card.vat_mode),
    }


def current(lease: Lease) -> dict[str, Any]:
    """The latest conditions of a lease, those of amendments in force included."""
    changed = _priced(lease)
    if not changed:
        return _agreed(lease)
    # Only what decides the rent: that two tenants swapped, or a room was split, belongs to that amendment alone.
    kept = {name: changed[-1].after[name] for name in _agreed(lease)}
    return {**kept, "unit_id": lease.unit_id}


def _agreed(lease: Lease) -> dict[str, Any]:
    return snapshot(lease.unit, lease.rate_card, lease.people)


def deposit_won(unit: Unit, card: RateCard, people: int) -> int:
    """The deposit that a card wants for a room: an amount, or so many whole months of rent (before VAT and fee)."""
    if not card.deposit_months:
        return card.deposit_won
    amount = quantity(snapshot(unit, card, people))
    [(_month, rent_won)] = rent.charge(amount, card.rate_won, date(2001, 1, 1), date(2001, 2, 1), card.rounding)
    return card.deposit_months * rent_won


def _priced(lease: Lease) -> list[Any]:
    """Amendments in force that touch the rent, in order; reads what was prefetched."""
    found = [a for a in lease.amendments.all() if a.status == AmendmentStatus.IN_FORCE and a.kind in PRICED]
    return sorted(found, key=lambda amendment: (amendment.effective_date, amendment.pk))


def stretches(lease: Lease, start: date, end: date) -> Iterator[tuple[date, date, dict[str, Any]]]:
    """``[start, end)`` cut where the conditions change, each part with its conditions."""
    changed = _priced(lease)
    if not changed:
        yield start, end, _agreed(lease)
        return
    marks: list[tuple[date, dict[str, Any]]] = [(date.min, changed[0].before)]
    marks += [(amendment.effective_date, amendment.after) for amendment in changed]
    ends = [day for day, _ in marks[1:]] + [date.max]
    for (since, terms), until in zip(marks, ends, strict=True):
        first, last = max(start, since), min(end, until)
        if first < last:
            yield first, last, terms


def due_lines(lease: Lease, month: date, billed_until: date | None = None) -> list[Charged]:
    """What is billed in a month: its lines and, of a card that bills ahead, those of the months after it.

    ``billed_until``: up to which day the lease has been billed ahead; a month that has nothing new brings no others.
    """
    found = month_lines(lease, month, billed_until)
    for number in range(1, lease.rate_card.ahead_months) if found else ():
        found += month_lines(lease, add_months(month, number), billed_until)
    return found


def month_lines(lease: Lease, month: date, since: date | None = None) -> list[Charged]:
    """The lines of one month from ``since`` on: rent, then the fee, for every stretch of the terms within it."""
    found: list[Charged] = []
    for term in sorted(lease.terms.all(), key=lambda term: term.seq):
        start, end = max(term.period.lower, month, since or month), min(term.period.upper, add_months(month, 1))
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
        by_seat = terms["fee_basis"] == Basis.SEAT
        seats = Decimal(terms["seats"]) if by_seat else Decimal(1)
        lines.append((LineKind.FEE, Basis(terms["fee_basis"]), seats, terms["fee_won"]))
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
    """How much of the card's basis the room or the company has."""
    if terms["basis"] in (Basis.SEAT, Basis.PERSON):
        return Decimal(terms["seats"] if terms["basis"] == Basis.SEAT else terms["people"])
    return Decimal(1) if terms["basis"] == Basis.FLAT else Decimal(terms["area_m2"])
