"""What people were told: a row in their inbox, and what else they want it sent by."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portal.notices.enums import Channel


class Notice(models.Model):
    """One thing told to one person, in the words of the moment. The same ``key`` is told to a person once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    topic = models.CharField(max_length=60)
    title = models.CharField(_("제목"), max_length=200)
    body = models.TextField(_("내용"), blank=True)
    url = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=200, null=True)
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("알림")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="notice_told_once"),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | Q(read_at__gte=F("created_at")), name="notice_read_later"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="notice_inbox"),
            models.Index(fields=["user"], name="notice_unread", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.title


class Preference(models.Model):
    """Whether a person wants a topic by a channel; without a row they do."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_preferences")
    topic = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    wanted = models.BooleanField()

    class Meta:
        verbose_name = _("알림 설정")
        constraints = [
            models.UniqueConstraint(fields=["user", "topic", "channel"], name="one_preference_per_topic_and_channel"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="preference_channel_known"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} · {self.channel}"
