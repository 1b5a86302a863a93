"""What is written down beside a lease: its files, a signature on paper, the handing over of the room, its meters."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import User
from portal.intake.enums import Scan
from portal.intake.models.applications import private_storage
from tenancy.enums import LeaseFileKind, MeterKind, PaperStatus, Side
from tenancy.models.endings import ChecklistItem
from tenancy.models.leases import Lease
from tenancy.models.places import Unit


def lease_file_name(row: LeaseFile, filename: str) -> str:
    """A name nobody can guess; the one people gave stays in the row."""
    return f"leases/{row.lease_id}/{uuid.uuid4().hex}"


class LeaseFile(models.Model):
    """A photo or scan that belongs to a lease, kept privately and known by its content."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lease = models.ForeignKey(Lease, models.PROTECT, related_name="files")
    kind = models.CharField(max_length=10, choices=LeaseFileKind)
    #: The point of the inspection's list that a photo of the room as it is left shows; null where it shows the room.
    item = models.ForeignKey(ChecklistItem, models.PROTECT, null=True, blank=True, related_name="photos")
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    file = models.FileField(storage=private_storage, upload_to=lease_file_name)
    scan = models.CharField(max_length=10, choices=Scan, default=Scan.NONE)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("계약 첨부")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=LeaseFileKind.values), name="lease_file_kind_known"),
            models.CheckConstraint(condition=Q(scan__in=Scan.values), name="lease_file_scan_known"),
            models.CheckConstraint(
                condition=Q(item__isnull=True) | Q(kind="MOVE_OUT"), name="only_photos_of_leaving_show_a_point"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PaperSigning(models.Model):
    """A side's signature on paper, under a lease or an amendment: the scan, put on file by one person and confirmed by another over the same hash."""

    lease = models.ForeignKey(Lease, models.PROTECT, related_name="papers")
    #: The amendment that was signed; without one, the lease itself.
    amendment = models.ForeignKey("tenancy.Amendment", models.PROTECT, null=True, blank=True, related_name="papers")
    side = models.CharField(max_length=10, choices=Side, default=Side.TENANT)
    signer = models.CharField(_("서명한 사람"), max_length=100)
    signed_date = models.DateField(_("서명한 날"))
    document_hash = models.CharField(max_length=64)
    scan = models.OneToOneField(LeaseFile, models.PROTECT, related_name="paper")
    status = models.CharField(max_length=10, choices=PaperStatus, default=PaperStatus.FILED)
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("종이 계약서")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lease", "side"],
                condition=~Q(status="REJECTED") & Q(amendment__isnull=True),
                name="one_paper_per_side",
            ),
            models.UniqueConstraint(
                fields=["amendment", "side"], condition=~Q(status="REJECTED"), name="one_paper_per_amendment_side"
            ),
            models.CheckConstraint(condition=Q(status__in=PaperStatus.values), name="paper_status_known"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("filed_by")), name="paper_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(status="CONFIRMED") | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="paper_confirmed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lease_id} {self.side} {self.status}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        return self.lease.ledger_subject()


class MoveIn(models.Model):
    """Handing over the room: keys and cards as the officer gave them, and the company's word that it is so."""

    lease = models.OneToOneField(Lease, models.PROTECT, related_name="handing_over")
    on_date = models.DateField(_("입주일"))
    keys = models.PositiveSmallIntegerField(_("열쇠(개)"), default=1)
    cards = models.PositiveSmallIntegerField(_("출입카드(장)"), default=0)
    note = models.CharField(_("호실 상태"), max_length=400, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(_("입주기업이 적은 내용"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("입주 기록")
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("recorded_by")), name="move_in_two_people"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="move_in_confirmed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lease_id} {self.on_date}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        return self.lease.ledger_subject()


class MeterReading(models.Model):
    """What a meter of a room showed on a day; never changed, a wrong one is set aside and read again.

    With a ``month`` it is that month's reading of a lease, and ``used`` is what the lease used since its reading before;
    null where there is none before it, for nobody pays what cannot be shown to be theirs.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="readings")
    lease = models.ForeignKey(Lease, models.PROTECT, related_name="readings")
    kind = models.CharField(max_length=12, choices=MeterKind)
    value = models.DecimalField(_("검침값"), max_digits=12, decimal_places=3)
    month = models.DateField(null=True, blank=True)
    #: The value of the lease's reading before, from which ``used`` counts.
    since = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    used = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    #: Of a meter that was changed: where the old one ended and the new one began.
    old_end = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    new_start = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    photo = models.ForeignKey(LeaseFile, models.PROTECT, null=True, blank=True, related_name="+")
    read_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    read_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    void_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        verbose_name = _("검침")
        ordering = ["read_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=MeterKind.values), name="meter_kind_known"),
            models.CheckConstraint(condition=Q(value__gte=0), name="meter_counts_up"),
            models.UniqueConstraint(
                fields=["lease", "unit", "kind", "month"],
                condition=Q(voided_at__isnull=True, month__isnull=False),
                name="one_reading_per_lease_and_month",
            ),
            models.CheckConstraint(
                condition=Q(month__isnull=True, used__isnull=True) | Q(month__day=1), name="reading_month_is_a_first"
            ),
            models.CheckConstraint(
                condition=Q(old_end__isnull=True, new_start__isnull=True)
                | Q(old_end__isnull=False, old_end__gte=0, new_start__isnull=False, new_start__gte=0)
                & Q(value__gte=F("new_start")),
                name="changed_meter_has_both_values",
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True, used__isnull=True)
                | Q(since__isnull=False, used__isnull=False, used__gte=0)
                & (
                    Q(old_end__isnull=True, used=F("value") - F("since"))
                    | Q(old_end__isnull=False, used=F("old_end") - F("since") + F("value") - F("new_start"))
                ),
                name="used_is_what_the_meter_counted",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, voided_by__isnull=True, void_reason="")
                | Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_reason=""),
                name="reading_voided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.kind} {self.value}"
