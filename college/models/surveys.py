"""What students say of a run when it has ended. The ticket says who answered; the answer knows no person and no time."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from college.models.courses import Run
from college.models.seats import Enrolment


class Survey(models.Model):
    """The questions as they were when the run ended, and until when they are asked."""

    run = models.OneToOneField(Run, models.PROTECT, related_name="survey")
    questions = models.JSONField()
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    class Meta:
        verbose_name = _("설문")
        constraints = [
            models.CheckConstraint(condition=Q(opened_at__lt=F("closes_at")), name="survey_times_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.run}"


class SurveyTicket(models.Model):
    """This student has answered. Its key is random and it has no time, so nothing leads to the answer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="tickets")
    enrolment = models.OneToOneField(Enrolment, models.PROTECT, related_name="survey_ticket")

    class Meta:
        verbose_name = _("설문 참여")

    def __str__(self) -> str:
        return str(self.enrolment)


class SurveyAnswer(models.Model):
    """One answer, of nobody. As many as tickets, which the database counts at the commit."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="answers")
    answers = models.JSONField()

    class Meta:
        verbose_name = _("설문 답")

    def __str__(self) -> str:
        return str(self.id)
