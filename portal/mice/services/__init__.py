"""What can be done with event support and the tour."""

from portal.mice.services.agreements import (
    accept_agreement,
    pay_tranche,
    prepare_agreement,
    prepare_tranche,
    sign_agreement,
)
from portal.mice.services.allotments import keep_places, release, release_due_allotments
from portal.mice.services.attendance import count_turnout, event_ticket, register_guest, scan_ticket
from portal.mice.services.awards import (
    approve_amendment,
    cancel_award,
    decide_award,
    refuse_amendment,
    request_amendment,
)
from portal.mice.services.booking import Visitor, accept, book, cancel, change, leave, link_hash, link_secret
from portal.mice.services.editions import enter_edition, merge, plan_award, tell_apart
from portal.mice.services.line import lapse_due_offers, lapse_offer, offer_free_places
from portal.mice.services.reports import (
    Spent,
    audit_report,
    file_report,
    keep_evidence,
    mark_held,
    return_report,
    share_evidence,
)
from portal.mice.services.sessions import (
    cancel_session,
    close_due_sessions,
    close_session,
    erase_due_names,
    publish_session,
)
from portal.mice.services.settlements import (
    close_award,
    demand_repayment,
    owed,
    receive_repayment,
    reopen_award,
    settle_award,
)
from portal.mice.services.tour_day import check_in, check_in_mac, check_mac, finish_session, start_session
from portal.mice.services.tour_groups import ask_for_group, decline_group, lead_group

__all__ = [
    "Spent",
    "Visitor",
    "accept",
    "accept_agreement",
    "approve_amendment",
    "ask_for_group",
    "audit_report",
    "book",
    "cancel",
    "cancel_award",
    "cancel_session",
    "change",
    "check_in",
    "check_in_mac",
    "check_mac",
    "close_award",
    "close_due_sessions",
    "close_session",
    "count_turnout",
    "decide_award",
    "decline_group",
    "demand_repayment",
    "enter_edition",
    "erase_due_names",
    "event_ticket",
    "file_report",
    "finish_session",
    "keep_evidence",
    "keep_places",
    "lapse_due_offers",
    "lapse_offer",
    "lead_group",
    "leave",
    "link_hash",
    "link_secret",
    "mark_held",
    "merge",
    "offer_free_places",
    "owed",
    "pay_tranche",
    "plan_award",
    "prepare_agreement",
    "prepare_tranche",
    "publish_session",
    "receive_repayment",
    "refuse_amendment",
    "register_guest",
    "release",
    "release_due_allotments",
    "reopen_award",
    "request_amendment",
    "return_report",
    "scan_ticket",
    "settle_award",
    "share_evidence",
    "sign_agreement",
    "start_session",
    "tell_apart",
]
