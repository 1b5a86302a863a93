"""What is known of a company on a day (기업현황): people, sales, address, shares, each with its source."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fund.company_enums import ReportSource, Statutory
from fund.models.holdings import Company
from ledger import log
from portal.accounts.models import User


class CompanyReport(models.Model):
    """One source's word on a company at the end of a day, as known over a span of time; corrected by another row only."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="reports")
    on_date = models.DateField(_("기준일"))
    headcount = models.PositiveIntegerField(_("고용 인원(명)"), null=True, blank=True)
    sales = models.PositiveBigIntegerField(_("연 매출(원)"), null=True, blank=True)
    address = models.CharField(_("소재지"), max_length=200, blank=True)
    shares = models.PositiveBigIntegerField(_("발행주식 총수"), null=True, blank=True)
    statutory = models.CharField(_("법정 구분"), max_length=7, choices=Statutory, blank=True)
    source = models.CharField(_("출처"), max_length=11, choices=ReportSource)
    source_date = models.DateField(_("출처의 날짜"))
    known = DateTimeRangeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("기업현황")
        ordering = ["company", "on_date", "id"]
        constraints = [
            ExclusionConstraint(
                name="one_company_report_at_a_time",
                expressions=[
                    ("company", RangeOperators.EQUAL),
                    ("on_date", RangeOperators.EQUAL),
                    ("known", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(known__isempty=False), name="company_report_is_known_sometime"),
            models.CheckConstraint(condition=Q(source__in=ReportSource.values), name="company_report_source_known"),
            models.CheckConstraint(
                condition=Q(headcount__isnull=False)
                | Q(sales__isnull=False)
                | Q(shares__isnull=False)
                | ~Q(address="")
                | ~Q(statutory=""),
                name="company_report_says_something",
            ),
            models.CheckConstraint(
                condition=Q(statutory__in=["", *Statutory.values]), name="company_report_statutory_known"
            ),
            models.CheckConstraint(
                condition=Q(shares__isnull=True) | Q(shares__gte=1), name="company_report_has_shares"
            ),
            models.CheckConstraint(
                condition=Q(source_date__gte=F("on_date")), name="company_report_source_is_no_forecast"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.on_date}"

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        """The programme; which company it is stays sealed."""
        return log.Subject("programme", self.company.programme.code, {"company": str(self.company.public_id)})
