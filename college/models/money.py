"""Fees that came in and what goes back of them. A payment is never changed; a refund keeps how it was reckoned."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from college.enums import RefundCause, RefundRule, RefundStatus
from college.models.seats import Enrolment
from ledger import log
from portal.accounts.models import User


class Payment(models.Model):
    """The fee of one seat, as the office saw it come in; it is the whole fee of the run (trigger)."""

    enrolment = models.OneToOneField(Enrolment, models.PROTECT, related_name="payment")
    amount_won = models.BigIntegerField(_("낸 금액"))
    received_at = models.DateTimeField(_("수납을 확인한 때"))
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("수납")
        constraints = [models.CheckConstraint(condition=Q(amount_won__gt=0), name="payment_of_something")]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.amount_won}"

    def ledger_room(self) -> str:
        return "college"

    def ledger_subject(self) -> log.Subject:
        """The seat that was paid for."""
        return self.enrolment.ledger_subject()


class Refund(models.Model):
    """What goes back of one payment: reckoned by one person, approved by another, paid; at most one for each payment.

    ``share_won`` is what the table gives, ``amount_won`` what the office gives: never less than the share, never more
    than was paid. ``arithmetic`` keeps the numbers that went in, so that anybody can reckon it again.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="refund")
    status = models.CharField(max_length=10, choices=RefundStatus, default=RefundStatus.REQUESTED)
    cause = models.CharField(_("까닭"), max_length=10, choices=RefundCause)
    #: When the student left or the run was called off: what had been taught by then is kept.
    caused_at = models.DateTimeField()
    #: The run was called off as well before anything was reckoned: then the better of the two.
    cancelled_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(_("지급 기한"))
    paid_won = models.BigIntegerField(_("낸 금액"))
    rule = models.CharField(_("기준"), max_length=10, choices=RefundRule, blank=True)
    arithmetic = models.JSONField(null=True, blank=True)
    share_won = models.BigIntegerField(_("법정 환불액"), null=True, blank=True)
    amount_won = models.BigIntegerField(_("환불액"), null=True, blank=True)
    #: Why more than the share goes back.
    note = models.CharField(_("더 돌려주는 이유"), max_length=400, blank=True)
    calculated_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    paid_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("환불")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RefundStatus.values), name="refund_status_known"),
            models.CheckConstraint(condition=Q(cause__in=RefundCause.values), name="refund_cause_known"),
            models.CheckConstraint(condition=Q(rule__in=["", *RefundRule.values]), name="refund_rule_known"),
            models.CheckConstraint(
                condition=Q(status="REQUESTED")
                | (
                    Q(amount_won__isnull=False, share_won__isnull=False, arithmetic__isnull=False)
                    & Q(calculated_by__isnull=False)
                    & ~Q(rule="")
                ),
                name="refund_reckoned",
            ),
            models.CheckConstraint(
                condition=Q(amount_won__isnull=True)
                | Q(share_won__gte=0, amount_won__gte=F("share_won"), amount_won__lte=F("paid_won")),
                name="refund_between_share_and_paid",
            ),
            models.CheckConstraint(
                condition=Q(amount_won__isnull=True) | Q(amount_won=F("share_won")) | ~Q(note=""),
                name="refund_of_more_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["APPROVED", "PAID"]) | Q(amount_won__gt=0), name="refund_of_something"
            ),
            models.CheckConstraint(condition=~Q(status="REFUSED") | Q(amount_won=0), name="refund_owed_is_not_refused"),
            models.CheckConstraint(
                condition=~Q(status__in=["APPROVED", "PAID", "REFUSED"]) | Q(decided_by__isnull=False),
                name="refund_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("calculated_by")), name="refund_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(status="PAID") | (Q(paid_by__isnull=False, paid_at__isnull=False)), name="refund_paid_when"
            ),
            models.CheckConstraint(
                condition=Q(paid_by__isnull=True) | ~Q(paid_by=F("decided_by")), name="refund_payer_did_not_approve"
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def ledger_room(self) -> str:
        return "college"

    def ledger_subject(self) -> log.Subject:
        person = self.payment.enrolment.person
        return log.Subject(
            kind="refund", ref=str(self.public_id), private={"person": str(person.public_id)}, key=person.seal
        )
