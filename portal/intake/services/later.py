"""What is asked only of those who go on to a stage: opened by the result that leads there, answered like a supplement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from portal.core.errors import Invalid
from portal.core.periods import SEOUL, end_of_day, last_day
from portal.intake import policy, queries
from portal.intake.enums import Outcome
from portal.intake.models import Application, Call, DecisionLine, Stage, SupplementRequest
from portal.intake.services import telling

_GO_ON = (Outcome.ELIGIBLE, Outcome.GOES_ON)
_DAYS: int = policy.DEFAULTS["later_days"]


def ask_who_goes_on(lines: Sequence[DecisionLine], now: datetime) -> int:
    """In the transaction that tells them: the questions of the stage they go on to. Returns how many were asked."""
    if not lines:
        return 0
    decision = lines[0].decision
    number = (decision.stage.number if decision.stage else 0) + 1
    going = [line.application for line in lines if line.outcome in _GO_ON]
    return ask_questions_of(decision.call, number, going, now)


def ask_questions_of(call: Call, number: int, applications: Sequence[Application], now: datetime) -> int:
    """Open the questions of stage ``number``, due at the end of the last of ``later_days``. Nobody is asked twice."""
    stage, version = call.stages.filter(number=number).first(), call.current
    if stage is None or version is None or not applications:
        return 0
    version.call = stage.call = call
    named = version.parsed_form.of_stage(number)
    if not named:
        return 0
    asked = set(SupplementRequest.objects.filter(stage=stage).values_list("application", flat=True))
    days = version.term("later_days", _DAYS)
    due_at = end_of_day(last_day(now.astimezone(SEOUL).date(), days))
    requests = SupplementRequest.objects.bulk_create(
        SupplementRequest(application=one, stage=stage, blocks=named, due_at=due_at, asked_at=now)
        for one in applications
        if one.pk not in asked
    )
    telling.questions_asked(requests)
    return len(requests)


def check_answers_are_in(stage: Stage) -> None:
    """Raises ``Invalid`` while somebody who goes on to the stage still owes its answers; the clock lets them lapse."""
    left = queries.waiting_for_answers(stage).count()
    if left:
        words = {"n": left}
        raise Invalid(
            _("추가 문항의 답을 기다리는 신청서가 %(n)s건 있습니다. 모두 답하거나 기한이 지난 뒤에 시작해 주십시오.")
            % words
        )
