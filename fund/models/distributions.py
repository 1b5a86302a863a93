"""Distributions (배분): computed by the waterfall, approved by a second person, paid to the won."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fund.enums import DistributionKind, DistributionStatus
from fund.models.partners import Commitment
from fund.models.programme import SubFund
from ledger import log
from portal.accounts.models import User


class Distribution(models.Model):
    """Money paid out to all partners on a day. ``run`` keeps the waterfall's inputs and lines as they were computed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sub_fund = models.ForeignKey(SubFund, models.PROTECT, related_name="distributions")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(_("종류"), max_length=14, choices=DistributionKind)
    amount = models.PositiveBigIntegerField(_("배분할 금액"))
    on_date = models.DateField(_("배분일"))
    status = models.CharField(max_length=10, choices=DistributionStatus, default=DistributionStatus.DRAFT)
    run = models.JSONField(default=dict)
    inputs_hash = models.CharField(max_length=64, blank=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    event = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = _("배분")
        ordering = ["sub_fund", "number"]
        constraints = [
            models.UniqueConstraint(fields=["sub_fund", "number"], name="distribution_number_once"),
            models.CheckConstraint(condition=Q(status__in=DistributionStatus.values), name="distribution_status_known"),
            models.CheckConstraint(condition=Q(kind__in=DistributionKind.values), name="distribution_kind_known"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="distribution_is_something"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="distribution_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "COMPUTED"]) | Q(approved_by__isnull=False),
                name="distribution_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["PAID", "REVERSED"]) | Q(event__isnull=False),
                name="distribution_paid_is_booked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sub_fund} {self.number}"

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.sub_fund.ledger_subject()


class DistributionShare(models.Model):
    """One partner's part; ``capital`` is what of it returns capital."""

    distribution = models.ForeignKey(Distribution, models.PROTECT, related_name="shares")
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="distribution_shares")
    amount = models.PositiveBigIntegerField()
    capital = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("배분 몫")
        ordering = ["distribution", "commitment"]
        constraints = [
            models.UniqueConstraint(fields=["distribution", "commitment"], name="one_distribution_share_per_partner"),
            models.CheckConstraint(condition=Q(capital__lte=F("amount")), name="distribution_capital_within_share"),
        ]

    def __str__(self) -> str:
        return f"{self.distribution} {self.commitment.partner}"

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.commitment.ledger_subject()
