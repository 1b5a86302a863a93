"""Plans as announced. Each published version is frozen by the database; a correction is a new version beside it."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import Cluster
from portal.plan.enums import ProgressState, Unit

FROZEN = [pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete)]


class Plan(models.Model):
    """A city's plan, known by its code in every version."""

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="plans")
    code = models.SlugField(max_length=40, unique=True)

    class Meta:
        verbose_name = _("기본계획")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.code

    def ledger_room(self) -> str:
        return "plan"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="plan", ref=self.code)


class PlanVersion(models.Model):
    """One published reading of a plan. ``content_hash`` is the SHA-256 of the file it was loaded from."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    name_ko = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    announced_date = models.DateField()
    begins_date = models.DateField()
    ends_date = models.DateField()
    hub_metrics = models.JSONField(default=list)
    content_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("기본계획 판")
        ordering = ["plan_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number_once"),
            models.CheckConstraint(condition=Q(begins_date__lt=F("ends_date")), name="plan_period_not_empty"),
            models.CheckConstraint(condition=Q(content_hash__regex=r"^[0-9a-f]{64}$"), name="plan_hash_sha256"),
        ]
        triggers: ClassVar = FROZEN

    def __str__(self) -> str:
        return f"{self.plan} v{self.number}"

    def ledger_room(self) -> str:
        return "plan"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="plan", ref=self.plan.code)


class Source(models.Model):
    """Where a promise was read. ``published_words`` is kept when the source's day is not known."""

    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="sources")
    code = models.SlugField(max_length=40)
    outlet = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=300)
    published_date = models.DateField(null=True)
    published_words = models.CharField(max_length=100, blank=True)
    note_ko = models.TextField(blank=True)
    note_en = models.TextField(blank=True)

    class Meta:
        verbose_name = _("출처")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="plan_source_once")]
        triggers: ClassVar = FROZEN

    def __str__(self) -> str:
        return self.title


class Promised(models.Model):
    """One line of a plan. Money set aside, what is to be reached and what must not be passed are never mixed.

    null means "not announced" and is never read as 0.
    """

    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="%(class)ss")
    position = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=40)
    name_ko = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    amount_won = models.BigIntegerField(null=True)
    target = models.BigIntegerField(null=True)
    cap = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=20, choices=Unit, blank=True)
    words_ko = models.CharField(max_length=200, blank=True)
    words_en = models.CharField(max_length=200, blank=True)
    note_ko = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")

    class Meta:
        abstract = True
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="%(class)s_code_once"),
            models.CheckConstraint(
                condition=Q(amount_won__isnull=True) | Q(amount_won__gte=0), name="%(class)s_amount_won"
            ),
            models.CheckConstraint(condition=Q(target__isnull=True) | Q(target__gte=0), name="%(class)s_target"),
            models.CheckConstraint(condition=Q(cap__isnull=True) | Q(cap__gte=0), name="%(class)s_cap"),
            models.CheckConstraint(
                condition=Q(target__isnull=True, cap__isnull=True) | Q(unit__in=Unit.values),
                name="%(class)s_number_has_unit",
            ),
            models.CheckConstraint(
                condition=~Q(unit="bp") | Q(target__isnull=True) | Q(target__lte=10_000),
                name="%(class)s_share_within_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name_ko


class BudgetLine(Promised):
    """Money of the plan; ``part_of`` names the line it lies in."""

    part_of = models.CharField(max_length=40, blank=True)

    class Meta(Promised.Meta):
        verbose_name = _("예산")
        triggers: ClassVar = FROZEN


class Target(Promised):
    """What the plan promised. ``metric`` is what the portal counts it by; without one a person states the progress."""

    metric = models.CharField(max_length=60, blank=True)
    scope = models.JSONField(default=list)
    by_date = models.DateField(null=True)
    cap_per = models.CharField(max_length=20, blank=True)
    items_ko = models.JSONField(default=list)
    items_en = models.JSONField(default=list)
    computed_bp = models.PositiveIntegerField(null=True)

    class Meta(Promised.Meta):
        verbose_name = _("목표")
        triggers: ClassVar = FROZEN


class PlannedHub(models.Model):
    """A hub as it was announced; the hub itself lives in the room that lets it. ``later``: opened outside the plan."""

    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="hubs")
    position = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=40)
    name_ko = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    place_ko = models.CharField(max_length=200, blank=True)
    place_en = models.CharField(max_length=200, blank=True)
    floors = models.JSONField(null=True)
    company_places = models.PositiveIntegerField(null=True)
    by_date = models.DateField(null=True)
    later = models.BooleanField(default=False)
    words_ko = models.CharField(max_length=200, blank=True)
    words_en = models.CharField(max_length=200, blank=True)
    terms_ko = models.CharField(max_length=200, blank=True)
    terms_en = models.CharField(max_length=200, blank=True)
    note_ko = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("계획 거점")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="planned_hub_once")]
        triggers: ClassVar = FROZEN

    def __str__(self) -> str:
        return self.name_ko


class Baseline(models.Model):
    """Where things stood when the plan was announced, in basis points; not a target."""

    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="baselines")
    position = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=40)
    name_ko = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    value_bp = models.PositiveIntegerField()
    words_ko = models.CharField(max_length=200, blank=True)
    words_en = models.CharField(max_length=200, blank=True)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("출발점")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="baseline_once"),
            models.CheckConstraint(condition=Q(value_bp__lte=10_000), name="baseline_within_whole"),
        ]
        triggers: ClassVar = FROZEN

    def __str__(self) -> str:
        return self.name_ko


class Remark(models.Model):
    """What the announcement also said: a limit of the city's powers, an event held on the day."""

    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="remarks")
    position = models.PositiveSmallIntegerField()
    said_date = models.DateField(null=True)
    text_ko = models.TextField()
    text_en = models.TextField(blank=True)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("발표 내용")
        ordering = ["position"]
        triggers: ClassVar = FROZEN

    def __str__(self) -> str:
        return self.text_ko


class Progress(models.Model):
    """How far a promise without a metric has come, stated by a person with a source; the newest counts, none is changed."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="progress")
    target_code = models.SlugField(max_length=40)
    state = models.CharField(max_length=10, choices=ProgressState)
    on_date = models.DateField(_("기준일"))
    text_ko = models.TextField(_("설명"))
    text_en = models.TextField(_("영문 설명"), blank=True)
    source_title = models.CharField(_("출처"), max_length=300)
    source_url = models.URLField(_("출처 주소"), blank=True)
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    stated_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("추진 상황")
        ordering = ["on_date", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ProgressState.values), name="progress_state_known"),
            models.CheckConstraint(condition=~Q(source_title=""), name="progress_has_source"),
        ]
        triggers: ClassVar = FROZEN

    def __str__(self) -> str:
        return f"{self.target_code}: {self.state}"

    def ledger_room(self) -> str:
        return "plan"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="plan", ref=self.plan.code)
