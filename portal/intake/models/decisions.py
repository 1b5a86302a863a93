"""What was computed, decided, told and contested."""

from __future__ import annotations

import uuid
from datetime import date
from fractions import Fraction

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.core.periods import SEOUL, last_day
from portal.intake.enums import AppealStatus, DecisionKind, Outcome, Remedy, ReserveStatus, ResultStatus
from portal.intake.models.applications import Application
from portal.intake.models.calls import Call, Stage, Track, known

_NEXT_REMEDY_DAYS = 90


class RankingRun(models.Model):
    """집계: one computation, repeatable from ``inputs`` alone; numbered, never overwritten."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="runs")
    #: Null for the run over all stages.
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, related_name="runs")
    number = models.PositiveSmallIntegerField()
    inputs = models.TextField()
    sha256 = models.CharField(max_length=64)
    module = models.CharField(max_length=40)
    result = models.JSONField()
    run_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    run_at = models.DateTimeField()

    class Meta:
        verbose_name = _("집계")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["call", "number"], name="run_once")]

    def __str__(self) -> str:
        return f"{self.call_id} #{self.number}"


class Decision(models.Model):
    """결정: prepared by an officer, decided quietly by an approver, published at once."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=12, choices=DecisionKind)
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, related_name="decisions")
    run = models.ForeignKey(RankingRun, models.PROTECT, null=True, related_name="decisions")
    #: What a correction corrects, why, and the appeal it follows, if any.
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    reason = models.TextField(_("정정 사유"), blank=True)
    appeal = models.ForeignKey("Appeal", models.PROTECT, null=True, related_name="corrections")
    status = models.CharField(max_length=10, choices=ResultStatus, default=ResultStatus.DRAFT)
    #: Lowest total selected by track code, as exact fractions in text.
    cutoffs = models.JSONField(default=dict)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    #: When the result is to appear by itself; null: by hand.
    publish_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("결정")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "kind", "stage"],
                nulls_distinct=False,
                condition=~Q(kind="CORRECTION"),
                name="one_decision_per_step",
            ),
            models.UniqueConstraint(
                fields=["call"],
                condition=Q(kind="CORRECTION", status__in=["DRAFT", "DECIDED"]),
                name="one_open_correction",
            ),
            models.CheckConstraint(
                condition=~Q(kind="CORRECTION") | (Q(corrects__isnull=False) & ~Q(reason="")),
                name="correction_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("prepared_by")), name="decision_two_people"
            ),
            models.CheckConstraint(
                condition=Q(status="DRAFT") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="decision_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(status="PUBLISHED") | Q(published_at__isnull=False), name="decision_published_when"
            ),
            known("kind", DecisionKind, "decision_kind_known"),
            known("status", ResultStatus, "decision_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.kind}"

    def ledger_room(self) -> str:
        return self.call.ledger_room()

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="result", ref=f"{self.call.code}.{self.pk}")


