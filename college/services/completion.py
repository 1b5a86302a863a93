"""Who completed: judged by the run's frozen rules, all in one transaction; judged again when the record changes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from college import queries, rules
from college.enums import EnrolmentStatus, RunStatus, SessionStatus
from college.models import Completion, Enrolment, Run, Score
from college.queries import Preview
from college.services import telling
from college.services.certificates import suspend_for_review
from college.workflow import ENROLMENT, RUN
from ledger import log
from portal.core.errors import Invalid, Overtaken
from portal.core.transition import advance


@transaction.atomic
def give_score(*, enrolment: Enrolment, code: str, points: int, by: Any, now: datetime) -> Score:
    """Note a result in whole hundredths of a point; the last one counts, the earlier ones stay."""
    rules.check_may_for(by, "attendance.record", enrolment.run.course)
    if code not in {each.code for each in enrolment.run.rules.completion.assessments}:
        raise Invalid(_("이 기수에 없는 평가입니다."), field="code")
    return Score.objects.create(enrolment=enrolment, code=code, points=points, given_by=by, given_at=now)


@transaction.atomic
def judge_run(*, run: Run, by: Any, now: datetime) -> list[Completion]:
    """Decide on everybody at once, one leaf each, and tell all together. The run must have ended and every lesson sealed."""
    acting = by.acting_as(rules.check_can_judge(by, run))
    held = Run.objects.select_for_update(no_key=True, of=("self",)).select_related("course__cluster").get(pk=run.pk)
    if held.status != RunStatus.ENDED:
        raise Overtaken(_("종강한 기수만 수료를 판정할 수 있습니다."))
    if held.lessons.filter(status=SessionStatus.HELD).exists():
        raise Invalid(_("아직 봉인하지 않은 차시가 있습니다. 출결을 먼저 봉인해 주십시오."))
    active = queries.learners(held).filter(status=EnrolmentStatus.ACTIVE)
    made = [_decide(preview, by=by, acting=acting, now=now) for preview in queries.previews(held, active)]
    completed = sum(completion.completed for completion in made)
    data = {"completed": completed, "judged": len(made)}
    advance(run, RunStatus.JUDGED, by=acting, steps=RUN, data=data)
    return made


def _decide(preview: Preview, *, by: Any, acting: Any, now: datetime, replaces: Completion | None = None) -> Completion:
    """One decision with its leaf, the enrolment's new state, and a notice."""
    enrolment, judgement = preview.enrolment, preview.judgement
    number = 1 if replaces is None else replaces.number + 1
    completion = Completion.objects.create(
        enrolment=enrolment,
        number=number,
        completed=judgement.completed,
        reasons=list(judgement.reasons),
        tally=asdict(preview.tally),
        scores=preview.scores,
        policy_version=enrolment.policy_version,
        replaces=replaces,
        decided_by=by,
        decided_at=now,
    )
    log.append(
        "college.completion.decided",
        row=completion,
        by=acting,
        data={
            "run": enrolment.run.code,
            "completed": judgement.completed,
            "reasons": list(judgement.reasons),
            "policy": enrolment.policy_version,
            "attended": preview.tally.attended_units,
            "scheduled": preview.tally.scheduled_units,
            "number": number,
        },
    )
    to = EnrolmentStatus.COMPLETED if judgement.completed else EnrolmentStatus.NOT_COMPLETED
    if enrolment.status != to:
        advance(enrolment, to, by=acting, steps=ENROLMENT, changes={"ended_at": now})
        telling.judged(enrolment, completed=judgement.completed, number=number)
    return completion


@transaction.atomic
def judge_again(*, enrolment: Enrolment, by: Any, acting: Any, now: datetime) -> Completion | None:
    """A changed record of somebody already judged: a new decision that names the one it replaces; None if not judged yet.

    A certificate that the new decision no longer carries is suspended until the office has heard its holder.
    """
    standing = enrolment.completions.order_by("-number").first()
    if standing is None:
        return None
    enrolment.refresh_from_db()
    run = Run.objects.select_related("course__cluster").get(pk=enrolment.run_id)
    (preview,) = queries.previews(run, [queries.learners(run).get(pk=enrolment.pk)])
    same = preview.judgement.completed == standing.completed and list(preview.judgement.reasons) == standing.reasons
    if same and asdict(preview.tally) == standing.tally:
        return standing
    completion = _decide(preview, by=by, acting=acting, now=now, replaces=standing)
    if standing.completed and not completion.completed:
        suspend_for_review(enrolment=enrolment, by=acting, now=now)
    return completion
