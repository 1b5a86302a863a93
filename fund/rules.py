"""May this person do this to this thing now? ``check_can_x`` raises with the reason and answers the role allowed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from fund.duty_enums import DutyStatus
from fund.enums import (
    CallStatus,
    CommitmentStatus,
    DistributionStatus,
    MotionKind,
    MotionStatus,
    PartnerRole,
    SeatStatus,
    SettlementStatus,
    SubFundStatus,
)
from fund.models import (
    Break,
    CapitalCall,
    Commitment,
    Company,
    Distribution,
    Duty,
    DutyWaiver,
    Measure,
    Motion,
    Programme,
    Seat,
    Settlement,
    Snapshot,
    SubFund,
    Valuation,
)
from portal.accounts import queries as people
from portal.accounts import rules as accounts
from portal.core.errors import NotAllowed, Refused

#: A sub-fund in one of these takes commitments.
GATHERS = (SubFundStatus.GATHERING, SubFundStatus.FORMED, SubFundStatus.REGISTERED, SubFundStatus.INVESTING)


def check_may_in(by: Any, action: str, sub_fund: SubFund) -> str:
    """The role under which ``by`` may do ``action`` in this sub-fund."""
    return accounts.check_may(by, action, cluster=sub_fund.programme.cluster, sub_fund=sub_fund.code)


def may_in(by: Any, action: str, sub_fund: SubFund) -> bool:
    return accounts.may(by, action, cluster=sub_fund.programme.cluster, sub_fund=sub_fund.code)


def check_may_on(by: Any, action: str, programme: Programme) -> str:
    """The same for the whole programme: a role for one sub-fund is not enough."""
    return accounts.check_may(by, action, cluster=programme.cluster)


def may_on(by: Any, action: str, programme: Programme) -> bool:
    return accounts.may(by, action, cluster=programme.cluster)


def can_read(by: Any, sub_fund: SubFund) -> bool:
    """The City's people and auditors by their role; whoever acts for its manager (운용사) reads all of its own fund.

    What the City thinks about it, motions and their papers, is not of the fund: the manager is a party to those.
    """
    return may_in(by, "fund.read", sub_fund) or can_report(by, sub_fund)


def check_can_read(by: Any, sub_fund: SubFund) -> None:
    if not can_read(by, sub_fund):
        check_may_in(by, "fund.read", sub_fund)


def check_can_read_company(by: Any, company: Company) -> list[SubFund]:
    """The sub-funds through which the person reads of the company; a manager only where its own fund is concerned."""
    rows = [row for row in company.programme.sub_funds.select_related("manager") if can_read(by, row)]
    if not any(may_in(by, "fund.read", row) for row in rows):
        rows = [row for row in rows if _concerns(company, row)]
    if not rows:
        check_may_on(by, "fund.read", company.programme)
    return rows


def _concerns(company: Company, sub_fund: SubFund) -> bool:
    return company.holdings.filter(sub_fund=sub_fund).exists() or company.deals.filter(sub_fund=sub_fund).exists()


def check_can_sign(by: Any, commitment: Commitment) -> str:
    """Another person than the one who prepared it; the City's needs the council's consent first."""
    role = check_may_in(by, "commitment.approve", commitment.sub_fund)
    check_second_person(by, commitment.proposed_by_id)
    if commitment.partner.role == PartnerRole.CITY and commitment.status != CommitmentStatus.CONSENTED:
        raise Refused(_("서울시의 출자는 시의회 동의를 먼저 기록해야 합니다."))
    return role


def can_sign(by: Any, commitment: Commitment) -> bool:
    consented = commitment.partner.role != PartnerRole.CITY or commitment.status == CommitmentStatus.CONSENTED
    return (
        may_in(by, "commitment.approve", commitment.sub_fund)
        and commitment.status in (CommitmentStatus.DRAFT, CommitmentStatus.CONSENTED)
        and consented
        and commitment.proposed_by_id != by.pk
    )


def check_can_prepare_commitment(by: Any, sub_fund: SubFund) -> str:
    return check_may_in(by, "commitment.prepare", sub_fund)


def can_prepare_commitment(by: Any, sub_fund: SubFund) -> bool:
    return may_in(by, "commitment.prepare", sub_fund) and sub_fund.status in GATHERS


def check_can_hold_close(by: Any, sub_fund: SubFund) -> str:
    return check_may_in(by, "commitment.approve", sub_fund)


def can_hold_close(by: Any, sub_fund: SubFund) -> bool:
    return may_in(by, "commitment.approve", sub_fund) and sub_fund.status in GATHERS


def can_record_consent(by: Any, commitment: Commitment) -> bool:
    """The council consents to the City's commitments only."""
    asked = commitment.partner.role == PartnerRole.CITY and commitment.status == CommitmentStatus.DRAFT
    return asked and may_in(by, "commitment.prepare", commitment.sub_fund)


