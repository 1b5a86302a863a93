"""A call as a line of steps: what is done, what comes next, whose move it is. Reads only; the desk's board shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
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


@dataclass(frozen=True, slots=True)
class Facts:
    """What the steps of some calls hang on, read once for all of them: keys of stages, and of calls."""

    seated: frozenset[int]
    cleared: frozenset[int]
    unlocked: frozenset[int]
    checked: frozenset[int]
    decisions: Mapping[int, Sequence[Decision]]
    stages: Mapping[int, Sequence[Stage]]

    @classmethod
    def of(cls, calls: Sequence[Call]) -> Facts:
        """Six queries, however many calls there are."""
        keys = [call.pk for call in calls]
        decisions: dict[int, list[Decision]] = {}
        for decision in Decision.objects.filter(call__in=keys).select_related("call"):
            decisions.setdefault(decision.call_id, []).append(decision)
        stages: dict[int, list[Stage]] = {}
        for stage in Stage.objects.filter(call__in=keys).order_by("number"):
            stages.setdefault(stage.call_id, []).append(stage)
        here = Stage.objects.filter(call__in=keys)
        clear = Assignment.objects.filter(stage=OuterRef("pk"), status=AssignmentStatus.CLEARED)
        still_open = ScoreSheet.objects.filter(
            assignment__stage=OuterRef("pk"), assignment__status=AssignmentStatus.CLEARED, status=SheetStatus.OPEN
        )
        findings = EligibilityFinding.objects.filter(application__call=OuterRef("pk"))
        return cls(
            seated=frozenset(Panel.objects.filter(stage__call__in=keys).values_list("stage", flat=True)),
            cleared=frozenset(here.filter(Exists(clear)).values_list("pk", flat=True)),
            unlocked=frozenset(here.filter(Exists(still_open)).values_list("pk", flat=True)),
            checked=frozenset(Call.objects.filter(Exists(findings), pk__in=keys).values_list("pk", flat=True)),
            decisions=decisions,
            stages=stages,
        )


def steps_of(call: Call, facts: Facts | None = None) -> list[PipelineStep]:
    """Every step of the round, in order; ``facts`` if they were read for several calls."""
    facts = facts or Facts.of([call])
    decisions = {(decision.kind, decision.stage_id): decision for decision in facts.decisions.get(call.pk, ())}
    stages = list(facts.stages.get(call.pk, ()))
    found = [
        PipelineStep("publish", _("공고하기"), Owner.APPROVER, call.status != CallStatus.DRAFT),
        PipelineStep("close", _("접수 마감과 집계"), Owner.SYSTEM, call.closed_at is not None),
    ]
    if policy.uses_lottery([stage.rule for stage in stages]):
        found.append(PipelineStep("draw", _("동점 추첨 공개 값 등록"), Owner.OFFICER, bool(call.lottery_public)))
    eligibility = decisions.get(("ELIGIBILITY", None))
    found.append(PipelineStep("findings", _("자격검토"), Owner.OFFICER, call.pk in facts.checked))
    found += _decided("eligibility", _("자격검토 결과"), eligibility)
    for stage in stages:
        found += _reviewed(stage, facts)
        if stage != stages[-1]:
            label = _("%(stage)s 결과") % {"stage": stage.name_text}
            found += _decided("shortlist", label, decisions.get(("SHORTLIST", stage.pk)), stage)
    found += _decided("final", _("최종 결과"), decisions.get(("FINAL", None)))
    found.append(
        PipelineStep("finalise", _("확정하기"), Owner.OFFICER, call.status in (CallStatus.FINAL, CallStatus.ARCHIVED))
    )
    found.append(PipelineStep("archive", _("보관하기"), Owner.OFFICER, call.status == CallStatus.ARCHIVED))
    return found


def _decided(code: str, label: str, decision: Decision | None, stage: Stage | None = None) -> Iterator[PipelineStep]:
    status = decision.status if decision else ""
    yield PipelineStep(code, _("%(what)s 작성") % {"what": label}, Owner.OFFICER, bool(status), stage, decision)
    decided = status in ("DECIDED", "PUBLISHED")
    yield PipelineStep("decide", _("%(what)s 결정") % {"what": label}, Owner.APPROVER, decided, stage, decision)
    yield PipelineStep(
        "tell", _("%(what)s 발표") % {"what": label}, Owner.APPROVER, status == "PUBLISHED", stage, decision
    )


def _reviewed(stage: Stage, facts: Facts) -> Iterator[PipelineStep]:
    name, status = stage.name_text, stage.status
    seated, cleared, unlocked = (stage.pk in keys for keys in (facts.seated, facts.cleared, facts.unlocked))
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


def next_step(call: Call, facts: Facts | None = None) -> PipelineStep | None:
    """The first step that is not done; None at the end of the round."""
    if call.status == CallStatus.CANCELLED:
        return None
    return next((step for step in steps_of(call, facts) if not step.done), None)
