"""Corrections of issued invoices: finance prepares a credit note, the approver decides. Nothing issued is edited."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, Overtaken
from portal.core.periods import first_of_month
from tenancy import differences, rent, rules
from tenancy.conditions import charged, stretches
from tenancy.enums import InvoiceStatus, LineKind
from tenancy.models import CreditNote, Invoice, InvoiceLine
from tenancy.services.settling import credit, locked
from tenancy.services.telling import tell_credited

_CREDITABLE = (InvoiceStatus.ISSUED, InvoiceStatus.PART_PAID, InvoiceStatus.SETTLED)


@transaction.atomic
def prepare_credit(*, line: InvoiceLine, used_to: date, reason: str, by: Any, now: datetime) -> CreditNote:
    """A credit for the days of a line from ``used_to`` on: what was billed less what the days used come to.

    Raises ``Invalid`` when there is nothing to take back or more than was billed.
    """
    rules.check_can_prepare_credit(by, line.invoice)
    if not reason.strip():
        raise Invalid(_("감액하는 이유를 적어 주십시오."), field="reason")
    return _prepare(line, used_to, reason.strip(), by=by, now=now)


def credit_unused(line: InvoiceLine, used_to: date, *, reason: str, by: Any, now: datetime) -> CreditNote | None:
    """The credit that follows from a decision already taken by ``by`` (an early end); None when every day was used."""
    if used_to >= line.period.upper:
        return None
    # What waits for a decision on these days is decided with them: the terms of today say what they come to.
    invoice = _creditable(line)
    for note in line.credits.filter(approved_at__isnull=True):
        _drop(note, invoice, reason, by=by.acting_as("space.approver"))
    taken = _unused_now(line, used_to)
    if taken.total <= 0:
        return None
    note = _write(line, invoice, taken, reason, by=None, now=now)
    _approve(note, by=by, now=now)
    return note


def _prepare(line: InvoiceLine, used_to: date, reason: str, *, by: Any, now: datetime) -> CreditNote:
    invoice = _creditable(line)
    if line.credits.exists():
        raise Overtaken(_("이미 감액한 항목입니다."))
    taken = _unused(line, used_to)
    if taken.total <= 0:
        raise Invalid(_("돌려줄 금액이 없습니다."), field="used_to")
    return _write(line, invoice, taken, reason, by=by, now=now)


def _creditable(line: InvoiceLine) -> Invoice:
    invoice = locked(line.invoice)
    if invoice.status not in _CREDITABLE:
        raise Invalid(_("고지한 뒤에만 감액할 수 있습니다."))
    return invoice


def _write(line: InvoiceLine, invoice: Invoice, taken: rent.Vat, reason: str, *, by: Any, now: datetime) -> CreditNote:
    return CreditNote.objects.create(
        line=line,
        invoice=invoice,
        number=credit_number(invoice),
        reason=reason,
        supply=taken.supply,
        vat=taken.vat,
        total=taken.total,
        prepared_by=by,
        prepared_at=now,
    )


def _unused(line: InvoiceLine, used_to: date) -> rent.Vat:
    """Billed − recomputed, supply and VAT apart, each by the rounding of the line itself; what is not by days, whole."""
    if line.kind in (LineKind.INTEREST, LineKind.METER, LineKind.SHARED):
        return rent.Vat(line.supply, line.vat)
    if line.correction is not None:
        owed = differences.difference(line.correction.before, line.correction.after, used_to)
        supply, vat = (min(max(0, part), most) for part, most in ((owed.supply, line.supply), (owed.vat, line.vat)))
        return rent.Vat(line.supply - supply, line.vat - vat)
    end = max(line.period.lower, min(used_to, line.period.upper))
    used = rent.lines(line.area_m2, line.rate_won, line.period.lower, end, line.rounding, bp=line.bp)
    mode = line.invoice.lease.rate_card.vat_mode
    due = rent.vat(sum(part.amount for part in used), mode)
    return rent.Vat(line.supply - due.supply, line.vat - due.vat)


def _unused_now(line: InvoiceLine, used_to: date) -> rent.Vat:
    """As ``_unused``, less what was taken back before.

    Days that an amendment has made cheaper since are priced by its terms; what one made dearer has a line of its own.
    """
    lease, credited = line.invoice.lease, list(line.credits.all())
    dearer = lease.corrections.filter(month=first_of_month(line.period.lower), kind=line.kind)
    if line.kind not in (LineKind.RENT, LineKind.FEE) or dearer.exists():
        taken = _unused(line, used_to)
        return _less(taken.supply, taken.vat, credited)
    end = max(line.period.lower, min(used_to, line.period.upper))
    due = [
        part.taxed
        for first, last, terms in stretches(lease, line.period.lower, end)
        for part in charged(terms, first, last)
        if part.kind == line.kind
    ]
    supply, vat = (sum(getattr(one, name) for one in due) for name in ("supply", "vat"))
    return _less(line.supply - supply, line.vat - vat, credited)


def _less(supply: int, vat: int, credited: Iterable[CreditNote]) -> rent.Vat:
    """What is left to take back; never below nothing."""
    for note in credited:
        supply, vat = supply - note.supply, vat - note.vat
    return rent.Vat(max(0, supply), max(0, vat))


@transaction.atomic
def approve_credit(*, note: CreditNote, by: Any, now: datetime) -> None:
    """Another person decides on a prepared credit; what was paid already becomes the tenant's balance."""
    rules.check_can_approve_credit(by, note)
    _approve(note, by=by, now=now)


def _approve(note: CreditNote, *, by: Any, now: datetime) -> None:
    invoice = locked(note.invoice)
    person = None if by is log.SYSTEM else by
    rows = CreditNote.objects.filter(pk=note.pk, approved_at__isnull=True)
    if not rows.update(approved_by=person, approved_at=now):
        raise Overtaken
    acting = by.acting_as("space.approver")
    credit(invoice, note.total, by=acting, now=now)
    data = {"note": note.number, "total": note.total, "open": invoice.open_amount}
    log.append("space.invoice.credited", row=invoice, by=acting, data=data, private={"reason": note.reason})
    note.refresh_from_db()
    tell_credited(note, invoice)


@transaction.atomic
def drop_credit(*, note: CreditNote, reason: str, by: Any) -> None:
    """A credit that nobody has decided on is taken back or refused; the ledger keeps it with the reason.

    Raises ``Overtaken`` when it was decided on or dropped meanwhile, ``Invalid`` without a reason.
    """
    role = rules.check_can_drop_credit(by, note)
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    _drop(note, locked(note.invoice), reason.strip(), by=by.acting_as(role))


def _drop(note: CreditNote, invoice: Invoice, reason: str, *, by: Any) -> None:
    if not CreditNote.objects.filter(pk=note.pk, approved_at__isnull=True).delete()[0]:
        raise Overtaken
    data = {"note": note.number, "total": note.total}
    log.append("space.invoice.credit_dropped", row=invoice, by=by, data=data, private={"reason": reason})


def credit_number(invoice: Invoice) -> str:
    """The number after the highest there is: one that was dropped leaves a gap where others follow it."""
    last = max((int(note.number.rpartition("-C")[2]) for note in invoice.credits.all()), default=0)
    return f"{invoice.number}-C{last + 1}"


def credits_of(invoice: Invoice) -> list[CreditNote]:
    """An invoice's credit notes, those waiting for a decision included."""
    return list(invoice.credits.select_related("prepared_by", "approved_by"))
