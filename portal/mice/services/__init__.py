"""What can be done with the tour."""

from portal.mice.services.allotments import keep_places, release, release_due_allotments
from portal.mice.services.booking import Visitor, accept, book, cancel, leave, link_hash, link_secret
from portal.mice.services.line import lapse_due_offers, lapse_offer, offer_free_places
from portal.mice.services.sessions import (
    cancel_session,
    close_due_sessions,
    close_session,
    erase_due_names,
    publish_session,
)

__all__ = [
    "Visitor",
    "accept",
    "book",
    "cancel",
    "cancel_session",
    "close_due_sessions",
    "close_session",
    "erase_due_names",
    "keep_places",
    "lapse_due_offers",
    "lapse_offer",
    "leave",
    "link_hash",
    "link_secret",
    "offer_free_places",
    "publish_session",
    "release",
    "release_due_allotments",
]
