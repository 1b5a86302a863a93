"""Who came to an edition: registrants by a reference, its doors, and every scan at them."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import User
from portal.mice.enums import GuestKind, Origin, Presence, ScanVerdict, Way
from portal.mice.models.editions import EventEdition


class Registrant(models.Model):
    """One person registered for an edition, as declared; the name may be emptied, the count stays.

    ``day``: the one day for which the ticket is good; None for all days of the edition.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    edition = models.ForeignKey(EventEdition, models.PROTECT, related_name="registrants")
    name = models.CharField(max_length=80, blank=True)
    origin = models.CharField(max_length=8, choices=Origin)
    country = models.CharField(max_length=2, default="KR")
    kind = models.CharField(max_length=9, choices=GuestKind, default=GuestKind.ATTENDEE)
    day = models.DateField(null=True, blank=True)
    blocked = models.BooleanField(default=False)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("참가등록")
        constraints = [
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="registrant_origin_known"),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="registrant_country_is_a_code"),
            models.CheckConstraint(condition=Q(kind__in=GuestKind.values), name="registrant_kind_known"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class EventDoor(models.Model):
    """A point of the programme with a door of its own, open on ``[opens_at, closes_at)``; ``kinds`` empty admits all.

    The edition's main entrance needs no row: it is open on the edition's days, to everybody.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    edition = models.ForeignKey(EventEdition, models.PROTECT, related_name="doors")
    name = models.CharField(max_length=80)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    kinds = ArrayField(models.CharField(max_length=9, choices=GuestKind), default=list, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("행사", "입구")
        ordering = ["edition", "opens_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="door_closes_after_it_opens"),
            models.CheckConstraint(condition=Q(kinds__contained_by=GuestKind.values), name="door_kinds_known"),
            models.UniqueConstraint(fields=["edition", "name"], name="doors_have_names"),
        ]

    def __str__(self) -> str:
        return self.name


class CheckIn(models.Model):
    """One scan at a door, admitted or not; never changed. The same nonce sent again is the same scan.

    ``door`` None is the main entrance; ``gate`` names the place or device where it was scanned.
    """

    edition = models.ForeignKey(EventEdition, models.PROTECT, related_name="checkins")
    registrant = models.ForeignKey(Registrant, models.PROTECT, null=True, blank=True, related_name="checkins")
    door = models.ForeignKey(EventDoor, models.PROTECT, null=True, blank=True, related_name="checkins")
    way = models.CharField(max_length=5, choices=Way, default=Way.ENTRY)
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
            models.CheckConstraint(condition=Q(way__in=Way.values), name="scan_way_known"),
            models.CheckConstraint(
                condition=~Q(verdict="ADMITTED") | Q(registrant__isnull=False), name="somebody_was_admitted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} · {self.at} · {self.verdict}"
