"""What an evaluator declares about ties to companies; exclusion by rule (제척) reads it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.intake.enums import InterestKind
from portal.intake.models.calls import known


class Interest(models.Model):
    """이해관계: an employer, shares or another tie in one company, in every pool of the person.

    A row ends or is corrected, once; neither it nor its first wording ever goes: past exclusions were decided on it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="interests")
    kind = models.CharField(_("관계의 종류"), max_length=10, choices=InterestKind)
    name = models.CharField(_("기업명"), max_length=120)
    business_number = models.CharField(_("사업자등록번호"), max_length=10)
    #: Basis points of the company; of shares only.
    share_bp = models.PositiveSmallIntegerField(null=True)
    since_date = models.DateField(_("시작한 날"))
    until_date = models.DateField(_("끝난 날"), null=True)
    declared_at = models.DateTimeField(db_default=Now())
    #: The wording that this one puts right.
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    corrected_at = models.DateTimeField(null=True)
    corrected_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("이해관계")
        ordering = ["-since_date", "-id"]
        constraints = [
            known("kind", InterestKind, "interest_kind_known"),
            models.CheckConstraint(condition=Q(business_number__regex=r"^[0-9]{10}$"), name="interest_number"),
            models.CheckConstraint(
                condition=(Q(kind="SHARE") & Q(share_bp__isnull=False, share_bp__gt=0, share_bp__lte=10_000))
                | (~Q(kind="SHARE") & Q(share_bp__isnull=True)),
                name="interest_share_of_shares_only",
            ),
            models.CheckConstraint(
                condition=Q(until_date__isnull=True) | Q(until_date__gte=F("since_date")),
                name="interest_ends_after_start",
            ),
            models.CheckConstraint(
                condition=(Q(corrected_at__isnull=True) & Q(corrected_reason=""))
                | (Q(corrected_at__isnull=False) & ~Q(corrected_reason="")),
                name="interest_corrected_with_reason",
            ),
            models.UniqueConstraint(
                fields=["user", "kind", "business_number"],
                condition=Q(until_date__isnull=True, corrected_at__isnull=True),
                name="one_live_interest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.get_kind_display()}"

    def ledger_room(self) -> str:
        return "account"

    def ledger_subject(self) -> log.Subject:
        """Under the evaluator's own key: with the person the ledger forgets which company it was."""
        return log.Subject(
            kind="interest",
            ref=uuid.uuid4().hex,
            private={"user": str(self.user.public_id)},
            key=self.user.ledger_key,
        )
