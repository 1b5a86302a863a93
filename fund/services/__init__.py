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
    plan_close,
    prepare_commitment,
    record_consent,
    release_commitment,
    sign_commitment,
    withdraw_commitment,
)
from fund.services.committee import cast_ballot, open_motion, state_conflict
from fund.services.companies import record_report
from fund.services.deals import (
    add_company,
    contract_deal,
    decline_deal,
    examine_deal,
    fund_deal,
    propose_deal,
    settle_deal,
    table_deal,
)
from fund.services.distributions import (
    approve_distribution,
    pay_distribution,
    plan_distribution,
    propose_distribution,
    reverse_distribution,
)
from fund.services.duties import follow_duties, set_duty, waive_duty
from fund.services.filing import apply_upload, check_upload, close_upload, read_for, receive_upload, stored
from fund.services.measures import approve_measure, propose_measure, refuse_measure
from fund.services.pacing import set_call_plan
from fund.services.reports import set_report_terms
from fund.services.securities import convert_lot, split_lot
from fund.services.settlements import (
    approve_settlement,
    charged,
    check_settlement,
    fee_period,
    pay_settlement,
    propose_settlement,
    refuse_settlement,
    reverse_settlement,
)
from fund.services.setup import (
    add_partner,
    adopt_agreement,
    create_programme,
    create_sub_fund,
    move_sub_fund,
)
from fund.services.snapshots import build_snapshot, publish_snapshot, see_snapshot
from fund.services.stakes import record_stake
from fund.services.statements import issue_statements, order_statements
from fund.services.taking import judge_break
from fund.services.valuations import (
    approve_valuation,
    challenge_valuation,
    publish_valuation,
    resubmit_valuation,
    settle_valuation,
    submit_valuation,
    table_valuation,
)
from fund.services.waivers import settle_waiver, table_waiver

__all__ = [
    "Asked",
    "add_company",
    "add_partner",
    "adopt_agreement",
    "amend_call",
    "apply_upload",
    "approve_call",
    "approve_distribution",
    "approve_measure",
    "approve_settlement",
    "approve_valuation",
    "asked_of",
    "build_snapshot",
    "cast_ballot",
    "challenge_valuation",
    "charged",
    "check_notice",
    "check_settlement",
    "check_upload",
    "close_call",
    "close_upload",
    "contract_deal",
    "convert_lot",
    "create_programme",
    "create_sub_fund",
    "cure_default",
    "decline_deal",
    "default_commitment",
    "examine_deal",
    "fee_period",
    "follow_duties",
    "fund_deal",
    "hold_close",
    "issue_call",
    "issue_statements",
    "judge_break",
    "mark_late",
    "move_sub_fund",
    "open_motion",
    "order_statements",
    "pay_distribution",
    "pay_settlement",
    "plan_close",
    "plan_distribution",
    "post",
    "prepare_commitment",
    "propose_call",
    "propose_deal",
    "propose_distribution",
    "propose_measure",
    "propose_settlement",
    "publish_snapshot",
    "publish_valuation",
    "read_for",
    "receive",
    "receive_upload",
    "record_consent",
    "record_report",
    "record_stake",
    "refuse_measure",
    "refuse_settlement",
    "release_commitment",
    "rescind_call",
    "resubmit_valuation",
    "reverse_distribution",
    "reverse_event",
    "reverse_settlement",
    "see_snapshot",
    "set_call_plan",
    "set_duty",
    "set_report_terms",
    "settle_deal",
    "settle_valuation",
    "settle_waiver",
    "sign_commitment",
    "split_lot",
    "state_conflict",
    "stored",
    "submit_valuation",
    "sums",
    "table_deal",
    "table_valuation",
    "table_waiver",
    "waive_breach",
    "waive_duty",
    "withdraw_commitment",
]
