"""기피신청: a party asks that an evaluator step aside. Undecided, the evaluator sits out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core.errors import Invalid
from portal.core.transition import advance
from portal.intake import queries, rules, workflow
from portal.intake.canonical import clean_text
from portal.intake.enums import AssignmentStatus, ChallengeStatus, Ground
from portal.intake.models import Application, Assignment, Challenge, Evaluator
from portal.intake.services import telling
from portal.intake.services.avoiding import open_challenge, standing_challenge
from portal.intake.services.conflicts import bar
from portal.intake.services.files import attach_evidence


@transaction.atomic
def file_challenge(
    *,
    application: Application,
    evaluator: Evaluator,
    grounds: str,
    by: Any,
    now: datetime,
    evidence: File[Any] | None = None,
) -> Challenge:
    """기피신청: the evaluator's work on this file is suspended at once. Filing twice finds the open one.

    ``evidence``: a paper that the desk reads, never the panel. Raises ``Invalid`` for a file that is not what it says.
    """
    role = rules.check_can_challenge(by, application)
    text = clean_text(grounds).strip()
    if not text:
        raise Invalid(_("기피하는 까닭을 적어 주십시오."), field="grounds")
    if not queries.panel_members(application.call).filter(evaluator=evaluator).exists():
        raise Invalid(_("이 공고의 평가위원이 아닙니다."), field="evaluator")
    if found := standing_challenge(application, evaluator):
        return found
    paper = attach_evidence(application=application, content=evidence, by=by, now=now) if evidence else None
    return open_challenge(
        application=application,
        evaluator=evaluator,
        grounds=text,
        filed_by=by,
        acting=by.acting_as(role),
        now=now,
        evidence=paper,
    )


@transaction.atomic
def decide_challenge(*, challenge: Challenge, upheld: bool, reasons: str, by: Any, now: datetime) -> Challenge:
    """The approver decides with reasons, which the challenger gets. Upheld: a bar for the whole call; else work resumes."""
    application = challenge.application
    role = rules.check_can_decide_challenge(by, application.call)
    if not reasons.strip():
        raise Invalid(_("결정 이유를 적어 주십시오."), field="reasons")
    acting = by.acting_as(role)
    advance(
        challenge,
        ChallengeStatus.UPHELD if upheld else ChallengeStatus.DISMISSED,
        by=acting,
        steps=workflow.CHALLENGE,
        reason=reasons,
        changes={"reasons": reasons.strip(), "decided_by": by, "decided_at": now},
    )
    if upheld:
        bar(
            call=application.call,
            evaluator=challenge.evaluator,
            organisation=application.organisation,
            ground=Ground.CHALLENGE,
            reason=reasons,
            by=by,
            role=role,
            now=now,
        )
    else:
        _resume(challenge, acting)
    telling.challenge_decided(challenge)
    return challenge


@transaction.atomic
def withdraw_challenge(*, challenge: Challenge, by: Any, now: datetime) -> Challenge:
    """취하 by the company that filed it; the evaluator resumes."""
    role = rules.people.check_can_sign_for(by, challenge.application.organisation)
    advance(challenge, ChallengeStatus.WITHDRAWN, by=by.acting_as(role), steps=workflow.CHALLENGE)
    _resume(challenge, by.acting_as(role))
    telling.challenge_withdrawn(challenge)
    return challenge


def remind_of_challenges(*, now: datetime) -> int:
    """Tell the approvers once of every challenge whose day has passed; returns how many are overdue."""
    overdue = queries.overdue_challenges(now)
    for challenge in overdue:
        telling.challenge_overdue(challenge)
    return len(overdue)


def _resume(challenge: Challenge, acting: Any) -> None:
    """Work goes on where nothing else stands against it."""
    rows = Assignment.objects.filter(
        application=challenge.application, member__evaluator=challenge.evaluator, status=AssignmentStatus.SUSPENDED
    )
    barred = queries.bars(challenge.application.call)
    for assignment in rows.select_related("stage__call", "member"):
        if (challenge.evaluator_id, challenge.application_id) not in barred:
            advance(assignment, AssignmentStatus.CLEARED, by=acting, steps=workflow.ASSIGNMENT)
            telling.files_changed(assignment)
