"""Sittings of a panel and who was there: a member who was absent cannot lock a sheet of what was heard."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.intake.enums import Identified
from portal.intake.models.applications import Application
from portal.intake.models.calls import Stage, known
from portal.intake.models.review import Member


class Sitting(models.Model):
    """평가회의: when and where a panel hears files; without files it hears all of the stage."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="sittings")
    starts_at = models.DateTimeField(_("시작"))
    ends_at = models.DateTimeField(_("끝"))
    place = models.CharField(_("장소"), max_length=200)
    files = models.ManyToManyField(Application, related_name="sittings", blank=True)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    called_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("평가회의")
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="sitting_starts_before_ending"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.starts_at}"

    def ledger_room(self) -> str:
        return self.stage.ledger_room()

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="sitting", ref=uuid.uuid4().hex, private={"sitting": str(self.public_id)})


class Attendance(models.Model):
    """출석확인: an officer saw who it is, the member signed in; only both together are presence."""

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="attendances")
    member = models.ForeignKey(Member, models.PROTECT, related_name="attendances")
    identified_by = models.CharField(_("본인 확인 방법"), max_length=10, choices=Identified)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("출석확인")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "member"], name="attendance_once"),
            known("identified_by", Identified, "attendance_method_known"),
        ]

    def __str__(self) -> str:
        return f"{self.sitting_id} {self.member_id}"

    def ledger_room(self) -> str:
        return self.sitting.ledger_room()

    def ledger_subject(self) -> log.Subject:
        return log.Subject(
            kind="person",
            ref=uuid.uuid4().hex,
            private={"sitting": str(self.sitting.public_id)},
            key=f"member:{self.member_id}",
        )
