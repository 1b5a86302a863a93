"""Reads about money: what is open, who may pay, what waits for a decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from portal.accounts.models import Organisation
from portal.core.periods import SEOUL
from tenancy.banking import Payer
from tenancy.enums import ArrearsStatus, InvoiceStatus, LineKind
from tenancy.models import ArrearsCase, CreditNote, Deposit, Hub, Invoice, InvoiceLine, Lease, Payment, PaymentShare

UNPAID = (InvoiceStatus.ISSUED, InvoiceStatus.PART_PAID)
#: Edges of the due list by age, in days after the due date.
AGES = (7, 30, 60)


def billed_until(leases: Sequence[Lease]) -> dict[int, date]:
    """Up to which day each lease has been billed its rent; nothing is asked when there is none to ask about."""
    if not leases:
        return {}
    lines = InvoiceLine.objects.filter(invoice__lease__in=leases, kind__in=[LineKind.RENT, LineKind.FEE])
    rows = lines.exclude(invoice__status=InvoiceStatus.DROPPED).values_list("invoice__lease")
    return dict(rows.annotate(until=Max("period__endswith")))


def billed_ahead(lease: Lease, day: date) -> bool:
    """Whether a lease that pays several months at once has been billed beyond a day already."""
    if lease.rate_card.ahead_months == 1:
        return False
    return billed_until([lease]).get(lease.pk, day) > day


def open_invoices(hub: Hub) -> QuerySet[Invoice]:
    """Issued invoices of the hub on which something is open, the oldest first."""
    rows = Invoice.objects.filter(lease__unit__floor__building__hub=hub, status__in=UNPAID, open_amount__gt=0)
    return rows.select_related("lease__organisation", "lease__unit").order_by("due_date", "pk")


def payers_of(hub: Hub) -> list[Payer]:
    """Every company that has or had a lease in the hub, with what the bank may call it and what it owes."""
    invoices: dict[int, dict[str, int]] = {}
    for company, number, left in open_invoices(hub).values_list("lease__organisation", "number", "open_amount"):
        invoices.setdefault(company, {})[number or ""] = left
    names: dict[int, set[str]] = {}
    accounts: dict[int, set[str]] = {}
    leases = Lease.objects.filter(unit__floor__building__hub=hub)
    for company, korean, english, account in leases.values_list(
        "organisation", "organisation__name_ko", "organisation__name_en", "virtual_account"
    ):
        names.setdefault(company, set()).update({korean, english} - {""})
        accounts.setdefault(company, set()).update({account} - {""})
    return [
        Payer(company, frozenset(names[company]), frozenset(accounts[company]), invoices.get(company, {}))
        for company in sorted(names)
    ]


def unpaid_of(leases: Iterable[Lease]) -> QuerySet[Invoice]:
    """Issued invoices of the leases on which something is open, the first to be paid in front."""
    rows = Invoice.objects.filter(lease__in=leases, status__in=UNPAID, open_amount__gt=0)
    return rows.select_related("lease").order_by("due_date", "pk")


def payments_of(company: Organisation, hub: Hub | None = None) -> QuerySet[Payment]:
    """Rows of the bank of a company with what each paid for, the oldest first; of a hub those that came in for it.

    Counter-rows carry no file of the bank: they belong to every hub.
    """
    rows = Payment.objects.filter(organisation=company)
    if hub is not None:
        rows = rows.filter(Q(bank_file__hub=hub) | Q(bank_file=None))
    found = rows.select_related("organisation", "bank_file__hub__cluster", "reversed_by")
    return found.prefetch_related("shares__invoice").order_by("received_date", "pk")


def with_balance(hub: Hub) -> list[tuple[Lease, int]]:
    """Companies of a hub that have paid more than was used, each with its newest lease and the won left."""
    came = Payment.objects.filter(organisation=OuterRef("organisation")).order_by().values("organisation")
    went = PaymentShare.objects.filter(payment__organisation=OuterRef("organisation")).order_by()
    used = went.values("payment__organisation").annotate(sum=Sum("amount")).values("sum")
    rows = Lease.objects.filter(unit__floor__building__hub=hub).annotate(
        left=Coalesce(Subquery(came.annotate(sum=Sum("amount")).values("sum")), 0) - Coalesce(Subquery(used), 0)
    )
    newest = rows.filter(left__gt=0).order_by("organisation", "-pk").distinct("organisation")
    found = newest.select_related("organisation", "unit__floor__building__hub")
    return [(lease, int(lease.left)) for lease in found]


def overdue_in(hubs: Iterable[Hub], now: datetime) -> QuerySet[Invoice]:
    """Invoices of the hubs whose day has passed with something open, the oldest first."""
    today = now.astimezone(SEOUL).date()
    rows = Invoice.objects.filter(lease__unit__floor__building__hub__in=hubs, status__in=UNPAID, open_amount__gt=0)
    return rows.filter(due_date__lt=today).select_related("lease__organisation", "lease__unit").order_by("due_date")


def by_age(invoices: Iterable[Invoice], today: date) -> list[int]:
    """Won open up to 7, 30, 60 days after the due date, and longer."""
    sums = [0] * (len(AGES) + 1)
    for invoice in invoices:
        assert invoice.due_date is not None
        late = today - invoice.due_date
        place = next((n for n, edge in enumerate(AGES) if late <= timedelta(days=edge)), len(AGES))
        sums[place] += invoice.open_amount
    return sums


def overdue_of(lease: Lease, today: date) -> QuerySet[Invoice]:
    """Invoices of a lease whose day has passed with something open, the oldest first."""
    rows = lease.invoices.filter(status__in=UNPAID, open_amount__gt=0, due_date__lt=today)
    return rows.select_related("lease__organisation", "lease__unit__floor__building__hub").order_by("due_date", "pk")


def cases_in(hubs: Iterable[Hub]) -> QuerySet[ArrearsCase]:
    """Open cases of arrears, the oldest first."""
    rows = ArrearsCase.objects.exclude(status="CLOSED").filter(lease__unit__floor__building__hub__in=hubs)
    return rows.select_related("lease__organisation", "lease__unit__floor__building__hub__cluster")


def credits_waiting(hubs: Iterable[Hub]) -> QuerySet[CreditNote]:
    """Prepared credit notes that nobody has decided on."""
    rows = CreditNote.objects.filter(approved_at__isnull=True, invoice__lease__unit__floor__building__hub__in=hubs)
    return rows.select_related("invoice__lease__organisation", "invoice__lease__unit__floor__building__hub__cluster")


def drafts_in(hub: Hub, month: date) -> QuerySet[Invoice]:
    """The month's invoices of a hub that wait to be issued, by room."""
    rows = Invoice.objects.filter(lease__unit__floor__building__hub=hub, month=month, status=InvoiceStatus.DRAFT)
    return rows.select_related(
        "lease__organisation", "lease__rate_card", "lease__unit__floor__building__hub__cluster"
    ).order_by("lease__unit__code", "pk")


