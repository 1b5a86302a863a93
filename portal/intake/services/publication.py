"""Publish at once: one transaction moves every application, calls the room for each, fills the outbox; all or nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import NotAllowed, Overtaken
from portal.core.periods import SEOUL, end_of_day, last_day
from portal.core.transition import advance
from portal.intake import queries, rules, workflow
from portal.intake.canonical import digest
from portal.intake.enums import (
    AppealStatus,
    ApplicationStatus,
    CallStatus,
    DecisionKind,
    Outcome,
    ReserveStatus,
    ResultStatus,
)
from portal.intake.errors import Objections
from portal.intake.models import Appeal, Application, Call, Decision, DecisionLine, ReserveEntry, ResultNotice
from portal.intake.registry import ByInvitation
from portal.intake.services import later, reserve, telling
from portal.intake.services.decisions import committed_lines, preview
from portal.intake.services.results import Scores, content_of

_TAKEN = (Outcome.ELIGIBLE, Outcome.GOES_ON, Outcome.SELECTED)
#: Where each outcome leads; None: what is told moves nothing yet.
_MOVES: dict[Outcome, str | None] = {
    Outcome.ELIGIBLE: ApplicationStatus.IN_REVIEW,
    Outcome.INELIGIBLE: ApplicationStatus.INELIGIBLE,
    Outcome.GOES_ON: None,
    Outcome.SELECTED: ApplicationStatus.SELECTED,
    Outcome.RESERVED: ApplicationStatus.RESERVED,
    Outcome.NOT_SELECTED: ApplicationStatus.NOT_SELECTED,
}
#: What a correction may move; anything else came about after it was prepared.
_CORRECTED = {
    (ApplicationStatus.NOT_SELECTED, ApplicationStatus.SELECTED),
    (ApplicationStatus.RESERVED, ApplicationStatus.SELECTED),
    (ApplicationStatus.NOT_SELECTED, ApplicationStatus.RESERVED),
    (ApplicationStatus.NOT_SELECTED, ApplicationStatus.IN_REVIEW),
    (ApplicationStatus.IN_REVIEW, ApplicationStatus.SELECTED),
    (ApplicationStatus.IN_REVIEW, ApplicationStatus.RESERVED),
    (ApplicationStatus.IN_REVIEW, ApplicationStatus.NOT_SELECTED),
}


@transaction.atomic
def publish(*, decision: Decision, by: Any, now: datetime) -> Decision:
    """발표: everyone reads it at the same second. A room that refuses one line undoes the whole publication.

    Of two who publish at once, one gets ``Overtaken``. Raises ``Objections`` when the preview has grown one meanwhile.
    """
    role = rules.check_can_publish(by, decision)
    acting = by.acting_as(role)
    lines = _lines(decision)
    advance(
        decision,
        ResultStatus.PUBLISHED,
        by=acting,
        steps=workflow.RESULT,
        data=_announcement(decision, lines),
        changes={"published_at": now},
    )
    problems = [problem for problem in preview(decision=decision) if problem.blocking]
    if problems:
        raise Objections([problem.message for problem in problems])
    if decision.kind == DecisionKind.FINAL:
        advance(decision.call, CallStatus.ANNOUNCED, by=acting, steps=workflow.CALL)
    gone = [line for line in lines if not _move(line, by, acting, now)]
    told = [line for line in lines if line not in gone]
    _tell(decision, told, now)
    later.ask_who_goes_on(told, now)
    for line in gone:
        if line.outcome == Outcome.SELECTED and line.quota_track is not None:
            reserve.call_next_reserve(track=line.quota_track, freed=None, by=log.SYSTEM, now=now)
    if decision.kind == DecisionKind.CORRECTION:
        _fill_free_places(lines, now)
    return decision


def _fill_free_places(lines: list[DecisionLine], now: datetime) -> None:
    """Whoever came into the reserve by the correction is called at once where a place is free."""
    tracks = {line.track_id: line.track for line in lines if line.outcome == Outcome.RESERVED}
    for track in tracks.values():
        while reserve.call_next_reserve(track=track, freed=None, by=log.SYSTEM, now=now) is not None:
            pass


def _lines(decision: Decision) -> list[DecisionLine]:
    rows = decision.lines.select_related(
        "application__organisation", "application__track", "application__quota_track", "track", "quota_track"
    ).order_by("track__order", "place", "pk")
    lines = list(rows)
    for line in lines:
        line.decision, line.application.call = decision, decision.call
    return lines


def _announcement(decision: Decision, lines: list[DecisionLine]) -> dict[str, Any]:
    data = {
        "kind": decision.kind,
        "taken": sum(line.outcome in _TAKEN for line in lines),
        "reserved": sum(line.outcome == Outcome.RESERVED for line in lines),
        "refused": sum(line.outcome in (Outcome.NOT_SELECTED, Outcome.INELIGIBLE) for line in lines),
        "digest": digest(committed_lines(decision)),
    }
    call = decision.call
    if decision.kind == DecisionKind.FINAL and call.lottery_public and call.lottery_secret:
        data |= {"lottery_secret": bytes(call.lottery_secret).hex(), "lottery_public": call.lottery_public}
    return data


def _move(line: DecisionLine, by: Any, acting: Any, now: datetime) -> bool:
    """Move one application as its line says; False when it left in the meantime (withdrawn)."""
    application = line.application
    if application.status in (ApplicationStatus.WITHDRAWN, ApplicationStatus.DISQUALIFIED):
        return False
    corrected = line.decision.kind == DecisionKind.CORRECTION
    to = _MOVES[Outcome(line.outcome)]
    if corrected and to is None and application.status == ApplicationStatus.NOT_SELECTED:
        to = ApplicationStatus.IN_REVIEW
    if to is None or (corrected and _stays(application, to)):
        _reorder(line)
        return True
    if corrected and (application.status, to) not in _CORRECTED:
        raise Overtaken
    if corrected and to == ApplicationStatus.SELECTED:
        _take_place(line, acting)
    advance(
        application,
        to,
        by=acting,
        steps=workflow.APPLICATION,
        reason=" ".join(reason["ko"] for reason in line.reasons) or None,
        data=_place(line),
        changes={"quota_track": line.quota_track, "beyond_quota": line.beyond_quota}
        if line.outcome == Outcome.SELECTED
        else {},
    )
    if line.outcome == Outcome.RESERVED:
        _queue(line, now)
    if line.outcome == Outcome.SELECTED:
        application.call.rules.published(line, by=by, now=now)
    programme = application.call.rules
    if to in (ApplicationStatus.INELIGIBLE, ApplicationStatus.NOT_SELECTED) and isinstance(programme, ByInvitation):
        programme.refused(line, by=by, now=now)
    return True


def _stays(application: Application, to: str) -> bool:
    """A correction may only change figures; what came about stays."""
    fulfilled = application.status == ApplicationStatus.FULFILLED and to == ApplicationStatus.SELECTED
    return application.status == to or fulfilled


def _take_place(line: DecisionLine, acting: Any) -> None:
    """The place that the correction found free must be so still; a waiting reserve entry is called by it."""
    assert line.quota_track is not None
    if not line.beyond_quota and queries.places_left([line.quota_track.pk])[line.quota_track.pk] < 1:
        raise Overtaken
    entry = ReserveEntry.objects.filter(application=line.application, status=ReserveStatus.WAITING).first()
    if entry is not None:
        advance(entry, ReserveStatus.CALLED, by=acting, steps=workflow.RESERVE)


def _reorder(line: DecisionLine) -> None:
    """The corrected order of one who waits already."""
    if line.outcome == Outcome.RESERVED and line.reserve_order is not None:
        waiting = ReserveEntry.objects.filter(application=line.application, status=ReserveStatus.WAITING)
        waiting.update(order=line.reserve_order)


def _place(line: DecisionLine) -> dict[str, Any]:
    if line.outcome not in (Outcome.SELECTED, Outcome.RESERVED):
        return {}
    data: dict[str, Any] = {"track": line.track.code, "place": line.place}
    return data | ({"quota_track": line.quota_track.code} if line.quota_track else {})


def _queue(line: DecisionLine, now: datetime) -> None:
    days = line.decision.call.current.term("reserve_days", 180) if line.decision.call.current else 180
    ReserveEntry.objects.create(
        line=line,
        application=line.application,
        track=line.track,
        order=line.reserve_order or 0,
        valid_until=end_of_day((now + timedelta(days=days)).astimezone(SEOUL).date()),
    )


def _tell(decision: Decision, lines: list[DecisionLine], now: datetime) -> None:
    """A notice for everyone, with reasons, rank, cut-off and own scores, and a line in the inbox."""
    version = decision.call.current
    days = version.term("appeal_days", 30) if version else 30
    until = end_of_day(last_day(now.astimezone(SEOUL).date(), days))
    scores = Scores(decision.call)
    notices = ResultNotice.objects.bulk_create(
        ResultNotice(
            line=line,
            application=line.application,
            content=content_of(line, scores),
            readable_at=now,
            appeal_until=until,
        )
        for line in lines
    )
    telling.results_told(notices)


@transaction.atomic
def archive_call(*, call: Call, by: Any, now: datetime) -> Call:
    """보관: the call is read only from here on; retention goes by the last result, as before."""
    role = rules.check_can_run(by, call)
    advance(call, CallStatus.ARCHIVED, by=by.acting_as(role), steps=workflow.CALL)
    return call


@transaction.atomic
def finalise_call(*, call: Call, by: Any, now: datetime) -> Call:
    """확정: when the time to appeal is over and no appeal is open."""
    role = rules.check_can_run(by, call)
    notices = ResultNotice.objects.filter(application__call=call)
    if notices.filter(appeal_until__gt=now).exists():
        raise NotAllowed(_("이의신청 기한이 지난 뒤에 확정할 수 있습니다."))
    if Appeal.objects.filter(notice__in=notices, status__in=[AppealStatus.FILED, AppealStatus.ADMITTED]).exists():
        raise NotAllowed(_("심리 중인 이의신청이 있습니다."))
    advance(call, CallStatus.FINAL, by=by.acting_as(role), steps=workflow.CALL)
    return call
