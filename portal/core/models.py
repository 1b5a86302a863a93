"""The outbox: effects outside the database, written as rows in the transaction that wants them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class OutboxStatus(models.TextChoices):
    WAITING = "WAITING", _("대기")
    CLAIMED = "CLAIMED", _("처리 중")
    DONE = "DONE", _("완료")
    DEAD = "DEAD", _("실패(확인 필요)")


class OutboxMessage(models.Model):
    """One effect to bring about: a mail to send, a hook to call. The row is the queue; the broker only hurries it."""

    topic = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    #: The same key is never queued twice, so a repeated service call has one effect.
    key = models.CharField(max_length=200, null=True, unique=True)
    status = models.CharField(max_length=10, choices=OutboxStatus, default=OutboxStatus.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    claimed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("발신 대기열")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=OutboxStatus.values), name="outbox_status_known"),
            models.CheckConstraint(
                condition=~Q(status="CLAIMED") | Q(claimed_at__isnull=False), name="outbox_claim_has_time"
            ),
            models.CheckConstraint(condition=~Q(status="DONE") | Q(done_at__isnull=False), name="outbox_done_has_time"),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="outbox_open", condition=Q(status__in=["WAITING", "CLAIMED"])),
            models.Index(fields=["-created_at"], name="outbox_dead", condition=Q(status="DEAD")),
        ]

    def __str__(self) -> str:
        return f"{self.topic} #{self.pk}"
