"""Places of a session that are kept for the registrants of one event, until a day."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.mice.models.sessions import TourSession


class EventAllotment(models.Model):
    """Whoever knows the code books from these places; of the code only the hash is kept.

    Until ``released_at`` is set the session's ``reserved`` counts ``places − used``, and ``used`` the parties that hold
    places from here: the database compares all of it at every commit.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(TourSession, models.PROTECT, related_name="allotments")
    event_ko = models.CharField(max_length=120)
    event_en = models.CharField(max_length=120, blank=True)
    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    places = models.PositiveSmallIntegerField()
    used = models.PositiveSmallIntegerField(default=0)
    release_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("행사 배정")
        ordering = ["session", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(places__gte=1, used__gte=0, used__lte=F("places")), name="allotment_never_overused"
            ),
            models.CheckConstraint(condition=Q(code_hash__regex=r"^[0-9a-f]{64}$"), name="allotment_code_is_a_hash"),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(released_at__gte=F("release_at")),
                name="allotment_released_in_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_ko} · {self.session_id}"

    @property
    def left(self) -> int:
        return self.places - self.used

    def ledger_room(self) -> str:
        return "event"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="tour_allotment", ref=str(self.public_id))
