"""The investment committee: statements first, the vote counted among those left, two persons, what the database refuses."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from fund import queries, rules, services
from fund.enums import DealStatus, MotionStatus, SeatStatus
from fund.models import Ballot, Deal, Motion, Seat
from portal.accounts.models import Membership
from portal.core.errors import Invalid, NotAllowed, Refused
from portal.notices.models import Notice
from tests.factories import people
from tests.factories.fund import INVESTED, deal, investing, voted
from tests.fund.test_constraints import commit, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return investing()


def settle(made, found):
    services.settle_deal(deal=found, by=made.approver, now=INVESTED)


@pytest.mark.parametrize(
    ("votes", "status", "then"),
    [
        ("FFFF", MotionStatus.CARRIED, DealStatus.APPROVED),
        ("FFA-", MotionStatus.CARRIED, DealStatus.APPROVED),
        ("RFFA", MotionStatus.CARRIED, DealStatus.APPROVED),
        ("FFAA", MotionStatus.REJECTED, DealStatus.DECLINED),
        ("F0AA", MotionStatus.REJECTED, DealStatus.DECLINED),
        ("FF--", MotionStatus.DEFERRED, DealStatus.COMMITTEE),
        ("RF--", MotionStatus.DEFERRED, DealStatus.COMMITTEE),
    ],
)
def test_a_deal_goes_with_the_votes_of_those_left(made, votes, status, then):
    found = deal(made)
    motion = voted(made, found, votes)
    settle(made, found)
    found.refresh_from_db()
    motion.refresh_from_db()
    assert (motion.status, found.status) == (status, then)
    last = people.leaves(motion)[-1]
    assert last["data"]["votes_for"] == votes.count("F")
    assert last["data"]["recused"] == votes.count("R")
    assert last["data"]["paper"] == motion.paper_hash


def test_a_deferred_motion_is_opened_again_and_the_old_ballots_do_not_count(made):
    found = deal(made)
    motion = voted(made, found, "FF--")
    settle(made, found)
    motion.refresh_from_db()
    services.open_motion(motion=motion, by=made.approver, now=INVESTED)
    assert queries.committee.tally(motion).cast == 0
    for member in made.committee[1:]:
        services.cast_ballot(seat=motion.seats.get(member=member), vote="AGAINST", by=member, now=INVESTED)
    found.refresh_from_db()
    settle(made, found)
    found.refresh_from_db()
    assert (motion.round, found.status) == (2, DealStatus.DECLINED)


def test_nobody_reads_the_paper_before_the_statement_nor_after_a_recusal(made):
    found = deal(made)
    services.table_deal(deal=found, by=made.manager, now=INVESTED)
    motion, member = found.motion, made.committee[0]

    def may_read():
        return rules.can_read_paper(member, motion, queries.committee.seat_of(motion, member))

    seat = motion.seats.get(member=member)
    assert may_read() is False
    services.state_conflict(seat=seat, recuse=False, by=member, now=INVESTED)
    assert may_read() is True
    services.state_conflict(seat=seat, recuse=True, reason="투자 대상의 주주", by=member, now=INVESTED)
    assert may_read() is False


def test_a_later_recusal_voids_the_ballot_by_a_line(made):
    found = deal(made)
    motion = voted(made, found, "FAA0")
    seat = motion.seats.get(member=made.committee[1])
    services.state_conflict(seat=seat, recuse=True, reason="친족", by=made.committee[1], now=INVESTED)
    tally = queries.committee.tally(motion)
    assert (tally.votes_for, tally.votes_against, tally.left, tally.recused) == (1, 1, 3, 1)
    assert [leaf["type"] for leaf in people.leaves(Ballot.objects.get(seat=seat))] == [
        "fund.ballot.cast/1",
        "fund.ballot.voided/1",
    ]
    with pytest.raises(NotAllowed):
        services.cast_ballot(seat=seat, vote="FOR", by=made.committee[1], now=INVESTED)


def test_the_vote_is_sealed_and_only_its_commitment_stands_in_the_ledger(made):
    motion = voted(made, deal(made), "FFFF")
    leaf = people.leaves(motion.seats.first().ballots.get())[0]
    assert "FOR" not in str(leaf)
    assert set(leaf["data"]) == {"motion", "round", "vote_c"}


def test_who_belongs_to_the_company_or_its_manager_steps_out(made):
    own = people.company(made.committee[0], name="이해관계")
    company = services.add_company(sub_fund=made.sub_fund, name_ko="이해관계", organisation=own, by=made.manager)
    found = deal(made, company=company)
    services.table_deal(deal=found, by=made.manager, now=INVESTED)
    Membership.objects.create(
        organisation=made.sub_fund.manager, user=made.committee[1], kind="MEMBER", since_at=INVESTED
    )
    for member in made.committee[:2]:
        seat = found.motion.seats.get(member=member)
        with pytest.raises(NotAllowed, match="제척"):
            services.state_conflict(seat=seat, recuse=False, by=member, now=INVESTED)
        services.state_conflict(seat=seat, recuse=True, reason="소속", by=member, now=INVESTED)


def test_what_a_member_may_not_do(made):
    found = deal(made)
    services.table_deal(deal=found, by=made.manager, now=INVESTED)
    motion, member, other = found.motion, *made.committee[:2]
    seat = motion.seats.get(member=member)
    with pytest.raises(NotAllowed, match="본인"):
        services.state_conflict(seat=seat, recuse=False, by=other, now=INVESTED)
    with pytest.raises(Invalid, match="이유"):
        services.state_conflict(seat=seat, recuse=True, by=member, now=INVESTED)
    with pytest.raises(NotAllowed, match="이해충돌"):
        services.cast_ballot(seat=seat, vote="FOR", by=member, now=INVESTED)
    services.state_conflict(seat=seat, recuse=False, by=member, now=INVESTED)
    with pytest.raises(Refused, match="이미"):
        services.state_conflict(seat=seat, recuse=False, by=member, now=INVESTED)
    with pytest.raises(Refused, match="표결 중"):
        services.cast_ballot(seat=seat, vote="FOR", by=member, now=INVESTED)
    with pytest.raises(Refused, match="아직 밝히지"):
        services.open_motion(motion=motion, by=made.approver, now=INVESTED)


def test_a_vote_is_cast_once_and_who_tabled_does_not_decide(made):
    found = deal(made)
    motion = voted(made, found)
    with pytest.raises(Refused, match="이미 표결"):
        services.cast_ballot(
            seat=motion.seats.get(member=made.committee[0]), vote="AGAINST", by=made.committee[0], now=INVESTED
        )
    both = people.with_role("fund.approver", user=made.manager, cluster=made.programme.cluster)
    with pytest.raises(NotAllowed, match="직접 기안"):
        services.settle_deal(deal=found, by=both, now=INVESTED)
    settle(made, found)
    with pytest.raises(Refused, match="이미 의결"):
        services.state_conflict(
            seat=motion.seats.get(member=made.committee[0]), recuse=True, reason="늦음", by=made.committee[0],
            now=INVESTED,
        )  # fmt: skip


def test_a_committee_of_too_few_is_refused(made):
    for assignment in made.committee[0].role_assignments.all():
        type(assignment).objects.filter(pk=assignment.pk).update(ended_at=timezone.now())
    for assignment in made.committee[1].role_assignments.all():
        type(assignment).objects.filter(pk=assignment.pk).update(ended_at=timezone.now())
    with pytest.raises(Refused, match="3명 이상"):
        services.table_deal(deal=deal(made), by=made.manager, now=INVESTED)


def test_members_are_told_without_a_word_about_the_company(made):
    found = deal(made)
    voted(made, found)
    told = Notice.objects.filter(user=made.committee[0])
    assert {notice.topic for notice in told} == {"fund.motion_tabled", "fund.motion_opened"}
    assert all(found.company.name_ko not in notice.title + notice.body for notice in told)


# --- what the database refuses whoever asks ---


def test_a_ballot_of_the_recused_or_of_nobody_asked_yet(made):
    found = deal(made)
    motion = voted(made, found, "RFF-")
    seat = motion.seats.get(member=made.committee[0])
    refused(lambda: Ballot.objects.create(seat=seat, round=1, vote="FOR", cast_at=INVESTED), "may not vote")


def test_a_ballot_of_another_round_or_of_no_vote(made):
    motion = voted(made, deal(made), "FFF-")
    seat = motion.seats.get(member=made.committee[3])
    refused(lambda: Ballot.objects.create(seat=seat, round=2, vote="FOR", cast_at=INVESTED), "no such ballot")
    refused(lambda: Ballot.objects.create(seat=seat, round=1, vote="MAYBE", cast_at=INVESTED), "ballot_vote_known")


def test_a_ballot_that_is_changed_or_taken_away(made):
    motion = voted(made, deal(made))
    ballots = Ballot.objects.filter(seat__motion=motion)
    refused(lambda: ballots.update(vote="AGAINST"), "stays as it was cast")
    refused(lambda: ballots.update(voided_at=INVESTED), "stays as it was cast")
    refused(ballots.all().delete, "stays as it was cast")


def test_a_recusal_that_leaves_its_ballot_standing(made):
    motion = voted(made, deal(made))
    seat = motion.seats.first()
    refused(lambda: Seat.objects.filter(pk=seat.pk).update(status="RECUSED"), "its ballot counts|leaf")


def test_a_statement_that_is_taken_back(made):
    motion = voted(made, deal(made), "RFFF")
    refused(lambda: motion.seats.filter(status=SeatStatus.RECUSED).update(status="CLEAR"), "statement about conflicts")


def test_a_motion_decided_against_its_votes_or_with_another_paper(made):
    motion = voted(made, deal(made), "FAAA")
    rows = Motion.objects.filter(pk=motion.pk)
    decided = {"decided_by": made.approver, "decided_at": INVESTED + timedelta(days=1)}
    refused(lambda: rows.update(status="CARRIED", **decided), "is not CARRIED by 1 of 4")
    refused(lambda: rows.update(paper="다른 자료"), "stays as it was tabled")
    refused(lambda: rows.update(status="REJECTED", decided_by=made.manager, decided_at=INVESTED), "two_persons")


def test_a_motion_opened_before_everybody_stated(made):
    found = deal(made)
    services.table_deal(deal=found, by=made.manager, now=INVESTED)
    refused(lambda: Motion.objects.filter(pk=found.motion_id).update(status="OPEN"), "waits for statements")


def test_a_deal_without_its_motion_or_changed_after_the_committee_saw_it(made):
    found = deal(made)
    voted(made, found)
    rows = Deal.objects.filter(pk=found.pk)
    refused(lambda: rows.update(status="APPROVED", approved_by=made.approver), "no carried motion")
    refused(lambda: rows.update(amount=1), "as the committee saw it")
    refused(lambda: rows.update(proposed_by=made.approver, approved_by=made.approver), "deal_two_persons|committee saw")


def test_an_honest_vote_passes_every_guard(made):
    found = deal(made)
    voted(made, found)
    commit(lambda: settle(made, found))
    assert Deal.objects.get(pk=found.pk).status == DealStatus.APPROVED


def test_a_decided_motion_is_not_decided_again(made):
    found = deal(made)
    motion = voted(made, found, "FFAA")
    settle(made, found)
    with pytest.raises(DatabaseError), transaction.atomic():
        Motion.objects.filter(pk=motion.pk).update(status="OPEN")
