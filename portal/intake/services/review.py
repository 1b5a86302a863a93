"""Stages, assignment and score sheets."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.core.transition import advance, advance_all
from portal.intake import assignment as assigning
from portal.intake import blind, queries, rules, workflow
from portal.intake.canonical import clean_text
from portal.intake.enums import AssignmentStatus, MemberStatus, SheetStatus, StageStatus
from portal.intake.models import Application, Assignment, Criterion, Member, ScoreItem, ScoreSheet, Stage
from portal.intake.services import telling
from portal.intake.services.avoiding import challenge_named
from portal.intake.services.conflicts import find_exclusions, strike_sheets
from portal.intake.services.later import check_answers_are_in
from portal.intake.services.naming import check_names_settled, search_names

#: More files than this are left to the worker, which searches them as soon as the eligibility is told.
_SEARCHED_AT_ONCE = 20


def open_stage(*, stage: Stage, by: Any, now: datetime) -> Stage:
    """진행: the stage starts; an earlier one must have been told first.

    What a blind panel would read is searched for names first, in a transaction of its own: what was found is for the
    officer and must outlive the refusal. Raises ``Invalid`` while something found is not settled.
    """
    rules.check_can_open_stage(by, stage)
    check_answers_are_in(stage)
    search_names(stage=stage, by=by, now=now, most=_SEARCHED_AT_ONCE)
    return _open(stage, by)


@transaction.atomic
def _open(stage: Stage, by: Any) -> Stage:
    role = rules.check_can_open_stage(by, stage)
    check_answers_are_in(stage)
    check_names_settled(stage)
    advance(stage, StageStatus.RUNNING, by=by.acting_as(role), steps=workflow.STAGE)
    return stage


@transaction.atomic
def propose_assignments(*, stage: Stage, by: Any, now: datetime) -> assigning.Plan:
    """배정안: as even as the bars allow, what was confirmed before kept. Run again, it replaces an unconfirmed proposal."""
    rules.check_can_run(by, stage.call)
    find_exclusions(call=stage.call, by=by, now=now)
    challenge_named(call=stage.call, now=now)
    Assignment.objects.filter(stage=stage, status=AssignmentStatus.PROPOSED).delete()
    members = {
        str(member.evaluator_id): member
        for member in Member.objects.filter(
            panel__stage=stage, status=MemberStatus.ACCEPTED, is_substitute=False
        ).select_related("evaluator")
    }
    owing = set(queries.waiting_for_answers(stage).values_list("application", flat=True))
    files = {one.receipt_number or "": one for one in queries.in_review(stage.call) if one.pk not in owing}
    by_pk = {application.pk: key for key, application in files.items()}
    unsure = queries.bars(stage.call) | queries.open_challenges(stage.call)
    barred = {(str(who), by_pk[pk]) for who, pk in unsure if pk in by_pk and str(who) in members}
    kept, closed = _standing(stage, members, by_pk)
    match = queries.expertise_matches(stage.call, [member.evaluator for member in members.values()])
    fit = {pair: points for pair, points in match.items() if pair[1] in files}
    plan = assigning.assign(list(files), list(members), barred | closed, stage.per_file, fixed=kept, match=fit)
    aliases = _aliases(stage, list(files))
    Assignment.objects.bulk_create(
        Assignment(stage=stage, application=files[file], member=members[who], alias=aliases[file])
        for who, file in plan.pairs
        if (who, file) not in kept
    )
    return plan


def _standing(
    stage: Stage, members: Mapping[str, Member], files: Mapping[int, str]
) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Pairs confirmed already, and pairs that were taken out for good."""
    kept: set[tuple[str, str]] = set()
    closed: set[tuple[str, str]] = set()
    for row in Assignment.objects.filter(stage=stage).select_related("member"):
        pair = (str(row.member.evaluator_id), files.get(row.application_id, ""))
        if pair[0] in members and pair[1]:
            (kept if row.status == AssignmentStatus.CLEARED else closed).add(pair)
    return kept, closed


def _aliases(stage: Stage, keys: list[str]) -> dict[str, str]:
    """What the panel calls each file of a blind stage: letters in an order that says nothing about the receipts."""
    if not stage.blind:
        return dict.fromkeys(keys, "")
    secret = f"{stage.pk}:{stage.call.code}:".encode() + bytes(stage.call.lottery_secret or b"")
    drawn = sorted(keys, key=lambda key: hashlib.sha256(secret + key.encode()).hexdigest())
    return {key: blind.alias(position) for position, key in enumerate(drawn)}


