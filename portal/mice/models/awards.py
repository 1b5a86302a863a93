"""An award to an event edition: its lines, its agreement, its tranches, what the bank moved, what was changed of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger import log
from portal.accounts.models import Organisation, User
from portal.intake.models import Application
from portal.mice import budget
from portal.mice.enums import AgreementStatus, AmendmentStatus, AwardStatus, PayStage, PostingKind, TrancheStatus
from portal.mice.models.editions import BudgetEnvelope, EventEdition, SupportProgramme

SHA256 = r"^[0-9a-f]{64}$"


class Award(models.Model):
    """Support in won for one edition under one programme, from the decision to the last won returned.

    ``decided`` is what was decided first, ``amount`` what holds after the approved changes, ``final`` what the
    settlement came to. ``paid``, ``repaid`` and ``interest`` are sums of the postings; the database compares all of it
    at every commit, and the counters of edition and envelope with ``net``.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.OneToOneField(Application, models.PROTECT, related_name="event_award")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="event_awards")
    programme = models.ForeignKey(SupportProgramme, models.PROTECT, related_name="awards")
    edition = models.ForeignKey(EventEdition, models.PROTECT, related_name="awards")
    envelope = models.ForeignKey(BudgetEnvelope, models.PROTECT, related_name="awards")
    status = models.CharField(max_length=13, choices=AwardStatus, default=AwardStatus.DECIDED)
    decided = models.BigIntegerField()
    amount = models.BigIntegerField()
    paid = models.BigIntegerField(default=0)
    repaid = models.BigIntegerField(default=0)
    interest = models.BigIntegerField(default=0)
    final = models.BigIntegerField(null=True, blank=True)
    #: Interest to be returned, as the last settlement says.
    interest_due = models.BigIntegerField(default=0)
    policy: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    decided_at = models.DateTimeField()

    class Meta:
        verbose_name = _("교부결정")
        ordering = ["-decided_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=AwardStatus.values), name="award_status_known"),
            models.CheckConstraint(
                condition=Q(decided__gte=1, amount__gte=1, paid__gte=0, paid__lte=F("amount"))
                & Q(repaid__gte=0, repaid__lte=F("paid"), interest__gte=0),
                name="award_pays_within_its_amount",
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(budget.OPEN), final=None)
                | Q(status__in=sorted(budget.SETTLED), final__isnull=False)
                | Q(status=budget.CANCELLED),
                name="award_final_when_settled",
            ),
            models.CheckConstraint(
                condition=~Q(status="CLOSED") | Q(paid=F("final") + F("repaid"), interest=F("interest_due")),
                name="award_closed_to_the_last_won",
            ),
            models.CheckConstraint(
                condition=Q(final=None) | Q(final__gte=0, final__lte=F("amount")), name="award_final_within_its_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} · {self.amount}"

    def position(self) -> budget.Position:
        """The award as the arithmetic of the cap reads it."""
        return budget.Position(
            award=str(self.pk),
            edition=str(self.edition_id),
            programme=str(self.programme_id),
            state=self.status,
            amount=self.amount,
            paid=self.paid,
            repaid=self.repaid,
            final=self.final,
        )

    def ledger_room(self) -> str:
        return "event"

    def ledger_subject(self) -> log.Subject:
        """The award by a reference of its own; the key lets the company's people open what its leaves seal."""
        company = self.organisation
        private = {"organisation": str(company.public_id)}
        return log.Subject(kind="event_award", ref=str(self.public_id), private=private, key=company.ledger_keys[0])


class AwardLine(models.Model):
    """What of the award is for one category (비목), in won."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="lines")
    code = models.SlugField(max_length=40)
    amount = models.BigIntegerField()

    class Meta:
        verbose_name = _("교부 비목")
        ordering = ["award", "code"]
        constraints = [
            models.UniqueConstraint(fields=["award", "code"], name="one_line_for_a_category"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="award_line_has_an_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.award_id} · {self.code}"


class Agreement(models.Model):
    """The conditions both sides sign, known by the SHA-256 of the text."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    award = models.OneToOneField(Award, models.PROTECT, related_name="agreement")
    status = models.CharField(max_length=8, choices=AgreementStatus, default=AgreementStatus.PREPARED)
    text = models.TextField()
    document_hash = models.CharField(max_length=64, editable=False)
    #: A guarantee insurance (이행보증보험) covers the award until then; without a day the policy exempts it.
    guaranteed_until = models.DateField(null=True, blank=True)
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("행사 지원", "협약")
        constraints = [
            models.CheckConstraint(condition=Q(document_hash__regex=SHA256), name="agreement_known_by_its_hash"),
            models.CheckConstraint(
                condition=Q(status="PREPARED", accepted_by=None, accepted_at=None, signed_by=None, signed_at=None)
                | Q(status="ACCEPTED", accepted_by__isnull=False, accepted_at__isnull=False)
                & Q(signed_by=None, signed_at=None)
                | Q(status="SIGNED", accepted_by__isnull=False, accepted_at__isnull=False)
                & Q(signed_by__isnull=False, signed_at__isnull=False),
                name="agreement_signed_by_both",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=F("accepted_by")) & ~Q(signed_by=F("prepared_by")),
                name="agreement_signed_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award_id} · {self.document_hash[:8]}"

    def ledger_room(self) -> str:
        return "event"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="event_agreement", ref=str(self.public_id))


class Tranche(models.Model):
    """One stage of paying an award. There is at most one of a stage that is not void."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    award = models.ForeignKey(Award, models.PROTECT, related_name="tranches")
    stage = models.CharField(max_length=8, choices=PayStage)
    status = models.CharField(max_length=4, choices=TrancheStatus, default=TrancheStatus.DUE)
    amount = models.BigIntegerField()
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    paid_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("교부(차수)")
        ordering = ["award", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["award", "stage"], condition=~Q(status="VOID"), name="a_stage_is_paid_once"
            ),
            models.CheckConstraint(condition=Q(status__in=TrancheStatus.values), name="tranche_status_known"),
            models.CheckConstraint(condition=Q(stage__in=PayStage.values), name="tranche_stage_known"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="tranche_has_an_amount"),
            models.CheckConstraint(
                condition=Q(status="PAID", paid_by__isnull=False) & ~Q(paid_by=F("prepared_by"))
                | ~Q(status="PAID") & Q(paid_by=None),
                name="tranche_paid_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award_id} · {self.stage}"

    def ledger_room(self) -> str:
        return "event"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="event_tranche", ref=str(self.public_id))


class Posting(models.Model):
    """Money that the bank moved for an award, in won; never changed, never deleted."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="postings")
    kind = models.CharField(max_length=8, choices=PostingKind)
    amount = models.BigIntegerField()
    tranche = models.OneToOneField(Tranche, models.PROTECT, null=True, blank=True, related_name="posting")
    bank_ref = models.CharField(max_length=64, unique=True)
    on = models.DateField()
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("교부 원장")
        ordering = ["award", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PostingKind.values), name="posting_kind_known"),
            models.CheckConstraint(condition=Q(amount__gte=1) & ~Q(bank_ref=""), name="posting_has_an_amount"),
            models.CheckConstraint(
                condition=Q(kind="PAID", tranche__isnull=False) | ~Q(kind="PAID") & Q(tranche=None),
                name="posting_out_pays_a_tranche",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_ref} · {self.amount}"


class Amendment(models.Model):
    """A change of amount and lines that the organiser asks for; approved by another person, never silent."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    award = models.ForeignKey(Award, models.PROTECT, related_name="amendments")
    status = models.CharField(max_length=9, choices=AmendmentStatus, default=AmendmentStatus.REQUESTED)
    reason = models.TextField()
    amount_from = models.BigIntegerField()
    amount_to = models.BigIntegerField()
    lines: models.JSONField[dict[str, int]] = models.JSONField()
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("변경신청")
        ordering = ["award", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["award"], condition=Q(status="REQUESTED"), name="one_change_is_asked_at_a_time"
            ),
            models.CheckConstraint(condition=Q(amount_from__gte=1, amount_to__gte=1), name="amendment_has_amounts"),
            models.CheckConstraint(
                condition=Q(status="REQUESTED", decided_by=None, decided_at=None)
                | Q(status__in=["APPROVED", "REFUSED"], decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by=F("requested_by")),
                name="amendment_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award_id} · {self.amount_to}"

    def ledger_room(self) -> str:
        return "event"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="event_amendment", ref=str(self.public_id))
