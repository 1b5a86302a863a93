"""How long answers and files are kept, what holds them back, and the record of their destruction."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.intake.enums import DestructionKind, HoldBasis
from portal.intake.models.calls import Call, known


class DestructionRecord(models.Model):
    """파기 기록: what was destroyed by which policy; the shells of the applications name it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, models.PROTECT, related_name="destructions")
    kind = models.CharField(max_length=12, choices=DestructionKind)
    #: The terms of the call's policy under which it was done, as they were.
    policy = models.JSONField()
    applications = models.PositiveIntegerField()
    files = models.PositiveIntegerField()
    executed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("파기 기록")
        ordering = ["id"]
        constraints = [
            known("kind", DestructionKind, "destruction_kind_known"),
            models.CheckConstraint(condition=Q(applications__gte=1), name="destruction_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.kind}"

    def ledger_room(self) -> str:
        return "privacy"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="destruction", ref=self.public_id.hex)


class StatuteCopy(models.Model):
    """법정 보존 사본: what a law makes us keep after the rest is destroyed, apart from the application."""

    application = models.OneToOneField("intake.Application", models.PROTECT, related_name="statute_copy")
    law = models.CharField(_("근거 법령"), max_length=200)
    keep_until = models.DateTimeField(_("보존 기한"))
    content = models.JSONField()
    #: Names in the private storage, of the files it keeps.
    files = models.JSONField(default=list)
    made_at = models.DateTimeField()
    destroyed_in = models.ForeignKey(DestructionRecord, models.PROTECT, null=True, related_name="copies")

    class Meta:
        verbose_name = _("법정 보존 사본")
        constraints = [
            models.CheckConstraint(condition=~Q(law=""), name="statute_copy_names_its_law"),
            models.CheckConstraint(
                condition=Q(destroyed_in__isnull=True) | Q(content={}, files=[]), name="statute_copy_destroyed_is_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.law}"


class RetentionHold(models.Model):
    """보존 명령 on one application or, without one, on the whole call. Lifted by somebody else than who placed it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, models.PROTECT, related_name="holds")
    application = models.ForeignKey("intake.Application", models.PROTECT, null=True, related_name="holds")
    basis = models.CharField(_("근거"), max_length=10, choices=HoldBasis)
    reason = models.TextField(_("사유"))
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("파기 보류")
        ordering = ["id"]
        constraints = [
            known("basis", HoldBasis, "retention_hold_basis_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="retention_hold_says_why"),
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True, lifted_at__isnull=True)
                | Q(lifted_by__isnull=False, lifted_at__isnull=False) & ~Q(lifted_by=F("placed_by")),
                name="retention_hold_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.basis}"

    def ledger_room(self) -> str:
        return self.call.ledger_room()

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="hold", ref=self.public_id.hex)
