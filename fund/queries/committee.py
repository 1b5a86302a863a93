"""Motions, seats and how a vote stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from fund.enums import MotionStatus, SeatStatus, Vote
from fund.models import Ballot, Motion, Seat
from portal.accounts.queries import clusters_of
from portal.accounts.roles import roles_for


@dataclass(frozen=True, slots=True)
class Tally:
    """How the present round of a motion stands. ``left`` are the seats without a conflict."""

    left: int
    recused: int
    pending: int
    votes_for: int
    votes_against: int
    votes_abstain: int
    quorate: bool
    carried: bool

    @property
    def cast(self) -> int:
        return self.votes_for + self.votes_against + self.votes_abstain


def tally(motion: Motion) -> Tally:
    """Count the ballots in force among those left; the database counts the same way when the motion is decided."""
    seats = list(motion.seats.values_list("status", flat=True))
    votes = list(
        Ballot.objects.filter(
            seat__motion=motion, round=motion.round, voided_at__isnull=True, seat__status=SeatStatus.CLEAR
        ).values_list("vote", flat=True)
    )
    left, cast, in_favour = seats.count(SeatStatus.CLEAR), len(votes), votes.count(Vote.FOR)
    return Tally(
        left=left,
        recused=seats.count(SeatStatus.RECUSED),
        pending=seats.count(SeatStatus.PENDING),
        votes_for=in_favour,
        votes_against=votes.count(Vote.AGAINST),
        votes_abstain=votes.count(Vote.ABSTAIN),
        quorate=left >= motion.least and cast * 10_000 > motion.quorum_bp * left,
        carried=in_favour * 10_000 > motion.pass_bp * cast,
    )


def motions_for(user: Any) -> QuerySet[Motion]:
    """The motions on which the person sits, and those of the cities in which it reads funds; the latest first."""
    reads = clusters_of(user, *roles_for("fund.read"))
    mine = Q(seats__member=user) | Q(programme__cluster__in=reads)
    found = Motion.objects.filter(mine).distinct().select_related("sub_fund", "programme__cluster")
    return found.prefetch_related("seats__ballots").order_by("-tabled_at", "-number")


def motion_of(public_id: UUID) -> Motion | None:
    rows = Motion.objects.select_related("sub_fund__programme__cluster", "proposed_by", "decided_by")
    return rows.filter(public_id=public_id).first()


def seats_of(motion: Motion) -> QuerySet[Seat]:
    return motion.seats.select_related("member").prefetch_related("ballots").order_by("id")


def seat_of(motion: Motion, user: Any) -> Seat | None:
    return motion.seats.select_related("motion__sub_fund", "member").filter(member=user).first()


def sits(user: Any) -> bool:
    """Whether the person is a member of a committee, be there a motion yet or not."""
    return clusters_of(user, *roles_for("motion.vote")).exists()


def waiting_for(user: Any) -> int:
    """How many motions wait for the person's statement or vote."""
    seats = Seat.objects.filter(member=user)
    stating = seats.filter(status=SeatStatus.PENDING, motion__status__in=[MotionStatus.TABLED, MotionStatus.DEFERRED])
    voting = [
        seat
        for seat in seats.filter(status=SeatStatus.CLEAR, motion__status=MotionStatus.OPEN).select_related("motion")
        if not seat.ballots.filter(round=seat.motion.round).exists()
    ]
    return stating.count() + len(voting)
