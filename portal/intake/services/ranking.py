"""집계: from locked sheets to numbered runs that anyone can repeat from their inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from portal.core import lottery
from portal.core.errors import Invalid
from portal.core.transition import advance
from portal.intake import queries, rules, selection, tally, workflow
from portal.intake.canonical import canonical
from portal.intake.enums import StageStatus
from portal.intake.models import Application, Call, RankingRun, Stage
from portal.intake.services.bonuses import counted_bonuses
from portal.intake.services.conflicts import find_exclusions


@transaction.atomic
def settle_stage(*, stage: Stage, by: Any, now: datetime) -> RankingRun:
    """확정: rank what was locked, store inputs and result, close the stage. Raises ``Invalid`` for a tie at the cut-off."""
    role = rules.check_can_settle(by, stage)
    # Whoever came to belong to a company since the assignment is excluded before anything is counted.
    find_exclusions(call=stage.call, by=by, now=now)
    run = _run(stage.call, stage, stage_inputs(stage), tally.stage_result, by, now)
    advance(
        stage,
        StageStatus.SETTLED,
        by=by.acting_as(role),
        steps=workflow.STAGE,
        private={"run": {"number": run.number, "sha256": run.sha256}},
    )
    return run


@transaction.atomic
def rank_finally(*, call: Call, by: Any, now: datetime) -> RankingRun:
    """The run over all stages with the selection that follows from it."""
    rules.check_can_run(by, call)
    if call.stages.exclude(status=StageStatus.SETTLED).exists():
        raise Invalid(_("모든 평가단계를 집계한 뒤에 최종 순위를 냅니다."))
    return _run(call, None, _final_inputs(call), tally.final_result, by, now)


def _run(call: Call, stage: Stage | None, inputs: dict[str, Any], compute: Any, by: Any, now: datetime) -> RankingRun:
    try:
        result = compute(inputs)
    except selection.TieAtCutoff as error:
        raise Invalid(_("선정 경계에 동점이 있어 집계할 수 없습니다. 동점 처리 기준을 확인해 주십시오.")) from error
    text = canonical(inputs)
    last = RankingRun.objects.filter(call=call).aggregate(last=Max("number"))["last"] or 0
    return RankingRun.objects.create(
        call=call,
        stage=stage,
        number=last + 1,
        inputs=text.decode(),
        sha256=hashlib.sha256(text).hexdigest(),
        module=tally.MODULE,
        result=result,
        run_by=by,
        run_at=now,
    )


def stage_inputs(stage: Stage) -> dict[str, Any]:
    """Everything a run of the stage depends on, as it is stored with the run."""
    applications = queries.competing(stage.call, stage.runs.order_by("-number").first())
    go_on = {tally.ALL: stage.go_on} if isinstance(stage.go_on, int) else stage.go_on
    return {
        "module": tally.MODULE,
        "kind": "STAGE",
        "stage": stage.code,
        "groups": _groups(applications, one=isinstance(stage.go_on, int)),
        "go_on": go_on,
        **_judged(stage, {application.receipt_number for application in applications}),
    }


def _final_inputs(call: Call) -> dict[str, Any]:
    stages = list(call.stages.order_by("number"))
    applications = queries.competing(call, call.runs.filter(stage=None).order_by("-number").first())
    keys = {application.receipt_number for application in applications}
    bases: dict[str, dict[str, str | None]] = {}
    for stage in stages:
        for row in _rows(_last_run(stage)):
            if row["application"] in keys:
                bases.setdefault(row["application"], {})[stage.code] = row["base"]
    tracks = list(call.tracks.all())
    return {
        "module": tally.MODULE,
        "kind": "FINAL",
        "groups": _groups(applications, one=False),
        "shares": {stage.code: stage.share_bp for stage in stages},
        "bases": bases,
        "bonuses": counted_bonuses(call, {key for key in keys if key}),
        "quotas": {track.code: track.quota for track in tracks},
        "spill": {track.code: track.spill for track in tracks},
        "reserves": {track.code: track.reserve for track in tracks},
        **_judged(stages[-1], keys),
    }


def _judged(stage: Stage, keys: set[str | None]) -> dict[str, Any]:
    """Criteria, rule, sheets and seed, as a run of the stage needs them."""
    return {
        "criteria": [
            {"code": row.code, "max_points": row.max_points, "weight_bp": row.weight_bp, "counted": row.counted}
            for row in stage.criteria.all()
        ],
        "rule": stage.rule,
        "sheets": [
            [str(sheet.assignment.member.evaluator_id), sheet.assignment.application.receipt_number, scores]
            for sheet, scores in queries.locked_sheets(stage)
            if sheet.assignment.application.receipt_number in keys
        ],
        "seed": _seed(stage),
    }


def _seed(stage: Stage) -> str:
    """The draw's seed in hex, when the rule uses it; the public value must have been drawn before."""
    if "lottery" not in stage.rule.get("tie_break", ()):
        return ""
    call = stage.call
    if not call.lottery_public:
        raise Invalid(_("동점 추첨에 쓸 공개 값을 먼저 등록해 주십시오."))
    return lottery.seed(bytes(call.lottery_secret or b""), call.lottery_public).hex()


def _groups(applications: Sequence[Application], *, one: bool) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for application in applications:
        assert application.track is not None
        groups.setdefault(tally.ALL if one else application.track.code, []).append(application.receipt_number or "")
    return groups


def _last_run(stage: Stage) -> RankingRun:
    run = stage.runs.order_by("-number").first()
    if run is None:
        raise Invalid(_("아직 집계하지 않은 평가단계가 있습니다."))
    return run


def _rows(run: RankingRun) -> list[Mapping[str, Any]]:
    return [row for rows in run.result["groups"].values() for row in rows]
