"""Writes of the fund room: every one a verb, by somebody, in one transaction with its ledger line."""

from fund.services.books import post, reverse_event
from fund.services.calls import (
    Asked,
    amend_call,
    approve_call,
    asked_of,
    check_notice,
    close_call,
    issue_call,
    mark_late,
    propose_call,
    receive,
    rescind_call,
    sums,
)
from fund.services.cap import waive_breach
from fund.services.commitments import (
    cure_default,
    default_commitment,
    hold_close,
    prepare_commitment,
    record_consent,
    release_commitment,
    sign_commitment,
)
from fund.services.distributions import (
    approve_distribution,
    pay_distribution,
    plan_distribution,
    propose_distribution,
    reverse_distribution,
)
from fund.services.setup import (
    add_partner,
    adopt_agreement,
    create_programme,
    create_sub_fund,
    move_sub_fund,
)

__all__ = [
    "Asked",
    "add_partner",
    "adopt_agreement",
    "amend_call",
    "approve_call",
    "approve_distribution",
    "asked_of",
    "check_notice",
    "close_call",
    "create_programme",
    "create_sub_fund",
    "cure_default",
    "default_commitment",
    "hold_close",
    "issue_call",
    "mark_late",
    "move_sub_fund",
    "pay_distribution",
    "plan_distribution",
    "post",
    "prepare_commitment",
    "propose_call",
    "propose_distribution",
    "receive",
    "record_consent",
    "release_commitment",
    "rescind_call",
    "reverse_distribution",
    "reverse_event",
    "sign_commitment",
    "sums",
    "waive_breach",
]
