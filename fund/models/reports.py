"""What managers report and by when (운용사 보고): the dated terms, the workbooks they hand in, what differs from the books."""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fund.due import Days
from fund.enums import BreakKind, BreakStatus, Reconciled, UploadStatus
from fund.models.programme import Programme, SubFund
from ledger import log
from portal.accounts.models import User
from portal.intake.enums import Scan
from portal.intake.models.applications import private_storage


class ReportTerms(models.Model):
    """Within how many days managers report on the quarters that end in ``valid`` (보고 기한); a change is another row.

    A sub-fund that puts its money into other funds waits for their reports, so it has longer.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="report_terms")
    valid = DateRangeField()
    quarter_days = models.PositiveSmallIntegerField(_("분기 보고(일)"), default=60)
    year_days = models.PositiveSmallIntegerField(_("연간 보고(일)"), default=120)
    indirect_quarter_days = models.PositiveSmallIntegerField(
        _("다른 조합에 출자하는 조합의 분기 보고(일)"), default=120
    )
    indirect_year_days = models.PositiveSmallIntegerField(_("다른 조합에 출자하는 조합의 연간 보고(일)"), default=180)
    source = models.CharField(_("근거"), max_length=200)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("보고 기한")
        ordering = ["programme", "valid"]
        constraints = [
            ExclusionConstraint(
                name="one_report_term_at_a_time",
                expressions=[("programme", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__startswith__isnull=False), name="report_terms_have_a_start"
            ),
            models.CheckConstraint(
                condition=Q(quarter_days__gte=1, year_days__gte=1, indirect_quarter_days__gte=1, indirect_year_days__gte=1),
                name="report_terms_give_time",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.programme} {self.valid.lower}"

    def days_for(self, sub_fund: SubFund) -> Days:
        """The days that hold for this sub-fund."""
        if sub_fund.fund_of_funds:
            return Days(self.indirect_quarter_days, self.indirect_year_days)
        return Days(self.quarter_days, self.year_days)

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.programme.ledger_subject()


def upload_name(row: Upload, filename: str) -> str:
    """A name nobody can guess; the one people gave stays in the row."""
    return f"reports/{row.sub_fund_id}/{uuid.uuid4().hex}"


class Upload(models.Model):
    """A manager's workbook on one sub-fund and quarter (보고서 접수), kept as it came and known by its content.

    ``result`` is what the last check found, row by row, and ``digest`` its SHA-256: what is applied is what was read.
    Once a quarter has an applied report it is locked; a correction (``corrects``) names the one it corrects, and why.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sub_fund = models.ForeignKey(SubFund, models.PROTECT, related_name="uploads")
    end_date = models.DateField(_("분기의 마지막 날"))
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    reason = models.CharField(_("정정하는 이유"), max_length=400, blank=True)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    file = models.FileField(storage=private_storage, upload_to=upload_name)
    scan = models.CharField(max_length=10, choices=Scan, default=Scan.NONE)
    status = models.CharField(max_length=8, choices=UploadStatus, default=UploadStatus.RECEIVED)
    result = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("보고서 접수")
        ordering = ["sub_fund", "end_date", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=UploadStatus.values), name="upload_status_known"),
            models.CheckConstraint(condition=Q(scan__in=Scan.values), name="upload_scan_known"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="upload_is_known_by_content"),
            models.CheckConstraint(
                condition=~Q(status__in=["CHECKED", "APPLIED"])
                | Q(checked_at__isnull=False, digest__regex="^[0-9a-f]{64}$"),
                name="upload_checked_has_a_result",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["APPLIED", "REFUSED"], ended_by__isnull=False, ended_at__isnull=False)
                | Q(status__in=["RECEIVED", "CHECKED"], ended_by__isnull=True, ended_at__isnull=True),
                name="upload_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, reason="") | (Q(corrects__isnull=False) & ~Q(reason="")),
                name="upload_corrects_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["sub_fund", "end_date"],
                condition=Q(status__in=["RECEIVED", "CHECKED"]),
                name="one_open_report_of_a_quarter",
            ),
            models.UniqueConstraint(
                fields=["sub_fund", "end_date"],
                condition=Q(status="APPLIED", corrects__isnull=True),
                name="one_first_report_of_a_quarter",
            ),
            models.UniqueConstraint(
                fields=["corrects"], condition=Q(status="APPLIED"), name="a_report_is_corrected_once"
            ),
            models.UniqueConstraint(
                fields=["sub_fund", "end_date", "sha256"],
                condition=Q(status="APPLIED"),
                name="a_file_is_applied_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.sub_fund} {self.end_date} {self.name}"

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.sub_fund.ledger_subject()


class Break(models.Model):
    """Two accounts of the same thing that differ (대사차이): what our book says and what the other side says.

    ``subject`` names the holding, the voucher or the event; empty for a balance of the whole sub-fund. It stands until
    somebody resolves it; an explained one stands too, with its reason.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sub_fund = models.ForeignKey(SubFund, models.PROTECT, related_name="breaks")
    kind = models.CharField(_("대사"), max_length=6, choices=BreakKind)
    figure = models.CharField(_("항목"), max_length=11, choices=Reconciled)
    subject = models.CharField(max_length=60, blank=True)
    on_date = models.DateField(_("기준일"))
    upload = models.ForeignKey(Upload, models.PROTECT, null=True, blank=True, related_name="breaks")
    ours = models.BigIntegerField()
    theirs = models.BigIntegerField()
    status = models.CharField(max_length=9, choices=BreakStatus, default=BreakStatus.OPEN)
    opened_at = models.DateTimeField()
    reason = models.CharField(_("이유"), max_length=400, blank=True)
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("대사차이")
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=BreakStatus.values), name="break_status_known"),
            models.CheckConstraint(condition=Q(figure__in=Reconciled.values), name="break_figure_known"),
            models.CheckConstraint(condition=~Q(ours=F("theirs")), name="break_sides_differ"),
            models.CheckConstraint(
                condition=Q(kind="REPORT", upload__isnull=False) | Q(kind="BOOKS", upload__isnull=True),
                name="break_of_a_report_names_it",
            ),
            models.CheckConstraint(
                condition=Q(status="OPEN", reason="", judged_by__isnull=True, judged_at__isnull=True)
                | (~Q(status="OPEN") & ~Q(reason="") & Q(judged_by__isnull=False, judged_at__isnull=False)),
                name="break_judged_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["sub_fund", "kind", "figure", "subject", "on_date"],
                condition=~Q(status="RESOLVED"),
                name="one_standing_break_of_a_thing",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.sub_fund} {self.get_figure_display()} {self.on_date}"

    @property
    def gap(self) -> int:
        """What the other side says more than we do, in minor units."""
        return self.theirs - self.ours

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.sub_fund.ledger_subject()
