"""What a sub-fund invests in: companies and projects, deals, holdings, lots, and what happened to the lots."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from fund.enums import UNITLESS, CompanyKind, DealStatus, HoldingStatus, Instrument, SecurityKind
from fund.models.decisions import Motion
from fund.models.programme import Programme, SubFund
from ledger import log
from portal.accounts.models import Organisation, User


class Company(models.Model):
    """A company or project that sub-funds invest in. It counts once, whatever number of sub-funds hold it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="companies")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="fund_companies")
    kind = models.CharField(_("구분"), max_length=7, choices=CompanyKind, default=CompanyKind.COMPANY)
    name_ko = models.CharField(_("이름"), max_length=120)
    name_en = models.CharField(_("영문 이름"), max_length=120, blank=True)
    sector = models.CharField(_("분야"), max_length=40, blank=True)
    #: Whether the agreement lets the public page name it; else it is counted only.
    may_be_named = models.BooleanField(_("이름 공개"), default=True)

    class Meta:
        verbose_name = _("투자기업")
        verbose_name_plural = _("투자기업")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CompanyKind.values), name="fund_company_kind_known"),
            models.UniqueConstraint(
                fields=["programme", "organisation"],
                condition=Q(organisation__isnull=False),
                name="fund_company_counts_once",
            ),
            models.UniqueConstraint(fields=["programme", "name_ko"], name="fund_company_named_once"),
        ]

    def __str__(self) -> str:
        return str(self.name_en if get_language() == "en" and self.name_en else self.name_ko)


#: What a deal and its lot say about the instrument.
TERMS = ("ratio_new", "ratio_old", "redemption_bp", "cap", "discount_bp", "revenue_share_bp")


class InstrumentTerms(models.Model):
    """What an instrument says about conversion, redemption and shares in revenue; what does not apply is empty."""

    instrument = models.CharField(_("투자 방식"), max_length=7, choices=Instrument)
    ratio_new = models.PositiveIntegerField(_("전환비율(새 주식 수)"), null=True, blank=True)
    ratio_old = models.PositiveIntegerField(_("전환비율(옛 주식 수)"), null=True, blank=True)
    redemption_bp = models.PositiveIntegerField(_("상환이율(bp)"), null=True, blank=True)
    cap = models.PositiveBigIntegerField(_("기업가치 상한"), null=True, blank=True)
    discount_bp = models.PositiveIntegerField(_("할인율(bp)"), null=True, blank=True)
    revenue_share_bp = models.PositiveIntegerField(_("수익배분율(bp)"), null=True, blank=True)

    class Meta:
        abstract = True

    def terms_in(self, spell: Callable[[int], str]) -> list[tuple[str, str]]:
        """What the instrument says, where it says something: the words and the figure, a ratio as new shares for old.

        ``spell`` spells an amount in the sub-fund's currency.
        """
        ratio = [(gettext("전환비율"), f"{self.ratio_new:,} : {self.ratio_old:,}")] if self.ratio_new else []
        told = [(name, getattr(self, name)) for name in TERMS[2:]]
        return ratio + [
            (str(self._meta.get_field(name).verbose_name), spell(value) if name == "cap" else f"{value:,}")  # type: ignore[union-attr]
            for name, value in told
            if value is not None
        ]


def instrument_rules(name: str) -> list[models.CheckConstraint]:
    """A known instrument; a ratio has both halves; a discount leaves a price."""
    return [
        models.CheckConstraint(condition=Q(instrument__in=Instrument.values), name=f"{name}_instrument_known"),
        models.CheckConstraint(
            condition=Q(ratio_new__isnull=True, ratio_old__isnull=True)
            | Q(ratio_new__isnull=False, ratio_old__isnull=False, ratio_new__gte=1, ratio_old__gte=1),
            name=f"{name}_ratio_is_whole",
        ),
        models.CheckConstraint(
            condition=Q(discount_bp__isnull=True) | Q(discount_bp__lt=10_000), name=f"{name}_discount_leaves_a_price"
        ),
    ]


