"""Decide quietly: an officer prepares from a run, an approver decides; the ledger commits to the whole list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.errors import Invalid
from portal.core.transition import advance
from portal.intake import blocks, checks, queries, rules, workflow
from portal.intake.enums import CallStatus, DecisionKind, Finding, Outcome, ResultStatus, StageStatus
from portal.intake.errors import Objections
from portal.intake.exact import cut
from portal.intake.models import Application, Call, Decision, DecisionLine, RankingRun, Stage
from portal.intake.registry import Problem
from portal.intake.services import telling
from portal.intake.services.ranking import rank_finally


@transaction.atomic
def prepare_shortlist(*, stage: Stage, by: Any, now: datetime) -> Decision:
    """평가단계 결과, as a draft, from the stage's last run."""
    rules.check_can_run(by, stage.call)
    run = stage.runs.order_by("-number").first()
    if stage.status != StageStatus.SETTLED or run is None or "selection" not in run.result:
        raise Invalid(_("집계한 평가단계만 결과를 작성할 수 있습니다."))
    return _prepare(stage.call, DecisionKind.SHORTLIST, stage, run, by, now)


@transaction.atomic
def prepare_final(*, call: Call, by: Any, now: datetime) -> Decision:
    """최종 선정 결과, as a draft, from a fresh run over all stages. Prepared again, it replaces the draft."""
    run = rank_finally(call=call, by=by, now=now)
    return _prepare(call, DecisionKind.FINAL, None, run, by, now)


def _prepare(call: Call, kind: DecisionKind, stage: Stage | None, run: RankingRun, by: Any, now: datetime) -> Decision:
    drafts = Decision.objects.filter(call=call, kind=kind, stage=stage, status=ResultStatus.DRAFT)
    DecisionLine.objects.filter(decision__in=drafts).delete()
    drafts.delete()
    if Decision.objects.filter(call=call, kind=kind, stage=stage).exists():
        raise Invalid(_("이미 결정한 결과가 있습니다."))
    decision = Decision.objects.create(
        call=call,
        kind=kind,
        stage=stage,
        run=run,
        cutoffs=run.result["selection"]["cutoffs"],
        prepared_by=by,
        prepared_at=now,
    )
    DecisionLine.objects.bulk_create(LineWriter(decision, run).lines(queries.in_review(call)))
    telling.result_prepared(decision)
    return decision


class LineWriter:
    """Turns the result of a run into lines."""

    def __init__(self, decision: Decision, run: RankingRun) -> None:
        self.decision, self.result = decision, run.result
        chosen = run.result["selection"]
        self.selected = {key: quota for key, _track, quota in chosen["selected"]}
        self.reserved = {key: order for keys in chosen["reserved"].values() for order, key in enumerate(keys, start=1)}
        self.tracks = {track.code: track for track in decision.call.tracks.all()}
        last = decision.stage or decision.call.stages.order_by("number").last()
        self.rule: Mapping[str, Any] = last.rule if last else {}

    def lines(self, applications: Iterable[Application]) -> list[DecisionLine]:
        """A line for each of the applications that the run ranked."""
        files = {application.receipt_number: application for application in applications}
        return [
            self._line(files[row["application"]], group, row, ranked)
            for group, rows in self.result["groups"].items()
            for ranked in [sum(other["place"] is not None for other in rows)]
            for row in rows
            if row["application"] in files
        ]

    def _line(self, application: Application, group: str, row: Mapping[str, Any], ranked: int) -> DecisionLine:
        outcome = self._outcome(row["application"])
        cutoff = self.result["selection"]["cutoffs"].get(group)
        return DecisionLine(
            decision=self.decision,
            application=application,
            outcome=outcome,
            track=application.track,
            quota_track=self.tracks.get(self.selected[row["application"]]) if outcome == Outcome.SELECTED else None,
            place=row["place"],
            ranked=ranked,
            total=row["total"],
            cutoff=cutoff,
            passed=row["passed"],
            tie=row["tie"],
            reserve_order=self.reserved.get(row["application"]),
            reasons=self.reasons(row, cutoff) if outcome == Outcome.NOT_SELECTED else [],
        )

    def _outcome(self, key: str) -> Outcome:
        if key in self.selected:
            return Outcome.GOES_ON if self.decision.stage_id else Outcome.SELECTED
        return Outcome.RESERVED if key in self.reserved else Outcome.NOT_SELECTED

    def reasons(self, row: Mapping[str, Any], cutoff: str | None) -> list[dict[str, str]]:
        if row["place"] is None:
            least = self.rule.get("min_sheets", 1)
            text = format_lazy(
                gettext_lazy("유효한 평가표가 기준({least}부)보다 적어 순위를 낼 수 없었습니다."), least=least
            )
            return [{"code": "TOO_FEW_SHEETS", **blocks.both(text)}]
        if not row["passed"]:
            mark = cut(Fraction(self.rule["pass_mark"]))
            text = format_lazy(gettext_lazy("점수가 선정 기준 {mark}점에 미치지 못했습니다."), mark=mark)
            return [{"code": "BELOW_PASS_MARK", **blocks.both(text)}]
        line = cut(Fraction(cutoff)) if cutoff is not None else "-"
        text = format_lazy(
            gettext_lazy("기준 점수는 넘었으나 선정 순위 안에 들지 못했습니다(선정 최저점 {line}점)."), line=line
        )
        return [{"code": "BELOW_CUTOFF", **blocks.both(text)}]


