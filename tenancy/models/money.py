"""Money after the invoice: credit notes, bank files, payments and what they pay, deposits, arrears."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import Organisation, User
from tenancy.enums import ArrearsStatus, DepositKind, DepositStatus, PaymentKind
from tenancy.models.leases import Invoice, InvoiceLine, Lease
from tenancy.models.places import Hub


class CreditNote(models.Model):
    """Takes back a part of one invoice line: prepared by one person, approved by another, then never changed."""

    line = models.ForeignKey(InvoiceLine, models.PROTECT, related_name="credits")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="credits")
    number = models.CharField(_("감액번호"), max_length=44, unique=True)
    reason = models.CharField(_("사유"), max_length=400)
    supply = models.PositiveBigIntegerField()
    vat = models.PositiveBigIntegerField()
    total = models.PositiveBigIntegerField()
    prepared_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    prepared_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("감액고지")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(total=F("supply") + F("vat"), total__gt=0), name="credit_adds_up"),
            models.CheckConstraint(condition=~Q(reason=""), name="credit_has_reason"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(prepared_by__isnull=True) | ~Q(approved_by=F("prepared_by")),
                name="credit_two_people",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(approved_at__isnull=False), name="credit_approved_has_time"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class BankFile(models.Model):
    """A file of the bank that was applied; the same file a second time does nothing."""

    hub = models.ForeignKey(Hub, models.PROTECT, related_name="bank_files")
    sha256 = models.CharField(max_length=64, unique=True)
    plan_hash = models.CharField(max_length=64)
    name = models.CharField(max_length=200, blank=True)
    rows = models.PositiveIntegerField()
    total = models.PositiveBigIntegerField()
    applied_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    applied_at = models.DateTimeField()

    class Meta:
        verbose_name = _("수납파일")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name or self.sha256[:12]

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="hub", ref=self.hub.code)


class Payment(models.Model):
    """One row of the bank, in won; counter-rows are negative and name the row they take back."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="payments")
    bank_file = models.ForeignKey(BankFile, models.PROTECT, null=True, blank=True, related_name="payments")
    row_key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=10, choices=PaymentKind, default=PaymentKind.RECEIVED)
    received_date = models.DateField()
    amount = models.BigIntegerField()
    payer = models.CharField(max_length=100, blank=True)
    memo = models.CharField(max_length=200, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")

    class Meta:
        verbose_name = _("수납")
        ordering = ["received_date", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PaymentKind.values), name="payment_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="RECEIVED", amount__gt=0, reverses__isnull=True)
                | Q(kind="BOUNCED", amount__lt=0, reverses__isnull=False)
                | Q(kind="REFUND", amount__lt=0, reverses__isnull=True),
                name="payment_has_its_sign",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.received_date} {self.amount}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        company = self.organisation
        private = {"organisation": str(company.public_id)}
        return log.Subject("company", company.ref, private, f"organisation:{company.public_id}")


class PaymentShare(models.Model):
    """How much of a payment pays which invoice; taken back by a negative row, never edited."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="shares")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="shares")
    amount = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("충당")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="share_moves_money")]

    def __str__(self) -> str:
        return f"{self.payment_id} → {self.invoice_id}: {self.amount}"


class Deposit(models.Model):
    """The deposit of a lease; received = set off + returned + held, always (the database adds up the entries)."""

    lease = models.OneToOneField(Lease, models.PROTECT, related_name="deposit")
    status = models.CharField(max_length=20, choices=DepositStatus, default=DepositStatus.DUE)
    due_won = models.PositiveBigIntegerField()
    received_won = models.PositiveBigIntegerField(default=0)
    set_off_won = models.PositiveBigIntegerField(default=0)
    returned_won = models.PositiveBigIntegerField(default=0)
    #: Set-offs proposed at closing: ``[{"kind", "amount", "evidence", "invoice"}, …]``.
    proposal = models.JSONField(null=True, blank=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    object_until = models.DateField(null=True, blank=True)
    objection = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("보증금")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=DepositStatus.values), name="deposit_status_known"),
            models.CheckConstraint(
                condition=Q(received_won__lte=F("due_won")), name="deposit_received_within_what_is_due"
            ),
            models.CheckConstraint(
                condition=Q(received_won__gte=F("set_off_won") + F("returned_won")), name="deposit_never_overdrawn"
            ),
            models.CheckConstraint(
                condition=~Q(status="RECEIVED") | Q(received_won=F("due_won")), name="deposit_received_in_full"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["RETURNED", "CONSUMED"])
                | Q(received_won=F("set_off_won") + F("returned_won")),
                name="deposit_closed_holds_nothing",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")), name="deposit_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lease_id} {self.status}"

    @property
    def held_won(self) -> int:
        """What is still held, in won."""
        return int(self.received_won - self.set_off_won - self.returned_won)

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        return self.lease.ledger_subject()


class DepositEntry(models.Model):
    """One movement of a deposit; only ever added."""

    deposit = models.ForeignKey(Deposit, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=DepositKind)
    amount = models.PositiveBigIntegerField()
    evidence = models.CharField(_("근거"), max_length=400, blank=True)
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("보증금 내역")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DepositKind.values, amount__gt=0), name="deposit_entry_moves"),
            models.CheckConstraint(
                condition=~Q(kind__in=["RENT", "REPAIR"]) | ~Q(evidence=""), name="set_off_has_evidence"
            ),
            models.CheckConstraint(
                condition=Q(kind="RENT", invoice__isnull=False) | ~Q(kind="RENT") & Q(invoice__isnull=True),
                name="set_off_of_rent_names_its_invoice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deposit_id} {self.kind} {self.amount}"


class ArrearsCase(models.Model):
    """What is done about a lease's unpaid invoices, step by step; one open case per lease."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lease = models.ForeignKey(Lease, models.PROTECT, related_name="arrears")
    status = models.CharField(max_length=20, choices=ArrearsStatus, default=ArrearsStatus.OPEN)
    since_date = models.DateField()
    stepped_at = models.DateTimeField()
    #: ``[{"due": "2020-03-25", "amount": 50000}, …]`` when instalments were agreed.
    plan = models.JSONField(null=True, blank=True)
    heard_date = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("체납")
        ordering = ["since_date", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lease"], condition=~Q(status="CLOSED"), name="one_open_arrears_case_per_lease"
            ),
            models.CheckConstraint(condition=Q(status__in=ArrearsStatus.values), name="arrears_status_known"),
            models.CheckConstraint(condition=~Q(status="PLAN") | Q(plan__isnull=False), name="plan_has_instalments"),
            models.CheckConstraint(
                condition=~Q(status="TERMINATING") | Q(heard_date__isnull=False), name="termination_after_a_hearing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lease_id} {self.since_date}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        return self.lease.ledger_subject()