@transaction.atomic
def assign_by_hand(*, stage: Stage, application: Application, member: Member, by: Any, now: datetime) -> Assignment:
    """배정안 by an officer, one file to one member; the same bars hold. Raises ``Invalid`` for a pair that cannot be."""
    rules.check_can_run(by, stage.call)
    find_exclusions(call=stage.call, by=by, now=now)
    challenge_named(call=stage.call, now=now)
    if stage.status == StageStatus.SETTLED or member.panel.stage_id != stage.pk or application.call_id != stage.call_id:
        raise Invalid(_("이 평가단계에 배정할 수 없습니다."))
    if member.status != MemberStatus.ACCEPTED:
        raise Invalid(_("위촉을 수락한 평가위원만 배정할 수 있습니다."), field="member")
    if application.pk not in {row.pk for row in queries.competing(stage.call, stage.runs.order_by("-number").first())}:
        raise Invalid(_("심사 중인 신청서가 아닙니다."), field="application")
    if queries.waiting_for_answers(stage).filter(application=application).exists():
        raise Invalid(_("이 단계의 추가 문항에 아직 답하지 않은 신청서입니다."), field="application")
    pair = (member.evaluator_id, application.pk)
    if pair in queries.bars(stage.call) | queries.open_challenges(stage.call):
        raise Invalid(_("이해충돌이 있거나 기피신청을 심의 중인 평가위원입니다."), field="member")
    alias = Assignment.objects.filter(stage=stage, application=application).values_list("alias", flat=True).first()
    found, created = Assignment.objects.get_or_create(
        stage=stage, application=application, member=member, defaults={"alias": alias or ""}
    )
    if not created and found.status in (AssignmentStatus.BARRED, AssignmentStatus.RELEASED):
        raise Invalid(_("배제되었거나 해제된 배정은 되살릴 수 없습니다."), field="member")
    return found


@transaction.atomic
def confirm_assignments(*, stage: Stage, by: Any, now: datetime) -> int:
    """확인: the officer confirms the proposal; sheets open for the evaluators. Returns how many."""
    role = rules.check_can_run(by, stage.call)
    if stage.status != StageStatus.RUNNING:
        raise NotAllowed(_("진행 중인 평가단계가 아닙니다."))
    acting = by.acting_as(role)
    rows = list(
        Assignment.objects.filter(stage=stage, status=AssignmentStatus.PROPOSED).select_related("member").order_by("pk")
    )
    for row in rows:
        row.stage = stage
    advance_all(rows, AssignmentStatus.CLEARED, by=acting, steps=workflow.ASSIGNMENT)
    ScoreSheet.objects.bulk_create(ScoreSheet(assignment=row) for row in rows)
    telling.files_assigned(stage, {row.member.evaluator_id for row in rows})
    return len(rows)


@transaction.atomic
def release_assignment(*, assignment: Assignment, reason: str, by: Any, now: datetime) -> Assignment:
    """해제: an evaluator who cannot score in time; an open sheet is struck, a missing one costs nobody."""
    role = rules.check_can_run(by, assignment.stage.call)
    advance(assignment, AssignmentStatus.RELEASED, by=by.acting_as(role), steps=workflow.ASSIGNMENT, reason=reason)
    strike_sheets(assignment, by.acting_as(role), reason)
    telling.files_changed(assignment)
    return assignment


@transaction.atomic
def fill_sheet(
    *,
    sheet: ScoreSheet,
    scores: Mapping[str, int | None],
    by: Any,
    now: datetime,
    reasons: Mapping[str, str] | None = None,
    comment: str | None = None,
    version: int | None = None,
) -> ScoreSheet:
    """Write scores by criterion code, whole numbers in range; null (with a reason before locking) abstains.

    ``version``: as read by the form; another tab's later writing raises ``Overtaken``. Raises ``Invalid`` for a score.
    """
    rules.check_can_score(by, sheet)
    criteria = {criterion.code: criterion for criterion in _criteria(sheet.assignment.stage)}
    for code, score in scores.items():
        _check_score(criteria.get(code), score)
    mine = ScoreSheet.objects.filter(pk=sheet.pk, status=SheetStatus.OPEN)
    if version is not None:
        mine = mine.filter(version=version)
    values: dict[str, Any] = {"version": F("version") + 1, "edited_at": now}
    if comment is not None:
        values["comment"] = clean_text(comment)
    if mine.update(**values) != 1:
        raise Overtaken
    ScoreItem.objects.bulk_create(
        [
            ScoreItem(sheet=sheet, criterion=criteria[code], score=score, reason=(reasons or {}).get(code, ""))
            for code, score in scores.items()
        ],
        update_conflicts=True,
        unique_fields=["sheet", "criterion"],
        update_fields=["score", "reason"],
    )
    sheet.version += 1
    sheet.comment = values.get("comment", sheet.comment)
    return sheet


