"""Names found in what a blind panel would read, and what an officer does about each before the stage opens."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.intake.enums import HitOutcome
from portal.intake.models.applications import Application
from portal.intake.models.calls import Stage, known


class NameSearch(models.Model):
    """One application searched for one blind stage."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="name_searches")
    application = models.ForeignKey(Application, models.PROTECT, related_name="name_searches")
    #: Number of the revision that was searched; a later one, with answers asked for a later stage, is searched again.
    revision = models.PositiveSmallIntegerField()
    searched_at = models.DateTimeField()

    class Meta:
        verbose_name = _("이름 검색")
        constraints = [models.UniqueConstraint(fields=["stage", "application"], name="name_search_once")]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.application_id}"


class NameHit(models.Model):
    """A name in an answer, a file's name or a file's text; without a name: a PDF that could not be read."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="name_hits")
    application = models.ForeignKey(Application, models.PROTECT, related_name="name_hits")
    block = models.CharField(max_length=41)
    #: The file's name; empty for the answer itself.
    file = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=10, choices=HitOutcome, default=HitOutcome.OPEN)
    note = models.TextField(_("조치 내용"), blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("이름 발견")
        ordering = ["application", "id"]
        constraints = [
            known("outcome", HitOutcome, "name_hit_outcome_known"),
            models.CheckConstraint(
                condition=Q(outcome="OPEN") | Q(settled_by__isnull=False, settled_at__isnull=False) & ~Q(note=""),
                name="name_hit_settled_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.block}"
