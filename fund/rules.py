"""May this person do this to this thing now? ``check_can_x`` raises with the reason and answers the role allowed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from fund.enums import CallStatus, CommitmentStatus, DistributionStatus, PartnerRole
from fund.models import CapitalCall, Commitment, Distribution, Programme, SubFund
from portal.accounts import rules as accounts
from portal.core.errors import NotAllowed, Refused


def check_may_in(by: Any, action: str, sub_fund: SubFund) -> str:
    """The role under which ``by`` may do ``action`` in this sub-fund."""
    return accounts.check_may(by, action, cluster=sub_fund.programme.cluster, sub_fund=sub_fund.code)


def may_in(by: Any, action: str, sub_fund: SubFund) -> bool:
    return accounts.may(by, action, cluster=sub_fund.programme.cluster, sub_fund=sub_fund.code)


def check_may_on(by: Any, action: str, programme: Programme) -> str:
    """The same for the whole programme: a role for one sub-fund is not enough."""
    return accounts.check_may(by, action, cluster=programme.cluster)


def check_can_read(by: Any, sub_fund: SubFund) -> str:
    return check_may_in(by, "fund.read", sub_fund)


def check_can_sign(by: Any, commitment: Commitment) -> str:
    """Another person than the one who prepared it; the City's needs the council's consent first."""
    role = check_may_in(by, "commitment.approve", commitment.sub_fund)
    check_second_person(by, commitment.proposed_by_id)
    if commitment.partner.role == PartnerRole.CITY and commitment.status != CommitmentStatus.CONSENTED:
        raise Refused(_("서울시의 출자는 시의회 동의를 먼저 기록해야 합니다."))
    return role


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


def check_second_person(by: Any, proposed_by: int) -> None:
    if by.pk == proposed_by:
        raise NotAllowed(_("직접 기안한 것은 승인할 수 없습니다. 다른 결재자가 승인해야 합니다."))
