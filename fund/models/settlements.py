"""What a sub-fund settles besides calls and distributions: fees, expenses, income, first loss, excess transfer, clawback."""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fund.enums import SettlementKind, SettlementStatus
from fund.models.programme import SubFund
from fund.models.reports import Upload
from ledger import log
from portal.accounts.models import User

#: In one of these a settlement stands in the books or may come to.
STANDING = ["PROPOSED", "OWED", "SETTLED"]


class Settlement(models.Model):
    """Proposed by one person, approved and booked by another. ``run`` keeps how it was computed, ``inputs_hash`` its digest.

    ``amount`` is the fee, the carry given back, or what passes between partners; ``period`` is the span a fee is for.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sub_fund = models.ForeignKey(SubFund, models.PROTECT, related_name="settlements")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(_("종류"), max_length=15, choices=SettlementKind)
    amount = models.PositiveBigIntegerField(_("금액"))
    on_date = models.DateField(_("기준일"))
    period = DateRangeField(_("기간"), null=True, blank=True)
    note = models.CharField(_("내용"), max_length=200, blank=True)
    voucher = models.CharField(_("전표 번호"), max_length=40, blank=True)
    upload = models.ForeignKey(Upload, models.PROTECT, null=True, blank=True, related_name="settlements")
    run = models.JSONField(default=dict)
    inputs_hash = models.CharField(max_length=64)
    status = models.CharField(max_length=8, choices=SettlementStatus, default=SettlementStatus.PROPOSED)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    event = models.UUIDField(null=True, blank=True)
    paid_date = models.DateField(_("지급일"), null=True, blank=True)

    class Meta:
        verbose_name = _("정산")
        ordering = ["sub_fund", "number"]
        constraints = [
            models.UniqueConstraint(fields=["sub_fund", "number"], name="settlement_number_once"),
            models.CheckConstraint(condition=Q(kind__in=SettlementKind.values), name="settlement_kind_known"),
            models.CheckConstraint(condition=Q(status__in=SettlementStatus.values), name="settlement_status_known"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="settlement_is_something"),
            models.CheckConstraint(
                condition=Q(kind="FEE", period__isnull=False, period__isempty=False)
                | (~Q(kind="FEE") & Q(period__isnull=True)),
                name="settlement_fee_has_its_days",
            ),
            models.UniqueConstraint(
                fields=["sub_fund", "voucher"],
                condition=~Q(voucher="") & Q(status__in=STANDING),
                name="a_voucher_is_settled_once",
            ),
            ExclusionConstraint(
                name="no_day_is_charged_twice",
                expressions=[("sub_fund", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(kind="FEE", status__in=STANDING),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")), name="settlement_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["PROPOSED", "REFUSED"]) | Q(approved_by__isnull=False, event__isnull=False),
                name="settlement_booked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount:,}"

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.sub_fund.ledger_subject()
