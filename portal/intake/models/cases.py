"""Exceptions to the ordinary course: entering late, and taking a selection back."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import Organisation
from portal.intake.enums import CaseGround, CaseStatus
from portal.intake.models.applications import Application
from portal.intake.models.calls import Call, known


class LateCode(models.Model):
    """추가접수 코드: one call, one company, one use. Only the SHA-256 of the code is kept."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, models.PROTECT, related_name="late_codes")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, unique=True)
    reason = models.TextField(_("추가접수 사유"))
    evidence = models.TextField(_("근거"))
    expires_at = models.DateTimeField(_("유효 기한"))
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    application = models.OneToOneField(Application, models.PROTECT, null=True, related_name="late_code")

    class Meta:
        verbose_name = _("추가접수 코드")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "organisation"], condition=Q(used_at__isnull=True), name="one_unused_late_code"
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(evidence=""), name="late_code_says_why"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("issued_by")), name="late_code_two_people"
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, application__isnull=True)
                | Q(
                    used_at__isnull=False,
                    application__isnull=False,
                    confirmed_at__isnull=False,
                    used_at__lt=F("expires_at"),
                ),
                name="late_code_used_when_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.organisation_id}"

    def ledger_room(self) -> str:
        return self.call.ledger_room()

    def ledger_subject(self) -> log.Subject:
        return log.Subject(
            kind="late_code",
            ref=uuid.uuid4().hex,
            private={"code": str(self.public_id)},
            key=f"organisation:{self.organisation_id}",
        )


class DisqualificationCase(models.Model):
    """선정취소 절차: notice with evidence, time to reply, a reasoned decision by somebody else."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="cases")
    ground = models.CharField(_("사유"), max_length=20, choices=CaseGround)
    evidence = models.TextField(_("증거"))
    status = models.CharField(max_length=10, choices=CaseStatus, default=CaseStatus.NOTICED)
    noticed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    noticed_at = models.DateTimeField()
    reply_by = models.DateTimeField(_("의견 제출 기한"))
    reply = models.TextField(_("의견"), blank=True)
    replied_at = models.DateTimeField(null=True)
    reasons = models.TextField(_("결정 이유"), blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("선정취소 절차")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(status__in=["NOTICED", "HEARD"]), name="one_open_case"
            ),
            models.CheckConstraint(condition=~Q(evidence=""), name="case_has_evidence"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("noticed_by")), name="case_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["UPHELD", "DROPPED"]) | (Q(decided_by__isnull=False) & ~Q(reasons="")),
                name="case_decided_has_reasons",
            ),
            models.CheckConstraint(
                condition=~Q(status="UPHELD") | Q(replied_at__isnull=False) | Q(decided_at__gte=F("reply_by")),
                name="case_upheld_after_hearing",
            ),
            known("ground", CaseGround, "case_ground_known"),
            known("status", CaseStatus, "case_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.status}"

    def ledger_room(self) -> str:
        return self.application.ledger_room()

    def ledger_subject(self) -> log.Subject:
        return self.application.ledger_subject()
