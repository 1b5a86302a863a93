"""How a lease goes on or ends: renewal reviews, graduations, moving out."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import Organisation, User
from portal.intake.models import Application
from tenancy.enums import GraduationGround, MoveOutStatus, RenewalPath, RenewalStatus
from tenancy.models.leases import Lease
from tenancy.models.places import Unit


class RenewalReview(models.Model):
    """Whether a tenant may stay for another term; while it is open the cells of that term are held for the tenant."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lease = models.ForeignKey(Lease, models.PROTECT, related_name="renewals")
    seq = models.PositiveSmallIntegerField()
    period = DateRangeField()
    status = models.CharField(max_length=10, choices=RenewalStatus, default=RenewalStatus.INVITED)
    path = models.CharField(max_length=10, choices=RenewalPath, default=RenewalPath.PANEL)
    #: What the tenant sent to the panel's call, once it has.
    application = models.OneToOneField(
        Application, models.PROTECT, null=True, blank=True, related_name="renewal_review"
    )
    #: Granted on appeal after the room went to another: since when the tenant waits, and the room found for it, which
    #: it moves to on the first day of the term.
    waiting_since = models.DateTimeField(null=True, blank=True)
    room = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    #: Sales, jobs, investment and use of the term, as the tenant states them.
    figures = models.JSONField(default=dict, blank=True)
    invited_at = models.DateTimeField()
    respond_by = models.DateField()
    applied_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("결정 이유"), max_length=400, blank=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("연장평가")
        ordering = ["lease", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["lease", "seq"], name="one_renewal_per_term"),
            models.CheckConstraint(condition=Q(status__in=RenewalStatus.values), name="renewal_status_known"),
            models.CheckConstraint(
                condition=~Q(status__in=["GRANTED", "REFUSED", "SIGNED"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="renewal_decided_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(status="REFUSED") | ~Q(reason=""), name="renewal_refused_with_reason"),
            models.CheckConstraint(condition=Q(path__in=RenewalPath.values), name="renewal_path_known"),
            models.CheckConstraint(
                condition=Q(path="DESK") | Q(status__in=["INVITED", "LAPSED"]) | Q(application__isnull=False),
                name="renewal_by_panel_has_application",
            ),
            models.CheckConstraint(
                condition=Q(room__isnull=True) | Q(waiting_since__isnull=False), name="renewal_room_for_who_waits"
            ),
            models.CheckConstraint(
                condition=~Q(status="SIGNED") | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="renewal_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | ~Q(signed_by=F("decided_by")), name="renewal_two_people"
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__startswith__isnull=False, period__endswith__isnull=False),
                name="renewal_covers_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lease_id}/{self.seq}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        return self.lease.ledger_subject()


class Graduation(models.Model):
    """A company that has outgrown the hub, from which day on and on what ground."""

    lease = models.OneToOneField(Lease, models.PROTECT, related_name="graduation")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="graduations")
    graduated_date = models.DateField()
    ground = models.CharField(max_length=10, choices=GraduationGround)
    reason = models.CharField(_("졸업하는 이유"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("졸업")
        ordering = ["graduated_date", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(ground="GROWTH") | ~Q(reason=""), name="graduation_for_growth_says_why"
            ),
            models.CheckConstraint(condition=Q(ground__in=GraduationGround.values), name="graduation_ground_known"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.graduated_date}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="company", ref=self.organisation.ref)


class FollowUp(models.Model):
    """What a graduate tells of one year: asked once, answered once."""

    graduation = models.ForeignKey(Graduation, models.PROTECT, related_name="follow_ups")
    year = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField()
    figures = models.JSONField(default=dict, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("졸업 뒤 실적")
        ordering = ["graduation", "year"]
        constraints = [
            models.UniqueConstraint(fields=["graduation", "year"], name="one_follow_up_a_year"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="follow_up_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.graduation_id}/{self.year}"


class MoveOut(models.Model):
    """Leaving a room: the day, the inspection with its list, the keys."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lease = models.ForeignKey(Lease, models.PROTECT, related_name="move_outs")
    status = models.CharField(max_length=15, choices=MoveOutStatus, default=MoveOutStatus.NOTICED)
    leave_date = models.DateField(_("퇴거일"))
    noticed_at = models.DateTimeField()
    inspect_at = models.DateTimeField(null=True, blank=True)
    keys_returned_date = models.DateField(null=True, blank=True)
    end_kind = models.CharField(max_length=10)
    #: On what ground the company graduates, and why, when it does.
    ground = models.CharField(max_length=10, choices=GraduationGround, blank=True)
    reason = models.CharField(_("졸업하는 이유"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("퇴거")
        ordering = ["leave_date", "id"]
        constraints = [
            models.UniqueConstraint(fields=["lease"], condition=~Q(status="CANCELLED"), name="one_move_out_per_lease"),
            models.CheckConstraint(condition=Q(status__in=MoveOutStatus.values), name="move_out_status_known"),
            models.CheckConstraint(
                condition=Q(ground="", reason="") | Q(end_kind="GRADUATED"), name="move_out_ground_of_graduates"
            ),
            models.CheckConstraint(
                condition=Q(end_kind__in=["EXPIRED", "GRADUATED", "EARLY", "TERMINATED"]), name="move_out_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["KEYS_RETURNED", "SETTLED", "CLOSED"]) | Q(keys_returned_date__isnull=False),
                name="keys_returned_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lease_id} {self.leave_date}"

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        return self.lease.ledger_subject()


class ChecklistItem(models.Model):
    """One point of the inspection list: done or not, a defect with its cost and who pays it."""

    move_out = models.ForeignKey(MoveOut, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=20)
    done = models.BooleanField(default=False)
    note = models.CharField(_("내용"), max_length=400, blank=True)
    cost_won = models.PositiveBigIntegerField(_("비용(원)"), default=0)
    tenant_pays = models.BooleanField(_("입주기업 부담"), default=False)

    class Meta:
        verbose_name = _("확인항목")
        ordering = ["move_out", "position"]
        constraints = [
            models.UniqueConstraint(fields=["move_out", "position"], name="one_item_per_position"),
            models.CheckConstraint(condition=Q(cost_won=0) | ~Q(note=""), name="a_cost_says_what_for"),
        ]

    def __str__(self) -> str:
        return f"{self.move_out_id}.{self.position} {self.code}"