def drafts_in_all(hub: Hub) -> QuerySet[Invoice]:
    """All invoices of a hub that wait to be issued, whatever their month."""
    rows = Invoice.objects.filter(lease__unit__floor__building__hub=hub, status=InvoiceStatus.DRAFT)
    return rows.select_related(
        "lease__organisation", "lease__rate_card", "lease__unit__floor__building__hub__cluster"
    ).order_by("month", "lease__unit__code", "pk")


def totals_before(hub: Hub, month: date) -> dict[int, int]:
    """By lease what was billed for the month before, to see what differs."""
    before = month.replace(year=month.year - 1, month=12) if month.month == 1 else month.replace(month=month.month - 1)
    rows = Invoice.objects.filter(lease__unit__floor__building__hub=hub, month=before).exclude(
        status=InvoiceStatus.DROPPED
    )
    return dict(rows.values_list("lease", "total"))


def deposit_of(lease: Lease) -> Deposit | None:
    """The deposit of a lease with its entries; None when none was asked for."""
    return Deposit.objects.filter(lease=lease).prefetch_related("entries").select_related("lease__unit").first()


def deposits_in(hubs: Iterable[Hub]) -> QuerySet[Deposit]:
    """Deposits of the hubs that wait for money or for a settlement."""
    rows = Deposit.objects.filter(lease__unit__floor__building__hub__in=hubs).exclude(
        status__in=["RETURNED", "CONSUMED"]
    )
    rows = rows.exclude(status="RECEIVED", received_won=F("due_won"))
    return rows.select_related("lease__organisation", "lease__unit")


def late_companies(hub: Hub) -> frozenset[int]:
    """The keys of companies with an open case of arrears in the hub."""
    cases = ArrearsCase.objects.filter(lease__unit__floor__building__hub=hub).exclude(status=ArrearsStatus.CLOSED)
    return frozenset(cases.values_list("lease__organisation", flat=True))
