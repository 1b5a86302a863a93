"""Who read what."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.intake.models.applications import Application
from portal.intake.models.calls import Call


class Access(models.Model):
    """열람 기록: one reading of a file or of the audit file; append-only."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="accesses")
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="accesses")
    #: ``file:<public id>`` or ``audit_file``.
    what = models.CharField(max_length=60)
    accessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("열람 기록")
        ordering = ["id"]
        indexes = [models.Index(fields=["call", "-id"], name="access_of_call")]

    def __str__(self) -> str:
        return f"{self.role} {self.what}"
