"""What came of it: decisions on completion, certificates and their lists and keys, frozen months of the plan's count."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from college.enums import CredentialStatus, Purpose
from college.models.people import Person
from college.models.seats import Enrolment
from ledger import log
from portal.accounts.models import Cluster, User

#: Places in one status list: the least that hides a holder among others (Bitstring Status List v1.0).
LIST_SIZE = 131_072


class Completion(models.Model):
    """One decision on one person; append-only, a later one refers to the one it replaces."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="completions")
    number = models.PositiveSmallIntegerField()
    completed = models.BooleanField()
    reasons = models.JSONField(default=list)
    tally = models.JSONField()
    scores = models.JSONField(default=dict)
    policy_version = models.CharField(max_length=40)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        verbose_name = _("수료판정")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "number"], name="completions_are_numbered"),
            models.CheckConstraint(
                condition=Q(number=1, replaces__isnull=True) | Q(number__gt=1, replaces__isnull=False),
                name="later_completion_replaces",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}/{self.number}"

    def ledger_room(self) -> str:
        return "college"

    def ledger_subject(self) -> log.Subject:
        return self.enrolment.ledger_subject()


class IssuerKey(models.Model):
    """A signing key's public half and until when it counts; the private half lies outside the database."""

    name = models.SlugField(max_length=40, unique=True)
    public = models.BinaryField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("발급키")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                models.ExpressionWrapper(models.Value(1), models.IntegerField()),
                condition=Q(expires_at__isnull=True, revoked_at__isnull=True),
                name="one_current_issuer_key",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Credential(models.Model):
    """A certificate as signed. What was issued never changes; only its state moves."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("수료증 번호"), max_length=40)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="credentials")
    person = models.ForeignKey(Person, models.PROTECT, related_name="credentials")
    completion = models.ForeignKey(Completion, models.PROTECT, related_name="credentials")
    status = models.CharField(max_length=10, choices=CredentialStatus, default=CredentialStatus.ISSUED)
    holder = models.CharField(max_length=80)
    document = models.JSONField()
    proofs = models.JSONField()
    digest = models.CharField(max_length=64, unique=True)
    key = models.ForeignKey(IssuerKey, models.PROTECT, related_name="+")
    list_number = models.PositiveSmallIntegerField(default=1)
    revocation_index = models.PositiveIntegerField()
    suspension_index = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    leaf = models.UUIDField(null=True, blank=True)
    name_public = models.BooleanField(_("이름 공개"), default=False)

    class Meta:
        verbose_name = _("수료증")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["list_number", "revocation_index"], name="revocation_index_once"),
            models.UniqueConstraint(fields=["list_number", "suspension_index"], name="suspension_index_once"),
            models.UniqueConstraint(
                fields=["number"], condition=~Q(status="SUPERSEDED"), name="one_certificate_per_number"
            ),
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=Q(status__in=["ISSUED", "SUSPENDED"]),
                name="one_certificate_in_force",
            ),
            models.CheckConstraint(condition=Q(status__in=CredentialStatus.values), name="credential_status_known"),
            models.CheckConstraint(
                condition=Q(revocation_index__lt=LIST_SIZE, suspension_index__lt=LIST_SIZE),
                name="credential_index_in_list",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def ledger_room(self) -> str:
        return "college"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="certificate", ref=str(self.public_id), key=self.person.seal)


class Share(models.Model):
    """A link by which its holder shows a certificate, with the name and the file, until the link is taken back."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    credential = models.ForeignKey(Credential, models.PROTECT, related_name="shares")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("공유 링크")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["credential"], condition=Q(ended_at__isnull=True), name="one_live_share_per_certificate"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("made_at")), name="share_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.credential} · {self.made_at:%Y-%m-%d}"


class StatusList(models.Model):
    """A signed list as it is served; its bits follow from the certificates and are never kept apart from them."""

    purpose = models.CharField(max_length=12, choices=Purpose)
    number = models.PositiveSmallIntegerField()
    document = models.JSONField()
    signed_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    stale = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("상태목록")
        constraints = [
            models.UniqueConstraint(fields=["purpose", "number"], name="one_list_per_purpose_and_number"),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="list_purpose_known"),
            models.CheckConstraint(condition=Q(valid_until__gt=F("signed_at")), name="list_valid_for_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}-{self.number}"

    def ledger_room(self) -> str:
        return "college"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="status_list", ref=f"{self.purpose}-{self.number}")


class ExpertMonth(models.Model):
    """One frozen month of the plan's count: ``total`` = the month before + ``new`` + ``correction``; never edited."""

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="expert_months")
    month = models.DateField()
    as_of = models.DateTimeField()
    total = models.PositiveIntegerField()
    new = models.IntegerField()
    correction = models.IntegerField()
    unverified = models.PositiveIntegerField()
    gross = models.PositiveIntegerField()
    by_year = models.JSONField()
    by_campus = models.JSONField()
    by_course = models.JSONField()
    people_digest = models.CharField(max_length=64)
    causes = models.JSONField(default=list)
    prepared_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("실적확정")
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(fields=["cluster", "month"], name="a_month_is_frozen_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="expert_month_is_a_first"),
            models.CheckConstraint(
                condition=Q(correction=0) | Q(signed_by__isnull=False), name="expert_correction_is_signed"
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | ~Q(signed_by=F("prepared_by")), name="expert_month_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    def ledger_room(self) -> str:
        return "college"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="expert_month", ref=f"{self.cluster.code}:{self.month:%Y-%m}")
