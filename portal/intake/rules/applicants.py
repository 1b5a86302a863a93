"""What a company may do, and what may be done about its application."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts import queries as accounts
from portal.accounts import rules as people
from portal.core.errors import Late, NotAllowed
from portal.intake import queries, workflow
from portal.intake.enums import (
    ApplicationStatus,
    CallStatus,
    CaseStatus,
    ReserveStatus,
)
from portal.intake.errors import overtaken_by_the_count, too_late
from portal.intake.models import (
    Application,
    Call,
    DisqualificationCase,
    LateCode,
    ReserveEntry,
    ResultNotice,
    Stage,
    SupplementRequest,
)
from portal.intake.registry import is_for_people
from portal.intake.rules.desks import APPROVER, OFFICER, check_apart, check_desk, check_may_reopen_entry

_SYSTEM = "system"


def check_can_start(by: Any, call: Call, organisation: Any, *, now: datetime) -> str:
    role = people.check_can_act_for(by, organisation)
    if is_for_people(call.rules) != (organisation.person_id is not None):
        raise NotAllowed(
            _("개인의 이름으로 신청하는 공고입니다.")
            if is_for_people(call.rules)
            else _("기업의 이름으로 신청하는 공고입니다.")
        )
    if call.status not in (CallStatus.PUBLISHED, CallStatus.REVIEWING) or now < call.opens_at:
        raise NotAllowed(_("아직 접수를 시작하지 않은 공고입니다."))
    if now >= call.closes_at and queries.unused_late_code(call, organisation, now) is None:
        raise too_late(call.closes_at, now)
    return role


def check_can_draft(by: Any, application: Application) -> str:
    """Members edit until the call is counted; afterwards only what a supplement, or the next stage, asks for."""
    role = people.check_can_act_for(by, application.organisation)
    if application.status == ApplicationStatus.SUPPLEMENT:
        return role
    if application.status == ApplicationStatus.IN_REVIEW and queries.open_request(application):
        return role
    if application.status == ApplicationStatus.DRAFT and queries.unused_late_code(
        application.call, application.organisation
    ):
        return role
    if application.status not in (ApplicationStatus.DRAFT, ApplicationStatus.SUBMITTED) or application.call.closed_at:
        raise NotAllowed(_("접수가 끝나 더 고칠 수 없습니다. 작성하신 내용은 계속 읽을 수 있습니다."))
    return role


def check_can_submit(by: Any, application: Application, *, now: datetime, late: LateCode | None = None) -> str:
    """The master account before the bell, or with a late code that two people stand for."""
    role = people.check_can_sign_for(by, application.organisation)
    if application.status not in (ApplicationStatus.DRAFT, ApplicationStatus.SUBMITTED):
        raise NotAllowed(_("지금 상태에서는 제출할 수 없습니다."))
    if late is not None and application.status == ApplicationStatus.DRAFT:
        check_may_reopen_entry(application.call)
        return role
    call = application.call
    if now >= call.closes_at:
        raise too_late(call.closes_at, now)
    if call.closed_at is not None:
        raise overtaken_by_the_count(call, now)
    if call.status != CallStatus.PUBLISHED or now < call.opens_at:
        raise NotAllowed(_("지금은 접수하지 않는 공고입니다."))
    return role


def check_can_answer_supplement(by: Any, application: Application, asked: SupplementRequest, *, now: datetime) -> str:
    """The master account before the due time; the questions of a stage only while the application is in review."""
    role = people.check_can_sign_for(by, application.organisation)
    if asked.stage_id is not None and application.status != ApplicationStatus.IN_REVIEW:
        raise NotAllowed(_("심사 중인 신청서에만 답할 수 있습니다."))
    if now >= asked.due_at:
        raise too_late(asked.due_at, now)
    return role


def check_can_sign(by: Any, application: Application) -> str:
    """The master account of the company: who appeals, challenges, accepts, whatever the clock says."""
    return people.check_can_sign_for(by, application.organisation)


def check_can_withdraw(by: Any, application: Application) -> str:
    return people.check_can_sign_for(by, application.organisation)


def check_can_rate(by: Any, application: Application, stage: Stage) -> str:
    """A member of the company, once the result of a stage that judged it was told."""
    role = people.check_can_act_for(by, application.organisation)
    if not queries.stages_to_rate(application).filter(pk=stage.pk).exists():
        raise NotAllowed(_("결과를 받은 평가단계를 한 번만 평가할 수 있습니다."))
    return role


def check_can_notice_case(by: Any, application: Application) -> str:
    """The officer of the call, about an application that is still in play."""
    role = check_desk(by, application.call, OFFICER)
    check_apart(by, application.organisation)
    if (application.status, ApplicationStatus.DISQUALIFIED) not in workflow.APPLICATION:
        raise NotAllowed(_("지금 상태의 신청은 취소 절차를 시작할 수 없습니다."))
    return role


def check_can_reply_to_case(by: Any, case: DisqualificationCase, *, now: datetime) -> str:
    role = people.check_can_sign_for(by, case.application.organisation)
    if now >= case.reply_by and case.status == CaseStatus.NOTICED:
        raise Late(_("의견을 낼 기한이 지났습니다."))
    return role


def check_can_decide_case(by: Any, case: DisqualificationCase, *, now: datetime) -> str:
    """The approver, never who gave notice, and not before the company was heard or its time is over."""
    role = check_desk(by, case.application.call, APPROVER)
    check_apart(by, case.application.organisation)
    if by.pk == case.noticed_by_id:
        raise NotAllowed(_("통지한 사람은 결정할 수 없습니다. 다른 결재자에게 요청해 주십시오."))
    if case.status == CaseStatus.NOTICED and now < case.reply_by:
        raise NotAllowed(_("의견을 낼 기한이 아직 남아 있습니다."))
    return role


def check_can_conclude(by: Any, application: Application) -> str:
    """Rooms report that what was awarded came about or was given up: the company, the desk, or a job of the portal."""
    if by is log.SYSTEM:
        return _SYSTEM
    if accounts.is_master(by, application.organisation):
        return people.check_can_sign_for(by, application.organisation)
    return check_desk(by, application.call, OFFICER, APPROVER)


def check_can_return(by: Any, application: Application) -> str:
    """The approver, about a company that a reserve call selected and that holds nothing final yet."""
    role = check_desk(by, application.call, APPROVER)
    check_apart(by, application.organisation)
    called = ReserveEntry.objects.filter(application=application, status=ReserveStatus.CALLED)
    if application.status != ApplicationStatus.SELECTED or not called.exists():
        raise NotAllowed(_("예비에서 승계한 뒤 아직 이행하지 않은 기업만 예비로 되돌릴 수 있습니다."))
    return role


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