def can_withdraw(by: Any, commitment: Commitment) -> bool:
    """As long as nobody signed."""
    early = commitment.status in (CommitmentStatus.DRAFT, CommitmentStatus.CONSENTED)
    return early and may_in(by, "commitment.prepare", commitment.sub_fund)


def check_can_approve_call(by: Any, call: CapitalCall) -> str:
    role = check_may_in(by, "capital_call.approve", call.sub_fund)
    check_second_person(by, call.proposed_by_id)
    return role


def can_approve_call(by: Any, call: CapitalCall) -> bool:
    allowed = may_in(by, "capital_call.approve", call.sub_fund)
    return allowed and call.status == CallStatus.DRAFT and call.proposed_by_id != by.pk


def check_can_approve_distribution(by: Any, distribution: Distribution) -> str:
    role = check_may_in(by, "distribution.approve", distribution.sub_fund)
    check_second_person(by, distribution.proposed_by_id)
    return role


def can_approve_distribution(by: Any, distribution: Distribution) -> bool:
    allowed = may_in(by, "distribution.approve", distribution.sub_fund)
    return allowed and distribution.status == DistributionStatus.COMPUTED and distribution.proposed_by_id != by.pk


def check_can_approve_settlement(by: Any, settlement: Settlement) -> str:
    role = check_may_in(by, "distribution.approve", settlement.sub_fund)
    check_second_person(by, settlement.proposed_by_id)
    return role


def can_approve_settlement(by: Any, settlement: Settlement) -> bool:
    allowed = may_in(by, "distribution.approve", settlement.sub_fund)
    return allowed and settlement.status == SettlementStatus.PROPOSED and settlement.proposed_by_id != by.pk


def check_can_state(by: Any, seat: Seat, *, recuse: bool) -> str:
    """The member itself, while nothing is decided. Who belongs to the company or its manager cannot say it is clear."""
    role = _check_own_seat(by, seat)
    if seat.motion.status in (MotionStatus.CARRIED, MotionStatus.REJECTED):
        raise Refused(_("이미 의결한 안건입니다."))
    if seat.status == SeatStatus.RECUSED or (seat.status == SeatStatus.CLEAR and not recuse):
        raise Refused(_("이미 이해충돌을 밝히셨습니다."))
    if not recuse and _is_party(by, seat.motion):
        raise NotAllowed(_("투자 대상이나 운용사의 구성원은 제척 대상이므로 회피해야 합니다."))
    return role


def check_can_vote(by: Any, seat: Seat) -> str:
    """The member itself, without a conflict, while the motion is open."""
    role = _check_own_seat(by, seat)
    if seat.status != SeatStatus.CLEAR:
        raise NotAllowed(_("이해충돌이 없음을 밝힌 위원만 표결할 수 있습니다."))
    if seat.motion.status != MotionStatus.OPEN:
        raise Refused(_("표결 중인 안건이 아닙니다."))
    return role


def can_vote(by: Any, seat: Seat | None) -> bool:
    """Whether a vote of this member is still awaited."""
    if seat is None or seat.member_id != by.pk or seat.status != SeatStatus.CLEAR:
        return False
    return seat.motion.status == MotionStatus.OPEN and not seat.ballots.filter(round=seat.motion.round).exists()


def check_can_read_motion(by: Any, motion: Motion, seat: Seat | None) -> None:
    """Members of the committee by their seat, others by their role."""
    if seat is None:
        check_may_in(by, "fund.read", motion.sub_fund)


def can_read_paper(by: Any, motion: Motion, seat: Seat | None) -> bool:
    """A member reads the paper only after it said that nothing stands against it, and never once it is recused."""
    return may_in(by, "fund.read", motion.sub_fund) if seat is None else seat.status == SeatStatus.CLEAR


def check_can_decide(by: Any, motion: Motion) -> str:
    """Another person than the one who tabled it."""
    role = check_may_in(by, "motion.decide", motion.sub_fund)
    check_second_person(by, motion.proposed_by_id)
    return role


def can_decide(by: Any, motion: Motion) -> bool:
    allowed = may_in(by, "motion.decide", motion.sub_fund)
    return allowed and motion.status == MotionStatus.OPEN and motion.proposed_by_id != by.pk


def _check_own_seat(by: Any, seat: Seat) -> str:
    if seat.member_id != by.pk:
        raise NotAllowed(_("본인의 위원석에서만 할 수 있습니다."))
    return check_may_in(by, "motion.vote", seat.motion.sub_fund)


def _is_party(by: Any, motion: Motion) -> bool:
    """Whether the person belongs to the company in question or to the sub-fund's manager (제척)."""
    concerned: set[int | None] = {motion.sub_fund.manager_id}
    if motion.kind == MotionKind.INVESTMENT and hasattr(motion, "deal"):
        concerned.add(motion.deal.company.organisation_id)
    return any(one.pk in concerned for one in people.organisations_of(by))


