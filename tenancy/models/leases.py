"""Rate cards, leases with their terms and signatures, invoices with their lines."""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import Cluster, Organisation, User
from tenancy import differences, rent, usage
from tenancy.enums import (
    Basis,
    EndKind,
    InvoiceKind,
    InvoiceStatus,
    LeaseStatus,
    LineKind,
    RateCardStatus,
    Rounding,
    Side,
    VatMode,
)
from tenancy.models.occupancy import Offer
from tenancy.models.places import Hub, Unit


class RateCard(models.Model):
    """What a room costs, one version, in force from a day on.

    A trigger keeps its figures once a second person has looked at them, and the whole row once an offer uses it.
    """

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="rate_cards")
    code = models.SlugField(max_length=30)
    version = models.PositiveSmallIntegerField(default=1)
    basis = models.CharField(max_length=10, choices=Basis, default=Basis.AREA)
    rate_won = models.PositiveBigIntegerField(_("월 요율(원)"))
    fee_won = models.PositiveBigIntegerField(_("월 관리비(원)"), default=0)
    #: What the fee is for: the room as a whole (FLAT) or each seat.
    fee_basis = models.CharField(_("관리비 기준"), max_length=10, choices=Basis, default=Basis.FLAT)
    deposit_won = models.PositiveBigIntegerField(_("보증금(원)"), default=0)
    #: A deposit in months of rent, instead of an amount.
    deposit_months = models.PositiveSmallIntegerField(_("보증금(임대료 개월 수)"), default=0)
    #: So many months are billed at once, ahead.
    ahead_months = models.PositiveSmallIntegerField(_("한 번에 고지하는 개월 수"), default=1)
    due_day = models.PositiveSmallIntegerField(_("납부일"), default=25)
    rounding = models.CharField(max_length=10, choices=Rounding, default=Rounding.WON)
    vat_mode = models.CharField(max_length=10, choices=VatMode, default=VatMode.NONE)
    late_interest_bp = models.PositiveIntegerField(_("연체이율(bp/년)"), default=0)
    holdover_bp = models.PositiveIntegerField(_("무단점유 요율(bp)"), default=12_000)
    frozen_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=RateCardStatus, default=RateCardStatus.DRAFT)
    from_date = models.DateField(_("시행일"))
    drafted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    put_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("요율표")
        ordering = ["code", "-version"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RateCardStatus.values), name="rate_card_status_known"),
            models.CheckConstraint(condition=Q(basis__in=Basis.values), name="rate_card_basis_known"),
            models.CheckConstraint(condition=Q(fee_basis__in=["FLAT", "SEAT"]), name="rate_card_fee_flat_or_seat"),
            models.CheckConstraint(
                condition=Q(deposit_won=0) | Q(deposit_months=0), name="rate_card_deposit_in_one_way"
            ),
            models.CheckConstraint(condition=Q(ahead_months__range=(1, 12)), name="rate_card_ahead_within_year"),
            models.CheckConstraint(
                condition=Q(drafted_by__isnull=True)
                | (
                    (Q(checked_by__isnull=True) | ~Q(checked_by=F("drafted_by")))
                    & (Q(put_by__isnull=True) | ~Q(put_by=F("drafted_by")))
                ),
                name="rate_card_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(status="IN_FORCE") | Q(checked_by__isnull=False, put_by__isnull=False),
                name="rate_card_in_force_by_somebody",
            ),
            models.UniqueConstraint(fields=["cluster", "code", "version"], name="rate_card_version_once"),
            models.CheckConstraint(condition=Q(due_day__gte=1, due_day__lte=28), name="rate_card_due_day_every_month"),
            models.CheckConstraint(condition=Q(rounding__in=Rounding.values), name="rate_card_rounding_known"),
            models.CheckConstraint(condition=Q(vat_mode__in=VatMode.values), name="rate_card_vat_known"),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="rate_card", ref=f"{self.cluster.code}.{self.code}.{self.version}")


