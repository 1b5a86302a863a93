"""Asking students what they think of a run that has ended, without knowing who thinks what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from college import rules, surveys
from college.models import Enrolment, Run, Survey, SurveyAnswer, SurveyTicket
from college.queries import asked_in_survey
from college.services import telling
from portal.core.errors import Invalid, Overtaken


def open_survey(*, run: Run, now: datetime) -> Survey:
    """Ask everybody who had a seat to the end, in the transaction in which the run ends."""
    survey = Survey.objects.create(
        run=run,
        questions=[asdict(question) for question in surveys.DEFAULT],
        opened_at=now,
        closes_at=now + timedelta(days=surveys.OPEN_DAYS),
    )
    for enrolment in asked_in_survey(run).select_related("person", "run__course"):
        telling.survey_opened(enrolment, survey)
    return survey


@transaction.atomic
def answer_survey(*, enrolment: Enrolment, answers: Mapping[str, Any], by: Any, now: datetime) -> None:
    """Note that this student has answered, and apart from it what was said.

    Raises ``Late`` after the survey has closed, ``Overtaken`` for a second answer, ``Invalid`` naming the question.
    """
    survey = rules.check_can_answer_survey(by, enrolment, now=now)
    given = {code: value for code, value in answers.items() if value not in (None, "")}
    for code in surveys.problems(surveys.read(survey.questions), given):
        raise Invalid(_("1에서 5 사이로 골라 주십시오."), field=code)
    try:
        with transaction.atomic():
            SurveyTicket.objects.create(survey=survey, enrolment=enrolment)
    except IntegrityError as twice:
        raise Overtaken(_("이미 답하셨습니다. 고맙습니다.")) from twice
    SurveyAnswer.objects.create(survey=survey, answers=given)
