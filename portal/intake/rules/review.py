"""Who may open a file, score it, and run a stage."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.accounts import queries as accounts
from portal.accounts import rules as people
from portal.accounts.roles import AUDITOR
from portal.core.errors import Invalid, NotAllowed
from portal.intake import blind, queries
from portal.intake.enums import (
    ApplicationStatus,
    AssignmentStatus,
    MemberStatus,
    ResultStatus,
    Scan,
    SheetStatus,
    StageStatus,
)
from portal.intake.models import (
    Application,
    Assignment,
    Attachment,
    Call,
    Evaluator,
    Interest,
    Member,
    Pledge,
    ScoreSheet,
    Stage,
)
from portal.intake.rules.desks import (
    APPROVER,
    CHAIR,
    EVALUATOR,
    OFFICER,
    REVIEWER,
    allowed,
    check_can_observe,
    check_desk,
)


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
    if attachment.scan == Scan.INFECTED:
        raise NotAllowed(_("악성코드가 발견된 파일은 열 수 없습니다."))
    if allowed(check_can_read_application, by, application):
        return check_can_read_application(by, application)
    version = application.call.current
    form = version.parsed_form if version else None
    for sheet in queries.sheets_of(by).filter(assignment__application=application):
        seen = blind.visible(form.for_panels(), EVALUATOR, sheet.assignment.stage) if form else []
        kept_back = queries.withheld_blocks(application, sheet.assignment.stage)
        if any(block.code == attachment.block and block.code not in kept_back for block in seen):
            return check_can_open_file(by, sheet.assignment)
    raise NotAllowed(_("이 파일을 볼 수 없습니다."))


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


def check_can_answer_invitation(by: Any, member: Member) -> str:
    if member.evaluator.user_id != getattr(by, "pk", None):
        raise NotAllowed(_("위촉받은 본인만 답할 수 있습니다."))
    return f"{member.ledger_room()}.{EVALUATOR}"


def check_can_recuse(by: Any, call: Call, evaluator: Evaluator) -> str:
    if evaluator.user_id != getattr(by, "pk", None):
        raise NotAllowed(_("본인만 회피를 신청할 수 있습니다."))
    return f"{call.ledger_room()}.{EVALUATOR}"


def check_can_declare_interests(by: Any) -> str:
    """Everyone in a pool declares their own ties, seated or not."""
    if not queries.is_in_a_pool(by):
        raise NotAllowed(_("평가위원 명부에 있는 사람만 이해관계를 신고합니다."))
    return "person"


def check_can_change_interest(by: Any, interest: Interest) -> str:
    if interest.user_id != getattr(by, "pk", None):
        raise NotAllowed(_("본인이 신고한 이해관계만 고칠 수 있습니다."))
    return "person"


def check_has_pledged(call: Call, evaluator: Evaluator) -> None:
    if not Pledge.objects.filter(call=call, evaluator=evaluator).exists():
        raise NotAllowed(_("먼저 서약하고 이해충돌을 신고해 주십시오."))


def check_can_open_stage(by: Any, stage: Stage) -> str:
    role = check_desk(by, stage.call, OFFICER)
    earlier = stage.call.stages.filter(number__lt=stage.number)
    told = earlier.filter(decisions__kind="SHORTLIST", decisions__status="PUBLISHED")
    if earlier.exclude(pk__in=told).exists():
        raise NotAllowed(_("앞 단계의 결과를 발표한 뒤에 시작할 수 있습니다."))
    return role


def check_can_reopen_stage(by: Any, stage: Stage) -> str:
    """Never while the final result is decided and not told."""
    role = check_desk(by, stage.call, OFFICER)
    if stage.call.decisions.filter(status=ResultStatus.DECIDED).exists():
        raise NotAllowed(_("결정하고 아직 발표하지 않은 결과가 있습니다."))
    return role


def check_can_settle(by: Any, stage: Stage) -> str:
    role = check_desk(by, stage.call, OFFICER)
    if ScoreSheet.objects.filter(
        assignment__stage=stage, assignment__status=AssignmentStatus.CLEARED, status=SheetStatus.OPEN
    ).exists():
        raise Invalid(_("아직 제출하지 않은 평가표가 있습니다. 제출을 기다리거나 배정을 해제한 뒤 집계해 주십시오."))
    return role


def check_can_reopen_sheet(by: Any, sheet: ScoreSheet) -> str:
    role = check_desk(by, sheet.assignment.stage.call, OFFICER)
    if sheet.assignment.stage.status != StageStatus.RUNNING:
        raise NotAllowed(_("집계가 끝난 단계의 평가표는 다시 열 수 없습니다."))
    chair = Member.objects.filter(panel__stage=sheet.assignment.stage_id, is_chair=True, status=MemberStatus.ACCEPTED)
    if sheet.reopening_asked_by_id is None and chair.exclude(pk=sheet.assignment.member_id).exists():
        raise NotAllowed(_("위원장이 먼저 요청해야 다시 열 수 있습니다."))
    return role


def check_can_discuss(by: Any, sheet: ScoreSheet) -> str:
    """One's own sheet is locked, and the stage lets its members read each other; the chair reads in any case."""
    role = check_can_open_file(by, sheet.assignment)
    if sheet.status != SheetStatus.LOCKED:
        raise NotAllowed(_("내 평가표를 제출한 뒤에 다른 위원의 평가표를 볼 수 있습니다."))
    if not sheet.assignment.stage.discussion and not sheet.assignment.member.is_chair:
        raise NotAllowed(_("이 평가단계에서는 위원끼리 평가표를 공유하지 않습니다."))
    return role


def check_can_read_sheets(by: Any, application: Application, stage: Stage) -> str:
    """The officer once all sheets are locked, the approver once the stage is settled, the appeal reviewer in a case, the
    auditor always.
    """
    if accounts.has_role(by, AUDITOR, cluster=stage.call.cluster):
        return AUDITOR
    role = check_desk(by, stage.call, OFFICER, APPROVER, REVIEWER)
    desk = role.rpartition(".")[2]
    cleared = ScoreSheet.objects.filter(assignment__stage=stage, assignment__status=AssignmentStatus.CLEARED)
    if desk == OFFICER and cleared.filter(status=SheetStatus.OPEN).exists():
        raise NotAllowed(_("모든 평가표가 제출된 뒤에 볼 수 있습니다."))
    if desk == APPROVER and stage.status != StageStatus.SETTLED:
        raise NotAllowed(_("집계가 끝난 뒤에 볼 수 있습니다."))
    if desk == REVIEWER and not application.appeals.exists():
        raise NotAllowed(_("이의신청이 있는 신청서의 평가표만 볼 수 있습니다."))
    return role


def check_can_ask_reopening(by: Any, sheet: ScoreSheet) -> str:
    """The chair of the panel, about another member's sheet, before the stage settles."""
    assignment = sheet.assignment
    chair = Member.objects.filter(panel__stage=assignment.stage_id, is_chair=True, status=MemberStatus.ACCEPTED)
    if not chair.filter(evaluator__user=getattr(by, "pk", None)).exclude(pk=assignment.member_id).exists():
        raise NotAllowed(_("위원장만 다른 위원의 평가표를 다시 열도록 요청할 수 있습니다."))
    if assignment.stage.status != StageStatus.RUNNING:
        raise NotAllowed(_("집계가 끝난 단계의 평가표는 다시 열 수 없습니다."))
    return f"{assignment.ledger_room()}.{CHAIR}"