class DecisionLine(models.Model):
    """결정내역: what the decision says about one application; frozen once decided."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="lines")
    application = models.ForeignKey(Application, models.PROTECT, related_name="lines")
    outcome = models.CharField(max_length=12, choices=Outcome)
    track = models.ForeignKey(Track, models.PROTECT, related_name="+")
    quota_track = models.ForeignKey(Track, models.PROTECT, null=True, related_name="+")
    place = models.PositiveIntegerField(null=True)
    #: How many were ranked with it.
    ranked = models.PositiveIntegerField(default=0)
    #: Exact fraction in text, such as ``230/3``; null: not ranked.
    total = models.CharField(max_length=80, null=True)
    cutoff = models.CharField(max_length=80, null=True)
    passed = models.BooleanField(default=False)
    tie = models.CharField(max_length=40, blank=True)
    reserve_order = models.PositiveIntegerField(null=True)
    #: A place on top of the quota, by an upheld appeal.
    beyond_quota = models.BooleanField(default=False)
    #: Codes with a sentence each, in Korean and English.
    reasons = models.JSONField(default=list)

    class Meta:
        verbose_name = _("결정내역")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "application"], name="line_once"),
            models.CheckConstraint(
                condition=~Q(outcome__in=["SELECTED", "RESERVED", "GOES_ON"]) | Q(passed=True),
                name="line_taken_only_if_passed",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="SELECTED") | Q(quota_track__isnull=False), name="line_selected_has_place"
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["NOT_SELECTED", "INELIGIBLE"]) | ~Q(reasons=[]),
                name="line_refusal_has_reasons",
            ),
            known("outcome", Outcome, "line_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.outcome}"

    @property
    def total_exact(self) -> Fraction | None:
        return Fraction(self.total) if self.total is not None else None

    @property
    def cutoff_exact(self) -> Fraction | None:
        return Fraction(self.cutoff) if self.cutoff is not None else None


class ReserveEntry(models.Model):
    """예비순위 within a track; a skipped entry keeps its order and sees why."""

    line = models.OneToOneField(DecisionLine, models.PROTECT, related_name="reserve")
    application = models.OneToOneField(Application, models.PROTECT, related_name="reserve")
    track = models.ForeignKey(Track, models.PROTECT, related_name="reserves")
    order = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=ReserveStatus, default=ReserveStatus.WAITING)
    valid_until = models.DateTimeField(_("유효 기한"))
    skips = models.JSONField(default=list)

    class Meta:
        verbose_name = _("예비순위")
        ordering = ["track", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["track", "order"], name="reserve_order_once", deferrable=models.Deferrable.DEFERRED
            ),
            known("status", ReserveStatus, "reserve_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.track_id} {self.order}"

    def ledger_room(self) -> str:
        return self.application.ledger_room()

    def ledger_subject(self) -> log.Subject:
        return self.application.ledger_subject()


class ResultNotice(models.Model):
    """결과통지: what the applicant was told, word for word and figure for figure."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    #: What is told: a line of a decision, or a selection taken back.
    line = models.OneToOneField(DecisionLine, models.PROTECT, null=True, related_name="notice")
    case = models.OneToOneField("DisqualificationCase", models.PROTECT, null=True, related_name="notice")
    application = models.ForeignKey(Application, models.PROTECT, related_name="notices")
    content = models.JSONField()
    readable_at = models.DateTimeField()
    #: The last instant at which an appeal may be filed.
    appeal_until = models.DateTimeField()

    class Meta:
        verbose_name = _("결과통지")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(line__isnull=False, case__isnull=True) | Q(line__isnull=True, case__isnull=False),
                name="notice_tells_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.readable_at}"

    @property
    def kind_text(self) -> str:
        """What kind of result is told."""
        return str(self.line.decision.get_kind_display() if self.line else _("선정취소"))

    @property
    def outcome_text(self) -> str:
        """The outcome as people read it."""
        return str(self.line.get_outcome_display() if self.line else Outcome.DISQUALIFIED.label)


class Appeal(models.Model):
    """이의신청 against one notice, with the clock of its answer."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    notice = models.ForeignKey(ResultNotice, models.PROTECT, related_name="appeals")
    application = models.ForeignKey(Application, models.PROTECT, related_name="appeals")
    grounds = models.TextField(_("이의신청 사유"))
    status = models.CharField(max_length=10, choices=AppealStatus, default=AppealStatus.FILED)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    due_at = models.DateTimeField(_("답변 기한"))
    #: The one extension of the answer, with the reason the appellant was told.
    extended_at = models.DateTimeField(null=True)
    extension_reason = models.TextField(blank=True)
    remedy = models.CharField(_("구제"), max_length=10, choices=Remedy, blank=True)
    reasons = models.TextField(_("결정 이유"), blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("이의신청")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice"], condition=Q(status__in=["FILED", "ADMITTED"]), name="one_open_appeal_per_notice"
            ),
            models.CheckConstraint(condition=~Q(grounds=""), name="appeal_has_grounds"),
            models.CheckConstraint(
                condition=~Q(status__in=["REJECTED", "UPHELD", "PARTLY", "DISMISSED"])
                | (Q(decided_by__isnull=False) & ~Q(reasons="")),
                name="appeal_decided_has_reasons",
            ),
            models.CheckConstraint(
                condition=Q(extended_at__isnull=True) | ~Q(extension_reason=""), name="appeal_extended_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(remedy="") | Q(remedy__in=Remedy.values, status__in=["UPHELD", "PARTLY"]),
                name="appeal_remedy_only_if_upheld",
            ),
            known("status", AppealStatus, "appeal_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.status}"

    @property
    def next_remedy_until(self) -> date | None:
        """The last day for 행정심판 or 행정소송 after the answer: 90 days (행정심판법 §27, 행정소송법 §20)."""
        if self.decided_at is None:
            return None
        return last_day(self.decided_at.astimezone(SEOUL).date(), _NEXT_REMEDY_DAYS)

    def ledger_room(self) -> str:
        return self.application.ledger_room()

    def ledger_subject(self) -> log.Subject:
        return self.application.ledger_subject()
