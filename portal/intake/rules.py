"""May this person do this to this thing now? ``check_can_x`` raises with the reason and answers the role under which it
is allowed; ``can_x`` answers yes or no. The table is 04 §14."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts import queries as accounts
from portal.accounts import rules as people
from portal.accounts.roles import AUDITOR
from portal.core.errors import Invalid, Late, NotAllowed, Refused
from portal.intake import blind, queries, registry
from portal.intake.enums import ApplicationStatus, AssignmentStatus, CallStatus, MemberStatus, SheetStatus, StageStatus
from portal.intake.errors import too_late
from portal.intake.models import (
    Application,
    Assignment,
    Attachment,
    Call,
    Decision,
    Evaluator,
    Pledge,
    ResultNotice,
    ScoreSheet,
    Stage,
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


# --- The desks of a call --------------------------------------------------------------------------------------------


def role_at(by: Any, call: Call, *desks: str) -> str | None:
    """The person's role at one of the desks of this call, such as ``space.officer``; None without one."""
    if by is log.SYSTEM:
        return _SYSTEM
    codes = [f"{call.ledger_room()}.{desk}" for desk in desks]
    for hub in call.hubs or [None]:
        if role := accounts.role_for(by, codes, cluster=call.cluster, hub=hub):
            return role
    return None


def _check_desk(by: Any, call: Call, *desks: str) -> str:
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


def check_can_run(by: Any, call: Call) -> str:
    """The officer's work on a call: findings, panel, assignment, runs, preparing decisions."""
    return _check_desk(by, call, OFFICER)


def check_can_edit_call(by: Any, call: Call) -> str:
    if call.status not in (CallStatus.DRAFT, CallStatus.PUBLISHED):
        raise NotAllowed(_("접수가 끝난 공고는 고칠 수 없습니다."))
    return _check_desk(by, call, OFFICER)


def check_can_judge_eligibility(by: Any, application: Application) -> str:
    """Findings are made before the file goes to the panel."""
    role = _check_desk(by, application.call, OFFICER)
    if application.status not in (ApplicationStatus.SUBMITTED, ApplicationStatus.SUPPLEMENT):
        raise NotAllowed(_("자격검토 중인 신청서가 아닙니다."))
    return role


def check_can_ask_supplement(by: Any, application: Application) -> str:
    role = _check_desk(by, application.call, OFFICER)
    if application.status != ApplicationStatus.SUBMITTED:
        raise NotAllowed(_("접수된 신청서에만 보완을 요청할 수 있습니다."))
    return role


def check_can_publish_call(by: Any, call: Call, written_by: int) -> str:
    """Two people: who wrote it does not publish it."""
    role = _check_desk(by, call, APPROVER)
    if getattr(by, "pk", None) == written_by:
        raise NotAllowed(_("작성한 사람은 공고할 수 없습니다. 다른 결재자에게 요청해 주십시오."))
    return role


def check_can_publish_draft(by: Any, call: Call) -> str:
    """As ``check_can_publish_call``, of a call that is still a draft."""
    return check_can_publish_call(by, call, call.versions.get(number=1).written_by_id)


def check_can_cancel_call(by: Any, call: Call) -> str:
    return _check_desk(by, call, APPROVER)


def check_can_observe(by: Any, call: Call) -> str:
    """Who reads everything of a call: its officer, approver, appeal reviewer and the auditor."""
    role = role_at(by, call, OFFICER, APPROVER, REVIEWER)
    if role is None and accounts.has_role(by, AUDITOR, cluster=call.cluster):
        role = AUDITOR
    if role is None:
        raise NotAllowed(_("이 공고를 맡은 사람만 볼 수 있습니다."))
    return role


# --- The applicant --------------------------------------------------------------------------------------------------


def check_can_start(by: Any, call: Call, organisation: Any, *, now: datetime) -> str:
    role = people.check_can_act_for(by, organisation)
    if call.status != CallStatus.PUBLISHED or now < call.opens_at:
        raise NotAllowed(_("아직 접수를 시작하지 않은 공고입니다."))
    if now >= call.closes_at:
        raise too_late(call.closes_at, now)
    return role


