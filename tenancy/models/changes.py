"""Changes of a lease under way: amendments that both sides sign."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import User
from tenancy.enums import AmendmentKind, AmendmentStatus
from tenancy.models.leases import Lease


class Amendment(models.Model):
    """What changes from ``effective_date`` on, before and after; in force when both sides have signed its document."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lease = models.ForeignKey(Lease, models.PROTECT, related_name="amendments")
    kind = models.CharField(max_length=10, choices=AmendmentKind)
    status = models.CharField(max_length=20, choices=AmendmentStatus, default=AmendmentStatus.DRAFT)
    effective_date = models.DateField(_("시행일"))
    before = models.JSONField()
    after = models.JSONField()
    reason = models.CharField(_("사유"), max_length=400)
    document = models.JSONField(null=True, blank=True)
    document_hash = models.CharField(max_length=64, blank=True)
    prepared_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    in_force_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("변경계약")
        ordering = ["lease", "effective_date", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AmendmentKind.values), name="amendment_kind_known"),
            models.CheckConstraint(condition=Q(status__in=AmendmentStatus.values), name="amendment_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "DROPPED"]) | (~Q(document_hash="") & Q(document__isnull=False)),
                name="amendment_prepared_has_document",
            ),
            models.CheckConstraint(
                condition=~Q(status="IN_FORCE") | Q(in_force_at__isnull=False), name="amendment_in_force_has_time"
            ),
            models.UniqueConstraint(
                fields=["lease"],
                condition=Q(status__in=["DRAFT", "AWAITING_SIGNATURE"]),
                name="one_amendment_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lease_id} {self.kind} {self.effective_date}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        return self.lease.ledger_subject()
