"""기피 named in the form: whoever of the panel is named there sits out until the approver has decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from ledger import log
from portal.core.periods import SEOUL, end_of_day
from portal.core.transition import advance
from portal.intake import avoided, queries, workflow
from portal.intake.blocks import AVOIDED
from portal.intake.enums import ApplicationStatus, AssignmentStatus, ChallengeStatus
from portal.intake.models import Application, Assignment, Attachment, Call, Challenge, Evaluator
from portal.intake.services import telling


def challenge_named(*, call: Call, now: datetime) -> int:
    """File a challenge for each evaluator of the call whom an application in review names; once for each pair.

    Runs wherever exclusions by rule do: when a panel is formed or joined, before files are given, when an answer or an
    entry of the pool changes. Returns how many were filed.
    """
    version = call.current
    codes = [block.code for block in version.parsed_form.blocks() if block.kind == AVOIDED] if version else []
    if not codes:
        return 0
    judges = list(
        Evaluator.objects.filter(pk__in=queries.panel_members(call).values("evaluator")).select_related("user")
    )
    known = set(Challenge.objects.filter(application__call=call).values_list("application", "evaluator"))
    answered = Q(pk__in=[])
    for code in codes:
        answered |= Q(content__answers__has_key=code)
    revisions = queries.last_revisions(call).filter(answered, application__status=ApplicationStatus.IN_REVIEW)
    employers = queries.employers_of(judges)
    filed = 0
    for revision in revisions.select_related("application__organisation", "sent_by"):
        revision.application.call = call
        rows = [row for code in codes for row in revision.content["answers"].get(code, ())]
        for judge in judges:
            reason = avoided.named(rows, avoided.Known(judge.user.name, judge.employer, employers[judge.pk]))
            if reason is None or (revision.application_id, judge.pk) in known:
                continue
            words = _("신청서의 기피 문항에 적은 사람이나 기관입니다. 적은 까닭: %(reason)s") % {"reason": reason}
            open_challenge(
                application=revision.application,
                evaluator=judge,
                grounds=words,
                filed_by=revision.sent_by,
                acting=log.SYSTEM,
                now=now,
                from_form=True,
            )
            filed += 1
    return filed


def open_challenge(
    *,
    application: Application,
    evaluator: Evaluator,
    grounds: str,
    filed_by: Any,
    acting: Any,
    now: datetime,
    evidence: Attachment | None = None,
    from_form: bool = False,
) -> Challenge:
    """Enter a challenge within the transaction and suspend the evaluator's work on the file; finds the one standing."""
    if found := standing_challenge(application, evaluator):
        return found
    days = application.call.current.term("challenge_days", 14) if application.call.current else 14
    challenge = Challenge.objects.create(
        application=application,
        evaluator=evaluator,
        grounds=grounds,
        evidence=evidence,
        from_form=from_form,
        filed_by=filed_by,
        filed_at=now,
        decide_by=end_of_day((now + timedelta(days=days)).astimezone(SEOUL).date()),
    )
    rows = Assignment.objects.filter(application=application, member__evaluator=evaluator)
    rows.filter(status=AssignmentStatus.PROPOSED).delete()
    for assignment in rows.filter(status=AssignmentStatus.CLEARED).select_related("stage__call", "member"):
        advance(assignment, AssignmentStatus.SUSPENDED, by=acting, steps=workflow.ASSIGNMENT, reason=grounds)
        telling.files_changed(assignment)
    telling.challenge_filed(challenge)
    return challenge


def standing_challenge(application: Application, evaluator: Evaluator) -> Challenge | None:
    """The open challenge of the pair, under the application's lock."""
    Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    return Challenge.objects.filter(application=application, evaluator=evaluator, status=ChallengeStatus.FILED).first()
