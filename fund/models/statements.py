"""Capital account statements (자본계정 명세서): what one partner is told of one quarter, numbered and never edited."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fund.enums import StatementStatus
from fund.models.partners import Commitment
from fund.models.programme import SubFund
from fund.models.reporting import Snapshot
from ledger import log
from portal.accounts.models import User


class CapitalStatement(models.Model):
    """The statement of a commitment at the end of a quarter, from figures that were published.

    ``body`` is its canonical JSON and ``digest`` its SHA-256; a trigger compares and forbids every edit. A correction is
    another row with the next ``version`` that names the one it ``replaces``.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sub_fund = models.ForeignKey(SubFund, models.PROTECT, related_name="statements")
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="statements")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="statements")
    number = models.PositiveIntegerField(_("번호"))
    end_date = models.DateField(_("기준일"))
    version = models.PositiveSmallIntegerField(_("판"), default=1)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    body = models.TextField()
    digest = models.CharField(max_length=64)
    status = models.CharField(max_length=8, choices=StatementStatus, default=StatementStatus.ISSUED)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(_("발행한 때"))

    class Meta:
        verbose_name = _("자본계정 명세서")
        ordering = ["sub_fund", "number"]
        constraints = [
            models.UniqueConstraint(fields=["sub_fund", "number"], name="statement_number_once"),
            models.UniqueConstraint(fields=["commitment", "end_date", "version"], name="statement_version_once"),
            models.UniqueConstraint(
                fields=["commitment", "end_date"], condition=Q(status="ISSUED"), name="one_statement_of_a_quarter"
            ),
            models.CheckConstraint(condition=Q(status__in=StatementStatus.values), name="statement_status_known"),
            models.CheckConstraint(
                condition=Q(version=1, replaces__isnull=True) | Q(version__gt=1, replaces__isnull=False),
                name="statement_names_what_it_replaces",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sub_fund.code}-{self.number:04d}"

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        """The commitment's: the sub-fund in the open, the partner sealed."""
        return self.commitment.ledger_subject()
