"""The desks of a call: officer, approver, appeal reviewer, auditor."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts import queries as accounts
from portal.accounts.roles import AUDITOR
from portal.core.errors import NotAllowed, Refused
from portal.intake import queries, registry
from portal.intake.enums import (
    ApplicationStatus,
    CallStatus,
    DecisionKind,
    ResultStatus,
)
from portal.intake.models import (
    Application,
    Call,
    Decision,
    LateCode,
    RetentionHold,
    ScoreSheet,
)

EVALUATOR, CHAIR, OFFICER, APPROVER, REVIEWER = "evaluator", "chair", "officer", "approver", "appeal_reviewer"
_SYSTEM = "system"


def allowed(check: Any, *args: Any, **kwargs: Any) -> bool:
    """Whether a ``check_can_…`` would pass; screens ask, services insist."""
    try:
        check(*args, **kwargs)
    except Refused:
        return False
    return True


def role_at(by: Any, call: Call, *desks: str) -> str | None:
    """The person's role at one of the desks of this call, such as ``space.officer``; None without one."""
    if by is log.SYSTEM:
        return _SYSTEM
    codes = [f"{call.ledger_room()}.{desk}" for desk in desks]
    for hub in call.hubs or [None]:
        if role := accounts.role_for(by, codes, cluster=call.cluster, hub=hub):
            return role
    return None


def check_desk(by: Any, call: Call, *desks: str) -> str:
    role = role_at(by, call, *desks)
    if role is None:
        raise NotAllowed(_("이 공고를 맡은 담당자만 할 수 있습니다."))
    if by is not log.SYSTEM and queries.evaluator_in(call, by) is not None:
        raise NotAllowed(_("이 공고의 평가위원은 운영과 결정에 관여할 수 없습니다."))
    return role


def check_can_create_call(by: Any, *, programme: str, cluster: Any, hubs: list[str]) -> str:
    room = registry.get(programme).room
    draft = Call(programme=programme, cluster=cluster, hubs=hubs)
    role = role_at(by, draft, OFFICER)
    if role is None:
        raise NotAllowed(_("%(room)s 담당자만 공고를 작성할 수 있습니다.") % {"room": room})
    return role


def check_can_begin_call(by: Any) -> list[str]:
    """Whoever is an officer of some programme somewhere; answers the programmes, by code."""
    held = {role.role for role in accounts.roles_of(by)}
    mine = [one.code for one in registry.all_programmes() if f"{one.room}.{OFFICER}" in held]
    if not mine:
        raise NotAllowed(_("사업 담당자만 공고를 작성할 수 있습니다."))
    return mine


def check_can_run(by: Any, call: Call) -> str:
    """The officer's work on a call: findings, panel, assignment, runs, preparing decisions."""
    return check_desk(by, call, OFFICER)


def check_can_edit_call(by: Any, call: Call) -> str:
    if call.status not in (CallStatus.DRAFT, CallStatus.PUBLISHED):
        check_may_reopen_entry(call)
    return check_desk(by, call, OFFICER)


def check_may_reopen_entry(call: Call) -> None:
    """After the bell the entry may open again only while nothing was decided and nobody has begun to score."""
    decided = call.decisions.exclude(status=ResultStatus.DRAFT).exists()
    begun = ScoreSheet.objects.filter(assignment__stage__call=call).exists()
    if call.status not in (CallStatus.PUBLISHED, CallStatus.REVIEWING) or decided or begun:
        raise NotAllowed(_("심사가 진행된 공고는 고칠 수 없습니다."))


def check_can_judge_eligibility(by: Any, application: Application) -> str:
    """Findings are made before the file goes to the panel."""
    role = check_desk(by, application.call, OFFICER)
    if application.status not in (ApplicationStatus.SUBMITTED, ApplicationStatus.SUPPLEMENT):
        raise NotAllowed(_("자격검토 중인 신청서가 아닙니다."))
    return role


def check_can_verify_bonus(by: Any, application: Application) -> str:
    """While the file is with the desk or the panel, and nothing final is decided and not told."""
    role = check_desk(by, application.call, OFFICER)
    check_apart(by, application.organisation)
    live = (ApplicationStatus.SUBMITTED, ApplicationStatus.SUPPLEMENT, ApplicationStatus.IN_REVIEW)
    decided = application.call.decisions.filter(kind=DecisionKind.FINAL).exclude(status=ResultStatus.DRAFT)
    if application.status not in live or decided.exists():
        raise NotAllowed(_("가점은 최종 결과를 결정하기 전까지만 확인합니다."))
    return role


def check_can_hold(by: Any, call: Call) -> str:
    """Officer, approver and appeal reviewer may keep what policy would destroy."""
    return check_desk(by, call, OFFICER, APPROVER, REVIEWER)


def check_can_lift_hold(by: Any, hold: RetentionHold) -> str:
    """The approver, and never who placed it."""
    role = check_desk(by, hold.call, APPROVER)
    if by.pk == hold.placed_by_id:
        raise NotAllowed(_("보존을 명한 사람은 풀 수 없습니다. 다른 결재자에게 요청해 주십시오."))
    return role


