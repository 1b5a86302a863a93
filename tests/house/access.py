"""Who may open which address. A new address without a row fails; whoever adds an address adds its row.

A row names its arguments (a thing of ``world.build``), who gets in, and how it is asked. All others must be refused: a
visitor is led to the sign-in or refused, everybody else gets 403 or 404, or is told so and nothing happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.house.world import ROLES

ALL = frozenset(ROLES)
SIGNED_IN = ALL - {"anonymous"}
COMPANY = frozenset({"member", "master"})
MASTER = frozenset({"master"})
EVALUATOR = frozenset({"evaluator"})
OFFICER = frozenset({"officer"})
APPROVER = frozenset({"approver"})
DESK = frozenset({"officer", "approver", "auditor"})
ADMIN = frozenset({"admin"})
FUND = frozenset({"fund manager", "auditor"})
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    """``may``: who gets in. ``thing``: the arguments. ``method``, ``data``: how a person would call it."""

    may: frozenset[str]
    thing: str = ""
    method: str = "get"
    data: Mapping[str, Any] = field(default_factory=dict)


TABLE: dict[str, Row] = {
    # --- everybody ---
    "health": Row(ALL),
    "wagtail_serve": Row(ALL, "front page"),
    "pages:copyright": Row(ALL),
    "pages:style": Row(ALL),
    "desk:display": Row(ALL, method="post"),
    "plan:progress": Row(ALL),
    "plan:plan": Row(ALL, "cluster"),
    "intake:calls": Row(ALL),
    "intake:call": Row(ALL, "call"),
    "college:courses": Row(ALL),
    "college:verify": Row(ALL),
    "college:experts": Row(ALL),
    "college-machine:did": Row(ALL),
    "tenancy:hubs": Row(ALL),
    "tenancy:floor": Row(ALL, "hub level"),
    "tenancy:results": Row(ALL),
    "tenancy:directory": Row(ALL),
    "tenancy:meeting": Row(ALL),
    "tenancy:meeting_day": Row(ALL, "hub"),
    "tenancy:door_sign": Row(ALL, "meeting room"),
    "ledger:index": Row(ALL),
    "ledger:leaf": Row(ALL, "leaf"),
    "ledger:verify": Row(ALL),
    "log:root": Row(ALL),
    "log:health": Row(ALL),
    "log:metrics": Row(ALL),
    "log:leaf": Row(ALL, "leaf"),
    "accounts:demo": Row(ALL),
    "accounts:invitation": Row(ALL, "token"),
    # --- one's own account ---
    "desk:home": Row(SIGNED_IN),
    "desk:my": Row(SIGNED_IN),
    "receipts:index": Row(SIGNED_IN),
    "receipts:download": Row(COMPANY, "own leaf"),
    "college:mine": Row(SIGNED_IN),
    "college:lessons": Row(SIGNED_IN),
    "desk:stay": Row(SIGNED_IN, method="post"),
    "accounts:account": Row(SIGNED_IN),
    "accounts:consents": Row(SIGNED_IN),
    "accounts:data": Row(SIGNED_IN),
    "accounts:export": Row(SIGNED_IN, method="post"),
    "accounts:organisations": Row(SIGNED_IN),
    "accounts:register": Row(SIGNED_IN),
    "accounts:accept_invitation": Row(frozenset({"stranger"}), "invitation", "post"),
    "notices:inbox": Row(SIGNED_IN),
    "notices:read_all": Row(SIGNED_IN, method="post"),
    "notices:preferences": Row(SIGNED_IN),
    "notices:opened": Row(MASTER, "notice", "post"),
    # --- one's own company ---
    "accounts:organisation": Row(COMPANY, "organisation"),
    "accounts:end_membership": Row(COMPANY, "membership", "post"),
    "accounts:hand_over": Row(MASTER, "membership", "post"),
    "accounts:withdraw_invitation": Row(MASTER, "invitation", "post"),
    # --- administration ---
    "accounts:roles": Row(ADMIN),
    "accounts:revoke_role": Row(ADMIN, "role", "post"),
    "accounts:deletions": Row(ADMIN),
    "accounts:delete_person": Row(ADMIN, "person", "post"),
    "accounts:holds": Row(ADMIN),
    "accounts:hand_over_ledger": Row(frozenset({"auditor"})),
    "accounts:lift_hold": Row(ADMIN, "hold", "post"),
    "notices:dead_letters": Row(ADMIN),
    "notices:revive": Row(ADMIN, "dead letter", "post"),
    "plan:state_progress": Row(ADMIN, "promise"),
    # --- applying ---
    "intake:applications": Row(SIGNED_IN),
    "intake:start": Row(SIGNED_IN, "call"),
    "intake:application": Row(COMPANY, "application"),
    "intake:receipt": Row(COMPANY, "receipt"),
    "intake:receipt-pdf": Row(COMPANY, "receipt"),
    "intake:page": Row(COMPANY, "draft page"),
    "intake:attach": Row(COMPANY, "draft block", "post"),
    "intake:check": Row(COMPANY, "draft"),
    "intake:request-sending": Row(COMPANY, "draft", "post"),
    "intake:withdraw": Row(MASTER, "application"),
    # Only once a panel's result was told, and once.
    "intake:rate": Row(NOBODY, "no rating"),
    "intake:challenge-evaluator": Row(COMPANY, "application"),
    "intake:file": Row(COMPANY, "file"),
    "intake:remove-file": Row(COMPANY, "file", "post"),
    "intake:notice": Row(COMPANY, "result"),
    "intake:notice-pdf": Row(COMPANY, "result"),
    "intake:appeal-form": Row(MASTER, "result"),
    "intake:appeal": Row(COMPANY | DESK, "appeal"),
    "intake:withdraw-appeal": Row(MASTER, "appeal"),
    "intake:appeal-pdf": Row(COMPANY | DESK, "appeal"),
    # --- evaluating ---
    "intake:reviews": Row(SIGNED_IN),
    "intake:review-call": Row(EVALUATOR, "call"),
    "intake:pledge": Row(EVALUATOR, "call"),
    "intake:sheet": Row(EVALUATOR, "sheet"),
    "intake:lock": Row(EVALUATOR, "sheet"),
    "intake:sheet-receipt": Row(EVALUATOR, "sheet"),
    "intake:recuse": Row(EVALUATOR, "sheet"),
    # Every seat was accepted; tests/intake/test_parties.py asks while one is open.
    "intake:decline-seat": Row(NOBODY, "call"),
    "intake:sittings": Row(SIGNED_IN),
    "intake:sign-in": Row(EVALUATOR, "sitting"),
    # Not the evaluator either: the stage does not let its members read each other.
    "intake:others": Row(NOBODY, "sheet"),
    # --- the desk of intake ---
    "intake:desk-calls": Row(SIGNED_IN),
    "intake:desk-call": Row(DESK, "call"),
    "intake:preview": Row(DESK, "call"),
    "intake:preview-page": Row(DESK, "call page"),
    "intake:new-call": Row(frozenset({"officer", "elsewhere"})),
    "intake:edit": Row(OFFICER, "open call"),
    "intake:edit-basics": Row(OFFICER, "open call"),
    "intake:edit-part": Row(OFFICER, "draft call part"),
    "intake:edit-criteria": Row(OFFICER, "draft call stage"),
    "intake:form-editor": Row(OFFICER, "open call"),
    "intake:new-question": Row(OFFICER, "open call page"),
    "intake:question": Row(OFFICER, "open call question"),
    "intake:ready": Row(OFFICER, "open call", "post"),
    "intake:entries": Row(DESK, "call"),
    "intake:bench": Row(DESK, "call"),
    "intake:step": Row(OFFICER, "call step"),
    "intake:desk-stage": Row(DESK, "stage"),
    "intake:stage-step": Row(OFFICER, "stage step"),
    "intake:ranking": Row(DESK, "stage"),
    "intake:final-ranking": Row(DESK, "call"),
    "intake:desk-application": Row(DESK, "application"),
    "intake:desk-sheets": Row(DESK, "application"),
    "intake:bonuses": Row(DESK, "application"),
    "intake:bonus": Row(NOBODY, "no bonus"),
    "intake:edit-bonuses": Row(OFFICER, "draft call"),
    "intake:keeping": Row(DESK, "call"),
    "intake:lift-hold": Row(APPROVER, "hold"),
    "intake:stage-sittings": Row(DESK, "stage"),
    "intake:sitting": Row(DESK, "sitting"),
    "intake:cancel-sitting": Row(OFFICER, "sitting"),
    "intake:name-hits": Row(DESK, "stage"),
    "intake:name-hit": Row(NOBODY, "no hit"),
    "intake:what-if": Row(DESK, "stage"),
    "intake:audit-file": Row(DESK, "call"),
    # None was made; tests/intake/test_audit.py downloads one.
    "intake:archive": Row(NOBODY, "case"),
    "intake:hours": Row(DESK, "call"),
    "intake:accesses": Row(DESK, "call"),
    "intake:late-codes": Row(DESK, "call"),
    "intake:confirm-late-code": Row(APPROVER, "late code"),
    "intake:challenges": Row(DESK, "call"),
    "intake:challenge": Row(DESK, "challenge"),
    "intake:cases": Row(DESK, "call"),
    "intake:notice-case": Row(OFFICER, "waiting application"),
    "intake:case": Row(DESK, "case"),
    "intake:reserve": Row(DESK, "call"),
    "intake:call-reserve": Row(OFFICER, "call track"),
    # Nobody was called from the reserve.
    "intake:return-to-reserve": Row(NOBODY, "waiting application"),
    "intake:appeals": Row(DESK, "call"),
    # The appeal reviewer alone, who is none of these people; and nothing was upheld.
    "intake:extend-appeal": Row(NOBODY, "appeal"),
    "intake:remedy": Row(NOBODY, "appeal"),
    # Only a panel's result that was told; only what was decided and not told.
    "intake:correct-result": Row(NOBODY, "decision"),
    "intake:reopen-result": Row(NOBODY, "decision"),
    "intake:members": Row(DESK, "stage"),
    "intake:dismiss": Row(OFFICER, "member"),
    "intake:readers": Row(DESK, "stage file"),
    "intake:release": Row(OFFICER, "assignment"),
    # Nothing is locked, and the panel has no chair.
    "intake:reopen-sheet": Row(OFFICER, "sheet"),
    "intake:ask-reopening": Row(NOBODY, "sheet"),
    # Nothing was asked of it yet.
    "intake:accept-supplement": Row(NOBODY, "waiting application"),
    "intake:supplement-again": Row(NOBODY, "waiting application"),
    "intake:finding": Row(DESK, "finding"),
    "intake:supplement": Row(OFFICER, "waiting application"),
    "intake:decision": Row(DESK, "decision"),
    "intake:line": Row(DESK, "decision line"),
    # --- rooms ---
    "tenancy:mine": Row(SIGNED_IN),
    "tenancy:offer": Row(COMPANY | DESK, "offer"),
    "tenancy:offer-pdf": Row(COMPANY | DESK, "offer"),
    "tenancy:invoice-pdf": Row(COMPANY | DESK, "issued invoice"),
    "tenancy:deposit-pdf": Row(COMPANY | DESK, "lease with deposit"),
    "tenancy:accept": Row(MASTER, "offer", "post"),
    "tenancy:decline": Row(MASTER, "offer", "post"),
    "tenancy:lease": Row(COMPANY | DESK, "lease"),
    "tenancy:lease-pdf": Row(COMPANY | DESK, "lease"),
    "tenancy:sign": Row(frozenset({"master", "approver"}), "unsigned lease", "post"),
    "tenancy:desk": Row(DESK | {"finance"}),
    "tenancy:bench": Row(DESK, "space call"),
    "tenancy:run": Row(OFFICER, "space call", "post"),
    "tenancy:decide": Row(frozenset({"approver"}), "run step", "post"),
    "tenancy:prepare": Row(OFFICER, "offer", "post"),
    "tenancy:hand_over": Row(OFFICER, "lease", "post"),
    "tenancy:issue": Row(frozenset({"finance"}), "invoice", "post"),
    "fund:public": Row(ALL),
    "fund:figure": Row(ALL, "fund figure"),
    "fund:data": Row(ALL, "fund data"),
    "fund:snapshots": Row(FUND),
    "fund:snapshot": Row(FUND, "fund snapshot"),
    "fund:snapshot_step": Row(NOBODY, "fund snapshot step", "post"),
    "fund:desk": Row(FUND),
    "fund:sub_fund": Row(FUND, "sub fund"),
    "fund:new_call": Row(frozenset({"fund manager"}), "sub fund"),
    "fund:call": Row(FUND, "capital call"),
    "fund:call_step": Row(frozenset({"fund manager"}), "capital call step", "post"),
    "fund:receive": Row(frozenset({"fund manager"}), "call share", "post"),
    "fund:new_distribution": Row(frozenset({"fund manager"}), "sub fund"),
    "fund:distribution": Row(FUND, "distribution"),
    "fund:distribution_step": Row(frozenset({"fund manager"}), "distribution step", "post"),
    "fund:new_settlement": Row(frozenset({"fund manager"}), "sub fund"),
    "fund:settlement": Row(FUND, "settlement"),
    "fund:settlement_step": Row(NOBODY, "settlement step", "post"),
    "fund:deals": Row(FUND),
    "fund:new_deal": Row(frozenset({"fund manager"}), "sub fund"),
    "fund:deal": Row(FUND, "deal"),
    "fund:deal_step": Row(frozenset({"fund manager"}), "deal step", "post"),
    "fund:committee": Row(FUND),
    "fund:motion": Row(FUND, "motion"),
    "fund:motion_step": Row(NOBODY, "motion step", "post"),
    "fund:holding": Row(FUND, "holding"),
    "fund:new_valuation": Row(frozenset({"fund manager"}), "holding"),
    "fund:new_measure": Row(frozenset({"fund manager"}), "holding"),
    "fund:valuation": Row(FUND, "valuation"),
    "fund:valuation_step": Row(NOBODY, "valuation step", "post"),
    "fund:measure": Row(FUND, "measure"),
    "fund:measure_step": Row(NOBODY, "measure step", "post"),
    "fund:lot": Row(frozenset({"fund manager"}), "lot"),
    "fund:company": Row(FUND, "fund company"),
    "fund:notice": Row(FUND | COMPANY, "call notice"),
    "tenancy:book": Row(COMPANY | {"stranger"}, "meeting room"),
    "tenancy:bookings": Row(SIGNED_IN),
    "tenancy:ask_room": Row(COMPANY | {"stranger"}, "meeting room"),
    "tenancy:room_wait": Row(COMPANY, "room wait"),
    "tenancy:booking": Row(COMPANY | DESK, "booking"),
    "tenancy:room_desk": Row(OFFICER, "hub"),
    "fund:notice_pdf": Row(FUND | COMPANY, "call notice"),
    "fund:part": Row(FUND | COMPANY, "distribution notice"),
    "fund:part_pdf": Row(FUND | COMPANY, "distribution notice"),
    "tenancy:tickets": Row(SIGNED_IN),
    "tenancy:new_ticket": Row(COMPANY),
    "tenancy:ticket": Row(COMPANY | DESK, "ticket"),
    "tenancy:ticket_file": Row(COMPANY | DESK, "ticket file"),
    "tenancy:ticket_board": Row(DESK, "hub"),
    "tenancy:listing": Row(MASTER, "organisation"),
    "tenancy:graduation": Row(COMPANY | DESK, "graduated lease"),
    "tenancy:graduation_pdf": Row(COMPANY | DESK, "graduated lease"),
    "tenancy:notice": Row(MASTER, "running lease"),
    "tenancy:renewal": Row(COMPANY | DESK, "renewal"),
    "tenancy:renewal_desk": Row(DESK, "hub"),
    "tenancy:move_out": Row(COMPANY | DESK, "move-out"),
    "tenancy:deposit": Row(COMPANY | DESK, "lease with deposit"),
    "tenancy:amendment": Row(COMPANY | DESK, "amendment"),
    "tenancy:amend": Row(OFFICER, "lease"),
    "tenancy:revoke": Row(frozenset({"approver"}), "offer"),
    "tenancy:end_lease": Row(frozenset({"approver"}), "lease"),
    "tenancy:floor_desk": Row(DESK, "hub level"),
    "tenancy:void": Row(OFFICER, "run number"),
    "tenancy:billing": Row(frozenset({"finance", "auditor"}), "hub"),
    "tenancy:payments": Row(frozenset({"finance"}), "hub"),
    "tenancy:due": Row(DESK, "hub"),
    "tenancy:import_floors": Row(OFFICER, "hub"),
    "tenancy:arrears_case": Row(COMPANY | DESK, "arrears case"),
    "tenancy:wishes": Row(COMPANY | DESK, "need"),
    "tenancy:arrears": Row(DESK | {"finance"}, "hub"),
    "tenancy:credit": Row(frozenset({"finance"}), "invoice line"),
    "tenancy:decide_credit": Row(frozenset({"approver"}), "credit note"),
}

#: Where a page may be read by more people than may act on it: the act itself, with answers that would do.
ACTS: dict[str, Row] = {
    "intake:withdraw": Row(MASTER, "application", "post", {"reason": "그만둡니다."}),
    "intake:appeal-form": Row(MASTER, "result", "post", {"grounds": "다시 보아 주십시오."}),
    "intake:bench": Row(OFFICER, "call", "post"),
    "intake:step": Row(OFFICER, "call step", "post"),
    "intake:stage-step": Row(OFFICER, "stage step", "post"),
    # The company still has its ten days.
    "intake:case": Row(NOBODY, "case", "post", {"upheld": "yes", "reasons": "거짓"}),
    "intake:challenge": Row(APPROVER, "challenge", "post", {"upheld": "no", "reasons": "까닭이 없음"}),
    "intake:notice-case": Row(
        OFFICER, "waiting application", "post", {"ground": "OTHER", "evidence": "공문", "days": "10"}
    ),
    "intake:confirm-late-code": Row(APPROVER, "late code", "post"),
    "intake:release": Row(OFFICER, "assignment", "post", {"reason": "출장"}),
    "intake:dismiss": Row(OFFICER, "member", "post", {"reason": "출장"}),
    # The file is with the evaluators: not even the officer changes a finding now.
    "intake:finding": Row(NOBODY, "finding", "post", {"outcome": "PASS", "evidence": "증명서를 보았습니다."}),
    "intake:supplement": Row(
        OFFICER, "waiting application", "post", {"blocks": "idea", "missing": "내용", "due_at": "2030-01-01T18:00"}
    ),
}

#: Addresses proved elsewhere, because what they answer depends on more than who asks → where.
ELSEWHERE = {
    **dict.fromkeys(
        (
            "college:run",
            "college:ask",
            "college:drop",
            "college:answer",
            "college:office",
            "college:office-run",
            "college:office-step",
            "college:capacity",
            "college:cancel",
            "college:correction",
            "college:office-certificate",
            "college:paper",
            "college:certificate-pdf",
            "college:certificate",
            "college:roster",
            "college:open-lesson",
            "college:code",
            "college:seal",
            "college:correct",
            "college:scan",
            "college:scanned",
            "college-machine:status",
            "college-machine:timetable",
        ),
        "the college has desks of its own; tests/college/test_doors.py asks them role by role",
    ),
    "intake:withdraw-challenge": "only while one is open; tests/intake/test_parties.py",
    "intake:my-case": "only of a company that has one; tests/intake/test_parties.py",
    "intake:calendar": "whoever knows the secret address; tests/intake/test_sittings.py",
    "log:checkpoint": "public files of the log, written by the publisher; tests/ledger/test_views.py",
    "log:policy": "the same",
    "log:policy-version": "the same",
    "log:keys": "the same",
    "log:consistency": "the same",
    "log:proof": "the same",
    "log:tile": "the same",
    "log:schema": "the same",
    "log:machine": "the same",
    "log:verifier": "the same",
    "tenancy:logo": "only while its company consents; tests/tenancy",
    "tenancy:booking_feed": "opened by its own seal; tests/tenancy",
    "tenancy:proof": "only for runs that were published; tests/tenancy",
    "accounts:deletion": "depends on what the person still holds, and wants the password again; tests/accounts",
    "accounts:demo_enter": "only in a demonstration and for its own people; tests/accounts",
}

#: Addresses that a library brings, by the start of their name or path → where they are proved.
OF_LIBRARIES = {
    "account_": "allauth's own pages; tests/accounts",
    "mfa_": "allauth's own pages; tests/accounts",
    "cms/": "the editors' side: test_access.py asks for its door and each section",
    "documents/": "published documents, by Wagtail's own rules",
    "wagtailcore_": "a page's password, which we do not use",
    "set_language": "Django's language switch",
}
