"""Who came to an edition: registrants by a reference, and every scan at its doors."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.mice.enums import Origin, Presence, ScanVerdict
from portal.mice.models.editions import EventEdition


class Registrant(models.Model):
    """One person registered for an edition, as declared; the name may be emptied, the count stays."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    edition = models.ForeignKey(EventEdition, models.PROTECT, related_name="registrants")
    name = models.CharField(max_length=80, blank=True)
    origin = models.CharField(max_length=8, choices=Origin)
    country = models.CharField(max_length=2, default="KR")
    blocked = models.BooleanField(default=False)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("참가등록")
        constraints = [
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="registrant_origin_known"),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="registrant_country_is_a_code"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class CheckIn(models.Model):
    """One scan at a door, admitted or not; never changed. The same nonce sent again is the same scan."""

    edition = models.ForeignKey(EventEdition, models.PROTECT, related_name="checkins")
    registrant = models.ForeignKey(Registrant, models.PROTECT, null=True, blank=True, related_name="checkins")
    verdict = models.CharField(max_length=12, choices=ScanVerdict)
    mode = models.CharField(max_length=6, choices=Presence, default=Presence.ONSITE)
    day = models.DateField()
    at = models.DateTimeField()
    nonce = models.UUIDField(unique=True)
    gate = models.CharField(max_length=40, blank=True)
    scanned_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("입장기록")
        ordering = ["edition", "at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=ScanVerdict.values), name="scan_verdict_known"),
            models.CheckConstraint(condition=Q(mode__in=Presence.values), name="scan_mode_known"),
            models.CheckConstraint(
                condition=~Q(verdict="ADMITTED") | Q(registrant__isnull=False), name="somebody_was_admitted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} · {self.at} · {self.verdict}"
