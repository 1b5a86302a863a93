"""Who may teach what, and until when: shown by evidence, approved by a second person."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from college.enums import QualificationStatus
from college.models.courses import Course
from ledger import log
from portal.accounts.models import User


class Qualification(models.Model):
    """An instructor may teach a course on the days of ``[valid_from, valid_to)``."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    instructor = models.ForeignKey(User, models.PROTECT, related_name="college_qualifications")
    course = models.ForeignKey(Course, models.PROTECT, related_name="qualifications")
    status = models.CharField(max_length=10, choices=QualificationStatus, default=QualificationStatus.SUBMITTED)
    evidence = models.CharField(_("자격 근거"), max_length=400)
    valid_from = models.DateField(_("유효 시작일"))
    valid_to = models.DateField(_("유효 종료일(그날부터 무효)"))
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("강사 자격")
        ordering = ["valid_to", "id"]
        indexes = [
            models.Index(
                fields=["instructor", "course", "valid_from", "valid_to"],
                condition=Q(status="APPROVED"),
                name="college_may_teach",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=QualificationStatus.values), name="qualification_status_known"
            ),
            models.CheckConstraint(condition=Q(valid_from__lt=F("valid_to")), name="qualification_lasts"),
            models.CheckConstraint(condition=~Q(evidence=""), name="qualification_has_evidence"),
            models.CheckConstraint(
                condition=Q(status="SUBMITTED") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="qualification_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("submitted_by")), name="qualification_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(submitted_by=F("instructor"))
                & (Q(decided_by__isnull=True) | ~Q(decided_by=F("instructor"))),
                name="qualification_not_of_oneself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instructor_id} · {self.course}"

    def ledger_room(self) -> str:
        return "college"

    def ledger_subject(self) -> log.Subject:
        who = self.instructor.public_id
        return log.Subject(
            kind="qualification", ref=str(self.public_id), private={"person": str(who)}, key=f"user:{who}"
        )
