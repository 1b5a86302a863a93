"""What a sub-fund owes for the City's money (투자의무): how much must go where, by when; and what was found (투자의무 점검)."""

from __future__ import annotations

import uuid
from functools import cached_property

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fund.duty_enums import DutyBase, DutyCounted, DutyStanding, DutyStatus, DutyTestKind, Predicate, WaiverStatus
from fund.models.decisions import Motion
from fund.models.programme import SubFund
from ledger import log
from portal.accounts.models import User


class Duty(models.Model):
    """So much of the money invested must go into companies of a kind while the clock runs over ``[start, deadline)``.

    The amount owed is ``bp`` of the base, rounded up, and moves with the base. Where the base is of the manager, money of
    all its sub-funds in the same currency is owed and counted together. A duty is never edited: it is met or
    breached once, by a final test, or waived.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sub_fund = models.ForeignKey(SubFund, models.PROTECT, related_name="duties")
    predicate = models.CharField(_("투자 대상"), max_length=7, choices=Predicate)
    sectors = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("분야"))
    base = models.CharField(_("기준 금액"), max_length=7, choices=DutyBase, default=DutyBase.CITY)
    bp = models.PositiveIntegerField(_("기준 금액에 대한 비율(bp)"))
    counted = models.CharField(_("세는 때"), max_length=10, choices=DutyCounted, default=DutyCounted.INVESTMENT)
    start_date = models.DateField(_("시작일"))
    deadline_date = models.DateField(_("기한"), help_text=_("이 날 전까지의 투자를 셉니다."))
    warn_days = models.PositiveSmallIntegerField(_("미리 알리는 날(일 전)"), default=180)
    source = models.CharField(_("근거 규정"), max_length=200)
    status = models.CharField(max_length=8, choices=DutyStatus, default=DutyStatus.OPEN)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("투자의무")
        ordering = ["sub_fund", "deadline_date", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(predicate__in=Predicate.values), name="duty_predicate_known"),
            models.CheckConstraint(
                condition=Q(predicate="SECTOR", sectors__len__gte=1) | (~Q(predicate="SECTOR") & Q(sectors=[])),
                name="duty_names_its_sectors",
            ),
            models.CheckConstraint(condition=Q(base__in=DutyBase.values), name="duty_base_known"),
            models.CheckConstraint(condition=Q(counted__in=DutyCounted.values), name="duty_counted_known"),
            models.CheckConstraint(condition=Q(status__in=DutyStatus.values), name="duty_status_known"),
            models.CheckConstraint(condition=Q(bp__gte=1), name="duty_asks_for_something"),
            models.CheckConstraint(condition=Q(deadline_date__gt=F("start_date")), name="duty_has_a_clock"),
            models.CheckConstraint(
                condition=Q(status="OPEN", ended_at__isnull=True) | (~Q(status="OPEN") & Q(ended_at__isnull=False)),
                name="duty_ended_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sub_fund} · {self.field}"

    @property
    def field(self) -> str | Promise:
        """Which companies count, in words."""
        return ", ".join(self.sectors) if self.predicate == Predicate.SECTOR else Predicate(self.predicate).label

    @property
    def at_investment(self) -> bool:
        """A company is asked as of its first investment; else as of the day of the count."""
        return bool(self.counted == DutyCounted.INVESTMENT)

    @cached_property
    def final(self) -> DutyTest | None:
        """The test that closed the clock."""
        return self.tests.filter(kind=DutyTestKind.FINAL).first()

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.sub_fund.ledger_subject()


class DutyTest(models.Model):
    """A dated count towards a duty: what was owed, what counted, and the rows it counted; never edited.

    Amounts are minor units of the sub-fund's currency. ``body`` is the canonical JSON of the rows and ``digest`` its
    SHA-256, which stands in the leaf of a final test. Each kind happens once.
    """

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="tests")
    kind = models.CharField(max_length=7, choices=DutyTestKind)
    on_date = models.DateField(_("기준일"))
    known_at = models.DateTimeField(_("인지시점"))
    base = models.PositiveBigIntegerField(_("기준 금액"))
    required = models.PositiveBigIntegerField(_("채울 금액"))
    invested = models.PositiveBigIntegerField(_("투자한 금액"))
    progress = models.PositiveBigIntegerField(_("인정한 금액"))
    unknown = models.PositiveBigIntegerField(_("확인하지 못한 금액"))
    standing = models.CharField(max_length=11, choices=DutyStanding)
    body = models.TextField()
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("투자의무 점검")
        ordering = ["duty", "on_date", "id"]
        constraints = [
            models.UniqueConstraint(fields=["duty", "kind"], name="duty_is_tested_once"),
            models.CheckConstraint(condition=Q(kind__in=DutyTestKind.values), name="duty_test_kind_known"),
            models.CheckConstraint(condition=Q(standing__in=DutyStanding.values), name="duty_test_standing_known"),
            models.CheckConstraint(
                condition=Q(invested__gte=F("progress") + F("unknown")), name="duty_counts_only_what_was_invested"
            ),
            models.CheckConstraint(
                condition=~Q(kind="FINAL")
                | Q(standing="met", progress__gte=F("required"))
                | Q(standing="breached", progress__lt=F("required")),
                name="duty_final_test_says_which",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.on_date}"


class DutyWaiver(models.Model):
    """A duty let go for a time (한시 면제) by a carried motion.

    Over ``period`` (half-open) it is not owed, and its clock ends no earlier than that: a period past the deadline moves
    the end. Never edited; granted or refused once, as the committee voted.
    """

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="waivers")
    motion = models.OneToOneField(Motion, models.PROTECT, related_name="waiver")
    period = DateRangeField(_("면제 기간"))
    reason = models.TextField(_("이유"), max_length=2_000)
    status = models.CharField(max_length=8, choices=WaiverStatus, default=WaiverStatus.PROPOSED)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("투자의무 한시 면제")
        ordering = ["duty", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=WaiverStatus.values), name="waiver_status_known"),
            models.CheckConstraint(
                condition=Q(status="GRANTED", granted_at__isnull=False)
                | (~Q(status="GRANTED") & Q(granted_at__isnull=True)),
                name="waiver_granted_has_time",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__startswith__isnull=False, period__endswith__isnull=False),
                name="waiver_is_for_a_time",
            ),
            ExclusionConstraint(
                name="one_waiver_at_a_time",
                expressions=[("duty", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=~Q(status="REFUSED"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.period.lower} ~ {self.period.upper}"

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.duty.ledger_subject()
