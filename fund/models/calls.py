"""Capital calls (출자요청): lines, one share per partner, receipts from the bank."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fund.enums import CallStatus, Purpose, ShareStatus
from fund.models.partners import Commitment
from fund.models.programme import SubFund
from ledger import log
from portal.accounts.models import User


class CapitalCall(models.Model):
    """Money asked of all partners of a sub-fund for a day; proposed by one person, approved by another."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sub_fund = models.ForeignKey(SubFund, models.PROTECT, related_name="calls")
    number = models.PositiveSmallIntegerField()
    revision = models.PositiveSmallIntegerField(default=1)
    due_date = models.DateField(_("납입 기한"))
    status = models.CharField(max_length=10, choices=CallStatus, default=CallStatus.DRAFT)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, blank=True)
    #: The event of the books under which the present revision was issued.
    event = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = _("출자요청")
        ordering = ["sub_fund", "number"]
        constraints = [
            models.UniqueConstraint(fields=["sub_fund", "number"], name="capital_call_number_once"),
            models.CheckConstraint(condition=Q(status__in=CallStatus.values), name="capital_call_status_known"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="capital_call_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "RESCINDED"]) | Q(approved_by__isnull=False),
                name="capital_call_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "APPROVED", "RESCINDED"])
                | Q(issued_at__isnull=False, event__isnull=False),
                name="capital_call_issued_is_booked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sub_fund} {self.number}"

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.sub_fund.ledger_subject()


class CallLine(models.Model):
    """What the money is for, inside or outside the commitment."""

    call = models.ForeignKey(CapitalCall, models.CASCADE, related_name="lines")
    revision = models.PositiveSmallIntegerField(default=1)
    purpose = models.CharField(max_length=12, choices=Purpose)
    inside = models.BooleanField(default=True)
    amount = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("출자요청 항목")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=1), name="capital_call_line_is_something"),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="capital_call_line_purpose_known"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.amount:,}"


class CallShare(models.Model):
    """One partner's part of one revision of a call."""

    call = models.ForeignKey(CapitalCall, models.PROTECT, related_name="shares")
    revision = models.PositiveSmallIntegerField(default=1)
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="call_shares")
    inside = models.PositiveBigIntegerField()
    outside = models.PositiveBigIntegerField(default=0)
    unfunded_before = models.PositiveBigIntegerField()
    paid = models.PositiveBigIntegerField(default=0)
    status = models.CharField(max_length=5, choices=ShareStatus, default=ShareStatus.DUE)

    class Meta:
        verbose_name = _("출자요청 몫")
        ordering = ["call", "revision", "commitment"]
        constraints = [
            models.UniqueConstraint(fields=["call", "revision", "commitment"], name="one_share_per_partner"),
            models.CheckConstraint(condition=Q(status__in=ShareStatus.values), name="share_status_known"),
            models.CheckConstraint(condition=Q(paid__lte=F("inside") + F("outside")), name="share_paid_within_amount"),
            models.CheckConstraint(condition=Q(inside__lte=F("unfunded_before")), name="share_within_unfunded"),
            models.CheckConstraint(
                condition=~Q(status="PAID") | Q(paid=F("inside") + F("outside")), name="share_paid_is_paid_in_full"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call} {self.commitment.partner}"

    @property
    def amount(self) -> int:
        """Inside and outside the commitment together."""
        return self.inside + self.outside

    @property
    def open(self) -> int:
        """What is still to be paid."""
        return self.amount - self.paid

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.commitment.ledger_subject()


class BankReceipt(models.Model):
    """Money that arrived at the bank for a share; what is more than the share stands in suspense."""

    share = models.ForeignKey(CallShare, models.PROTECT, related_name="receipts")
    amount = models.PositiveBigIntegerField()
    surplus = models.PositiveBigIntegerField(default=0)
    on_date = models.DateField(_("입금일"))
    reference = models.CharField(_("은행 거래번호"), max_length=60, unique=True)
    recorded_at = models.DateTimeField()
    event = models.UUIDField()

    class Meta:
        verbose_name = _("납입")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=1, surplus__lte=F("amount")), name="bank_receipt_is_something"
            )
        ]

    def __str__(self) -> str:
        return self.reference
