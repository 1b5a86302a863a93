"""Surveys: who is asked, who has answered, what may be read."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from college import surveys
from college.enums import EnrolmentStatus
from college.models import Enrolment, Person, Run, Survey

#: Who had a seat when the run ended.
ASKED = (EnrolmentStatus.ACTIVE, EnrolmentStatus.COMPLETED, EnrolmentStatus.NOT_COMPLETED)


def asked_in_survey(run: Run) -> QuerySet[Enrolment]:
    return run.enrolments.filter(status__in=ASKED)


def survey_of(run: Run) -> Survey | None:
    return Survey.objects.filter(run=run).select_related("run").first()


def surveys_to_answer(person: Person | None, now: datetime) -> set[int]:
    """The person's enrolments whose survey is open and not answered, by key."""
    if person is None:
        return set()
    rows = Enrolment.objects.filter(
        canonical=person.one, status__in=ASKED, run__survey__closes_at__gt=now, survey_ticket__isnull=True
    )
    return set(rows.values_list("pk", flat=True))


def survey_results(survey: Survey) -> surveys.Results | None:
    """What may be read of it; None while there are fewer than five answers."""
    return surveys.results(surveys.read(survey.questions), list(survey.answers.values_list("answers", flat=True)))