def preview(*, decision: Decision) -> list[Problem]:
    """What stands against publishing this now, the programme's objections first; a dry run that changes nothing."""
    return [*decision.call.rules.preview(decision), *_closed_since(decision)]


def _closed_since(decision: Decision) -> list[Problem]:
    """Companies about to be selected whose business is no longer open, where the call asks for one that is."""
    version = decision.call.current
    asked = [row for row in version.eligibility if row["rule"] == "business_status"] if version else []
    if not asked:
        return []
    lines = decision.lines.filter(outcome=Outcome.SELECTED).select_related("application__organisation")
    found = []
    for line in lines.order_by("pk"):
        application = line.application
        application.call = decision.call
        answer = checks.business_status(
            application, asked[0].get("parameters", {}), checks.counting_day(application, {})
        )
        if answer.outcome == Finding.FAIL:
            found.append(
                Problem(format_lazy("{company}: {why}", company=application.organisation, why=answer.sentence))
            )
    return found


@transaction.atomic
def decide(*, decision: Decision, by: Any, now: datetime, publish_at: datetime | None = None) -> Decision:
    """결정, by an approver who did not prepare it; nobody else can tell from anything public. Raises ``Objections``."""
    role = rules.check_can_decide(by, decision)
    _refuse_objections(decision)
    acting = by.acting_as(role)
    advance(
        decision,
        ResultStatus.DECIDED,
        by=acting,
        steps=workflow.RESULT,
        data={"kind": decision.kind},
        private={"lines": committed_lines(decision)},
        changes={"decided_by": by, "decided_at": now, "publish_at": publish_at},
    )
    if decision.kind == DecisionKind.FINAL:
        advance(decision.call, CallStatus.DECIDED, by=acting, steps=workflow.CALL)
    return decision


def _refuse_objections(decision: Decision) -> None:
    problems = [problem for problem in preview(decision=decision) if problem.blocking]
    if problems:
        raise Objections([problem.message for problem in problems])


@transaction.atomic
def reopen_decision(*, decision: Decision, reason: str, by: Any, now: datetime) -> Decision:
    """Take a decision back before it is told, with the reason."""
    role = rules.check_can_decide(by, decision)
    if not reason.strip():
        raise Invalid(_("되돌리는 까닭을 적어 주십시오."), field="reason")
    acting = by.acting_as(role)
    advance(
        decision,
        ResultStatus.DRAFT,
        by=acting,
        steps=workflow.RESULT,
        reason=reason,
        changes={"decided_by": None, "decided_at": None, "publish_at": None},
    )
    if decision.kind == DecisionKind.FINAL:
        advance(decision.call, CallStatus.REVIEWING, by=acting, steps=workflow.CALL, reason=reason)
    telling.result_prepared(decision)
    return decision


def committed_lines(decision: Decision) -> list[list[str]]:
    """The whole list in one order, as the commitment and the published digest cover it."""
    rows = decision.lines.select_related("application", "quota_track").order_by("application__case_ref")
    return [
        [
            row.application.case_ref,
            row.outcome,
            str(row.place or ""),
            row.total or "",
            row.quota_track.code if row.quota_track else "",
        ]
        for row in rows
    ]