class Lease(models.Model):
    """A contract over one unit. Renewals add a term; nothing of an old one is edited."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    offer = models.OneToOneField(Offer, models.PROTECT, related_name="lease")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="leases")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="leases")
    rate_card = models.ForeignKey(RateCard, models.PROTECT, related_name="leases")
    max_months = models.PositiveSmallIntegerField()
    #: The head count that was agreed, for rents by the person.
    people = models.PositiveSmallIntegerField(_("상주 인원"), default=1)
    status = models.CharField(max_length=20, choices=LeaseStatus, default=LeaseStatus.DRAFT)
    document = models.JSONField(null=True, blank=True)
    document_hash = models.CharField(max_length=64, blank=True)
    sign_by = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    moved_in_date = models.DateField(null=True, blank=True)
    #: The day on which the room is left, once it is known; nothing is charged from it on.
    leave_date = models.DateField(null=True, blank=True)
    end_kind = models.CharField(max_length=10, choices=EndKind, blank=True)
    #: The bank's account number for this tenant alone; what arrives there is theirs.
    virtual_account = models.CharField(_("가상계좌"), max_length=30, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("입주계약")
        constraints = [
            models.UniqueConstraint(
                fields=["virtual_account"], condition=~Q(virtual_account=""), name="virtual_account_of_one_lease"
            ),
            models.CheckConstraint(condition=Q(status__in=LeaseStatus.values), name="lease_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "NOT_MATERIALISED"])
                | (~Q(document_hash="") & Q(document__isnull=False)),
                name="lease_prepared_has_document",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "AWAITING_SIGNATURE", "NOT_MATERIALISED"])
                | Q(signed_at__isnull=False),
                name="lease_signed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="ENDED") | (Q(leave_date__isnull=False) & ~Q(end_kind="")),
                name="lease_ended_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.organisation}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        """The company by its public name; the key lets its people open what the lease's leaves seal."""
        company = self.organisation
        private = {"organisation": str(company.public_id)}
        return log.Subject("company", company.ref, private, f"organisation:{company.public_id}")


