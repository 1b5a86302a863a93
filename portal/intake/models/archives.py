"""The audit file as somebody asked for it: made by the worker, handed out for some days, then destroyed."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.intake.models.applications import private_storage
from portal.intake.models.calls import Call


def archive_name(archive: AuditArchive, filename: str) -> str:
    """A name nobody can guess."""
    return f"audit/{archive.call_id}/{uuid.uuid4().hex}"


class AuditArchive(models.Model):
    """감사자료: the row is the queue; without ``made_at`` the worker still has to make it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, models.PROTECT, related_name="archives")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    #: When the worker tries, or tries again: leaves that are not public yet are waited for.
    due_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    size = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    file = models.FileField(storage=private_storage, upload_to=archive_name, blank=True)
    #: The file is gone, by its time or because a newer one took its place.
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("감사자료")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["call"], condition=Q(made_at__isnull=True), name="one_archive_in_work"),
            models.CheckConstraint(
                condition=Q(made_at__isnull=True, sha256="", removed_at__isnull=True)
                | Q(made_at__isnull=False, size__isnull=False) & ~Q(sha256=""),
                name="archive_made_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.sha256[:8]}"
