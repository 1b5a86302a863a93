"""The waiting room of a run's opening: one window a run, one place a person."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from college import waitingroom
from college.models.courses import Run
from college.models.people import Person
from ledger import log


class QueueWindow(models.Model):
    """When requests for a run pass by its waiting room: ``[entry_from, ends_at)``, with the secret that orders who came early.

    ``ordered_at`` is when the early ones got their positions; from then on the database appends, ``last_position`` counts.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    run = models.OneToOneField(Run, models.PROTECT, related_name="window")
    entry_from = models.DateTimeField(_("대기실 여는 때"))
    opens_at = models.DateTimeField(_("신청 시작"))
    ends_at = models.DateTimeField(_("대기실 닫는 때"))
    rate_per_s = models.PositiveSmallIntegerField(default=waitingroom.RATE_PER_S)
    secret = models.BinaryField(editable=False)
    commitment = models.CharField(max_length=64)
    ordered_at = models.DateTimeField(null=True, blank=True)
    list_root = models.CharField(max_length=64, blank=True)
    last_position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("대기실")
        constraints = [
            models.CheckConstraint(
                condition=Q(entry_from__lt=F("opens_at"), opens_at__lt=F("ends_at")), name="window_times_in_order"
            ),
            models.CheckConstraint(condition=Q(rate_per_s__gte=1), name="window_lets_people_in"),
            models.CheckConstraint(
                condition=Q(ordered_at__isnull=True, last_position=0, list_root="")
                | Q(ordered_at__gte=F("opens_at"), list_root__regex=r"^[0-9a-f]{64}$"),
                name="window_orders_at_the_opening",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run}"

    def ledger_room(self) -> str:
        return "college"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="waiting_room", ref=self.run.code)


class QueuePlace(models.Model):
    """One person's place; ``position`` is given by the opening or, to whoever comes later, by the database."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    window = models.ForeignKey(QueueWindow, models.PROTECT, related_name="places")
    canonical = models.ForeignKey(Person, models.PROTECT, related_name="+")
    came_at = models.DateTimeField()
    position = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("대기실 번호")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["window", "canonical"], name="one_place_per_person"),
            models.UniqueConstraint(fields=["window", "position"], name="one_person_per_position"),
            models.CheckConstraint(condition=Q(position__isnull=True) | Q(position__gte=1), name="positions_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.window_id} · {self.position}"
