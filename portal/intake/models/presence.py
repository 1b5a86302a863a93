"""Who has a page of a draft open."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.intake.models.applications import Application


class PagePresence(models.Model):
    """A member on a page of the form, as of the last time the page spoke up."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="+")
    section = models.CharField(max_length=41)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("함께 작성 중")
        constraints = [models.UniqueConstraint(fields=["application", "section", "user"], name="present_once_per_page")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.section}"
