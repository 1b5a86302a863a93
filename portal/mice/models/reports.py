"""What an organiser spent: reports, their lines, the evidence of all awards, and what a settlement came to."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger import log
from portal.accounts.models import User
from portal.intake.models.applications import private_storage
from portal.mice.enums import EvidenceKind
from portal.mice.models.awards import SHA256, Award


def evidence_name(row: EvidenceFile, filename: str) -> str:
    """A name nobody can guess; the one people gave stays in the row."""
    return f"mice/{row.evidence_id}/{uuid.uuid4().hex}"


class Evidence(models.Model):
    """One invoice or slip, over all awards: by the SHA-256 of its file, and by its approval number, since a photo of the
    same invoice has another hash (``EvidenceFile``).

    ``claimed`` is what audited reports recognise of it; the database compares both. Only a ``shared`` one may count in
    more than one line.
    """

    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=EvidenceKind)
    approval_number = models.CharField(max_length=40, blank=True)
    amount = models.BigIntegerField()
    claimed = models.BigIntegerField(default=0)
    shared = models.BooleanField(default=False)
    shared_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("증빙")
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=SHA256), name="evidence_known_by_its_hash"),
            models.CheckConstraint(condition=Q(kind__in=EvidenceKind.values), name="evidence_kind_known"),
            models.UniqueConstraint(
                fields=["kind", "approval_number"],
                condition=~Q(approval_number=""),
                name="an_approval_number_is_one_invoice",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, claimed__gte=0, claimed__lte=F("amount")), name="evidence_never_overclaimed"
            ),
            models.CheckConstraint(
                condition=Q(shared=False, shared_by=None) | Q(shared=True, shared_by__isnull=False),
                name="evidence_shared_by_an_officer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.sha256[:8]}"


class EvidenceFile(models.Model):
    """One file of the evidence: the first, or another picture of the same invoice."""

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="files")
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    content_type = models.CharField(max_length=80, blank=True)
    file = models.FileField(storage=private_storage, upload_to=evidence_name)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        verbose_name = pgettext_lazy("증빙", "파일")
        constraints = [models.CheckConstraint(condition=Q(sha256__regex=SHA256), name="evidence_file_has_its_hash")]

    def __str__(self) -> str:
        return self.name


class SheetLine(models.Model):
    """One invoice on the organiser's sheet (정산서): entered one by one, filed together, kept for the next version."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    award = models.ForeignKey(Award, models.PROTECT, related_name="sheet")
    code = models.SlugField(max_length=40)
    supply = models.BigIntegerField()
    vat = models.BigIntegerField(default=0)
    vat_reclaimable = models.BooleanField(default=False)
    paid_on = models.DateField()
    vendor = models.CharField(max_length=120)
    vendor_number = models.CharField(max_length=10, blank=True)
    related = models.BooleanField(default=False)
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="sheet_lines")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("정산서 행")
        ordering = ["award", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(supply__gte=0, vat__gte=0) & ~Q(supply=0, vat=0), name="sheet_line_has_an_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award_id} · {self.vendor}"

    @property
    def amount(self) -> int:
        return self.supply + self.vat


class SettlementReport(models.Model):
    """One version of an award's settlement report; what was filed stays, an audit says what of it counts."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    award = models.ForeignKey(Award, models.PROTECT, related_name="reports")
    version = models.PositiveSmallIntegerField()
    #: The interest that the money borne on the separate account, as the organiser declares.
    interest = models.BigIntegerField(default=0)
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    returned_reason = models.TextField(blank=True)
    recognised = models.BigIntegerField(null=True, blank=True)
    turnout: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True, blank=True)
    audited_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    audited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("정산보고")
        ordering = ["award", "version"]
        constraints = [
            models.UniqueConstraint(fields=["award", "version"], name="reports_are_numbered"),
            models.CheckConstraint(condition=Q(interest__gte=0, version__gte=1), name="report_makes_sense"),
            models.CheckConstraint(
                condition=Q(recognised=None, audited_by=None, audited_at=None)
                | Q(recognised__gte=0, audited_by__isnull=False, audited_at__isnull=False),
                name="report_audited_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award_id} · {self.version}"

    def ledger_room(self) -> str:
        return "event"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="settlement_report", ref=str(self.public_id))


class SettlementLine(models.Model):
    """One invoice of a report, in won; supply and VAT apart. ``recognised`` and the reason of a cut come with the audit."""

    report = models.ForeignKey(SettlementReport, models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=40)
    supply = models.BigIntegerField()
    vat = models.BigIntegerField(default=0)
    vat_reclaimable = models.BooleanField(default=False)
    paid_on = models.DateField()
    vendor = models.CharField(max_length=120)
    vendor_number = models.CharField(max_length=10, blank=True)
    related = models.BooleanField(default=False)
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="lines")
    recognised = models.BigIntegerField(null=True, blank=True)
    cut_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("집행내역")
        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="settlement_lines_are_numbered"),
            models.CheckConstraint(condition=Q(supply__gte=0, vat__gte=0), name="settlement_line_is_not_negative"),
            models.CheckConstraint(
                condition=Q(recognised=None)
                | Q(recognised__gte=0, recognised__lt=F("supply") + F("vat")) & ~Q(cut_reason="")
                | Q(recognised=F("supply") + F("vat")),
                name="a_cut_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} · {self.number}"

    @property
    def amount(self) -> int:
        return self.supply + self.vat


class Settlement(models.Model):
    """What an audited report came to, with everything it was computed from; never changed. The last one holds."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    award = models.ForeignKey(Award, models.PROTECT, related_name="settlements")
    report = models.ForeignKey(SettlementReport, models.PROTECT, related_name="settlements")
    amount = models.BigIntegerField()
    cap_left = models.BigIntegerField()
    recognised = models.BigIntegerField()
    support_rate_bp = models.PositiveIntegerField()
    tariff = models.BigIntegerField(null=True, blank=True)
    paid = models.BigIntegerField()
    interest = models.BigIntegerField()
    final = models.BigIntegerField()
    binding = models.CharField(max_length=10)
    settled_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    settled_at = models.DateTimeField()

    class Meta:
        verbose_name = _("정산확정")
        ordering = ["award", "id"]

    def __str__(self) -> str:
        return f"{self.award_id} · {self.final}"

    def ledger_room(self) -> str:
        return "event"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="event_settlement", ref=str(self.public_id))
