"""Who needs what, the terms of a round, and the runs that give out rooms."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import Organisation, User
from portal.intake.models import Application, Call
from tenancy.enums import AllocationStatus, WishKind
from tenancy.models.places import Hub, Unit


class Terms(models.Model):
    """On what terms a call gives out rooms; fixed before it is published."""

    call = models.OneToOneField(Call, models.PROTECT, related_name="space_terms")
    hubs = models.ManyToManyField(Hub, related_name="+")
    rate_card = models.ForeignKey("tenancy.RateCard", models.PROTECT, related_name="+")
    start_date = models.DateField(_("배정 기준일"))
    first_term_months = models.PositiveSmallIntegerField(default=12)
    max_months = models.PositiveSmallIntegerField(default=24)
    offer_days = models.PositiveSmallIntegerField(default=10)
    sign_days = models.PositiveSmallIntegerField(default=14)

    class Meta:
        verbose_name = _("입주조건")
        constraints = [
            models.CheckConstraint(
                condition=Q(first_term_months__gt=0, max_months__gte=F("first_term_months")),
                name="terms_within_maximum",
            ),
            models.CheckConstraint(condition=Q(offer_days__gt=0, sign_days__gt=0), name="terms_give_time"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} · {self.start_date}"


class Need(models.Model):
    """What a company needs, and its place in line. Frozen when its selection is published."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="space_need")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="space_needs")
    case_ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    seats = models.PositiveSmallIntegerField(_("상주 인원"))
    min_area_m2 = models.DecimalField(_("최소 면적"), max_digits=7, decimal_places=2, null=True, blank=True)
    accessible = models.BooleanField(_("무장애 공간 필요"), default=False)
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("입주 수요")
        constraints = [
            models.CheckConstraint(condition=Q(seats__gt=0), name="need_has_people"),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(frozen_at__isnull=False), name="need_left_after_lining_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.seats}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(
            kind="application",
            ref=str(self.case_ref),
            private={"organisation": str(self.organisation.public_id)},
            key=f"organisation:{self.organisation.public_id}",
        )


class Preference(models.Model):
    """One wish, in order: a unit, a hub or a number of seats. Wishes order the fitting rooms, they strike none out."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="preferences")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=WishKind)
    value = models.CharField(max_length=60)

    class Meta:
        verbose_name = _("희망순위")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["need", "position"], name="one_wish_per_position"),
            models.UniqueConstraint(fields=["need", "kind", "value"], name="each_wish_once"),
            models.CheckConstraint(condition=Q(kind__in=WishKind.values), name="wish_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.kind} {self.value}"


class AllocationRun(models.Model):
    """One run of the rule: sealed inputs, result, what the checker said. Another result needs another run."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="allocation_runs")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=AllocationStatus, default=AllocationStatus.DRAFT)
    inputs = models.JSONField()
    inputs_hash = models.CharField(max_length=64)
    version = models.CharField(max_length=60)
    result = models.JSONField(null=True, blank=True)
    result_hash = models.CharField(max_length=64, blank=True)
    violations = models.JSONField(null=True, blank=True)
    reason = models.CharField(_("다시 계산하는 이유"), max_length=400, blank=True)
    run_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("공간배정")
        ordering = ["call", "number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="allocation_numbers_run_on"),
            models.UniqueConstraint(
                fields=["call"], condition=Q(status__in=["CONFIRMED", "PUBLISHED"]), name="one_allocation_in_force"
            ),
            models.CheckConstraint(condition=Q(status__in=AllocationStatus.values), name="allocation_status_known"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("run_by")), name="allocation_two_people"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "VOID"]) | Q(result__isnull=False, violations__isnull=False),
                name="allocation_computed_has_result",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["CONFIRMED", "PUBLISHED"])
                | Q(violations__exact=[], confirmed_by__isnull=False),
                name="allocation_confirmed_is_right",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id}/{self.number}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="allocation", ref=f"{self.call_id}.{self.number}")


class AllocationLine(models.Model):
    """What a run gave to whom; no unit means that no fitting room was left."""

    run = models.ForeignKey(AllocationRun, models.PROTECT, related_name="lines")
    need = models.ForeignKey(Need, models.PROTECT, related_name="allocation_lines")
    rank = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    wish = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("배정내역")
        ordering = ["run", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["run", "need"], name="one_line_per_need"),
            models.UniqueConstraint(fields=["run", "rank"], name="one_line_per_rank"),
            models.UniqueConstraint(fields=["run", "unit"], name="one_line_per_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.rank}"
