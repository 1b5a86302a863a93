"""A call and the policy under which it is decided."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import Cluster
from portal.intake import blocks, registry
from portal.intake.enums import CallStatus, StageStatus


def known(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """The column holds one of the listed codes and nothing else."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": choices.values}), name=name)


class Call(models.Model):
    """모집공고. Open and closed are no states: they follow from ``opens_at <= now < closes_at``."""

    code = models.SlugField(_("공고 코드"), max_length=40, unique=True)
    programme = models.CharField(_("사업"), max_length=40)
    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="calls")
    hubs = models.JSONField(_("거점"), default=list)
    status = models.CharField(max_length=12, choices=CallStatus, default=CallStatus.DRAFT)
    opens_at = models.DateTimeField(_("접수 시작"))
    closes_at = models.DateTimeField(_("접수 마감"))
    current = models.ForeignKey("CallVersion", models.PROTECT, null=True, related_name="+")
    prefix = models.CharField(_("접수번호 머리"), max_length=20)
    #: The last receipt number given; counted under the row's lock, so numbers have no gaps.
    receipts = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    #: When the entry was counted; from then on nothing enters.
    closed_at = models.DateTimeField(null=True)
    #: The sealed secret of the tie-break draw; its SHA-256 is published with the call.
    lottery_secret = models.BinaryField(null=True)
    lottery_public = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("모집공고")
        ordering = ["-opens_at", "-id"]
        constraints = [
            known("status", CallStatus, "call_status_known"),
            models.CheckConstraint(condition=Q(opens_at__lt=F("closes_at")), name="call_opens_before_closing"),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("created_by")), name="call_two_people"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "CANCELLED"]) | Q(published_at__isnull=False, current__isnull=False),
                name="call_published_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def rules(self) -> registry.Programme:
        """The programme this call belongs to."""
        return registry.get(self.programme)

    @property
    def lottery_commitment(self) -> str:
        from portal.core import lottery

        return lottery.commitment(bytes(self.lottery_secret)) if self.lottery_secret else ""

    @property
    def per_track(self) -> bool:
        """Whether a company may enter once in each track, and not once in all."""
        return bool(self.current and self.current.term("per_track", False))

    def is_open(self, now: datetime) -> bool:
        return self.status == CallStatus.PUBLISHED and self.opens_at <= now < self.closes_at

    def ledger_room(self) -> str:
        return self.rules.room

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="call", ref=self.code)


class CallVersion(models.Model):
    """정정공고: all that decides, in one object; frozen by a trigger once published."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.JSONField(_("제목"))
    summary = models.JSONField(_("내용"), default=dict)
    form = models.JSONField(_("신청서식"), default=dict)
    eligibility = models.JSONField(_("자격요건"), default=list)
    policy = models.JSONField(_("운영 기준"), default=dict)
    closes_at = models.DateTimeField(_("접수 마감"))
    reason = models.TextField(_("정정 사유"), blank=True)
    #: SHA-256 of the canonical JSON of everything above with tracks, stages and criteria.
    digest = models.CharField(max_length=64, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("정정공고")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="version_once"),
            models.UniqueConstraint(
                fields=["call"], condition=Q(published_at__isnull=True), name="one_unpublished_version"
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("written_by")), name="version_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} v{self.number}"

    @property
    def title_text(self) -> str:
        return blocks.in_language(self.title)

    @property
    def summary_text(self) -> str:
        return blocks.in_language(self.summary)

    @cached_property
    def parsed_form(self) -> blocks.Form:
        """The form with the programme's own kinds."""
        return blocks.parse_form(self.form, self.call.rules.blocks)

    def term(self, name: str, default: Any) -> Any:
        """One value of the policy, such as ``appeal_days``."""
        return self.policy.get(name, default)


class Track(models.Model):
    """모집부문: a quota, a reserve, and who takes its unfilled places, in order."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="tracks")
    code = models.CharField(max_length=30)
    order = models.PositiveSmallIntegerField()
    name = models.JSONField()
    quota = models.PositiveIntegerField(_("모집 수"))
    reserve = models.PositiveIntegerField(_("예비 수"), default=0)
    spill = models.JSONField(_("미달 시 이월"), default=list)

    class Meta:
        verbose_name = _("모집부문")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["call", "code"], name="track_once")]

    def __str__(self) -> str:
        return self.name_text

    @property
    def name_text(self) -> str:
        return blocks.in_language(self.name)


class Stage(models.Model):
    """평가단계: one round of review with its criteria and rule."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="stages")
    code = models.CharField(max_length=30)
    number = models.PositiveSmallIntegerField()
    name = models.JSONField()
    status = models.CharField(max_length=10, choices=StageStatus, default=StageStatus.WAITING)
    share_bp = models.PositiveIntegerField(_("반영 비율(bp)"))
    #: Places to go on: a whole number, or an object by track; null in the last stage.
    go_on = models.JSONField(null=True)
    per_file = models.PositiveSmallIntegerField(_("건당 평가위원 수"))
    blind = models.BooleanField(default=False)
    hidden_blocks = models.JSONField(default=list)
    rule = models.JSONField(default=dict)
    due_at = models.DateTimeField(_("평가 마감"), null=True)
    #: Members may read each other's sheets once their own is locked.
    discussion = models.BooleanField(_("위원 간 공유"), default=False)

    class Meta:
        verbose_name = _("평가단계")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "code"], name="stage_once"),
            models.UniqueConstraint(fields=["call", "number"], name="stage_number_once"),
            models.CheckConstraint(condition=Q(share_bp__lte=10_000), name="stage_share_whole"),
            models.CheckConstraint(condition=Q(per_file__gte=1), name="stage_has_readers"),
            known("status", StageStatus, "stage_status_known"),
        ]

    def __str__(self) -> str:
        return self.name_text

    @property
    def name_text(self) -> str:
        return blocks.in_language(self.name)

    def ledger_room(self) -> str:
        return self.call.ledger_room()

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="stage", ref=f"{self.call.code}.{self.number}")


class Criterion(models.Model):
    """평가항목. Counted weights of a stage add up to 10,000; an item not counted has weight 0."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="criteria")
    code = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField()
    name = models.JSONField()
    guide = models.JSONField(default=dict)
    max_points = models.PositiveIntegerField(_("배점"))
    weight_bp = models.PositiveIntegerField(_("가중치(bp)"))
    counted = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("평가항목")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "code"], name="criterion_once"),
            models.CheckConstraint(condition=Q(max_points__gte=1), name="criterion_has_points"),
            models.CheckConstraint(
                condition=Q(counted=True, weight_bp__gte=1) | Q(counted=False, weight_bp=0), name="criterion_weight"
            ),
        ]

    def __str__(self) -> str:
        return self.name_text

    @property
    def name_text(self) -> str:
        return blocks.in_language(self.name)

    @property
    def guide_text(self) -> str:
        return blocks.in_language(self.guide)
