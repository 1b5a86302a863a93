"""The writes of intake, in the order of a round. Each is keyword-only, one transaction, and names who acts (``by``).

``by`` is a user, or ``ledger.log.SYSTEM`` for jobs; ``now`` is read once at the door.
"""

from portal.intake.services.appeals import decide_appeal, file_appeal
from portal.intake.services.calls import (
    cancel_call,
    close_call,
    create_call,
    draft_correction,
    draw_lottery,
    publish_call,
    publish_correction,
)
from portal.intake.services.decisions import (
    decide,
    prepare_final,
    prepare_shortlist,
    preview,
    reopen_decision,
)
from portal.intake.services.drafts import choose_track, request_sending, save_draft, start_application
from portal.intake.services.eligibility import prepare_eligibility, record_finding, record_findings
from portal.intake.services.files import attach_file, remove_file
from portal.intake.services.panels import (
    add_evaluator,
    decide_challenge,
    file_challenge,
    find_exclusions,
    form_panel,
    recuse,
    sign_pledge,
)
from portal.intake.services.publication import finalise_call, publish
from portal.intake.services.ranking import rank_finally, settle_stage
from portal.intake.services.reserve import call_next_reserve, decline, fulfil, lapse_reserves
from portal.intake.services.review import (
    confirm_assignments,
    fill_sheet,
    lock_sheet,
    open_stage,
    propose_assignments,
    release_assignment,
    reopen_sheet,
)
from portal.intake.services.submission import submit, withdraw
from portal.intake.services.supplements import accept_supplement, answer_supplement, ask_supplement, close_supplement

__all__ = [
    "accept_supplement",
    "add_evaluator",
    "answer_supplement",
    "ask_supplement",
    "attach_file",
    "call_next_reserve",
    "cancel_call",
    "choose_track",
    "close_call",
    "close_supplement",
    "confirm_assignments",
    "create_call",
    "decide",
    "decide_appeal",
    "decide_challenge",
    "decline",
    "draft_correction",
    "draw_lottery",
    "file_appeal",
    "file_challenge",
    "fill_sheet",
    "finalise_call",
    "find_exclusions",
    "form_panel",
    "fulfil",
    "lapse_reserves",
    "lock_sheet",
    "open_stage",
    "prepare_eligibility",
    "prepare_final",
    "prepare_shortlist",
    "preview",
    "propose_assignments",
    "publish",
    "publish_call",
    "publish_correction",
    "rank_finally",
    "record_finding",
    "record_findings",
    "recuse",
    "release_assignment",
    "remove_file",
    "reopen_decision",
    "reopen_sheet",
    "request_sending",
    "save_draft",
    "settle_stage",
    "sign_pledge",
    "start_application",
    "submit",
    "withdraw",
]
