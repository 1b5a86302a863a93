"""Who was there: scans that are never changed, corrections by two people, scores."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from college.attendance import Event
from college.enums import CorrectionReason, CorrectionStatus, EventKind, Source
from college.models.courses import Lesson
from college.models.seats import Enrolment
from ledger import log
from portal.accounts.models import User


class Correction(models.Model):
    """What the record of one person in one lesson should say; checked and applied by two people, neither the student.

    ``excuse`` marks the whole lesson as 공가; else ``entries`` are the times that count instead of what stands.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="corrections")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="corrections")
    status = models.CharField(max_length=10, choices=CorrectionStatus, default=CorrectionStatus.REQUESTED)
    excuse = models.BooleanField(_("공가"), default=False)
    entries = models.JSONField(default=list)
    reason = models.CharField(_("사유"), max_length=20, choices=CorrectionReason, blank=True)
    evidence = models.CharField(_("증빙"), max_length=400)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField()

    class Meta:
        verbose_name = _("출결정정")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=CorrectionStatus.values), name="correction_status_known"),
            models.CheckConstraint(
                condition=Q(excuse=True) | Q(reason__in=CorrectionReason.values), name="correction_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(status="APPLIED")
                | Q(checked_by__isnull=False, decided_by__isnull=False) & ~Q(checked_by=F("decided_by")),
                name="correction_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lesson} · {self.enrolment_id}"

    def ledger_room(self) -> str:
        return "college"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(
            kind="correction",
            ref=str(self.public_id),
            private={"person": str(self.enrolment.person.public_id)},
            key=self.enrolment.person.seal,
        )


class AttendanceEvent(models.Model):
    """One scan or office entry; never changed, never deleted. ``voids`` names the record that it takes back."""

    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="events")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=EventKind)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    source = models.CharField(max_length=10, choices=Source)
    #: The rotating code's step: with person, lesson and kind it is taken once.
    step = models.BigIntegerField(null=True, blank=True)
    nonce = models.UUIDField(default=uuid.uuid4, unique=True)
    device = models.CharField(max_length=64, blank=True)
    voids = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    correction = models.ForeignKey(Correction, models.PROTECT, null=True, blank=True, related_name="events")

    class Meta:
        verbose_name = _("출결기록")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "lesson", "kind", "step"],
                condition=Q(step__isnull=False),
                name="one_scan_per_step",
            ),
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="event_kind_known"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="event_source_known"),
            models.CheckConstraint(
                condition=Q(kind="VOID", voids__isnull=False) | (~Q(kind="VOID") & Q(voids__isnull=True)),
                name="event_void_names_another",
            ),
            models.CheckConstraint(
                condition=~Q(source="OFFICE") | Q(correction__isnull=False), name="office_event_has_correction"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"

    @property
    def pure(self) -> Event:
        """This record as the rules of attendance read it."""
        return Event(self.kind, self.at, self.pk, self.voids_id)


class Score(models.Model):
    """One result in whole hundredths of a point; append-only, the last one counts."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="scores")
    code = models.SlugField(max_length=40)
    points = models.PositiveIntegerField(_("점수"))
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        verbose_name = _("점수")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.code} {self.points}"
