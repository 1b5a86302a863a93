"""Where an application stands: every step, the current one, who acts next and by when. Reads only."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from portal.core.ui.parts import Next, Step
from portal.intake import policy, queries, workflow
from portal.intake.enums import ApplicationStatus, Owner, StageStatus
from portal.intake.models import Application, Decision, Stage

_STATUS = ApplicationStatus
_ENDED = {_STATUS.INELIGIBLE, _STATUS.NOT_SELECTED, _STATUS.DECLINED, _STATUS.WITHDRAWN, _STATUS.DISQUALIFIED}


def word(application: Application) -> str:
    """The state in the programme's own word where it has one (이행 → 협약완료); what was not sent at closing is 미제출."""
    if application.status == _STATUS.DRAFT and application.call.closed_at is not None:
        return _("미제출")
    own = application.call.rules.words.get(application.status)
    return str(own or application.get_status_display())


def steps(application: Application) -> list[Step]:
    """작성 → 접수 → 자격검토 → each stage → 결과 → 이행, as far as this application came."""
    call = application.call
    told = {(d.kind, d.stage_id): d for d in Decision.objects.filter(call=call, status="PUBLISHED")}
    stages = list(call.stages.all())
    marks: list[tuple[str, datetime | None]] = [
        (_("작성"), application.created_at),
        (_("접수"), application.submitted_at),
        (_("자격검토"), _told_at(told.get(("ELIGIBILITY", None)))),
        *((stage.name_text, _stage_told(stage, stages, told)) for stage in stages),
        (_("결과 발표"), _told_at(told.get(("FINAL", None)))),
        (str(application.call.rules.words.get("FULFILLED", _STATUS.FULFILLED.label)), None),
    ]
    at = _position(application, len(marks), told, stages)
    ended = application.status in _ENDED
    return [
        Step(
            label,
            "done" if i < at else ("stopped" if ended else "current") if i == at else "waiting",
            when if i < at or (ended and i == at) else None,
            word(application) if i == at else "",
        )
        for i, (label, when) in enumerate(marks)
    ]


def _told_at(decision: Decision | None) -> datetime | None:
    return decision.published_at if decision else None


def _stage_told(stage: Stage, stages: list[Stage], told: dict[tuple[str, int | None], Decision]) -> datetime | None:
    key = ("FINAL", None) if stage == stages[-1] else ("SHORTLIST", stage.pk)
    return _told_at(told.get(key))


def _position(
    application: Application, size: int, told: dict[tuple[str, int | None], Decision], stages: list[Stage]
) -> int:
    """Index of the step that the application is at."""
    passed = sum(("SHORTLIST", stage.pk) in told for stage in stages)
    in_stage = min(3 + passed, size - 3)
    fixed = {
        _STATUS.DRAFT: 0,
        _STATUS.SUBMITTED: 2,
        _STATUS.SUPPLEMENT: 2,
        _STATUS.INELIGIBLE: 2,
        _STATUS.SELECTED: size - 1,
        _STATUS.RESERVED: size - 2,
        _STATUS.FULFILLED: size,
        _STATUS.DECLINED: size - 1,
    }
    if application.status == _STATUS.NOT_SELECTED:
        return size - 2 if application.lines.filter(decision__kind="FINAL").exists() else 2 + max(passed, 1)
    if application.status == _STATUS.WITHDRAWN:
        return 1
    return fixed.get(_STATUS(application.status), in_stage)


def next_of(application: Application) -> Next | None:
    """What happens next, who has to act, by when; None at an end."""
    owner = workflow.MACHINES["application"].owners[application.status]
    call, status = application.call, application.status
    if status == _STATUS.DRAFT and call.closed_at is not None:
        days = policy.retention(call.current)["draft_days"]
        return Next(
            _(
                "제출하지 않고 접수가 끝났습니다. 답은 다음 공고에서 가져다 쓸 수 있으며, 보존 기간이 지나면 파기합니다."
            ),
            owner.label,
            call.closes_at + timedelta(days=days),
        )
    if status == _STATUS.DRAFT:
        return Next(_("신청서를 마저 쓰고 제출합니다."), owner.label, call.closes_at)
    if status == _STATUS.SUBMITTED:
        return Next(_("접수를 마감한 뒤 자격을 검토합니다. 마감 전에는 고쳐서 다시 낼 수 있습니다."), owner.label, None)
    if status == _STATUS.SUPPLEMENT:
        request = application.supplements.filter(status="ASKED").first()
        return Next(_("보완을 요청받은 내용을 제출합니다."), owner.label, request.due_at if request else None)
    if status == _STATUS.IN_REVIEW:
        if request := queries.open_request(application):
            words = {"stage": request.stage.name_text if request.stage else ""}
            return Next(_("%(stage)s 추가 문항에 답합니다.") % words, Owner.APPLICANT.label, request.due_at)
        running = call.stages.filter(status=StageStatus.RUNNING).first()
        return Next(_("평가위원회가 심사합니다."), owner.label, running.due_at if running else None)
    if status == _STATUS.SELECTED:
        return Next(_("사업 담당이 다음 절차를 안내합니다."), owner.label, None)
    if status == _STATUS.RESERVED:
        return Next(_("자리가 나면 순위에 따라 바로 알려 드립니다."), owner.label, application.reserve.valid_until)
    return None
