"""What a company writes, sends and is asked."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import Organisation
from portal.intake.enums import ApplicationStatus, Finding, Scan, SupplementStatus
from portal.intake.models.calls import Call, CallVersion, Stage, Track, known
from portal.intake.models.keeping import DestructionRecord


def new_case_ref() -> str:
    """One random public reference per case: the ledger names the case, never the company."""
    return f"case-{secrets.token_hex(10)}"


def private_storage() -> Storage:
    """Where uploads lie: never under a public address."""
    return storages["private"]


def storage_name(attachment: Attachment, filename: str) -> str:
    """A name nobody can guess; the one people gave stays in the row."""
    return f"intake/{attachment.application.call_id}/{uuid.uuid4().hex}"


class Application(models.Model):
    """신청서. ``status`` is what the applicant may know; what is decided but not told is a decision's line."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, models.PROTECT, related_name="applications")
    track = models.ForeignKey(Track, models.PROTECT, null=True, related_name="applications")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="applications")
    #: What a company may have one of: the call (empty), or the track by its code where the call takes one for each. The
    #: database fills it in.
    entry_key = models.CharField(max_length=30, db_default="", editable=False)
    status = models.CharField(max_length=12, choices=ApplicationStatus, default=ApplicationStatus.DRAFT)
    receipt_number = models.CharField(_("접수번호"), max_length=40, null=True, unique=True)
    case_ref = models.CharField(max_length=40, default=new_case_ref, unique=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField(_("접수 시각"), null=True)
    #: Whose place a selected application uses; after spilling over, another track's.
    quota_track = models.ForeignKey(Track, models.PROTECT, null=True, related_name="+")
    #: A place given by an upheld appeal on top of the track's quota.
    beyond_quota = models.BooleanField(default=False)
    #: Answers and files are gone by policy; the row's shell stays.
    destruction = models.ForeignKey(DestructionRecord, models.PROTECT, null=True, related_name="shells")
    #: A member asked the master account to send (제출 요청).
    send_requested_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("신청서")
        constraints = [
            known("status", ApplicationStatus, "application_status_known"),
            models.UniqueConstraint(
                fields=["call", "organisation", "entry_key"],
                condition=~Q(status="WITHDRAWN"),
                name="one_application_per_entry",
            ),
            models.CheckConstraint(
                # The receipt number comes last in the transaction: a deferred trigger looks for it.
                condition=Q(status="DRAFT") | Q(submitted_at__isnull=False, track__isnull=False),
                name="application_sent_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["SELECTED", "FULFILLED"]) | Q(quota_track__isnull=False),
                name="application_selected_has_place",
            ),
        ]
        indexes = [models.Index(fields=["call", "status"], name="application_by_status")]

    def __str__(self) -> str:
        return self.receipt_number or str(self.public_id)

    def ledger_room(self) -> str:
        return self.call.ledger_room()

    def ledger_subject(self) -> log.Subject:
        return log.Subject(
            kind="application",
            ref=self.case_ref,
            private={"application": str(self.public_id)},
            key=f"organisation:{self.organisation.public_id}",
        )


class Draft(models.Model):
    """작성본: one page of answers, with its version so that a clash shows instead of overwriting."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="drafts")
    section = models.CharField(max_length=41)
    answers = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()

    class Meta:
        verbose_name = _("작성본")
        constraints = [models.UniqueConstraint(fields=["application", "section"], name="draft_page_once")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.section} v{self.version}"


class Revision(models.Model):
    """제출본: a frozen copy of everything sent. The last one before closing counts."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    version = models.ForeignKey(CallVersion, models.PROTECT, related_name="+")
    #: Answers, company card, track and files with their SHA-256, as they were sent.
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    #: Keeps outsiders from guessing a receipt's leaf in the closing root.
    salt = models.CharField(max_length=64)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    #: The same key is the same request: a repeated press gives the same receipt.
    key = models.CharField(max_length=64)
    leaf_id = models.UUIDField()

    class Meta:
        verbose_name = _("제출본")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="revision_once"),
            models.UniqueConstraint(fields=["application", "key"], name="revision_per_request"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} r{self.number}"

    def receipt(self, receipt_number: str) -> dict[str, Any]:
        """What the receipt states, as the closing root counts it."""
        return {
            "number": receipt_number,
            "revision": self.number,
            "received_at": self.received_at.isoformat(),
            "sha256": self.sha256,
            "salt": self.salt,
        }


class Attachment(models.Model):
    """첨부: a file as it came, with what its content says it is."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="attachments")
    block = models.CharField(max_length=41)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    file = models.FileField(storage=private_storage, upload_to=storage_name)
    scan = models.CharField(max_length=10, choices=Scan, default=Scan.NONE)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    #: Taken off the draft; a revision that holds it keeps it.
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("첨부")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class EligibilityFinding(models.Model):
    """자격검토: append-only; the last one of a rule counts."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="findings")
    rule = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    value = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    outcome = models.CharField(max_length=10, choices=Finding)
    #: What the applicant is told when it fails, in Korean and English.
    sentence = models.JSONField(default=dict)
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    found_at = models.DateTimeField()

    class Meta:
        verbose_name = _("자격검토")
        ordering = ["id"]
        constraints = [
            known("outcome", Finding, "finding_outcome_known"),
            models.CheckConstraint(condition=~Q(outcome="FAIL") | ~Q(sentence={}), name="finding_fail_has_sentence"),
            models.CheckConstraint(
                condition=Q(found_by__isnull=True) | ~Q(evidence=""), name="finding_by_hand_has_evidence"
            ),
        ]
        indexes = [models.Index(fields=["application", "rule", "-id"], name="finding_last")]

    def __str__(self) -> str:
        return f"{self.rule} {self.outcome}"


class SupplementRequest(models.Model):
    """보완요청: opens only the named blocks until its due time. With a ``stage``: what is asked only of those who go on to it."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="supplements")
    #: Null: something was missing. Else the blocks of that stage, opened by the result that leads to it.
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, related_name="questions")
    blocks = models.JSONField()
    missing = models.TextField(_("보완할 내용"), blank=True)
    due_at = models.DateTimeField(_("보완 기한"))
    status = models.CharField(max_length=10, choices=SupplementStatus, default=SupplementStatus.ASKED)
    #: Null: asked by the portal, because a file was infected or a result leads to a stage with questions of its own.
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("보완요청")
        constraints = [
            known("status", SupplementStatus, "supplement_status_known"),
            models.UniqueConstraint(
                fields=["application"], condition=Q(status="ASKED", stage=None), name="one_open_supplement"
            ),
            models.UniqueConstraint(fields=["application", "stage"], name="stage_asks_once"),
            models.CheckConstraint(condition=Q(stage__isnull=False) | ~Q(missing=""), name="supplement_says_what"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.status}"

    @property
    def asked_for(self) -> str:
        """What it is called on the screen."""
        return str(_("보완요청")) if self.stage is None else _("%(stage)s 추가 문항") % {"stage": self.stage.name_text}

    def ledger_room(self) -> str:
        return self.application.ledger_room()

    def ledger_subject(self) -> log.Subject:
        return self.application.ledger_subject()
