"""The investment committee: a statement about conflicts first, then the papers, then the vote; counted among those left."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from fund import queries, rules
from fund.enums import MotionStatus, SeatStatus
from fund.models import Ballot, Motion, Programme, Seat, SubFund
from fund.services.telling import tell_motion_opened, tell_motion_tabled
from fund.workflow import MOTION, SEAT
from ledger import log
from portal.accounts.queries import people_with
from portal.core.errors import Invalid, Refused
from portal.core.transition import advance


def table_motion(*, sub_fund: SubFund, kind: str, title: str, paper: str, by: Any, now: datetime) -> Motion:
    """A motion with a seat for every member of the committee; called by the service whose matter it is."""
    programme = Programme.objects.select_for_update().get(pk=sub_fund.programme_id)
    members = people_with("fund.committee", cluster=programme.cluster, sub_fund=sub_fund.code)
    number = (programme.motions.aggregate(last=Max("number"))["last"] or 0) + 1
    motion = Motion(
        programme=programme, sub_fund=sub_fund, number=number, kind=kind, title=title, paper=paper,
        paper_hash=hashlib.sha256(paper.encode()).hexdigest(), proposed_by=by, tabled_at=now,
    )  # fmt: skip
    if len(members) < motion.least:
        raise Refused(_("투자심의위원이 %(least)s명 이상 있어야 안건을 올릴 수 있습니다.") % {"least": motion.least})
    motion.save()
    Seat.objects.bulk_create(Seat(motion=motion, member=member) for member in members)
    tell_motion_tabled(motion, members)
    return motion


@transaction.atomic
def state_conflict(*, seat: Seat, recuse: bool, by: Any, now: datetime, reason: str = "") -> None:
    """A member says that nothing stands against it, or steps out for a sealed reason; a ballot it cast is void then."""
    seat = _held(seat)
    acting = by.acting_as(rules.check_can_state(by, seat, recuse=recuse))
    if recuse and not reason.strip():
        raise Invalid(_("회피하는 이유를 적어 주십시오."), field="reason")
    to = SeatStatus.RECUSED if recuse else SeatStatus.CLEAR
    data = {"motion": seat.motion.number}
    advance(seat, to, by=acting, steps=SEAT, reason=reason or None, data=data, changes={"stated_at": now})
    for ballot in seat.ballots.filter(voided_at__isnull=True) if recuse else ():
        Ballot.objects.filter(pk=ballot.pk).update(voided_at=now)
        log.append("fund.ballot.voided", row=ballot, by=acting, data={**data, "round": ballot.round})


def _held(seat: Seat) -> Seat:
    """The seat with its motion's row held, so that nothing is decided meanwhile."""
    Motion.objects.select_for_update().get(pk=seat.motion_id)
    return Seat.objects.select_for_update(of=["self"]).select_related("motion__sub_fund", "member").get(pk=seat.pk)


@transaction.atomic
def open_motion(*, motion: Motion, by: Any, now: datetime) -> None:
    """Begin the vote, or begin it again after it was deferred; every member has stated its conflicts."""
    acting = by.acting_as(rules.check_may_in(by, "motion.decide", motion.sub_fund))
    seats = list(motion.seats.select_for_update())
    recused = sum(seat.status == SeatStatus.RECUSED for seat in seats)
    if any(seat.status == SeatStatus.PENDING for seat in seats):
        raise Refused(_("이해충돌을 아직 밝히지 않은 위원이 있습니다."))
    if len(seats) - recused < motion.least:
        raise Refused(_("회피한 위원을 빼면 %(least)s명이 되지 않아 심의할 수 없습니다.") % {"least": motion.least})
    again = motion.round + (motion.status == MotionStatus.DEFERRED)
    data = {
        "number": motion.number, "paper": motion.paper_hash, "round": again, "seats": len(seats), "recused": recused,
    }  # fmt: skip
    advance(motion, MotionStatus.OPEN, by=acting, steps=MOTION, data=data, changes={"round": again})
    tell_motion_opened(motion, [seat.member for seat in seats if seat.status == SeatStatus.CLEAR])


@transaction.atomic
def cast_ballot(*, seat: Seat, vote: str, by: Any, now: datetime) -> Ballot:
    """One vote in the present round; it is not changed afterwards. The ledger keeps it sealed under the member's key."""
    seat = _held(seat)
    acting = by.acting_as(rules.check_can_vote(by, seat))
    if seat.ballots.filter(round=seat.motion.round).exists():
        raise Refused(_("이미 표결하셨습니다. 표는 바꿀 수 없습니다."))
    ballot = Ballot.objects.create(seat=seat, round=seat.motion.round, vote=vote, cast_at=now)
    data = {"motion": seat.motion.number, "round": ballot.round}
    log.append("fund.ballot.cast", row=ballot, by=acting, data=data, private={"vote": vote})
    return ballot


def decide_motion(*, motion: Motion, by: Any, now: datetime) -> bool | None:
    """Count: True carried, False rejected, None deferred for want of a quorum. Called by the service whose matter it is."""
    Motion.objects.select_for_update().get(pk=motion.pk)
    acting = by.acting_as(rules.check_can_decide(by, motion))
    tally = queries.committee.tally(motion)
    data = {
        "paper": motion.paper_hash, "round": motion.round, "votes_for": tally.votes_for,
        "votes_against": tally.votes_against, "votes_abstain": tally.votes_abstain, "recused": tally.recused,
    }  # fmt: skip
    if not tally.quorate:
        advance(motion, MotionStatus.DEFERRED, by=acting, steps=MOTION, data=data)
        return None
    to = MotionStatus.CARRIED if tally.carried else MotionStatus.REJECTED
    changes = {"decided_by": by, "decided_at": now}
    advance(motion, to, by=acting, steps=MOTION, data=data, changes=changes)
    return tally.carried
