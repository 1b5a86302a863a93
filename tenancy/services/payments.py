"""Money coming in: the bank's file as a dry run, then applied once; bounced payments and refunds as counter-rows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, Overtaken
from portal.core.periods import SEOUL
from portal.intake.canonical import digest
from tenancy import banking, queries, rules
from tenancy.banking import Match
from tenancy.enums import PaymentKind
from tenancy.models import BankFile, Hub, Invoice, Payment
from tenancy.reasons import BANK_FILE
from tenancy.services.settling import balance_of, lock_payments, locked_open, pay_all, take_back


@dataclass(frozen=True, slots=True)
class Plan:
    """What applying a file would do; both hashes must be named to apply it."""

    matches: tuple[Match, ...]
    file_hash: str
    plan_hash: str
    applied: BankFile | None

    @property
    def ready(self) -> list[Match]:
        return [match for match in self.matches if match.verdict == "MATCHED"]


def plan_import(*, hub: Hub, content: bytes, by: Any, chosen: Mapping[str, int] | None = None) -> Plan:
    """A dry run: whose money each row is. ``chosen`` names the company of doubtful rows. Nothing is written."""
    rules.check_can_import_payments(by, hub)
    return _plan(hub, content, chosen or {})


def _plan(hub: Hub, content: bytes, chosen: Mapping[str, int]) -> Plan:
    file_hash = hashlib.sha256(content).hexdigest()
    try:
        rows = banking.read(content)
    except banking.Unreadable as error:
        raise Invalid(BANK_FILE[str(error)], field="file") from error
    known = Payment.objects.filter(row_key__in=[row.key for row in rows]).values_list("row_key", flat=True)
    matches = banking.match(rows, queries.payers_of(hub), frozenset(known))
    matches = [_chosen(match, chosen) for match in matches]
    told = [[match.row.key, match.verdict, match.company or 0, match.invoice] for match in matches]
    applied = BankFile.objects.filter(sha256=file_hash).first()
    return Plan(tuple(matches), file_hash, digest({"hub": hub.code, "rows": told}), applied)


def _chosen(match: Match, chosen: Mapping[str, int]) -> Match:
    company = chosen.get(match.row.key)
    if match.verdict != "DOUBTFUL" or company not in match.candidates:
        return match
    return Match(match.row, "MATCHED", "chosen", company)


@transaction.atomic
def apply_import(
    *,
    hub: Hub,
    content: bytes,
    file_hash: str,
    plan_hash: str,
    by: Any,
    now: datetime,
    name: str = "",
    chosen: Mapping[str, int] | None = None,
) -> BankFile:
    """Write what the dry run showed. The same file a second time does nothing and answers what was written.

    Raises ``Overtaken`` when file or plan are no longer those shown.
    """
    role = rules.check_can_import_payments(by, hub)
    Hub.objects.select_for_update(no_key=True).get(pk=hub.pk)
    plan = _plan(hub, content, chosen or {})
    if plan.applied is not None:
        return plan.applied
    if (plan.file_hash, plan.plan_hash) != (file_hash, plan_hash):
        raise Overtaken(
            _("확인한 뒤에 고지서나 수납이 바뀌었습니다. 다시 확인해 주십시오. 아직 아무것도 저장되지 않았습니다.")
        )
    total = sum(match.row.amount for match in plan.ready)
    file = BankFile.objects.create(
        hub=hub,
        sha256=file_hash,
        plan_hash=plan_hash,
        name=name[:200],
        rows=len(plan.ready),
        total=total,
        applied_by=by,
        applied_at=now,
    )
    data = {"file": file_hash, "plan": plan_hash, "rows": len(plan.ready), "total": total}
    acting = by.acting_as(role)
    log.append("space.bank_file.applied", row=file, by=acting, data=data)
    payments = _receive(plan.ready, file)
    pay_all(_shared_out(payments, hub), by=acting, now=now)
    return file


def _receive(matches: Sequence[Match], file: BankFile) -> list[tuple[Payment, str]]:
    """A payment for each row, with the number of the invoice that it names."""
    payments = Payment.objects.bulk_create(
        Payment(
            organisation_id=_company(match),
            bank_file=file,
            row_key=match.row.key,
            received_date=match.row.day,
            amount=match.row.amount,
            payer=match.row.payer,
            memo=match.row.memo,
        )
        for match in matches
    )
    return [(payment, match.invoice) for payment, match in zip(payments, matches, strict=True)]


def _company(match: Match) -> int:
    """Whose money it is: known of every row that is ready."""
    assert match.company is not None
    return match.company


def _shared_out(payments: Sequence[tuple[Payment, str]], hub: Hub) -> list[tuple[Payment, Invoice, int]]:
    """Each payment pays the invoice it names, then the company's oldest; what is left stays the company's balance."""
    companies = {payment.organisation_id for payment, _ in payments}
    due: dict[int, list[Invoice]] = {company: [] for company in companies}
    for invoice in locked_open(
        Invoice.objects.filter(lease__organisation__in=companies, lease__unit__floor__building__hub=hub)
    ):
        due[invoice.lease.organisation_id].append(invoice)
    left = {invoice.pk: invoice.open_amount for invoices in due.values() for invoice in invoices}
    parts = []
    for payment, named in payments:
        rest = payment.amount
        for invoice in sorted(due[payment.organisation_id], key=lambda one: one.number != named):
            part = min(rest, left[invoice.pk])
            if part:
                parts.append((payment, invoice, part))
                rest, left[invoice.pk] = rest - part, left[invoice.pk] - part
    return parts


@transaction.atomic
def bounce(*, payment: Payment, by: Any, now: datetime, reason: str) -> Payment:
    """The bank took a payment back: a counter-row, and what it paid is open again."""
    hub = _hub_of(payment)
    role = rules.check_can_import_payments(by, hub)
    lock_payments(payment.organisation_id)
    row = Payment.objects.select_related("organisation").get(pk=payment.pk)
    if row.kind != PaymentKind.RECEIVED or Payment.objects.filter(reverses=row).exists():
        raise Overtaken(_("이미 취소된 입금입니다."))
    _check_not_paid_back(row)
    take_back(row, by=by.acting_as(role), now=now)
    counter = _counter(row, PaymentKind.BOUNCED, -row.amount, now, reverses=row)
    data = {"amount": row.amount}
    log.append("space.payment.taken_back", row=counter, by=by.acting_as(role), data=data, private={"reason": reason})
    return counter


def _check_not_paid_back(row: Payment) -> None:
    """What was paid back of a payment cannot be taken back by the bank too: the company has to return it first."""
    used = row.shares.aggregate(sum=Sum("amount"))["sum"] or 0
    missing = row.amount - used - balance_of(row.organisation_id)
    if missing > 0:
        raise Invalid(
            _(
                "이 입금에서 %(amount)s원을 선수금으로 돌려주었습니다. 그 금액을 되받아 입금으로 반영한 뒤에 취소해 주십시오."
            )
            % {"amount": f"{missing:,}"},
            field="payment",
        )


@transaction.atomic
def refund(*, payment: Payment, amount: int, by: Any, now: datetime, reason: str) -> Payment:
    """Pay back what a company paid too much, at its request. Raises ``Invalid`` beyond its balance."""
    role = rules.check_can_import_payments(by, _hub_of(payment))
    lock_payments(payment.organisation_id)
    row = Payment.objects.select_related("organisation").get(pk=payment.pk)
    if not 0 < amount <= balance_of(row.organisation_id):
        raise Invalid(_("선수금보다 많이 돌려줄 수 없습니다."), field="amount")
    counter = _counter(row, PaymentKind.REFUND, -amount, now)
    data = {"amount": amount}
    log.append("space.payment.refunded", row=counter, by=by.acting_as(role), data=data, private={"reason": reason})
    return counter


def _counter(row: Payment, kind: PaymentKind, amount: int, now: datetime, **fields: Any) -> Payment:
    count = Payment.objects.filter(organisation=row.organisation_id, kind=kind).count()
    key = hashlib.sha256(f"{kind}\x1f{row.row_key}\x1f{count}".encode()).hexdigest()
    day: date = now.astimezone(SEOUL).date()
    return Payment.objects.create(
        organisation=row.organisation, row_key=key, kind=kind, received_date=day, amount=amount, **fields
    )


def _hub_of(payment: Payment) -> Hub:
    invoice = Invoice.objects.filter(lease__organisation=payment.organisation_id).select_related(
        "lease__unit__floor__building__hub__cluster"
    )
    if payment.bank_file is not None:
        return payment.bank_file.hub
    found = invoice.first()
    if found is None:
        raise Invalid(_("고지서가 없는 기업입니다."))
    return found.lease.unit.hub
