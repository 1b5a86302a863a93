"""What money there is for events, and the events: a programme and its envelopes, a series and its editions."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger import log
from portal.accounts.models import Cluster, Organisation, User
from portal.intake.models import Application, Call
from portal.mice.enums import EditionStatus, MatchStatus


class SupportProgramme(models.Model):
    """A support programme of one year. ``policy`` (``portal.mice.policy``) is copied into every award made under it."""

    code = models.SlugField(max_length=40, unique=True)
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="support_programmes")
    title_ko = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    year = models.PositiveSmallIntegerField()
    policy: models.JSONField[dict[str, Any]] = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("행사", "지원사업")
        ordering = ["-year", "code"]

    def __str__(self) -> str:
        return self.code


class BudgetEnvelope(models.Model):
    """What a programme may spend in one fiscal year, in won.

    ``committed`` is what its awards use, and ``lapsed`` of it what came back after the year and cannot be spent again:
    the database compares ``committed − lapsed`` with the awards at every commit.
    """

    programme = models.ForeignKey(SupportProgramme, models.PROTECT, related_name="envelopes")
    fiscal_year = models.PositiveSmallIntegerField()
    amount = models.BigIntegerField()
    committed = models.BigIntegerField(default=0)
    lapsed = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("예산한도")
        ordering = ["-fiscal_year", "programme"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "fiscal_year"], name="one_envelope_a_year"),
            models.CheckConstraint(
                condition=Q(committed__gte=F("lapsed"), committed__lte=F("amount"), lapsed__gte=0),
                name="envelope_never_overspent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} · {self.fiscal_year}"

    @property
    def left(self) -> int:
        return self.amount - self.committed


class Event(models.Model):
    """A series of events by one name."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="events")
    name_ko = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("행사 시리즈", "행사")
        ordering = ["name_ko", "id"]

    def __str__(self) -> str:
        return self.name_ko


class EventEdition(models.Model):
    """One edition on ``[starts_on, ends_on]``; both days count.

    ``cap`` is the most won that all awards of whatever programme may use of public support, ``committed`` what they use:
    the database compares it with the awards at every commit. An edition found to be another one points to it with
    ``same_as`` and takes no award any more.

    ``published_at`` is when the first award made it public. ``sequence`` rises with every change of time, place or state
    that calendars have to hear of (a trigger, which keeps the day it was moved from too), ``changed_at`` says when.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, models.PROTECT, related_name="editions")
    host = models.ForeignKey(Organisation, models.PROTECT, related_name="hosted_editions")
    title_ko = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    venue = models.CharField(max_length=120)
    starts_on = models.DateField()
    ends_on = models.DateField()
    cap = models.BigIntegerField()
    committed = models.BigIntegerField(default=0)
    same_as = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="renamed")
    status = models.CharField(max_length=9, choices=EditionStatus, default=EditionStatus.PLANNED)
    published_at = models.DateTimeField(null=True, blank=True)
    moved_from = models.DateField(null=True, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = pgettext_lazy("행사", "회차")
        ordering = ["-starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(committed__gte=0, committed__lte=F("cap")), name="edition_never_above_its_cap"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="edition_days_in_order"),
            models.CheckConstraint(condition=Q(same_as__isnull=True) | ~Q(same_as=F("id")), name="edition_not_itself"),
            models.CheckConstraint(condition=Q(same_as__isnull=True) | Q(committed=0), name="merged_edition_is_empty"),
            models.CheckConstraint(condition=Q(status__in=EditionStatus.values), name="edition_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.title_ko} · {self.starts_on}"

    @property
    def left(self) -> int:
        return self.cap - self.committed

    @property
    def is_off(self) -> bool:
        """Whether nobody should come to it: called off, or found to be another edition."""
        return self.status == EditionStatus.CANCELLED or self.same_as_id is not None

    def ledger_room(self) -> str:
        return "event"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="event_edition", ref=str(self.public_id))


class EditionMatch(models.Model):
    """Two editions that may be one: until an officer decides, neither gets an award."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    first = models.ForeignKey(EventEdition, models.PROTECT, related_name="matches")
    second = models.ForeignKey(EventEdition, models.PROTECT, related_name="matched")
    status = models.CharField(max_length=10, choices=MatchStatus, default=MatchStatus.OPEN)
    why = models.CharField(max_length=40)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("동일 회차 확인")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="two_editions_matched_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="match_in_order"),
            models.CheckConstraint(
                condition=Q(status="OPEN", decided_by=None, decided_at=None)
                | Q(status__in=["SAME", "DIFFERENT"], decided_by__isnull=False, decided_at__isnull=False),
                name="match_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}?"

    def ledger_room(self) -> str:
        return "event"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="edition_match", ref=str(self.public_id))


class SupportTerms(models.Model):
    """Out of which envelope a call awards; fixed before it is published."""

    call = models.OneToOneField(Call, models.PROTECT, related_name="support_terms")
    envelope = models.ForeignKey(BudgetEnvelope, models.PROTECT, related_name="terms")

    class Meta:
        verbose_name = _("지원조건")

    def __str__(self) -> str:
        return f"{self.call_id} · {self.envelope_id}"


class AwardPlan(models.Model):
    """What an application would get if it is selected: for which edition, how many won by category.

    ``requested`` is what was asked; less than that needs a reason, which the applicant reads. Fixed with the award.
    """

    application = models.OneToOneField(Application, models.PROTECT, related_name="award_plan")
    edition = models.ForeignKey(EventEdition, models.PROTECT, related_name="plans")
    requested = models.BigIntegerField()
    lines: models.JSONField[dict[str, int]] = models.JSONField()
    cut_reason = models.TextField(blank=True)
    planned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()

    class Meta:
        verbose_name = _("교부안")
        constraints = [models.CheckConstraint(condition=Q(requested__gte=1), name="award_plan_asks_for_something")]

    def __str__(self) -> str:
        return f"{self.application_id} · {self.amount}"

    @property
    def amount(self) -> int:
        return sum(self.lines.values())
