"""What the college does: each a function named by a verb, with its actor, in one transaction."""

from college.services.people import (
    confirm_identity,
    confirm_merge,
    person_for,
    propose_merge,
    refuse_merge,
    split_merge,
)
from college.services.runs import cancel_lesson, cancel_run, draft_run, move_run, plan_lesson, publish_run
from college.services.seats import (
    accept_offer,
    change_capacity,
    close_line,
    confirm_payment,
    decline_offer,
    drop,
    expire_unpaid,
    give_seat_back,
    lapse_due_offers,
    lapse_offer,
    offer_free_seats,
    request_seat,
    withdraw_request,
)

__all__ = [
    "accept_offer",
    "cancel_lesson",
    "cancel_run",
    "change_capacity",
    "close_line",
    "confirm_identity",
    "confirm_merge",
    "confirm_payment",
    "decline_offer",
    "draft_run",
    "drop",
    "expire_unpaid",
    "give_seat_back",
    "lapse_due_offers",
    "lapse_offer",
    "move_run",
    "offer_free_seats",
    "person_for",
    "plan_lesson",
    "propose_merge",
    "publish_run",
    "refuse_merge",
    "request_seat",
    "split_merge",
    "withdraw_request",
]
