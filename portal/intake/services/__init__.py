"""The writes of intake, in the order of a round. Each is keyword-only, one transaction, and names who acts (``by``).

``by`` is a user, or ``ledger.log.SYSTEM`` for jobs; ``now`` is read once at the door.
"""

from portal.intake.services.access import record_access, record_download
from portal.intake.services.appeals import decide_appeal, extend_appeal, file_appeal, withdraw_appeal
from portal.intake.services.audit import (
    KEPT,
    clear_audit_files,
    make_audit_files,
    open_audit_file,
    open_judges_key,
    order_audit_file,
    progress_of,
)
from portal.intake.services.bonuses import verify_bonus
from portal.intake.services.calls import (
    IN_FLIGHT,
    cancel_call,
    close_by_hand,
    close_call,
    create_call,
    draw_lottery,
    publish_call,
    rewrite_call,
)
from portal.intake.services.challenges import decide_challenge, file_challenge, remind_of_challenges, withdraw_challenge
from portal.intake.services.conflicts import find_exclusions, recuse
from portal.intake.services.corrections import discard_correction, draft_correction, publish_correction
from portal.intake.services.decisions import decide, prepare_final, prepare_shortlist, preview, reopen_decision
from portal.intake.services.disqualification import decide_case, notice_case, reply_to_case
from portal.intake.services.drafts import choose_track, request_sending, save_draft, start_application
from portal.intake.services.editing import keep_call, publish_pending_correction, request_approval
from portal.intake.services.eligibility import prepare_eligibility, record_finding, record_findings
from portal.intake.services.files import attach_file, remove_file
from portal.intake.services.interests import correct_interest, declare_interest, end_interest
from portal.intake.services.keeping import execute_retention, lift_hold, place_hold
from portal.intake.services.latecodes import confirm_late_code, issue_late_code
from portal.intake.services.naming import search_names, settle_hit
from portal.intake.services.panels import (
    add_evaluator,
    decline_seat,
    dismiss_member,
    form_panel,
    seat_substitute,
    sign_pledge,
)
from portal.intake.services.presence import be_on_page
from portal.intake.services.publication import archive_call, finalise_call, publish
from portal.intake.services.ranking import rank_finally, settle_stage
from portal.intake.services.rating import rate_panel
from portal.intake.services.redress import order_rescoring, prepare_correction, reinstate, reopen_stage, restore
from portal.intake.services.reserve import (
    call_next_reserve,
    call_reserve,
    decline,
    fulfil,
    lapse_reserves,
    return_to_reserve,
)
from portal.intake.services.review import (
    ask_reopening,
    assign_by_hand,
    confirm_assignments,
    fill_sheet,
    lock_sheet,
    open_stage,
    propose_assignments,
    release_assignment,
    reopen_sheet,
)
from portal.intake.services.scanning import scan_attachment
from portal.intake.services.sittings import call_sitting, cancel_sitting, record_attendance, sign_in
from portal.intake.services.submission import submit, withdraw
from portal.intake.services.supplements import (
    accept_supplement,
    answer_supplement,
    ask_supplement,
    ask_supplement_again,
    close_supplement,
)

__all__ = [
    "IN_FLIGHT",
    "KEPT",
    "accept_supplement",
    "add_evaluator",
    "answer_supplement",
    "archive_call",
    "ask_reopening",
    "ask_supplement",
    "ask_supplement_again",
    "assign_by_hand",
    "attach_file",
    "be_on_page",
    "call_next_reserve",
    "call_reserve",
    "call_sitting",
    "cancel_call",
    "cancel_sitting",
    "choose_track",
    "clear_audit_files",
    "close_by_hand",
    "close_call",
    "close_supplement",
    "confirm_assignments",
    "confirm_late_code",
    "correct_interest",
    "create_call",
    "decide",
    "decide_appeal",
    "decide_case",
    "decide_challenge",
    "declare_interest",
    "decline",
    "decline_seat",
    "discard_correction",
    "dismiss_member",
    "draft_correction",
    "draw_lottery",
    "end_interest",
    "execute_retention",
    "extend_appeal",
    "file_appeal",
    "file_challenge",
    "fill_sheet",
    "finalise_call",
    "find_exclusions",
    "form_panel",
    "fulfil",
    "issue_late_code",
    "keep_call",
    "lapse_reserves",
    "lift_hold",
    "lock_sheet",
    "make_audit_files",
    "notice_case",
    "open_audit_file",
    "open_judges_key",
    "open_stage",
    "order_audit_file",
    "order_rescoring",
    "place_hold",
    "prepare_correction",
    "prepare_eligibility",
    "prepare_final",
    "prepare_shortlist",
    "preview",
    "progress_of",
    "propose_assignments",
    "publish",
    "publish_call",
    "publish_correction",
    "publish_pending_correction",
    "rank_finally",
    "rate_panel",
    "record_access",
    "record_attendance",
    "record_download",
    "record_finding",
    "record_findings",
    "recuse",
    "reinstate",
    "release_assignment",
    "remind_of_challenges",
    "remove_file",
    "reopen_decision",
    "reopen_sheet",
    "reopen_stage",
    "reply_to_case",
    "request_approval",
    "request_sending",
    "restore",
    "return_to_reserve",
    "rewrite_call",
    "save_draft",
    "scan_attachment",
    "search_names",
    "seat_substitute",
    "settle_hit",
    "settle_stage",
    "sign_in",
    "sign_pledge",
    "start_application",
    "submit",
    "verify_bonus",
    "withdraw",
    "withdraw_appeal",
    "withdraw_challenge",
]
