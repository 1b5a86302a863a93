"""Roles as code: what each is for, how far it may reach, and the actions it allows.

A role is given to a person for a scope (``RoleAssignment``). The tables of who may do what stand in the designs of the
rooms; rooms ask ``queries.has_role`` or ``rules.check_may`` and add what depends on the thing itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import ScopeKind

#: Roles that nobody is given: they follow from a membership, or from being the person concerned.
COMPANY_MASTER = "company.master"
COMPANY_MEMBER = "company.member"
PERSON = "person"

ADMIN = "admin"
AUDITOR = "auditor"
EDITOR = "editor"


@dataclass(frozen=True, slots=True)
class Role:
    """One role. ``staff`` people work behind the counter and need a second factor; ``groups`` are those of the CMS."""

    code: str
    name: str | Promise
    #: One sentence for the person who gives the role and for the one who gets it.
    sentence: str | Promise
    actions: frozenset[str]
    #: What it may be narrowed to below a cluster.
    scopes: frozenset[ScopeKind] = frozenset()
    staff: bool = True
    groups: frozenset[str] = field(default_factory=frozenset)

    @property
    def needs_mfa(self) -> bool:
        """Whoever sees other people's files signs in with a second factor."""
        return self.staff


_HUB, _FUND = frozenset({ScopeKind.HUB}), frozenset({ScopeKind.SUB_FUND})
_COURSE, _EVENT = frozenset({ScopeKind.COURSE}), frozenset({ScopeKind.EVENT})

#: Intake, 04 §14: the same five desks in every room that takes applications.
_INTAKE_OFFICER = frozenset(
    {
        "call.edit",
        "late_code.issue",
        "finding.record",
        "panel.form",
        "application.read",
        "sheet.read_locked",
        "result.prepare",
        "audit_file.read",
    }
)
_INTAKE_APPROVER = frozenset(
    {
        "call.publish",
        "late_code.confirm",
        "challenge.decide",
        "application.read",
        "sheet.read_settled",
        "stage.settle",
        "result.decide",
        "result.publish",
        "application.disqualify",
        "audit_file.read",
    }
)
_INTAKE_EVALUATOR = frozenset({"application.score", "conflict.declare", "sheet.read_own"})
_INTAKE_REVIEWER = frozenset({"appeal.decide", "application.read_case", "sheet.read_case", "audit_file.read"})

#: Tenancy, 05 §12.
_SPACE_OFFICER = frozenset(
    {
        "lease.read",
        "unit.draft",
        "rate_card.draft",
        "allocation.run",
        "offer.prepare",
        "lease.prepare",
        "move.record",
        "charge.record",
        "ticket.handle",
        "booking.handle",
        "deposit.propose",
    }
)
_SPACE_APPROVER = frozenset(
    {
        "lease.read",
        "unit.put_in_force",
        "rate_card.put_in_force",
        "allocation.confirm",
        "allocation.publish",
        "offer.revoke",
        "lease.decide",
        "credit_note.decide",
        "deposit.decide",
    }
)
_SPACE_FINANCE = frozenset(
    {"invoice.read", "rate_card.second", "invoice.issue", "payment.import", "credit_note.prepare", "deposit.pay"}
)

