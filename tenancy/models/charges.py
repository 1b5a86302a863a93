"""What a month costs beside the rent: tariffs of what meters count, costs that several share, corrections."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import User
from portal.intake.enums import Scan
from portal.intake.models.applications import private_storage
from tenancy.enums import LineKind, MeterKind, RateCardStatus, SharedKind
from tenancy.models.changes import Amendment
from tenancy.models.leases import Lease
from tenancy.models.places import Floor, Hub


class Tariff(models.Model):
    """What one unit of a meter (a kWh, a ㎥) costs in a hub from a month on: one version, two people, then sealed."""

    hub = models.ForeignKey(Hub, models.PROTECT, related_name="tariffs")
    kind = models.CharField(_("계량기"), max_length=12, choices=MeterKind)
    version = models.PositiveSmallIntegerField(default=1)
    #: Won for each unit, to the hundredth: tariffs have fractions, amounts do not.
    won = models.DecimalField(_("단가(원)"), max_digits=10, decimal_places=2)
    from_month = models.DateField(_("시행하는 달"))
    status = models.CharField(max_length=10, choices=RateCardStatus, default=RateCardStatus.DRAFT)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    put_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("사용료 단가")
        ordering = ["kind", "-from_month", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["hub", "kind", "version"], name="tariff_version_once"),
            models.UniqueConstraint(
                fields=["hub", "kind", "from_month"], condition=Q(status="IN_FORCE"), name="one_tariff_from_a_month"
            ),
            models.CheckConstraint(condition=Q(kind__in=MeterKind.values), name="tariff_kind_known"),
            models.CheckConstraint(condition=Q(status__in=RateCardStatus.values), name="tariff_status_known"),
            models.CheckConstraint(condition=Q(won__gt=0), name="tariff_costs_something"),
            models.CheckConstraint(condition=Q(from_month__day=1), name="tariff_begins_with_a_month"),
            models.CheckConstraint(
                condition=(Q(checked_by__isnull=True) | ~Q(checked_by=F("drafted_by")))
                & (Q(put_by__isnull=True) | ~Q(put_by=F("drafted_by"))),
                name="tariff_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(status="IN_FORCE") | Q(checked_by__isnull=False, put_by__isnull=False),
                name="tariff_in_force_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} v{self.version}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="tariff", ref=f"{self.hub.code}.{self.kind.lower()}.{self.version}")


def evidence_name(row: SharedCost, filename: str) -> str:
    """A name nobody can guess; the one people gave stays in the row."""
    return f"costs/{row.hub_id}/{uuid.uuid4().hex}"


class SharedCost(models.Model):
    """What a month cost all tenants of a hub or floor together, with the bill it was taken from; a wrong one is set aside."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="shared_costs")
    floor = models.ForeignKey(Floor, models.PROTECT, null=True, blank=True, related_name="+")
    month = models.DateField()
    kind = models.CharField(max_length=12, choices=SharedKind)
    amount = models.PositiveBigIntegerField(_("금액"))
    #: Square metres × days of all who share it.
    area_days = models.DecimalField(max_digits=14, decimal_places=2)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    file = models.FileField(storage=private_storage, upload_to=evidence_name)
    scan = models.CharField(max_length=10, choices=Scan, default=Scan.NONE)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("공동비용")
        ordering = ["-month", "kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["hub", "floor", "month", "kind"],
                condition=Q(voided_at__isnull=True) & ~Q(kind="OTHER"),
                nulls_distinct=False,
                name="one_shared_cost_per_month_and_kind",
            ),
            models.UniqueConstraint(
                fields=["hub", "month", "sha256"], condition=Q(voided_at__isnull=True), name="one_shared_cost_per_bill"
            ),
            models.CheckConstraint(condition=Q(kind__in=SharedKind.values), name="shared_kind_known"),
            models.CheckConstraint(condition=Q(scan__in=Scan.values), name="shared_scan_known"),
            models.CheckConstraint(condition=Q(amount__gt=0, area_days__gt=0), name="shared_cost_is_shared"),
            models.CheckConstraint(condition=Q(month__day=1), name="shared_month_is_a_first"),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, voided_by__isnull=True)
                | Q(voided_at__isnull=False, voided_by__isnull=False),
                name="shared_cost_voided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.month:%Y-%m}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="hub", ref=self.hub.code)


class CostShare(models.Model):
    """What one lease bears of a shared cost; the shares add up to it at every commit, and stay."""

    cost = models.ForeignKey(SharedCost, models.PROTECT, related_name="shares")
    lease = models.ForeignKey(Lease, models.PROTECT, related_name="cost_shares")
    area_days = models.DecimalField(max_digits=14, decimal_places=2)
    amount = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("공동비용 몫")
        ordering = ["cost", "id"]
        constraints = [
            models.UniqueConstraint(fields=["cost", "lease"], name="one_share_per_lease"),
            models.CheckConstraint(condition=Q(area_days__gt=0), name="share_has_days"),
        ]

    def __str__(self) -> str:
        return f"{self.cost_id} → {self.lease_id}: {self.amount}"


class Correction(models.Model):
    """What an amendment made dearer in a month that was billed before; a line of the next invoice, once."""

    lease = models.ForeignKey(Lease, models.PROTECT, related_name="corrections")
    amendment = models.ForeignKey(Amendment, models.PROTECT, related_name="corrections")
    month = models.DateField()
    kind = models.CharField(max_length=10, choices=LineKind)
    #: The days that were billed by the terms before and after, as ``differences.plain`` writes them.
    before = models.JSONField()
    after = models.JSONField()
    until = models.DateField()

    class Meta:
        verbose_name = _("변경에 따른 정정")
        ordering = ["month", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["amendment", "month", "kind"], name="one_correction_per_amendment_and_month"
            ),
            models.CheckConstraint(condition=Q(kind__in=["RENT", "FEE"]), name="correction_is_of_rent_or_fee"),
            models.CheckConstraint(condition=Q(month__day=1, until__gt=F("month")), name="correction_month_is_a_first"),
        ]

    def __str__(self) -> str:
        return f"{self.lease_id} {self.month:%Y-%m} {self.kind}"