def _criteria(stage: Stage) -> list[Criterion]:
    """The criteria of a stage, read once per instance of it: they cannot change."""
    if not hasattr(stage, "read_criteria"):
        stage.read_criteria = list(stage.criteria.all())  # type: ignore[attr-defined]
    return stage.read_criteria  # type: ignore[attr-defined]


def _check_score(criterion: Criterion | None, score: int | None) -> None:
    if criterion is None:
        raise Invalid(_("이 단계에 없는 평가항목입니다."))
    if score is None:
        return
    if isinstance(score, bool) or not isinstance(score, int) or not 0 <= score <= criterion.max_points:
        words = {"name": criterion.name_text, "max": criterion.max_points}
        raise Invalid(_("%(name)s: 0부터 %(max)s까지의 정수로 적어 주십시오.") % words, field=criterion.code)


@transaction.atomic
def lock_sheet(*, sheet: ScoreSheet, by: Any, now: datetime) -> ScoreSheet:
    """제출: freeze the sheet; the ledger gets a salted commitment to it, whose opening is the evaluator's receipt.

    Every item needs a score or a reason for abstaining.
    """
    role = rules.check_can_score(by, sheet)
    # The member's row first, as a bar takes it: whichever commits second sees the other.
    Member.objects.select_for_update(no_key=True).filter(pk=sheet.assignment.member_id).first()
    rules.check_was_present(sheet)
    items = {item.criterion_id: item for item in sheet.items.all()}
    for criterion in _criteria(sheet.assignment.stage):
        item = items.get(criterion.pk)
        if item is None or (item.score is None and not item.reason.strip()):
            words = {"name": criterion.name_text}
            raise Invalid(_("%(name)s: 점수를 적거나, 기권하는 까닭을 적어 주십시오.") % words, field=criterion.code)
    advance(
        sheet,
        SheetStatus.LOCKED,
        by=by.acting_as(role),
        steps=workflow.SHEET,
        data={"attempt": sheet.attempt},
        private={"sheet": canonical_sheet(sheet, items)},
        changes={"locked_at": now},
    )
    return sheet


def canonical_sheet(sheet: ScoreSheet, items: Mapping[int, ScoreItem]) -> dict[str, Any]:
    """What the commitment is to."""
    return {
        "sheet": str(sheet.public_id),
        "attempt": sheet.attempt,
        # Pairs, not an object: the ledger's keys are plain ASCII, codes of criteria are not.
        "items": [
            [criterion.code, items[criterion.pk].score if items[criterion.pk].score is not None else "abstained"]
            for criterion in _criteria(sheet.assignment.stage)
        ],
        "comment": sheet.comment,
    }


@transaction.atomic
def ask_reopening(*, sheet: ScoreSheet, reason: str, by: Any, now: datetime) -> ScoreSheet:
    """The chair asks that a member's locked sheet be given back; an officer does it."""
    rules.check_can_ask_reopening(by, sheet)
    if not reason.strip():
        raise Invalid(_("다시 여는 까닭을 적어 주십시오."), field="reason")
    asked = {"reopening_asked_by": by, "reopening_reason": reason.strip()}
    if ScoreSheet.objects.filter(pk=sheet.pk, status=SheetStatus.LOCKED).update(**asked) != 1:
        raise Overtaken
    sheet.reopening_asked_by, sheet.reopening_reason = by, reason.strip()
    telling.reopening_asked(sheet)
    return sheet


@transaction.atomic
def reopen_sheet(*, sheet: ScoreSheet, reason: str, by: Any, now: datetime) -> ScoreSheet:
    """Before the stage settles, an officer gives a locked sheet back, with the reason; a panel with a chair asks first."""
    role = rules.check_can_reopen_sheet(by, sheet)
    if not reason.strip():
        raise Invalid(_("다시 여는 까닭을 적어 주십시오."), field="reason")
    advance(
        sheet,
        SheetStatus.OPEN,
        by=by.acting_as(role),
        steps=workflow.SHEET,
        reason=" / ".join(filter(None, dict.fromkeys([sheet.reopening_reason, reason.strip()]))),
        changes={
            "locked_at": None,
            "attempt": sheet.attempt + 1,
            "reopening_asked_by": None,
            "reopening_reason": "",
        },
    )
    telling.sheet_reopened(sheet, reason.strip())
    return sheet