_ALL = [
    Role(
        "space.officer",
        _("거점 운영담당"),
        _("입주 공고를 준비하고 자격을 검토하며 호실과 입주기업을 관리합니다. 결정은 하지 않습니다."),
        _INTAKE_OFFICER | _SPACE_OFFICER,
        _HUB,
    ),
    Role(
        "space.approver",
        _("입주 결재자"),
        _("입주 공고와 선정, 공간배정, 계약을 결재하고 발표합니다. 직접 작성한 것은 결재하지 않습니다."),
        _INTAKE_APPROVER | _SPACE_APPROVER,
        _HUB,
    ),
    Role(
        "space.finance",
        _("입주 수납담당"),
        _("임대료를 고지하고 수납을 확인합니다. 금액 외에는 보지 않습니다."),
        _SPACE_FINANCE,
        _HUB,
    ),
    Role(
        "space.evaluator",
        _("입주 평가위원"),
        _("이해충돌을 신고한 뒤 배정된 신청서만 읽고 평가합니다."),
        _INTAKE_EVALUATOR,
        _HUB,
        staff=False,
    ),
    Role(
        "space.appeal_reviewer",
        _("입주 이의신청 심리자"),
        _("해당 공고에 관여하지 않은 사람으로서 이의신청을 심리하고 결정합니다."),
        _INTAKE_REVIEWER,
        _HUB,
    ),
    Role(
        "college.officer",
        _("교육 운영담당"),
        _("과정과 기수를 열고 수강과 출결을 관리합니다."),
        _INTAKE_OFFICER | {"run.edit", "enrolment.manage", "attendance.close"},
        _COURSE,
    ),
    Role(
        "college.approver",
        _("교육 결재자"),
        _("모집 결과와 수료, 환불을 결재하고 수료증을 발급합니다."),
        _INTAKE_APPROVER | {"completion.decide", "certificate.issue", "refund.decide"},
        _COURSE,
    ),
    Role(
        "college.evaluator",
        _("교육 평가위원"),
        _("배정된 수강 신청서를 평가합니다."),
        _INTAKE_EVALUATOR,
        _COURSE,
        staff=False,
    ),
    Role(
        "college.appeal_reviewer",
        _("교육 이의신청 심리자"),
        _("교육 모집의 이의신청을 심리하고 결정합니다."),
        _INTAKE_REVIEWER,
        _COURSE,
    ),
    Role(
        "instructor",
        _("강사"),
        _("맡은 과정의 명단을 보고 출결을 기록합니다."),
        frozenset({"roster.read", "attendance.record"}),
        _COURSE,
        staff=False,
    ),
    Role(
        "event.officer",
        _("행사 지원담당"),
        _("행사 지원 공고와 협약, 정산을 준비합니다."),
        _INTAKE_OFFICER | {"award.read", "agreement.prepare", "settlement.prepare", "tour.manage"},
        _EVENT,
    ),
    Role(
        "event.approver",
        _("행사 지원 결재자"),
        _("교부와 정산, 환수를 결재합니다."),
        _INTAKE_APPROVER | {"award.read", "award.decide", "settlement.decide", "clawback.decide"},
        _EVENT,
    ),
    Role(
        "event.evaluator",
        _("행사 평가위원"),
        _("배정된 행사 지원 신청서를 평가합니다."),
        _INTAKE_EVALUATOR,
        _EVENT,
        staff=False,
    ),
    Role(
        "event.appeal_reviewer",
        _("행사 이의신청 심리자"),
        _("행사 지원의 이의신청을 심리하고 결정합니다."),
        _INTAKE_REVIEWER,
        _EVENT,
    ),
    Role(
        "fund.manager",
        _("투자운용 담당"),
        _("출자약정, 출자요청, 투자자산과 평가를 관리합니다."),
        frozenset(
            {
                "fund.read",
                "commitment.prepare",
                "capital_call.prepare",
                "distribution.prepare",
                "deal.prepare",
                "valuation.prepare",
            }
        ),
        _FUND,
    ),
    Role(
        "fund.approver",
        _("투자 결재자"),
        _("출자요청과 배분, 평가를 결재합니다."),
        frozenset(
            {
                "fund.read",
                "commitment.approve",
                "capital_call.approve",
                "distribution.approve",
                "valuation.approve",
                "motion.decide",
                "duty.waive",
            }
        ),
        _FUND,
    ),
    Role(
        "fund.committee",
        _("투자심의위원"),
        _("이해충돌을 먼저 밝힌 뒤 투자심의 안건을 읽고 표결합니다."),
        frozenset({"motion.vote"}),
        _FUND,
        staff=False,
    ),
    Role(
        AUDITOR,
        _("감사"),
        _("모든 결정과 근거를 읽고 검증합니다. 아무것도 바꾸지 않습니다."),
        frozenset(
            {
                "application.read",
                "sheet.read_all",
                "audit_file.read",
                "access_log.read",
                "award.read",
                "lease.read",
                "invoice.read",
                "fund.read",
                "ledger.read",
            }
        ),
    ),
    Role(
        EDITOR,
        _("콘텐츠 편집자"),
        _("소식과 안내를 한국어와 영어로 쓰고 미리 본 뒤 승인을 요청합니다."),
        frozenset({"page.edit"}),
        groups=frozenset({"Editors"}),
    ),
    Role(
        "desk.support",
        _("민원 안내"),
        _("이용자의 질문에 답하고 절차의 상태를 확인해 줍니다. 내용과 점수는 보지 않습니다."),
        frozenset({"status.read", "ticket.handle"}),
    ),
    Role(
        ADMIN,
        _("시스템 관리자"),
        _("역할을 주고 거두며 발신 실패를 다시 처리합니다. 심사와 결재에는 관여하지 않습니다."),
        frozenset(
            {
                "role.grant",
                "role.revoke",
                "person.delete",
                "hold.place",
                "hold.lift",
                "outbox.revive",
                "page.edit",
                "page.publish",
            }
        ),
        groups=frozenset({"Editors", "Moderators"}),
    ),
]

ROLES: dict[str, Role] = {role.code: role for role in _ALL}
ACTIONS: frozenset[str] = frozenset().union(*(role.actions for role in _ALL))


def roles_for(action: str) -> frozenset[str]:
    """Codes of the roles that allow ``action``; ``KeyError`` for an action that no role knows."""
    if action not in ACTIONS:
        raise KeyError(action)
    return frozenset(role.code for role in _ALL if action in role.actions)