class Deal(InstrumentTerms):
    """A possible investment (투자건) on its way from the first look through the committee to the money."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sub_fund = models.ForeignKey(SubFund, models.PROTECT, related_name="deals")
    company = models.ForeignKey(Company, models.PROTECT, related_name="deals")
    number = models.PositiveIntegerField()
    amount = models.PositiveBigIntegerField(_("투자금액"))
    units = models.PositiveBigIntegerField(_("주식·사채 수"), default=0)
    thesis = models.TextField(_("투자 이유"))
    status = models.CharField(max_length=10, choices=DealStatus, default=DealStatus.SOURCED)
    motion = models.OneToOneField(Motion, models.PROTECT, null=True, blank=True, related_name="deal")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField()
    funded_date = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("투자건")
        ordering = ["sub_fund", "number"]
        constraints = [
            *instrument_rules("deal"),
            models.UniqueConstraint(fields=["sub_fund", "number"], name="deal_number_once"),
            models.CheckConstraint(condition=Q(status__in=DealStatus.values), name="deal_status_known"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="deal_is_something"),
            models.CheckConstraint(
                condition=Q(instrument__in=UNITLESS, units=0) | (~Q(instrument__in=UNITLESS) & Q(units__gte=1)),
                name="deal_units_fit_instrument",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")), name="deal_two_persons"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["APPROVED", "CONTRACTED", "FUNDED"])
                | Q(approved_by__isnull=False, motion__isnull=False),
                name="deal_approved_by_committee",
            ),
            models.CheckConstraint(
                condition=Q(status="FUNDED", funded_date__isnull=False)
                | (~Q(status="FUNDED") & Q(funded_date__isnull=True)),
                name="deal_funded_has_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} · {self.get_instrument_display()}"

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.sub_fund.ledger_subject()


class Holding(models.Model):
    """All that one sub-fund holds of one company (투자자산); its cost is that of its lots and of account 1300."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sub_fund = models.ForeignKey(SubFund, models.PROTECT, related_name="holdings")
    company = models.ForeignKey(Company, models.PROTECT, related_name="holdings")
    status = models.CharField(max_length=11, choices=HoldingStatus, default=HoldingStatus.HELD)
    first_cash_date = models.DateField(_("첫 투자일"))

    class Meta:
        verbose_name = _("투자자산")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["sub_fund", "company"], name="one_holding_per_company"),
            models.CheckConstraint(condition=Q(status__in=HoldingStatus.values), name="holding_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.company}"

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        """The sub-fund; which company it is stays sealed."""
        return log.Subject("sub_fund", self.sub_fund.code, {"holding": str(self.public_id)})


class Lot(InstrumentTerms):
    """Units of one instrument acquired together; ``units`` and ``cost`` are the sums of its events, by a trigger."""

    holding = models.ForeignKey(Holding, models.PROTECT, related_name="lots")
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, blank=True, related_name="lots")
    units = models.PositiveBigIntegerField(default=0)
    cost = models.PositiveBigIntegerField(default=0)
    #: Carried over by a conversion: when money first went in.
    first_cash_date = models.DateField(_("첫 투자일"))

    class Meta:
        verbose_name = _("취득분")
        ordering = ["id"]
        constraints = [
            *instrument_rules("lot"),
            models.CheckConstraint(
                condition=~Q(instrument__in=UNITLESS) | Q(units=0), name="lot_without_shares_has_none"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_instrument_display()} {self.units:,}"


class SecurityEvent(models.Model):
    """What happened to a lot (취득, 전환, 분할, 매각, 상환): the change of its units and cost. Never edited."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=8, choices=SecurityKind)
    on_date = models.DateField()
    units = models.BigIntegerField()
    cost = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    #: The event of the books, shared by both lots of a conversion.
    event = models.UUIDField()

    class Meta:
        verbose_name = _("증권 변동")
        ordering = ["id"]
        indexes = [models.Index(fields=["event"], name="fund_security_event")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SecurityKind.values), name="security_event_kind_known"),
            models.CheckConstraint(condition=~Q(kind="SPLIT") | Q(cost=0), name="security_split_moves_no_cost"),
        ]

    def __str__(self) -> str:
        return f"{self.lot_id} {self.kind} {self.units:+,}"

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.lot.holding.ledger_subject()
