"""What can be done with event support and the tour."""

from portal.mice.services.agreements import (
    accept_agreement,
    pay_tranche,
    prepare_agreement,
    prepare_tranche,
    sign_agreement,
)
from portal.mice.services.allotments import keep_places, release, release_due_allotments
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
from portal.mice.services.sessions import (
    cancel_session,
    close_due_sessions,
    close_session,
    erase_due_names,
    publish_session,
)
from portal.mice.services.tour_day import check_in, check_in_mac, check_mac, finish_session, start_session

__all__ = [
    "Visitor",
    "accept",
    "accept_agreement",
    "approve_amendment",
    "book",
    "cancel",
    "cancel_award",
    "cancel_session",
    "change",
    "check_in",
    "check_in_mac",
    "check_mac",
    "close_due_sessions",
    "close_session",
    "decide_award",
    "enter_edition",
    "erase_due_names",
    "finish_session",
    "keep_places",
    "lapse_due_offers",
    "lapse_offer",
    "leave",
    "link_hash",
    "link_secret",
    "merge",
    "offer_free_places",
    "pay_tranche",
    "plan_award",
    "prepare_agreement",
    "prepare_tranche",
    "publish_session",
    "refuse_amendment",
    "release",
    "release_due_allotments",
    "request_amendment",
    "sign_agreement",
    "start_session",
    "tell_apart",
]
