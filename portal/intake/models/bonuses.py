"""가점: points for what a paper proves, counted only when an officer verified the paper."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.intake import blocks
from portal.intake.models.applications import Application, Attachment
from portal.intake.models.calls import Call


class BonusItem(models.Model):
    """가점 항목 of a call: its points, the paper needed, and the question under which the paper is sent."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="bonus_items")
    code = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField()
    name = models.JSONField()
    points = models.DecimalField(_("가점"), max_digits=5, decimal_places=2)
    paper = models.JSONField(_("증빙 자료"), default=dict)
    block = models.CharField(_("증빙을 받는 문항"), max_length=41)

    class Meta:
        verbose_name = _("가점")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["call", "code"], name="bonus_item_once"),
            models.CheckConstraint(condition=Q(points__gt=0), name="bonus_item_has_points"),
        ]

    def __str__(self) -> str:
        return self.name_text

    @property
    def name_text(self) -> str:
        return blocks.in_language(self.name)

    @property
    def paper_text(self) -> str:
        return blocks.in_language(self.paper)


class BonusFinding(models.Model):
    """가점 확인: append-only; the last one of an item counts. Counted only against a paper that was sent."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="bonus_findings")
    item = models.ForeignKey(BonusItem, models.PROTECT, related_name="findings")
    counted = models.BooleanField()
    paper = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    #: What the officer saw, or why the paper does not count; the applicant reads it.
    reason = models.TextField(_("확인 내용"))
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    found_at = models.DateTimeField()

    class Meta:
        verbose_name = _("가점 확인")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(counted=False) | Q(paper__isnull=False), name="bonus_counted_has_paper"),
            models.CheckConstraint(condition=~Q(reason=""), name="bonus_finding_has_reason"),
        ]
        indexes = [models.Index(fields=["application", "item", "-id"], name="bonus_finding_last")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.counted}"
