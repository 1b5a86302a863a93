"""What applicants think of a panel: only counts, never who gave them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.intake.enums import RatedOn
from portal.intake.models.applications import Application
from portal.intake.models.calls import Stage, known


class RatingTicket(models.Model):
    """That a company rated a panel; what it said stands nowhere beside it, and no time."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("평가위원회 만족도 참여")
        constraints = [models.UniqueConstraint(fields=["stage", "application"], name="rated_once")]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.application_id}"


class RatingCount(models.Model):
    """How often a panel got this many points on this question."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="ratings")
    question = models.CharField(max_length=10, choices=RatedOn)
    points = models.PositiveSmallIntegerField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("평가위원회 만족도")
        constraints = [
            models.UniqueConstraint(fields=["stage", "question", "points"], name="rating_count_once"),
            models.CheckConstraint(condition=Q(points__gte=1, points__lte=5), name="rating_one_to_five"),
            known("question", RatedOn, "rating_question_known"),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.question} {self.points}"