class LeaseTerm(models.Model):
    """One term ``[start, end)`` of a lease; terms touch and never overlap."""

    lease = models.ForeignKey(Lease, models.PROTECT, related_name="terms")
    seq = models.PositiveSmallIntegerField(default=1)
    period = DateRangeField()

    class Meta:
        verbose_name = _("계약기간")
        ordering = ["lease", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["lease", "seq"], name="lease_terms_run_on"),
            ExclusionConstraint(
                name="lease_terms_never_overlap",
                expressions=[("lease", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__startswith__isnull=False, period__endswith__isnull=False),
                name="lease_term_is_closed_and_not_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lease_id}/{self.seq} {self.period}"


class Signature(models.Model):
    """Who signed which document for which side, and when; never changed (a trigger refuses it)."""

    lease = models.ForeignKey(Lease, models.PROTECT, null=True, blank=True, related_name="signatures")
    amendment = models.ForeignKey("tenancy.Amendment", models.PROTECT, null=True, blank=True, related_name="signatures")
    side = models.CharField(max_length=10, choices=Side)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    document_hash = models.CharField(max_length=64)
    #: ``portal``, or ``paper``: then ``user`` put the scan on file, and ``signer`` is who signed it.
    method = models.CharField(max_length=20, default="portal")
    signer = models.CharField(max_length=100, blank=True)
    signed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("전자서명")
        constraints = [
            models.UniqueConstraint(fields=["lease", "side"], name="one_signature_per_side"),
            models.UniqueConstraint(fields=["lease", "user"], name="nobody_signs_for_both_sides"),
            models.UniqueConstraint(fields=["amendment", "side"], name="one_signature_per_amendment_side"),
            models.UniqueConstraint(fields=["amendment", "user"], name="nobody_signs_both_sides_of_amendment"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="signature_side_known"),
            models.CheckConstraint(
                condition=Q(lease__isnull=True) ^ Q(amendment__isnull=True), name="signature_is_for_one_document"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lease_id or self.amendment_id} {self.side}"


class InvoiceSeries(models.Model):
    """The last number given, by hub and year; taken in the issuing transaction, so there are no gaps."""

    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hub", "year"], name="one_invoice_series_per_year")]

    def __str__(self) -> str:
        return f"{self.hub_id}/{self.year}"


class Invoice(models.Model):
    """What a tenant owes for one month; numbered when issued, never edited after that."""

    lease = models.ForeignKey(Lease, models.PROTECT, related_name="invoices")
    month = models.DateField()
    kind = models.CharField(max_length=10, choices=InvoiceKind, default=InvoiceKind.RENT)
    status = models.CharField(max_length=10, choices=InvoiceStatus, default=InvoiceStatus.DRAFT)
    number = models.CharField(_("고지번호"), max_length=40, null=True, blank=True, unique=True)
    supply = models.PositiveBigIntegerField()
    vat = models.PositiveBigIntegerField()
    total = models.PositiveBigIntegerField()
    open_amount = models.BigIntegerField()
    due_date = models.DateField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("고지서")
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(
                fields=["lease", "month", "kind"], condition=~Q(status="DROPPED"), name="one_invoice_per_month_and_kind"
            ),
            models.CheckConstraint(condition=Q(total=F("supply") + F("vat")), name="invoice_adds_up"),
            models.CheckConstraint(
                condition=Q(open_amount__gte=0, open_amount__lte=F("total")), name="invoice_open_within_total"
            ),
            models.CheckConstraint(condition=Q(status__in=InvoiceStatus.values), name="invoice_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "DROPPED"])
                | Q(number__isnull=False, due_date__isnull=False, issued_at__isnull=False),
                name="invoice_issued_has_number",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="invoice_month_is_a_first"),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.lease_id} {self.month:%Y-%m}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        return self.lease.ledger_subject()


class InvoiceLine(models.Model):
    """One amount with all that its sum in words needs."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=10, choices=LineKind, default=LineKind.RENT)
    basis = models.CharField(max_length=10, choices=Basis, default=Basis.AREA)
    period = DateRangeField()
    #: How much of the basis: square metres, seats, people, or 1 for a flat amount.
    area_m2 = models.DecimalField(max_digits=7, decimal_places=2)
    rate_won = models.PositiveBigIntegerField()
    rounding = models.CharField(max_length=10, choices=Rounding)
    #: The invoice that was paid late, of a line of interest; its rate is then what was open.
    late = models.ForeignKey(Invoice, models.PROTECT, null=True, blank=True, related_name="interest_lines")
    #: What the meter counted and its tariff, of a line for what was used; a reading is charged once.
    reading = models.OneToOneField(
        "tenancy.MeterReading", models.PROTECT, null=True, blank=True, related_name="charged_on"
    )
    tariff = models.ForeignKey("tenancy.Tariff", models.PROTECT, null=True, blank=True, related_name="+")
    #: The share of a cost that several bear; charged once.
    share = models.OneToOneField("tenancy.CostShare", models.PROTECT, null=True, blank=True, related_name="charged_on")
    #: What an amendment made dearer in a month billed before; charged once.
    correction = models.OneToOneField(
        "tenancy.Correction", models.PROTECT, null=True, blank=True, related_name="charged_on"
    )
    #: Share of the rate in basis points; above 10,000 while a tenant holds over.
    bp = models.PositiveIntegerField(default=rent.WHOLE_BP)
    supply = models.PositiveBigIntegerField()
    vat = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("부과항목")
        ordering = ["invoice", "position"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="one_line_per_position"),
            models.CheckConstraint(condition=Q(kind__in=LineKind.values), name="line_kind_known"),
            models.CheckConstraint(condition=Q(basis__in=Basis.values), name="line_basis_known"),
            models.CheckConstraint(
                condition=Q(kind="INTEREST", late__isnull=False) | (~Q(kind="INTEREST") & Q(late__isnull=True)),
                name="line_of_interest_names_its_invoice",
            ),
            models.CheckConstraint(
                condition=Q(kind="METER", reading__isnull=False, tariff__isnull=False)
                | (~Q(kind="METER") & Q(reading__isnull=True, tariff__isnull=True)),
                name="line_of_a_meter_names_its_reading",
            ),
            models.CheckConstraint(
                condition=Q(kind="SHARED", share__isnull=False) | (~Q(kind="SHARED") & Q(share__isnull=True)),
                name="line_of_a_share_names_it",
            ),
            models.CheckConstraint(
                condition=Q(kind="CORRECTION", correction__isnull=False)
                | (~Q(kind="CORRECTION") & Q(correction__isnull=True)),
                name="line_of_a_correction_names_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}.{self.position}"

    @property
    def in_words(self) -> str:
        """How the amount came about, before VAT, in the reader's language."""
        period = self.period
        if self.kind == LineKind.INTEREST:
            days = (period.upper - period.lower).days
            words = rent.interest_in_words(self.rate_won, self.bp, days, get_language() or "ko")
            return f"{LineKind.INTEREST.label}({self.late}): {words}"
        if self.reading and self.tariff:
            return usage.reading_in_words(self.reading, self.tariff, self.rate_won, self.rounding)
        if self.share:
            return usage.share_in_words(self.share)
        if row := self.correction:
            return differences.in_words(row.kind, row.month, row.before, row.after, period.upper)
        [line] = rent.lines(self.area_m2, self.rate_won, period.lower, period.upper, self.rounding, bp=self.bp)
        words = rent.in_words(line, get_language() or "ko", self.basis)
        return words if self.kind == LineKind.RENT else f"{LineKind(self.kind).label}: {words}"

    @property
    def total(self) -> int:
        """Supply and VAT together, in won."""
        return int(self.supply + self.vat)
