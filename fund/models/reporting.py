"""Frozen figures (실적확정): what was true of a day as known at an instant, spelled once and never again differently."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fund.enums import SnapshotKind, SnapshotStatus
from fund.models.programme import Programme, SubFund
from ledger import log
from portal.accounts.models import User


class Snapshot(models.Model):
    """The figures of a programme at the end of ``as_of_date``, from all that was recorded up to ``known_at``.

    ``body`` is their canonical JSON and ``digest`` its SHA-256; a trigger compares and forbids every edit.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="snapshots")
    number = models.PositiveIntegerField()
    kind = models.CharField(_("주기"), max_length=7, choices=SnapshotKind)
    as_of_date = models.DateField(_("기준일"))
    known_at = models.DateTimeField(_("인지시점"))
    body = models.TextField()
    digest = models.CharField(max_length=64)
    status = models.CharField(max_length=9, choices=SnapshotStatus, default=SnapshotStatus.BUILT)
    restates = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="restated_by")
    built_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("실적확정")
        ordering = ["programme", "number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="fund_snapshot_number_once"),
            models.UniqueConstraint(
                fields=["programme", "kind", "as_of_date"], condition=Q(status="PUBLISHED"), name="one_published_figure"
            ),
            models.CheckConstraint(condition=Q(kind__in=SnapshotKind.values), name="fund_snapshot_kind_known"),
            models.CheckConstraint(condition=Q(status__in=SnapshotStatus.values), name="fund_snapshot_status_known"),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("built_by")),
                name="fund_snapshot_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["PUBLISHED", "RESTATED"])
                | Q(published_by__isnull=False, published_at__isnull=False),
                name="fund_snapshot_published_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.as_of_date}"

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.programme.ledger_subject()


class PerformanceRun(models.Model):
    """One rate and its multiples as a snapshot shows them. ``flows`` are what it was found from, ``inputs_hash`` their digest."""

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="runs")
    scope = models.CharField(max_length=12)
    sub_fund = models.ForeignKey(SubFund, models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=11)
    rate = models.CharField(max_length=24, blank=True)
    roots = models.JSONField(default=list)
    flows = models.JSONField(default=list)
    inputs_hash = models.CharField(max_length=64)
    method = models.CharField(max_length=40)

    class Meta:
        verbose_name = _("성과 계산")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="OK") | Q(rate=""), name="performance_rate_only_when_there_is_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.snapshot} {self.scope}"
