"""What tenants ask for, and what they let the public know of themselves."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import Organisation, User
from portal.intake.enums import Scan
from portal.intake.models.applications import private_storage
from tenancy.enums import ListingField, Sector, TicketCategory, TicketStatus
from tenancy.models.places import Hub, Unit


def ticket_file_name(row: TicketFile, filename: str) -> str:
    """A name nobody can guess; the one people gave stays in the row."""
    return f"tickets/{row.ticket_id}/{uuid.uuid4().hex}"


def logo_name(row: Listing, filename: str) -> str:
    """A name nobody can guess."""
    return f"logos/{uuid.uuid4().hex}"


class Ticket(models.Model):
    """민원(요청): what a tenant asks for, until it is done and closed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="tickets")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="tickets")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="tickets")
    category = models.CharField(_("분류"), max_length=10, choices=TicketCategory)
    title = models.CharField(_("제목"), max_length=100)
    status = models.CharField(max_length=12, choices=TicketStatus, default=TicketStatus.RECEIVED)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    assigned_to = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("민원")
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=TicketStatus.values), name="ticket_status_known"),
            models.CheckConstraint(condition=Q(category__in=TicketCategory.values), name="ticket_category_known"),
            models.CheckConstraint(
                condition=Q(status__in=["RECEIVED", "CLOSED"]) | Q(assigned_to__isnull=False),
                name="ticket_is_somebodys",
            ),
            models.CheckConstraint(
                condition=~Q(status="DONE") | Q(done_at__isnull=False), name="ticket_done_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        private = {"organisation": str(self.organisation.public_id)}
        return log.Subject(
            kind="ticket", ref=self.public_id.hex, private=private, key=f"organisation:{self.organisation.public_id}"
        )


class TicketNote(models.Model):
    """처리내역: what was said about a ticket, by whom."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="notes")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField(max_length=2000)
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("처리내역")
        ordering = ["written_at", "id"]

    def __str__(self) -> str:
        return self.text[:40]


class TicketFile(models.Model):
    """A photo or file of a ticket, kept privately and known by its content."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    file = models.FileField(storage=private_storage, upload_to=ticket_file_name)
    scan = models.CharField(max_length=10, choices=Scan, default=Scan.NONE)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("첨부")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(scan__in=Scan.values), name="ticket_file_scan_known")]

    def __str__(self) -> str:
        return self.name


class TicketFileAccess(models.Model):
    """열람 기록: one reading of a ticket's file; append-only."""

    file = models.ForeignKey(TicketFile, models.PROTECT, related_name="accesses")
    accessed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("열람 기록")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.role} {self.file_id}"


class TicketRating(models.Model):
    """How a company found the handling: of the month and category, not of the ticket or the person."""

    hub = models.ForeignKey(Hub, models.PROTECT, related_name="+")
    month = models.DateField()
    category = models.CharField(max_length=10, choices=TicketCategory)
    stars = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("평점")
        constraints = [models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="ticket_rating_one_to_five")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.stars}"


class Listing(models.Model):
    """What a company may be shown with in the public directory; each part is shown only with its own consent."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="listing")
    sector = models.CharField(_("분야"), max_length=12, choices=Sector, default=Sector.SERVICE)
    intro_ko = models.CharField(_("소개"), max_length=300, blank=True)
    intro_en = models.CharField(_("영문 소개"), max_length=300, blank=True)
    web = models.URLField(_("누리집"), max_length=200, blank=True)
    contact = models.EmailField(_("문의 전자우편"), blank=True)
    logo = models.FileField(storage=private_storage, upload_to=logo_name, blank=True)
    logo_type = models.CharField(max_length=30, blank=True)

    class Meta:
        verbose_name = _("입주기업 소개")
        constraints = [models.CheckConstraint(condition=Q(sector__in=Sector.values), name="listing_sector_known")]

    def __str__(self) -> str:
        return str(self.organisation)


class ListingConsent(models.Model):
    """One consent to show one part; withdrawing adds a time, never removes the row."""

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="consents")
    field = models.CharField(max_length=10, choices=ListingField)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("공개 동의")
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "field"], condition=Q(withdrawn_at__isnull=True), name="one_live_listing_consent"
            ),
            models.CheckConstraint(condition=Q(field__in=ListingField.values), name="listing_consent_field_known"),
        ]

    def __str__(self) -> str:
        return f"{self.listing_id} {self.field}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        company = self.listing.organisation
        return log.Subject(
            kind="listing", ref=uuid.uuid4().hex, private={"organisation": str(company.public_id)},
            key=f"organisation:{company.public_id}",
        )  # fmt: skip
