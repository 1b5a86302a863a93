"""The programme, its sub-funds, their agreements, and the cap on the City's share."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from fund.enums import BreachStatus, Compounding, SubFundStatus, Waterfall
from fund.waterfall import Terms
from ledger import log
from portal.accounts.models import Cluster, Organisation


class Programme(models.Model):
    """The City's fund programme: how much, of how much, and at most which share. Three fields, never one.

    ``city_committed`` and ``total_committed`` run with every close, release and default; a trigger compares them with
    the commitments, a CHECK with the cap. Both are in won: another currency counts at the rate of its close.
    """

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="fund_programmes")
    code = models.SlugField(max_length=30, unique=True)
    name_ko = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    policy_version = models.PositiveSmallIntegerField(default=1)
    amount = models.PositiveBigIntegerField(_("서울시 출자 목표"))
    target_total = models.PositiveBigIntegerField(_("조성 목표"))
    cap_bp = models.PositiveSmallIntegerField(_("서울시 출자 한도(bp)"))
    warn_bp = models.PositiveSmallIntegerField(_("주의선(bp)"))
    notice_days = models.PositiveSmallIntegerField(_("출자요청 통지 기간(영업일)"), default=10)
    motion_above = models.PositiveBigIntegerField(_("의결이 필요한 평가액(원)"), default=1_000_000_000)
    city_committed = models.PositiveBigIntegerField(default=0)
    total_committed = models.PositiveBigIntegerField(default=0)
    cap_breach = models.ForeignKey("CapBreach", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("펀드 사업")
        constraints = [
            models.CheckConstraint(
                condition=Q(city_committed__lte=F("total_committed")), name="fund_city_within_total"
            ),
            models.CheckConstraint(
                condition=Q(city_committed__lte=F("cap_bp") * F("total_committed") / 10_000)
                | Q(cap_breach__isnull=False),
                name="fund_city_within_cap",
            ),
            models.CheckConstraint(condition=Q(cap_bp__gte=1, cap_bp__lte=10_000), name="fund_cap_is_a_share"),
            models.CheckConstraint(condition=Q(warn_bp__lte=F("cap_bp")), name="fund_warning_below_cap"),
        ]

    def __str__(self) -> str:
        return str(self.name_en if get_language() == "en" and self.name_en else self.name_ko)

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="programme", ref=self.code)


class CapBreach(models.Model):
    """The City's share rose above its cap by what others did; it is cured by a date or waived by two persons."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="breaches")
    status = models.CharField(max_length=10, choices=BreachStatus, default=BreachStatus.OPEN)
    city = models.PositiveBigIntegerField()
    total = models.PositiveBigIntegerField()
    cause = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    cure_by_date = models.DateField(_("해소 기한"))
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("한도초과")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=BreachStatus.values), name="cap_breach_status_known"),
            models.UniqueConstraint(fields=["programme"], condition=Q(status="OPEN"), name="one_open_breach"),
            models.CheckConstraint(
                condition=Q(status="OPEN", ended_at__isnull=True) | (~Q(status="OPEN") & Q(ended_at__isnull=False)),
                name="cap_breach_ended_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.city:,}/{self.total:,}"

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.programme.ledger_subject()


class SubFund(models.Model):
    """One venture investment association (벤처투자조합) run by a private manager."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="sub_funds")
    code = models.SlugField(max_length=30, unique=True)
    name_ko = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    manager = models.ForeignKey(Organisation, models.PROTECT, related_name="managed_funds", verbose_name=_("운용사"))
    fund_of_funds = models.BooleanField(_("다른 조합에 출자하는 조합"), default=False)
    registration_number = models.CharField(_("등록번호"), max_length=40, blank=True)
    vintage = models.PositiveSmallIntegerField(_("결성 연도"))
    currency = models.CharField(max_length=3, default="KRW")
    unit_price = models.PositiveBigIntegerField(_("1좌 금액"), default=1_000_000)
    status = models.CharField(max_length=15, choices=SubFundStatus, default=SubFundStatus.PROPOSED)
    formed_date = models.DateField(_("결성일"), null=True, blank=True)
    registered_date = models.DateField(_("등록일"), null=True, blank=True)
    investment_end_date = models.DateField(_("투자기간 만료일"), null=True, blank=True)
    term_end_date = models.DateField(_("존속기간 만료일"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("자펀드")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=SubFundStatus.values), name="sub_fund_status_known"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="sub_fund_currency_is_iso"),
            models.CheckConstraint(condition=Q(unit_price__gte=1), name="sub_fund_unit_has_a_price"),
            models.CheckConstraint(
                condition=Q(status__in=["PROPOSED", "SELECTED", "GATHERING", "CANCELLED"])
                | Q(formed_date__isnull=False),
                name="sub_fund_formed_has_day",
            ),
        ]

    def __str__(self) -> str:
        return str(self.name_en if get_language() == "en" and self.name_en else self.name_ko)

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="sub_fund", ref=self.code)


class AgreementVersion(models.Model):
    """The terms of a sub-fund's agreement (규약) over a span of days, as known over a span of time; never edited."""

    sub_fund = models.ForeignKey(SubFund, models.PROTECT, related_name="agreements")
    version = models.PositiveSmallIntegerField(default=1)
    valid = DateRangeField()
    known = DateTimeRangeField()
    waterfall = models.CharField(max_length=15, choices=Waterfall, default=Waterfall.EUROPEAN)
    compounding = models.CharField(max_length=10, choices=Compounding, default=Compounding.ANNUAL)
    hurdle_bp = models.PositiveIntegerField(_("기준수익률(bp)"), default=600)
    carry_bp = models.PositiveIntegerField(_("성과보수율(bp)"), default=2000)
    catch_up_bp = models.PositiveIntegerField(default=0)
    clawback = models.BooleanField(default=True)
    clawback_tax_bp = models.PositiveIntegerField(default=0)
    fee_bp = models.PositiveIntegerField(_("관리보수율(bp)"), default=200)
    late_close_bp = models.PositiveIntegerField(_("추가결성 이자율(bp)"), default=300)
    first_loss_bp = models.PositiveIntegerField(_("우선손실충당 한도(bp)"), default=0)
    bearer_shares_rest = models.BooleanField(default=True)
    excess_transfer_bp = models.PositiveIntegerField(_("초과수익이전 비율(bp)"), default=0)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("규약")
        constraints = [
            ExclusionConstraint(
                name="one_agreement_at_a_time",
                expressions=[
                    ("sub_fund", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                    ("known", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__startswith__isnull=False, known__isempty=False),
                name="agreement_spans_are_not_empty",
            ),
            models.CheckConstraint(
                condition=Q(carry_bp__lte=10_000, clawback_tax_bp__lte=10_000, catch_up_bp__lte=10_000),
                name="agreement_rates_are_shares",
            ),
            models.CheckConstraint(
                condition=Q(catch_up_bp=0) | Q(catch_up_bp__gt=F("carry_bp")), name="agreement_catch_up_reaches"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sub_fund} v{self.version}"

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.sub_fund.ledger_subject()

    @property
    def terms(self) -> Terms:
        """What the waterfall needs of the agreement."""
        names = ("waterfall", "compounding", "hurdle_bp", "carry_bp", "catch_up_bp", "clawback", "clawback_tax_bp")
        fields: dict[str, Any] = {name: getattr(self, name) for name in names}
        return Terms(**fields)
