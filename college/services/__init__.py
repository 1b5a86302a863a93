"""What the college does: each a function named by a verb, with its actor, in one transaction."""

from college.services.asking import offer_seat_to_selected, request_seat
from college.services.certificates import (
    certify_run,
    document_of,
    fresh_list,
    issue,
    reissue,
    restore,
    revoke,
    rotate_key,
    sign_list,
    suspend,
)
from college.services.completion import give_score, judge_again, judge_run
from college.services.corrections import apply_correction, check_correction, refuse_correction, request_correction
from college.services.counting import freeze_month
from college.services.crowd import ask_for_seat
from college.services.drafting import draft_run, drop_lesson, edit_run, plan_lesson, plan_lessons
from college.services.drawing import draw_seats, list_draw, list_due_draws
from college.services.entering import enter_room
from college.services.lessons import open_lesson, record_list, scan, seal_due_lessons, seal_lesson
from college.services.people import (
    confirm_identity,
    confirm_merge,
    person_for,
    propose_merge,
    refuse_merge,
    split_merge,
)
from college.services.queue import order_due_places, order_places, take_place
from college.services.refunds import (
    approve_refund,
    calculate_refund,
    confirm_payment,
    pay_refund,
    refuse_refund,
    return_refund,
)
from college.services.runs import cancel_lesson, cancel_run, move_run, publish_run
from college.services.seats import (
    accept_offer,
    change_capacity,
    close_line,
    decline_offer,
    drop,
    expire_unpaid,
    give_back_selected,
    give_seat_back,
    lapse_due_offers,
    lapse_offer,
    offer_free_seats,
    withdraw_request,
)
from college.services.sharing import share, take_share_back
from college.services.surveys import answer_survey, open_survey
from college.services.teachers import (
    approve_qualification,
    assign_instructor,
    refuse_qualification,
    submit_qualification,
    warn_of_endings,
    withdraw_qualification,
)

__all__ = [
    "accept_offer",
    "answer_survey",
    "apply_correction",
    "approve_qualification",
    "approve_refund",
    "ask_for_seat",
    "assign_instructor",
    "calculate_refund",
    "cancel_lesson",
    "cancel_run",
    "certify_run",
    "change_capacity",
    "check_correction",
    "close_line",
    "confirm_identity",
    "confirm_merge",
    "confirm_payment",
    "decline_offer",
    "document_of",
    "draft_run",
    "draw_seats",
    "drop",
    "drop_lesson",
    "edit_run",
    "enter_room",
    "expire_unpaid",
    "freeze_month",
    "fresh_list",
    "give_back_selected",
    "give_score",
    "give_seat_back",
    "issue",
    "judge_again",
    "judge_run",
    "lapse_due_offers",
    "lapse_offer",
    "list_draw",
    "list_due_draws",
    "move_run",
    "offer_free_seats",
    "offer_seat_to_selected",
    "open_lesson",
    "open_survey",
    "order_due_places",
    "order_places",
    "pay_refund",
    "person_for",
    "plan_lesson",
    "plan_lessons",
    "propose_merge",
    "publish_run",
    "record_list",
    "refuse_correction",
    "refuse_merge",
    "refuse_qualification",
    "refuse_refund",
    "reissue",
    "request_correction",
    "request_seat",
    "restore",
    "return_refund",
    "revoke",
    "rotate_key",
    "scan",
    "seal_due_lessons",
    "seal_lesson",
    "share",
    "sign_list",
    "split_merge",
    "submit_qualification",
    "suspend",
    "take_place",
    "take_share_back",
    "warn_of_endings",
    "withdraw_qualification",
    "withdraw_request",
]
