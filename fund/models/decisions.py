"""The investment committee (투자심의위원회): motions with their papers, seats with their statements, ballots."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fund.enums import MotionKind, MotionStatus, SeatStatus, Vote
from fund.models.programme import Programme, SubFund
from ledger import log
from portal.accounts.models import User


class Motion(models.Model):
    """One question before the committee. The paper is fixed when it is tabled; its hash stands in the ledger.

    ``least`` members must be left after recusals, more than ``quorum_bp`` of those left must vote, and more than
    ``pass_bp`` of the votes must be for it. ``round`` rises when a deferred motion is opened again.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="motions")
    sub_fund = models.ForeignKey(SubFund, models.PROTECT, related_name="motions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=MotionKind)
    title = models.CharField(_("안건명"), max_length=200)
    paper = models.TextField(_("심의자료"))
    paper_hash = models.CharField(max_length=64)
    least = models.PositiveSmallIntegerField(default=3)
    quorum_bp = models.PositiveSmallIntegerField(default=5000)
    pass_bp = models.PositiveSmallIntegerField(default=5000)
    round = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=MotionStatus, default=MotionStatus.TABLED)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    tabled_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("투자심의 안건")
        ordering = ["programme", "number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="motion_number_once"),
            models.CheckConstraint(condition=Q(status__in=MotionStatus.values), name="motion_status_known"),
            models.CheckConstraint(condition=Q(kind__in=MotionKind.values), name="motion_kind_known"),
            models.CheckConstraint(condition=Q(paper_hash__regex="^[0-9a-f]{64}$"), name="motion_paper_has_hash"),
            models.CheckConstraint(
                condition=Q(least__gte=1, quorum_bp__lt=10_000, pass_bp__lt=10_000), name="motion_rule_can_be_met"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")), name="motion_two_persons"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["CARRIED", "REJECTED"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="motion_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.sub_fund.ledger_subject()


class Seat(models.Model):
    """A member's place at one motion, and what it said about conflicts of interest (제척·기피·회피)."""

    motion = models.ForeignKey(Motion, models.PROTECT, related_name="seats")
    member = models.ForeignKey(User, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=SeatStatus, default=SeatStatus.PENDING)
    stated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("심의위원석")
        ordering = ["motion", "id"]
        constraints = [
            models.UniqueConstraint(fields=["motion", "member"], name="one_seat_per_member"),
            models.CheckConstraint(condition=Q(status__in=SeatStatus.values), name="seat_status_known"),
            models.CheckConstraint(
                condition=Q(status="PENDING", stated_at__isnull=True)
                | (~Q(status="PENDING") & Q(stated_at__isnull=False)),
                name="seat_stated_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.motion} {self.member}"

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        """The sub-fund; whose seat it is stays sealed under the member's own key."""
        found = self.motion.sub_fund
        return log.Subject("sub_fund", found.code, {"seat": self.pk}, self.member.ledger_key)


class Ballot(models.Model):
    """One vote. Never changed; a later recusal voids it by a line."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="ballots")
    round = models.PositiveSmallIntegerField()
    vote = models.CharField(max_length=7, choices=Vote)
    cast_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("의결")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["seat", "round"], name="one_ballot_per_seat"),
            models.CheckConstraint(condition=Q(vote__in=Vote.values), name="ballot_vote_known"),
        ]

    def __str__(self) -> str:
        return f"{self.seat} {self.round}"

    def ledger_room(self) -> str:
        return "fund"

    def ledger_subject(self) -> log.Subject:
        return self.seat.ledger_subject()