def check_can_ask_supplement(by: Any, application: Application) -> str:
    role = check_desk(by, application.call, OFFICER)
    if application.status != ApplicationStatus.SUBMITTED:
        raise NotAllowed(_("접수된 신청서에만 보완을 요청할 수 있습니다."))
    return role


def check_can_publish_draft(by: Any, call: Call) -> str:
    """As ``check_can_publish_call``, of a call that is still a draft."""
    return check_can_publish_call(by, call, call.versions.get(number=1).written_by_id)


def check_can_publish_call(by: Any, call: Call, written_by: int) -> str:
    """Two people: who wrote it does not publish it."""
    role = check_desk(by, call, APPROVER)
    if getattr(by, "pk", None) == written_by:
        raise NotAllowed(_("작성한 사람은 공고할 수 없습니다. 다른 결재자에게 요청해 주십시오."))
    return role


def check_can_issue_late_code(by: Any, call: Call) -> str:
    """An officer, after the bell, while eligibility is not decided."""
    role = check_desk(by, call, OFFICER)
    check_may_reopen_entry(call)
    return role


def check_can_confirm_late_code(by: Any, code: LateCode) -> str:
    """A second person, never who issued it or belongs to the company."""
    role = check_desk(by, code.call, APPROVER)
    if by.pk == code.issued_by_id:
        raise NotAllowed(_("발급한 사람은 확인할 수 없습니다."))
    check_apart(by, code.organisation)
    return role


def check_apart(by: Any, organisation: Any) -> None:
    if by is not log.SYSTEM and accounts.is_member(by, organisation):
        raise NotAllowed(_("소속 기업의 일은 처리할 수 없습니다."))


def check_can_publish_correction(by: Any, call: Call) -> str:
    """As ``check_can_publish_call``, of the correction that waits."""
    waiting = call.versions.filter(published_at__isnull=True).first() if call.current_id else None
    if waiting is None:
        raise NotAllowed(_("결재를 기다리는 정정공고가 없습니다."))
    return check_can_publish_call(by, call, waiting.written_by_id)


def check_can_cancel_call(by: Any, call: Call) -> str:
    return check_desk(by, call, APPROVER)


def check_can_observe(by: Any, call: Call) -> str:
    """Who reads everything of a call: its officer, approver, appeal reviewer and the auditor."""
    role = role_at(by, call, OFFICER, APPROVER, REVIEWER)
    if role is None and accounts.has_role(by, AUDITOR, cluster=call.cluster):
        role = AUDITOR
    if role is None:
        raise NotAllowed(_("이 공고를 맡은 사람만 볼 수 있습니다."))
    return role


def check_can_make_audit_file(by: Any, call: Call) -> str:
    """The officer of the call, the approver and the auditor."""
    role = check_can_observe(by, call)
    if role.endswith(f".{REVIEWER}"):
        raise NotAllowed(_("감사자료는 담당자, 결정권자, 감사가 만듭니다."))
    return role


def check_can_open_judges_key(by: Any, call: Call) -> str:
    """Who the judges are is sealed apart: for the approver and the auditor."""
    role = check_can_make_audit_file(by, call)
    if role.endswith(f".{OFFICER}"):
        raise NotAllowed(_("위원 대조표는 결정권자와 감사만 받습니다."))
    return role


def check_can_decide(by: Any, decision: Decision) -> str:
    """The approver, and never who prepared it; no job of the portal decides."""
    if by is log.SYSTEM:
        raise NotAllowed
    role = check_desk(by, decision.call, APPROVER)
    if decision.prepared_by_id == getattr(by, "pk", None):
        raise NotAllowed(_("작성한 사람은 결정할 수 없습니다. 다른 결재자에게 요청해 주십시오."))
    if decision.lines.filter(application__organisation__in=accounts.acted_for(by)).exists():
        raise NotAllowed(_("소속 기업이 신청한 공고는 결정할 수 없습니다."))
    return role


def check_can_publish(by: Any, decision: Decision) -> str:
    return check_desk(by, decision.call, APPROVER)


def check_can_decide_challenge(by: Any, call: Call) -> str:
    return check_desk(by, call, APPROVER)


def check_can_review_appeal(by: Any, call: Call) -> str:
    """Someone with no part in the call."""
    role = role_at(by, call, REVIEWER)
    if role is None:
        raise NotAllowed(_("이의신청 심리자만 할 수 있습니다."))
    if call.applications.filter(organisation__in=accounts.acted_for(by)).exists():
        raise NotAllowed(_("소속 기업이 신청한 공고의 이의신청은 심리할 수 없습니다."))
    part = {call.created_by_id, call.published_by_id}
    for decision in call.decisions.exclude(kind=DecisionKind.CORRECTION):
        part |= {decision.prepared_by_id, decision.decided_by_id}
    if by.pk in part or queries.evaluator_in(call, by) is not None:
        raise NotAllowed(_("이 공고에 관여한 사람은 이의신청을 심리할 수 없습니다."))
    return role
