"""What a holding is worth (평가), and what takes from it: write-downs by reason, sales, redemptions."""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fund.enums import MeasureKind, MeasureStatus, Method, Reason, ValuationStatus
from fund.models.decisions import Motion
from fund.models.holdings import Holding, Lot
from fund.models.reports import Upload
from ledger import log
from portal.accounts.models import User


class Valuation(models.Model):
    """The value of one holding at the end of a day, as known over a span of time once it is published."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    holding = models.ForeignKey(Holding, models.PROTECT, related_name="valuations")
    on_date = models.DateField(_("평가 기준일"))
    amount = models.PositiveBigIntegerField(_("평가액"))
    method = models.CharField(_("평가 방법"), max_length=10, choices=Method)
    level = models.PositiveSmallIntegerField(_("공정가치 수준"))
    evidence = models.TextField(_("평가 근거"))
    evidence_hash = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=ValuationStatus, default=ValuationStatus.SUBMITTED)
    known = DateTimeRangeField(null=True, blank=True)
    motion = models.OneToOneField(Motion, models.PROTECT, null=True, blank=True, related_name="valuation")
    upload = models.ForeignKey(Upload, models.PROTECT, null=True, blank=True, related_name="valuations")
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    event = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = _("평가")
        ordering = ["holding", "on_date", "id"]
        constraints = [
            ExclusionConstraint(
                name="one_published_value_at_a_time",
                expressions=[
                    ("holding", RangeOperators.EQUAL),
                    ("on_date", RangeOperators.EQUAL),
                    ("known", RangeOperators.OVERLAPS),
                ],
                condition=Q(known__isnull=False),
            ),
            models.CheckConstraint(condition=Q(status__in=ValuationStatus.values), name="valuation_status_known"),
            models.CheckConstraint(condition=Q(method__in=Method.values), name="valuation_method_known"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=3), name="valuation_level_is_1_to_3"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("submitted_by")), name="valuation_two_persons"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["APPROVED", "PUBLISHED", "SUPERSEDED"]) | Q(approved_by__isnull=False),
                name="valuation_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["PUBLISHED", "SUPERSEDED"], known__isnull=False, known__isempty=False,
                    event__isnull=False,
                )
                | (~Q(status__in=["PUBLISHED", "SUPERSEDED"]) & Q(known__isnull=True, event__isnull=True)),
                name="valuation_published_is_known",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.holding} {self.on_date}"

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.holding.ledger_subject()


class Measure(models.Model):
    """A write-down (감액), its restoration, a sale or a redemption: proposed by one, approved and booked by another.

    ``amount`` is what is written down or restored, or the proceeds; ``units`` are those of the lot that leave (of a lot
    without units the whole leaves).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    holding = models.ForeignKey(Holding, models.PROTECT, related_name="measures")
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="measures")
    kind = models.CharField(_("종류"), max_length=10, choices=MeasureKind)
    reason = models.CharField(_("감액 사유"), max_length=11, choices=Reason, blank=True)
    amount = models.PositiveBigIntegerField(_("금액"))
    units = models.PositiveBigIntegerField(_("수"), default=0)
    on_date = models.DateField(_("기준일"))
    status = models.CharField(max_length=8, choices=MeasureStatus, default=MeasureStatus.PROPOSED)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    event = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = _("감액·회수")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=MeasureKind.values), name="measure_kind_known"),
            models.CheckConstraint(condition=Q(status__in=MeasureStatus.values), name="measure_status_known"),
            models.CheckConstraint(
                condition=Q(kind="WRITE_DOWN", reason__in=Reason.values) | (~Q(kind="WRITE_DOWN") & Q(reason="")),
                name="write_down_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["WRITE_DOWN", "RESTORE"], lot__isnull=True, units=0, amount__gte=1)
                | Q(kind__in=["SALE", "REDEEM"], lot__isnull=False),
                name="exit_names_its_lot",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")), name="measure_two_persons"
            ),
            models.CheckConstraint(
                condition=~Q(status="DONE") | Q(approved_by__isnull=False, event__isnull=False),
                name="measure_done_is_booked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount:,}"

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.holding.ledger_subject()
