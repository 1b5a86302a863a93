"""Who judges, from what they are barred, and what they gave."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import Cluster, Organisation
from portal.intake.enums import (
    AssignmentStatus,
    ChallengeStatus,
    Gender,
    Ground,
    MemberStatus,
    Scope,
    Sector,
    SheetStatus,
)
from portal.intake.models.applications import Application, Attachment
from portal.intake.models.calls import Call, Criterion, Stage, known


class Evaluator(models.Model):
    """평가위원: a person in the pool of a cluster."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="evaluator_entries")
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+")
    expertise = models.JSONField(default=list)
    sector = models.CharField(max_length=10, choices=Sector, default=Sector.MARKET)
    gender = models.CharField(_("성별"), max_length=5, choices=Gender, blank=True)
    employer = models.CharField(_("소속"), max_length=120, blank=True)
    #: Business numbers of employers of the last two years, each with the day it ended (ISO) or null.
    employers = models.JSONField(default=dict)
    #: Business number → share in basis points.
    shareholdings = models.JSONField(_("지분"), default=dict)
    #: Business number → ``{"kind": FAMILY | MENTOR | INVESTOR | ADVISER, "until": ISO day or null}``.
    ties = models.JSONField(_("관계"), default=dict)
    active = models.BooleanField(default=True)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("평가위원")
        constraints = [
            models.UniqueConstraint(fields=["user", "cluster"], name="evaluator_once"),
            known("sector", Sector, "evaluator_sector_known"),
            known("gender", Gender, "evaluator_gender_known"),
        ]

    def __str__(self) -> str:
        return str(self.user)


