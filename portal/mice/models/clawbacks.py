"""Money taken back after the settlement, and who gets none for a time."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import Organisation, User
from portal.mice.enums import ClawbackGround, ClawbackStatus
from portal.mice.models.awards import Award

#: A party is heard for ten days at least (행정절차법 제21조).
LEAST_HEARING = timedelta(days=10)


class Clawback(models.Model):
    """Principal, interest and surcharge in won, with the facts and the law they rest on.

    A false claim costs up to five times the principal, misuse up to three times (공공재정환수법 제9조). ``received`` is the
    sum of the receipts; the database compares both at every commit.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    award = models.ForeignKey(Award, models.PROTECT, related_name="clawbacks")
    status = models.CharField(max_length=9, choices=ClawbackStatus, default=ClawbackStatus.NOTICED)
    ground = models.CharField(max_length=11, choices=ClawbackGround)
    facts = models.TextField()
    legal_basis = models.CharField(max_length=200)
    principal = models.BigIntegerField()
    interest = models.BigIntegerField(default=0)
    surcharge = models.BigIntegerField(default=0)
    received = models.BigIntegerField(default=0)
    reply_by = models.DateTimeField()
    reply = models.TextField(blank=True)
    waiver_basis = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(null=True, blank=True)
    noticed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    noticed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("환수")
        ordering = ["-noticed_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ClawbackStatus.values), name="clawback_status_known"),
            models.CheckConstraint(
                condition=Q(ground="FALSE_CLAIM", surcharge__lte=F("principal") * 5)
                | Q(ground="MISUSE", surcharge__lte=F("principal") * 3)
                | Q(ground="BREACH", surcharge=0),
                name="clawback_surcharge_within_the_law",
            ),
            models.CheckConstraint(
                condition=Q(principal__gte=1, interest__gte=0, surcharge__gte=0, received__gte=0)
                & Q(received__lte=F("principal") + F("interest") + F("surcharge")),
                name="clawback_takes_no_more",
            ),
            models.CheckConstraint(
                condition=~Q(facts="") & ~Q(legal_basis="") & (~Q(status="WAIVED") | ~Q(waiver_basis="")),
                name="clawback_rests_on_law",
            ),
            models.CheckConstraint(
                condition=Q(reply_by__gte=F("noticed_at") + LEAST_HEARING), name="clawback_hears_ten_days"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None)
                | Q(decided_by__isnull=False)
                & (Q(decided_at__gte=F("reply_by")) | ~Q(reply=""))
                & ~Q(decided_by=F("noticed_by")),
                name="clawback_decided_after_hearing_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(status="PAID") | Q(received=F("principal") + F("interest") + F("surcharge")),
                name="clawback_paid_to_the_last_won",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award_id} · {self.total}"

    @property
    def total(self) -> int:
        return self.principal + self.interest + self.surcharge

    def ledger_room(self) -> str:
        return "event"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="event_clawback", ref=str(self.public_id))


class ClawbackReceipt(models.Model):
    """Money of a clawback that the bank received; never changed."""

    clawback = models.ForeignKey(Clawback, models.PROTECT, related_name="receipts")
    amount = models.BigIntegerField()
    bank_ref = models.CharField(max_length=64, unique=True)
    on = models.DateField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("환수 수납")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=1) & ~Q(bank_ref=""), name="clawback_receipt_has_an_amount")
        ]

    def __str__(self) -> str:
        return f"{self.bank_ref} · {self.amount}"


class Sanction(models.Model):
    """An organisation gets no support on ``[from_on, until_on)``, unless the sanction was lifted."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="event_sanctions")
    clawback = models.OneToOneField(Clawback, models.PROTECT, related_name="sanction")
    from_on = models.DateField()
    until_on = models.DateField()
    imposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    imposed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("제재")
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gt=F("from_on")), name="sanction_days_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} · {self.until_on}"

    def ledger_room(self) -> str:
        return "event"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="event_sanction", ref=str(self.public_id))


class Inspection(models.Model):
    """What an officer saw on site, with a head count at a stated time; never changed."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="inspections")
    at = models.DateTimeField()
    people = models.PositiveIntegerField()
    findings = models.TextField()
    inspected_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("현장점검")
        ordering = ["award", "at"]

    def __str__(self) -> str:
        return f"{self.award_id} · {self.at}"