def check_can_draft(by: Any, application: Application) -> str:
    """Members edit until the call is counted; afterwards only what a supplement asks for."""
    role = people.check_can_act_for(by, application.organisation)
    if application.status == ApplicationStatus.SUPPLEMENT:
        return role
    if application.status not in (ApplicationStatus.DRAFT, ApplicationStatus.SUBMITTED) or application.call.closed_at:
        raise NotAllowed(_("접수가 끝나 더 고칠 수 없습니다. 작성하신 내용은 계속 읽을 수 있습니다."))
    return role


def check_can_submit(by: Any, application: Application, *, now: datetime) -> str:
    role = people.check_can_sign_for(by, application.organisation)
    if application.status not in (ApplicationStatus.DRAFT, ApplicationStatus.SUBMITTED):
        raise NotAllowed(_("지금 상태에서는 제출할 수 없습니다."))
    call = application.call
    if now >= call.closes_at or call.closed_at is not None:
        raise too_late(call.closes_at, now)
    if call.status != CallStatus.PUBLISHED or now < call.opens_at:
        raise NotAllowed(_("지금은 접수하지 않는 공고입니다."))
    return role


def check_can_answer_supplement(by: Any, application: Application, due_at: datetime, *, now: datetime) -> str:
    role = people.check_can_sign_for(by, application.organisation)
    if now >= due_at:
        raise too_late(due_at, now)
    return role


def check_can_sign(by: Any, application: Application) -> str:
    """The master account of the company: who appeals, challenges, accepts, whatever the clock says."""
    return people.check_can_sign_for(by, application.organisation)


def check_can_withdraw(by: Any, application: Application) -> str:
    return people.check_can_sign_for(by, application.organisation)


def check_can_conclude(by: Any, application: Application) -> str:
    """Rooms report that what was awarded came about or was given up: the company, the desk, or a job of the portal."""
    if by is log.SYSTEM:
        return _SYSTEM
    if accounts.is_master(by, application.organisation):
        return people.check_can_sign_for(by, application.organisation)
    return _check_desk(by, application.call, OFFICER, APPROVER)


def check_can_challenge(by: Any, application: Application) -> str:
    role = people.check_can_sign_for(by, application.organisation)
    if application.status != ApplicationStatus.IN_REVIEW:
        raise NotAllowed(_("심사 중인 신청서에 대해서만 기피를 신청할 수 있습니다."))
    return role


def check_can_appeal(by: Any, notice: ResultNotice, *, now: datetime) -> str:
    role = people.check_can_sign_for(by, notice.application.organisation)
    if now >= notice.appeal_until:
        raise Late(_("이의신청 기한이 지났습니다."))
    return role


# --- Reading a file -------------------------------------------------------------------------------------------------


def check_can_read_application(by: Any, application: Application) -> str:
    """The company's members, the desks of the call, the auditor; a draft is its company's alone."""
    if accounts.is_member(by, application.organisation):
        return people.check_can_act_for(by, application.organisation)
    if application.status == ApplicationStatus.DRAFT:
        raise NotAllowed(_("작성 중인 신청서는 작성 기업만 볼 수 있습니다."))
    return check_can_observe(by, application.call)


def check_can_open_attachment(by: Any, attachment: Attachment) -> str:
    """As the application; and the evaluator of a file, if the panel may see the block."""
    application = attachment.application
    if allowed(check_can_read_application, by, application):
        return check_can_read_application(by, application)
    version = application.call.current
    form = version.parsed_form if version else None
    for sheet in queries.sheets_of(by).filter(assignment__application=application):
        seen = blind.visible(list(form.blocks()), EVALUATOR, sheet.assignment.stage) if form else []
        if any(block.code == attachment.block for block in seen):
            return check_can_open_file(by, sheet.assignment)
    raise NotAllowed(_("이 파일을 볼 수 없습니다."))


# --- The evaluator --------------------------------------------------------------------------------------------------


def check_can_pledge(by: Any, call: Call) -> str:
    if queries.evaluator_in(call, by) is None:
        raise NotAllowed(_("이 공고의 평가위원이 아닙니다."))
    return f"{call.ledger_room()}.{EVALUATOR}"


