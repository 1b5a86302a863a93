"""Who is offered what until when, and the one truth about who is where on which day."""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import Organisation, User
from tenancy.enums import OccupancyStatus, OfferStatus
from tenancy.models.needs import AllocationRun, Need
from tenancy.models.places import Cell, Unit


class Offer(models.Model):
    """A room offered to a company until ``expires_at``; while SENT it holds the unit's cells."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    need = models.ForeignKey(Need, models.PROTECT, related_name="offers")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="offers")
    run = models.ForeignKey(AllocationRun, models.PROTECT, null=True, blank=True, related_name="offers")
    #: Another term granted after the room went to another and its tenant had left: this offer is for that term.
    review = models.ForeignKey("tenancy.RenewalReview", models.PROTECT, null=True, blank=True, related_name="offers")
    rate_card = models.ForeignKey("tenancy.RateCard", models.PROTECT, related_name="+")
    start_date = models.DateField()
    end_date = models.DateField()
    status = models.CharField(max_length=10, choices=OfferStatus, default=OfferStatus.PREPARED)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    terms_hash = models.CharField(max_length=64, blank=True)
    #: How many of the two reminders went out.
    reminders = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("입주 제안")
        constraints = [
            models.UniqueConstraint(
                fields=["need"],
                condition=Q(status__in=["PREPARED", "SENT", "ACCEPTED"], review__isnull=True),
                name="one_live_offer_per_application",
            ),
            models.UniqueConstraint(
                fields=["review"],
                condition=Q(status__in=["PREPARED", "SENT", "ACCEPTED"]),
                name="one_live_offer_per_renewal",
            ),
            models.CheckConstraint(condition=Q(end_date__gt=F("start_date")), name="offer_covers_days"),
            models.CheckConstraint(condition=Q(status__in=OfferStatus.values), name="offer_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=["PREPARED", "REVOKED"]) | Q(sent_at__isnull=False, expires_at__gt=F("sent_at")),
                name="offer_sent_has_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(status="ACCEPTED")
                | Q(answered_by__isnull=False, answered_at__lt=F("expires_at"), answered_at__gte=F("sent_at")),
                name="offer_accepted_in_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="EXPIRED") | Q(answered_at__gte=F("expires_at")),
                name="offer_expired_after_deadline",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="offers_running_out", condition=Q(status="SENT"))]

    def __str__(self) -> str:
        return f"{self.unit} → {self.need.organisation}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        return self.need.ledger_subject()


class Occupancy(models.Model):
    """A cell for a period: held, committed, occupied or blocked. RELEASED and ENDED rows are the floor's history."""

    cell = models.ForeignKey(Cell, models.PROTECT, related_name="occupancies")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="occupancies")
    period = DateRangeField()
    status = models.CharField(max_length=10, choices=OccupancyStatus)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="occupancies")
    offer = models.ForeignKey(Offer, models.PROTECT, null=True, blank=True, related_name="occupancies")
    lease = models.ForeignKey("tenancy.Lease", models.PROTECT, null=True, blank=True, related_name="occupancies")
    note = models.CharField(_("사유"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("점유")
        constraints = [
            ExclusionConstraint(
                name="one_live_occupancy_per_cell_and_day",
                expressions=[("cell", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=~Q(status="RELEASED"),
                deferrable=Deferrable.IMMEDIATE,
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__startswith__isnull=False, period__endswith__isnull=False),
                name="occupancy_period_is_closed_and_not_empty",
            ),
            models.CheckConstraint(condition=Q(status__in=OccupancyStatus.values), name="occupancy_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=["BLOCKED", "RELEASED"]) | Q(organisation__isnull=False, unit__isnull=False),
                name="occupancy_has_holder",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["OCCUPIED", "ENDED"]) | Q(lease__isnull=False), name="occupancy_has_lease"
            ),
        ]
        indexes = [models.Index(fields=["cell", "status"], name="occupancy_of_cell")]

    def __str__(self) -> str:
        return f"{self.cell} {self.period} {self.status}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        private = {"organisation": str(self.organisation.public_id)} if self.organisation else None
        key = f"organisation:{self.organisation.public_id}" if self.organisation else None
        return log.Subject(kind="cell", ref=f"{self.cell.floor_id}.{self.cell.code}", private=private, key=key)
