"""A call as a line of steps: what is done, what comes next, whose move it is. Reads only; the desk's board shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.intake import policy
from portal.intake.enums import AssignmentStatus, CallStatus, Owner, SheetStatus, StageStatus
from portal.intake.models import Assignment, Call, Decision, EligibilityFinding, Panel, ScoreSheet, Stage


@dataclass(frozen=True, slots=True)
class PipelineStep:
    """One step: its code names the action of the desk that does it; ``target`` is a stage number or a decision."""

    code: str
    label: str
    owner: Owner
    done: bool
    stage: Stage | None = None
    decision: Decision | None = None


def steps_of(call: Call) -> list[PipelineStep]:
    """Every step of the round, in order."""
    decisions = {(decision.kind, decision.stage_id): decision for decision in call.decisions.all()}
    stages = list(call.stages.order_by("number"))
    found = [
        PipelineStep("publish", _("공고하기"), Owner.APPROVER, call.status != CallStatus.DRAFT),
        PipelineStep("close", _("접수 마감과 집계"), Owner.SYSTEM, call.closed_at is not None),
    ]
    if policy.uses_lottery([stage.rule for stage in stages]):
        found.append(PipelineStep("draw", _("동점 추첨 공개 값 등록"), Owner.OFFICER, bool(call.lottery_public)))
    checked = EligibilityFinding.objects.filter(application__call=call).exists()
    eligibility = decisions.get(("ELIGIBILITY", None))
    found.append(PipelineStep("findings", _("자격검토"), Owner.OFFICER, checked))
    found += _decided("eligibility", _("자격검토 결과"), eligibility)
    for stage in stages:
        found += _reviewed(stage)
        if stage != stages[-1]:
            label = _("%(stage)s 결과") % {"stage": stage.name_text}
            found += _decided("shortlist", label, decisions.get(("SHORTLIST", stage.pk)), stage)
    found += _decided("final", _("최종 결과"), decisions.get(("FINAL", None)))
    found.append(
        PipelineStep("finalise", _("확정하기"), Owner.OFFICER, call.status in (CallStatus.FINAL, CallStatus.ARCHIVED))
    )
    return found


def _decided(code: str, label: str, decision: Decision | None, stage: Stage | None = None) -> Iterator[PipelineStep]:
    status = decision.status if decision else ""
    yield PipelineStep(code, _("%(what)s 작성") % {"what": label}, Owner.OFFICER, bool(status), stage, decision)
    decided = status in ("DECIDED", "PUBLISHED")
    yield PipelineStep("decide", _("%(what)s 결정") % {"what": label}, Owner.APPROVER, decided, stage, decision)
    yield PipelineStep(
        "tell", _("%(what)s 발표") % {"what": label}, Owner.APPROVER, status == "PUBLISHED", stage, decision
    )


def _reviewed(stage: Stage) -> Iterator[PipelineStep]:
    name, status = stage.name_text, stage.status
    seated = Panel.objects.filter(stage=stage).exists()
    cleared = Assignment.objects.filter(stage=stage, status=AssignmentStatus.CLEARED).exists()
    unlocked = ScoreSheet.objects.filter(
        assignment__stage=stage, assignment__status=AssignmentStatus.CLEARED, status=SheetStatus.OPEN
    ).exists()
    settled = status == StageStatus.SETTLED
    yield PipelineStep("panel", _("%(stage)s 위원회 구성") % {"stage": name}, Owner.OFFICER, seated, stage)
    yield PipelineStep(
        "open", _("%(stage)s 시작") % {"stage": name}, Owner.OFFICER, status != StageStatus.WAITING, stage
    )
    yield PipelineStep("assign", _("%(stage)s 배정") % {"stage": name}, Owner.OFFICER, cleared or settled, stage)
    yield PipelineStep(
        "score", _("%(stage)s 평가") % {"stage": name}, Owner.EVALUATOR, settled or (cleared and not unlocked), stage
    )
    yield PipelineStep("settle", _("%(stage)s 집계") % {"stage": name}, Owner.OFFICER, settled, stage)


def next_step(call: Call) -> PipelineStep | None:
    """The first step that is not done; None at the end of the round."""
    if call.status == CallStatus.CANCELLED:
        return None
    return next((step for step in steps_of(call) if not step.done), None)