def check_can_open_file(by: Any, assignment: Assignment) -> str:
    """Cleared for this file, accepted on the panel, pledge signed: only then a file opens."""
    member = assignment.member
    if member.evaluator.user_id != getattr(by, "pk", None):
        raise NotAllowed(_("배정된 평가위원만 볼 수 있습니다."))
    if member.status != MemberStatus.ACCEPTED or assignment.status != AssignmentStatus.CLEARED:
        raise NotAllowed(_("이 신청서의 평가에서 제외되었거나 아직 확인되지 않았습니다."))
    return f"{assignment.ledger_room()}.{CHAIR if member.is_chair else EVALUATOR}"


def check_can_score(by: Any, sheet: ScoreSheet) -> str:
    role = check_can_open_file(by, sheet.assignment)
    if sheet.assignment.stage.status != StageStatus.RUNNING:
        raise NotAllowed(_("평가가 진행 중인 단계가 아닙니다."))
    if sheet.status != SheetStatus.OPEN:
        raise NotAllowed(_("이미 제출한 평가표는 고칠 수 없습니다."))
    return role


def check_can_recuse(by: Any, call: Call, evaluator: Evaluator) -> str:
    if evaluator.user_id != getattr(by, "pk", None):
        raise NotAllowed(_("본인만 회피를 신청할 수 있습니다."))
    return f"{call.ledger_room()}.{EVALUATOR}"


def check_has_pledged(call: Call, evaluator: Evaluator) -> None:
    if not Pledge.objects.filter(call=call, evaluator=evaluator).exists():
        raise NotAllowed(_("먼저 서약하고 이해충돌을 신고해 주십시오."))


# --- Officer and approver -------------------------------------------------------------------------------------------


def check_can_open_stage(by: Any, stage: Stage) -> str:
    role = _check_desk(by, stage.call, OFFICER)
    earlier = stage.call.stages.filter(number__lt=stage.number)
    told = earlier.filter(decisions__kind="SHORTLIST", decisions__status="PUBLISHED")
    if earlier.exclude(pk__in=told).exists():
        raise NotAllowed(_("앞 단계의 결과를 발표한 뒤에 시작할 수 있습니다."))
    return role


def check_can_settle(by: Any, stage: Stage) -> str:
    role = _check_desk(by, stage.call, OFFICER)
    if ScoreSheet.objects.filter(
        assignment__stage=stage, assignment__status=AssignmentStatus.CLEARED, status=SheetStatus.OPEN
    ).exists():
        raise Invalid(_("아직 제출하지 않은 평가표가 있습니다. 제출을 기다리거나 배정을 해제한 뒤 집계해 주십시오."))
    return role


def check_can_reopen_sheet(by: Any, sheet: ScoreSheet) -> str:
    role = _check_desk(by, sheet.assignment.stage.call, OFFICER)
    if sheet.assignment.stage.status != StageStatus.RUNNING:
        raise NotAllowed(_("집계가 끝난 단계의 평가표는 다시 열 수 없습니다."))
    return role


def check_can_decide(by: Any, decision: Decision) -> str:
    """The approver, and never who prepared it; no job of the portal decides."""
    if by is log.SYSTEM:
        raise NotAllowed
    role = _check_desk(by, decision.call, APPROVER)
    if decision.prepared_by_id == getattr(by, "pk", None):
        raise NotAllowed(_("작성한 사람은 결정할 수 없습니다. 다른 결재자에게 요청해 주십시오."))
    if accounts.organisations_of(by).filter(pk__in=decision.lines.values("application__organisation")).exists():
        raise NotAllowed(_("소속 기업이 신청한 공고는 결정할 수 없습니다."))
    return role


def check_can_publish(by: Any, decision: Decision) -> str:
    return _check_desk(by, decision.call, APPROVER)


def check_can_decide_challenge(by: Any, call: Call) -> str:
    return _check_desk(by, call, APPROVER)


def check_can_review_appeal(by: Any, call: Call) -> str:
    """Someone with no part in the call."""
    role = role_at(by, call, REVIEWER)
    if role is None:
        raise NotAllowed(_("이의신청 심리자만 할 수 있습니다."))
    part = {call.created_by_id, call.published_by_id}
    for decision in call.decisions.all():
        part |= {decision.prepared_by_id, decision.decided_by_id}
    if by.pk in part or queries.evaluator_in(call, by) is not None:
        raise NotAllowed(_("이 공고에 관여한 사람은 이의신청을 심리할 수 없습니다."))
    return role
