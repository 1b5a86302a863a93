"""What is open on an invoice: paid, taken back, credited. Every change locks the invoice and leaves its sums right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from portal.core.errors import Invalid, Overtaken
from portal.core.transition import advance, advance_all
from tenancy.enums import InvoiceStatus, PaymentKind
from tenancy.models import Invoice, Payment, PaymentShare
from tenancy.workflow import INVOICE

OPEN = (InvoiceStatus.ISSUED, InvoiceStatus.PART_PAID)


def locked(invoice: Invoice) -> Invoice:
    """The invoice as it stands now, locked until the commit."""
    rows = Invoice.objects.select_for_update(of=("self",), no_key=True).select_related("lease__organisation")
    return rows.get(pk=invoice.pk)


def pay(payment: Payment, invoice: Invoice, amount: int, *, by: Any, now: datetime) -> None:
    """Let ``amount`` won of a payment pay an invoice. Raises ``Overtaken`` when less is open by now."""
    row = locked(invoice)
    if row.status not in OPEN or row.open_amount < amount:
        raise Overtaken
    PaymentShare.objects.create(payment=payment, invoice=row, amount=amount, made_at=now)
    lower(row, amount, by=by)


def pay_all(parts: Sequence[tuple[Payment, Invoice, int]], *, by: Any, now: datetime) -> None:
    """Let payments pay invoices, a won amount each, as shared out over invoices locked by ``locked_open``."""
    PaymentShare.objects.bulk_create(
        PaymentShare(payment=payment, invoice=invoice, amount=amount, made_at=now) for payment, invoice, amount in parts
    )
    paid = {invoice.pk: invoice for _payment, invoice, _amount in parts}.values()
    left = {invoice.pk: invoice.open_amount for invoice in paid}
    for _payment, invoice, amount in parts:
        left[invoice.pk] -= amount
    for to in (InvoiceStatus.SETTLED, InvoiceStatus.PART_PAID):
        rows = [row for row in paid if (left[row.pk] == 0) == (to == InvoiceStatus.SETTLED)]
        for row in (row for row in rows if row.status == to):
            _set_open(row, to, left[row.pk], by=by)
        advance_all(
            [row for row in rows if row.status != to],
            to,
            by=by,
            steps=INVOICE,
            data=lambda row: {"open": row.open_amount},
            changes=lambda row: {"open_amount": left[row.pk]},
        )


def locked_open(invoices: Any) -> list[Invoice]:
    """Of these invoices those on which something is open now, locked until the commit, the oldest first."""
    rows = invoices.filter(status__in=OPEN, open_amount__gt=0).select_related("lease__organisation")
    found = rows.select_for_update(of=("self",), no_key=True).order_by("pk")
    return sorted(found, key=lambda row: (row.due_date, row.pk))


def lower(invoice: Invoice, amount: int, *, by: Any, paid: bool = True) -> None:
    """Less is open now; ``paid`` tells a payment from a credit. The invoice is locked."""
    left = invoice.open_amount - amount
    to = InvoiceStatus.SETTLED if left == 0 else InvoiceStatus.PART_PAID if paid else InvoiceStatus(invoice.status)
    _set_open(invoice, to, left, by=by)


def take_back(payment: Payment, *, by: Any, now: datetime) -> None:
    """Undo all that a payment paid: its invoices are open again."""
    shares = payment.shares.values("invoice").annotate(amount=Sum("amount")).filter(amount__gt=0)
    for row in shares.order_by("invoice"):
        invoice = locked(Invoice(pk=row["invoice"]))
        PaymentShare.objects.create(payment=payment, invoice=invoice, amount=-row["amount"], made_at=now)
        _raise(invoice, row["amount"], by=by)


def credit(invoice: Invoice, amount: int, *, by: Any, now: datetime) -> None:
    """Take ``amount`` off an invoice; what was paid already becomes the tenant's balance again. It is locked."""
    over = amount - invoice.open_amount
    if over > 0:
        _free(invoice, over, now=now)
    left = max(0, -over)
    to = InvoiceStatus.SETTLED if left == 0 else InvoiceStatus(invoice.status)
    _set_open(invoice, to, left, by=by)


def _free(invoice: Invoice, amount: int, *, now: datetime) -> None:
    """Give ``amount`` won back to the payments of an invoice, the latest first."""
    paid = invoice.shares.values("payment").annotate(amount=Sum("amount")).filter(amount__gt=0).order_by("-payment")
    for row in paid:
        part = min(amount, row["amount"])
        if part:
            PaymentShare.objects.create(payment_id=row["payment"], invoice=invoice, amount=-part, made_at=now)
            amount -= part
    if amount:
        raise Invalid(_("고지한 금액보다 많이 감액할 수 없습니다."))


def use_balance(invoice: Invoice, *, by: Any, now: datetime) -> None:
    """Pay a new invoice from what the company has paid too much, the oldest payment first."""
    company = invoice.lease.organisation_id
    lock_payments(company)
    for payment in payments_with_rest(company):
        part = min(payment.rest, balance_of(company), invoice.open_amount)
        if part <= 0:
            break
        pay(payment, invoice, part, by=by, now=now)
        invoice.refresh_from_db(fields=["status", "open_amount"])


def lock_payments(company: int) -> None:
    """Until the commit nobody else uses or pays back what a company has paid."""
    list(Payment.objects.filter(organisation=company).select_for_update(no_key=True).order_by("pk").values_list("pk"))


def companies_with_rest(companies: set[int]) -> set[int]:
    """Those of the companies that have a payment of which something is not shared out."""
    return set(_with_rest(Payment.objects.filter(organisation__in=companies)).values_list("organisation", flat=True))


def _with_rest(payments: Any) -> Any:
    rows = payments.filter(kind=PaymentKind.RECEIVED, reversed_by__isnull=True).annotate(shared=Sum("shares__amount"))
    return rows.filter(Q(shared__isnull=True) | Q(shared__lt=F("amount")))


def payments_with_rest(company: int) -> list[Any]:
    """Payments of a company of which something is not shared out, the oldest first, each with its ``rest``."""
    found = []
    for payment in _with_rest(Payment.objects.filter(organisation=company)):
        payment.rest = payment.amount - (payment.shared or 0)
        found.append(payment)
    return found


def balance_of(company: int) -> int:
    """What a company has paid and not used (선수금), in won."""
    came = Payment.objects.filter(organisation=company).aggregate(sum=Sum("amount"))["sum"] or 0
    went = PaymentShare.objects.filter(payment__organisation=company).aggregate(sum=Sum("amount"))["sum"] or 0
    return int(came - went)


def overdue(invoices: Any, on: date) -> Any:
    """Of these invoices those whose day has passed with something open."""
    return invoices.filter(status__in=OPEN, open_amount__gt=0, due_date__lt=on)


def _raise(invoice: Invoice, amount: int, *, by: Any) -> None:
    left = invoice.open_amount + amount
    paid = invoice.shares.aggregate(sum=Sum("amount"))["sum"] or 0
    _set_open(invoice, InvoiceStatus.PART_PAID if paid else InvoiceStatus.ISSUED, left, by=by)


def _set_open(invoice: Invoice, to: InvoiceStatus, left: int, *, by: Any) -> None:
    if to == invoice.status:
        Invoice.objects.filter(pk=invoice.pk).update(open_amount=left)
        invoice.open_amount = left
        return
    advance(invoice, to, by=by, steps=INVOICE, data={"open": left}, changes={"open_amount": left})