class Pledge(models.Model):
    """서약서: the fairness text signed for one call, before any file opens."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="pledges")
    evaluator = models.ForeignKey(Evaluator, models.PROTECT, related_name="pledges")
    text_version = models.PositiveSmallIntegerField(default=1)
    signed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("서약서")
        constraints = [models.UniqueConstraint(fields=["call", "evaluator"], name="pledge_once")]

    def __str__(self) -> str:
        return f"{self.evaluator_id} {self.call_id}"


class Panel(models.Model):
    """평가위원회 of one stage."""

    stage = models.OneToOneField(Stage, models.PROTECT, related_name="panel")
    formed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    formed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("평가위원회")

    def __str__(self) -> str:
        return str(self.stage)

    def ledger_room(self) -> str:
        return self.stage.ledger_room()

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="panel", ref=uuid.uuid4().hex, private={"stage": self.stage_id})


class Member(models.Model):
    """위원: an evaluator on a panel. Its row is the lock between a bar and a score."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="members")
    evaluator = models.ForeignKey(Evaluator, models.PROTECT, related_name="memberships")
    status = models.CharField(max_length=10, choices=MemberStatus, default=MemberStatus.INVITED)
    is_chair = models.BooleanField(_("위원장"), default=False)
    is_substitute = models.BooleanField(_("예비위원"), default=False)
    #: Why the person declined or was dismissed; for the desk.
    left_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("위원")
        constraints = [
            models.UniqueConstraint(fields=["panel", "evaluator"], name="member_once"),
            models.UniqueConstraint(fields=["panel"], condition=Q(is_chair=True), name="one_chair"),
            known("status", MemberStatus, "member_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.evaluator_id} {self.panel_id}"

    def ledger_room(self) -> str:
        return self.panel.ledger_room()

    def ledger_subject(self) -> log.Subject:
        return log.Subject(
            kind="person",
            ref=uuid.uuid4().hex,
            private={"evaluator": self.evaluator_id},
            key=f"evaluator:{self.evaluator_id}",
        )


class Conflict(models.Model):
    """이해충돌: one bar for the whole call; never changed, never deleted."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="conflicts")
    evaluator = models.ForeignKey(Evaluator, models.PROTECT, related_name="conflicts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    ground = models.CharField(max_length=10, choices=Ground)
    scope = models.CharField(max_length=12, choices=Scope, default=Scope.APPLICATION)
    reason = models.TextField()
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    declared_at = models.DateTimeField()

    class Meta:
        verbose_name = _("이해충돌")
        constraints = [
            models.UniqueConstraint(
                fields=["call", "evaluator", "organisation", "ground"], name="conflict_once_per_ground"
            ),
            known("ground", Ground, "conflict_ground_known"),
            known("scope", Scope, "conflict_scope_known"),
        ]

    def __str__(self) -> str:
        return f"{self.evaluator_id} × {self.organisation_id}"

    def ledger_room(self) -> str:
        return self.call.ledger_room()

    def ledger_subject(self) -> log.Subject:
        return log.Subject(
            kind="conflict",
            ref=uuid.uuid4().hex,
            private={"evaluator": self.evaluator_id},
            key=f"evaluator:{self.evaluator_id}",
        )


class Challenge(models.Model):
    """기피신청: a party asks that an evaluator step aside; undecided, the evaluator sits out."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="challenges")
    evaluator = models.ForeignKey(Evaluator, models.PROTECT, related_name="+")
    grounds = models.TextField()
    #: Named in the application's own form: the company is not told which member of the panel is meant.
    from_form = models.BooleanField(default=False)
    evidence = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=ChallengeStatus, default=ChallengeStatus.FILED)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    decide_by = models.DateTimeField()
    reasons = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("기피신청")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "evaluator"], condition=Q(status="FILED"), name="one_open_challenge"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["UPHELD", "DISMISSED"]) | (Q(decided_by__isnull=False) & ~Q(reasons="")),
                name="challenge_decided_has_reasons",
            ),
            known("status", ChallengeStatus, "challenge_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} × {self.evaluator_id}"

    @property
    def whom(self) -> str:
        """As the company that filed it reads it."""
        return str(_("신청서에 적은 사람·기관") if self.from_form else self.evaluator)

    def ledger_room(self) -> str:
        return self.application.ledger_room()

    def ledger_subject(self) -> log.Subject:
        return self.application.ledger_subject()


class Assignment(models.Model):
    """배정: evaluator × application × stage. ``alias`` is what the panel calls the file when it is blind."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="assignments")
    application = models.ForeignKey(Application, models.PROTECT, related_name="assignments")
    member = models.ForeignKey(Member, models.PROTECT, related_name="assignments")
    status = models.CharField(max_length=10, choices=AssignmentStatus, default=AssignmentStatus.PROPOSED)
    alias = models.CharField(max_length=8, blank=True)

    class Meta:
        verbose_name = _("배정")
        constraints = [
            models.UniqueConstraint(fields=["stage", "application", "member"], name="assignment_once"),
            known("status", AssignmentStatus, "assignment_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} × {self.application_id}"

    def ledger_room(self) -> str:
        return self.stage.ledger_room()

    def ledger_subject(self) -> log.Subject:
        return log.Subject(
            kind="assignment",
            ref=uuid.uuid4().hex,
            private={"assignment": str(self.public_id)},
            key=f"member:{self.member_id}",
        )


class ScoreSheet(models.Model):
    """평가표: frozen with its items once locked."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="sheets")
    attempt = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=SheetStatus, default=SheetStatus.OPEN)
    comment = models.TextField(_("의견"), blank=True)
    version = models.PositiveIntegerField(default=0)
    edited_at = models.DateTimeField(null=True)
    locked_at = models.DateTimeField(null=True)
    #: The chair asks for the sheet to be given back; an officer does it.
    reopening_asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reopening_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("평가표")
        constraints = [
            models.UniqueConstraint(fields=["assignment", "attempt"], name="sheet_once_per_attempt"),
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(status__in=["OPEN", "LOCKED"]), name="one_live_sheet"
            ),
            models.CheckConstraint(
                condition=~Q(status="LOCKED") | Q(locked_at__isnull=False), name="sheet_locked_when"
            ),
            known("status", SheetStatus, "sheet_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} #{self.attempt}"

    def ledger_room(self) -> str:
        return self.assignment.ledger_room()

    def ledger_subject(self) -> log.Subject:
        return log.Subject(
            kind="sheet",
            ref=uuid.uuid4().hex,
            private={"sheet": str(self.public_id)},
            key=f"member:{self.assignment.member_id}",
        )


class ScoreItem(models.Model):
    """항목점수: a whole number, or null with a reason: abstained."""

    sheet = models.ForeignKey(ScoreSheet, models.CASCADE, related_name="items")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    score = models.PositiveIntegerField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("항목점수")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "criterion"], name="item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.score}"