def check_can_judge_valuation(by: Any, valuation: Valuation) -> str:
    """Another person than its submitter challenges or approves a value."""
    role = check_may_in(by, "valuation.approve", valuation.holding.sub_fund)
    check_second_person(by, valuation.submitted_by_id)
    return role


def check_can_approve_measure(by: Any, measure: Measure) -> str:
    role = check_may_in(by, "valuation.approve", measure.holding.sub_fund)
    check_second_person(by, measure.proposed_by_id)
    return role


def check_can_publish(by: Any, snapshot: Snapshot) -> str:
    """Another person than the one who built the figures, for the whole programme."""
    role = check_may_on(by, "valuation.approve", snapshot.programme)
    check_second_person(by, snapshot.built_by_id)
    return role


def can_publish(by: Any, snapshot: Snapshot) -> bool:
    return may_on(by, "valuation.approve", snapshot.programme) and snapshot.built_by_id != by.pk


def check_can_set_duty(by: Any, sub_fund: SubFund) -> str:
    """Whoever prepares what binds the sub-fund; letting it off again takes another person."""
    return check_may_in(by, "commitment.prepare", sub_fund)


def can_set_duty(by: Any, sub_fund: SubFund) -> bool:
    return may_in(by, "commitment.prepare", sub_fund)


def check_can_waive_duty(by: Any, duty: Duty) -> str:
    """Another person than the one who set it."""
    role = check_may_in(by, "duty.waive", duty.sub_fund)
    check_second_person(by, duty.set_by_id)
    return role


def can_waive_duty(by: Any, duty: Duty) -> bool:
    allowed = may_in(by, "duty.waive", duty.sub_fund)
    return allowed and duty.set_by_id != by.pk and duty.status in (DutyStatus.OPEN, DutyStatus.BREACHED)


def check_can_settle_waiver(by: Any, waiver: DutyWaiver) -> str:
    """Another person than the one who asked for it."""
    role = check_may_in(by, "duty.waive", waiver.duty.sub_fund)
    check_second_person(by, waiver.proposed_by_id)
    return role


def check_can_see_duties(by: Any, sub_fund: SubFund) -> None:
    """Whoever reads the sub-fund's books, the manager's people, and the City's."""
    if (
        not may_in(by, "fund.read", sub_fund)
        and not can_report(by, sub_fund)
        and not acts_for_city(by, sub_fund.programme)
    ):
        raise NotAllowed(_("투자 업무 담당자와 운용사, 서울시만 볼 수 있는 화면입니다."))


def acts_for_city(by: Any, programme: Programme) -> bool:
    """Whether the person acts for the City as a partner (출자자) of the programme."""
    return programme.partners.filter(role=PartnerRole.CITY, organisation__in=people.acted_for(by)).exists()


def check_can_issue_statements(by: Any, sub_fund: SubFund, snapshot: Snapshot) -> str:
    """Another person than the one who built the figures that the statements tell."""
    role = check_may_in(by, "valuation.approve", sub_fund)
    check_second_person(by, snapshot.built_by_id)
    return role


def can_issue_statements(by: Any, sub_fund: SubFund, snapshot: Snapshot) -> bool:
    return may_in(by, "valuation.approve", sub_fund) and snapshot.built_by_id != by.pk


def check_second_person(by: Any, proposed_by: int) -> None:
    if by.pk == proposed_by:
        raise NotAllowed(_("직접 기안한 것은 승인할 수 없습니다. 다른 결재자가 승인해야 합니다."))


def check_can_set_report_terms(by: Any, programme: Programme) -> str:
    """Whoever approves what the programme binds its managers to."""
    return check_may_on(by, "commitment.approve", programme)


def can_set_report_terms(by: Any, programme: Programme) -> bool:
    return may_on(by, "commitment.approve", programme)


def check_can_set_call_plan(by: Any, programme: Programme) -> str:
    """Whoever prepares what the City commits."""
    return check_may_on(by, "commitment.prepare", programme)


def can_set_call_plan(by: Any, programme: Programme) -> bool:
    return may_on(by, "commitment.prepare", programme)


def check_can_report(by: Any, sub_fund: SubFund) -> str:
    """Whoever acts for the manager (운용사) now; nobody else says what the manager says."""
    try:
        return accounts.check_can_act_for(by, sub_fund.manager)
    except NotAllowed as refusal:
        raise NotAllowed(_("이 자펀드의 운용사 구성원만 보고를 올릴 수 있습니다.")) from refusal


def can_report(by: Any, sub_fund: SubFund) -> bool:
    return accounts.can_act_for(by, sub_fund.manager)


def check_can_see_report(by: Any, sub_fund: SubFund) -> None:
    """Whoever reads the sub-fund's books, and the manager's people."""
    if not may_in(by, "fund.read", sub_fund):
        check_can_report(by, sub_fund)


def check_can_judge_break(by: Any, found: Break) -> str:
    """Whoever runs the sub-fund explains or resolves what differs."""
    return check_may_in(by, "valuation.prepare", found.sub_fund)
