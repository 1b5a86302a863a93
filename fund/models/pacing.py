"""What the City plans to pay in, year by year (출자 계획): beside it stands what was called."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fund.models.programme import Programme
from ledger import log
from portal.accounts.models import User


class CallPlan(models.Model):
    """The won that the City expects to be called in one budget year; a later row for the year replaces it from then on."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="call_plans")
    year = models.PositiveSmallIntegerField(_("회계연도"))
    amount = models.PositiveBigIntegerField(_("출자 계획(원)"))
    source = models.CharField(_("근거"), max_length=200)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = _("출자 계획")
        ordering = ["programme", "year", "set_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "year", "set_at"], name="call_plan_is_set_once_at_a_time"),
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2100), name="call_plan_has_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.year}"

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.programme.ledger_subject()
