"""After publication: a rank changes only by a CORRECTION, told to everyone whose line changed.

Who was selected without fault keeps the place, who was in reserve stays in reserve. Whoever should have had a place by
the new run comes into the reserve at the corrected rank, or gets a place if an appeal's remedy says so.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from portal.core.errors import Invalid, NotAllowed
from portal.core.transition import advance
from portal.intake import queries, rules, workflow
from portal.intake.enums import (
    AppealStatus,
    ApplicationStatus,
    AssignmentStatus,
    DecisionKind,
    Outcome,
    Remedy,
    ReserveStatus,
    ResultStatus,
    StageStatus,
)
from portal.intake.models import (
    Appeal,
    Application,
    Assignment,
    Decision,
    DecisionLine,
    RankingRun,
    ReserveEntry,
    Stage,
)
from portal.intake.services import telling
from portal.intake.services.conflicts import strike_sheets
from portal.intake.services.decisions import LineWriter
from portal.intake.services.later import ask_questions_of
from portal.intake.services.ranking import rank_finally

_KEPT = (ApplicationStatus.SELECTED, ApplicationStatus.FULFILLED)
_TOLD = ("outcome", "place", "total", "cutoff", "reserve_order", "quota_track_id")


@transaction.atomic
def prepare_correction(
    *, corrects: Decision, reason: str, by: Any, now: datetime, appeal: Appeal | None = None
) -> Decision:
    """A correction as a draft, with a line for everyone whose result changes by a fresh run; a draft there is replaced.

    ``corrects`` is a published FINAL or SHORTLIST decision. With an upheld ``appeal`` whose remedy is SELECT or RESERVE,
    the appellant gets a place (beyond the quota if all are taken) or the reserve. Raises ``Invalid`` if nothing changes.
    """
    call = corrects.call
    rules.check_can_run(by, call)
    if corrects.status != ResultStatus.PUBLISHED or corrects.kind not in (DecisionKind.FINAL, DecisionKind.SHORTLIST):
        raise NotAllowed(_("발표한 결과만 정정할 수 있습니다."))
    if not reason.strip():
        raise Invalid(_("정정 사유를 적어 주십시오."), field="reason")
    if appeal is not None and (appeal.application.call_id != call.pk or appeal.status not in _UPHELD):
        raise Invalid(_("이 공고에서 인용한 이의신청이 아닙니다."), field="appeal")
    run = _fresh_run(corrects, by, now)
    drafts = Decision.objects.filter(call=call, kind=DecisionKind.CORRECTION, status=ResultStatus.DRAFT)
    DecisionLine.objects.filter(decision__in=drafts).delete()
    drafts.delete()
    if call.decisions.filter(kind=DecisionKind.CORRECTION, status=ResultStatus.DECIDED).exists():
        raise Invalid(_("결정하고 아직 발표하지 않은 정정이 있습니다."))
    decision = Decision.objects.create(
        call=call,
        kind=DecisionKind.CORRECTION,
        stage=corrects.stage,
        run=run,
        corrects=corrects,
        reason=reason.strip(),
        appeal=appeal,
        cutoffs=run.result["selection"]["cutoffs"],
        prepared_by=by,
        prepared_at=now,
    )
    lines = _Corrected(decision, run, appeal).lines()
    if not lines:
        raise Invalid(_("다시 집계해도 달라지는 결과가 없습니다."))
    DecisionLine.objects.bulk_create(lines)
    telling.result_prepared(decision)
    return decision


_UPHELD = (AppealStatus.UPHELD, AppealStatus.PARTLY)


def _fresh_run(corrects: Decision, by: Any, now: datetime) -> RankingRun:
    if corrects.stage is None:
        return rank_finally(call=corrects.call, by=by, now=now)
    run = corrects.stage.runs.order_by("-number").first()
    if corrects.stage.status != StageStatus.SETTLED or run is None:
        raise Invalid(_("집계한 평가단계만 결과를 작성할 수 있습니다."))
    return run


class _Corrected:
    """The lines that change against what was told last."""

    def __init__(self, decision: Decision, run: RankingRun, appeal: Appeal | None) -> None:
        assert decision.corrects is not None
        self.decision, self.appeal = decision, appeal
        self.applications = {row.pk: row for row in queries.competing(decision.call, run)}
        self.told = queries.told_lines(decision.corrects)
        self.writer = LineWriter(decision, run)
        self.free = queries.places_left(decision.call.tracks.values_list("pk", flat=True))

    def lines(self) -> list[DecisionLine]:
        """Only what changes, by place."""
        fresh = self.writer.lines(self.applications.values())
        fresh.sort(key=lambda line: (line.place is None, line.place or 0, str(line.application)))
        for line in fresh:
            self._settle(line)
        if self.decision.stage_id is None:
            self._order_reserve(fresh)
        return [line for line in fresh if self._changed(line)]

    def _settle(self, line: DecisionLine) -> None:
        status, before = line.application.status, self.told.get(line.application_id)
        if self.decision.stage_id is not None:
            if before is not None and before.outcome == Outcome.GOES_ON:
                line.outcome, line.passed, line.reasons = Outcome.GOES_ON, True, []
        elif status in _KEPT:
            line.outcome, line.passed, line.reasons = Outcome.SELECTED, True, []
            line.quota_track, line.beyond_quota = line.application.quota_track, line.application.beyond_quota
        elif line.passed and self._has_remedy(line, Remedy.SELECT):
            self._give(line)
        else:
            waits = status == ApplicationStatus.RESERVED
            if waits or line.outcome == Outcome.SELECTED or self._has_remedy(line, Remedy.RESERVE):
                self._reserve(line, kept=waits)

    def _has_remedy(self, line: DecisionLine, remedy: Remedy) -> bool:
        return (
            self.appeal is not None
            and self.appeal.application_id == line.application_id
            and self.appeal.remedy == remedy
        )

    def _give(self, line: DecisionLine) -> None:
        """The next free place of the track, or one beyond the quota."""
        track = line.quota_track or line.application.track
        assert track is not None
        line.outcome, line.reasons, line.quota_track = Outcome.SELECTED, [], track
        line.beyond_quota = self.free[track.pk] < 1

    def _reserve(self, line: DecisionLine, *, kept: bool) -> None:
        if line.passed or kept:
            line.outcome, line.passed, line.reasons, line.quota_track = Outcome.RESERVED, True, [], None

    def _order_reserve(self, lines: list[DecisionLine]) -> None:
        """By place behind those whose turn has come and gone."""
        gone = ReserveEntry.objects.filter(track__call=self.decision.call).exclude(status=ReserveStatus.WAITING)
        last = dict(gone.values_list("track").annotate(Max("order")))
        queue: dict[int, int] = defaultdict(int, {track: order or 0 for track, order in last.items()})
        for line in lines:
            line.reserve_order = None
            if line.outcome == Outcome.RESERVED:
                queue[line.track_id] += 1
                line.reserve_order = queue[line.track_id]

    def _changed(self, line: DecisionLine) -> bool:
        before = self.told.get(line.application_id)
        return before is None or any(getattr(before, name) != getattr(line, name) for name in _TOLD)


@transaction.atomic
def reopen_stage(*, stage: Stage, reason: str, by: Any, now: datetime) -> Stage:
    """A settled stage runs again so that a substitute can score: a sheet was struck, or an appeal asks for it.

    Not between the final decision and its publication.
    """
    role = rules.check_can_reopen_stage(by, stage)
    if not reason.strip():
        raise Invalid(_("다시 여는 까닭을 적어 주십시오."), field="reason")
    advance(stage, StageStatus.RUNNING, by=by.acting_as(role), steps=workflow.STAGE, reason=reason)
    return stage


@transaction.atomic
def order_rescoring(*, appeal: Appeal, stage: Stage, by: Any, now: datetime) -> Application:
    """RESCORE: the earlier sheets of this file are struck, the stage runs again, substitutes may be assigned."""
    role = rules.check_can_run(by, stage.call)
    application = appeal.application
    _check_remedy(appeal, Remedy.RESCORE, stage.call_id)
    acting, reason = by.acting_as(role), appeal.reasons
    for row in Assignment.objects.filter(
        stage=stage, application=application, status=AssignmentStatus.CLEARED
    ).select_related("stage__call", "member"):
        advance(row, AssignmentStatus.RELEASED, by=acting, steps=workflow.ASSIGNMENT, reason=reason)
        strike_sheets(row, acting, reason)
    if stage.status == StageStatus.SETTLED:
        reopen_stage(stage=stage, reason=reason, by=by, now=now)
    if application.status == ApplicationStatus.NOT_SELECTED:
        advance(application, ApplicationStatus.IN_REVIEW, by=acting, steps=workflow.APPLICATION, reason=reason)
    return application


@transaction.atomic
def reinstate(*, appeal: Appeal, by: Any, now: datetime) -> Application:
    """REINSTATE: a company found ineligible takes part again, while the review goes on."""
    application = appeal.application
    role = rules.check_can_run(by, application.call)
    _check_remedy(appeal, Remedy.REINSTATE, application.call_id)
    advance(
        application,
        ApplicationStatus.IN_REVIEW,
        by=by.acting_as(role),
        steps=workflow.APPLICATION,
        reason=appeal.reasons,
    )
    ask_questions_of(application.call, 1, [application], now)
    return application


@transaction.atomic
def restore(*, appeal: Appeal, by: Any, now: datetime) -> Application:
    """RESTORE: a selection taken back wrongly stands again, beyond the quota if its place is taken; the room is told."""
    application = appeal.application
    role = rules.check_can_cancel_call(by, application.call)
    _check_remedy(appeal, Remedy.RESTORE, application.call_id)
    if application.quota_track is None:
        raise NotAllowed(_("선정되었던 신청이 아닙니다."))
    beyond = queries.places_left([application.quota_track.pk])[application.quota_track.pk] < 1
    advance(
        application,
        ApplicationStatus.SELECTED,
        by=by.acting_as(role),
        steps=workflow.APPLICATION,
        reason=appeal.reasons,
        changes={"beyond_quota": beyond},
    )
    line = application.lines.filter(outcome=Outcome.SELECTED, decision__status=ResultStatus.PUBLISHED).last()
    line = line or application.lines.filter(decision__status=ResultStatus.PUBLISHED).last()
    if line is not None:
        line.application = application
        application.call.rules.published(line, by=by, now=now)
    return application


def _check_remedy(appeal: Appeal, remedy: Remedy, call_id: int) -> None:
    if appeal.status not in _UPHELD or appeal.remedy != remedy or appeal.application.call_id != call_id:
        raise NotAllowed(_("이의신청을 인용하면서 정한 구제가 아닙니다."))
