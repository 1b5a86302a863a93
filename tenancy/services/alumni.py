"""Companies that graduated: asked once a year how they fare, and heard by their master account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.core.errors import Invalid, Overtaken
from portal.core.periods import SEOUL
from tenancy import queries, rules
from tenancy.models import FollowUp
from tenancy.services.telling import tell_follow_up

#: So many years after graduating a company is asked, on the day of the year on which it graduated.
YEARS = 5


def ask_alumni(*, now: datetime) -> int:
    """Ask every graduate whose year has passed for its figures; answers how many. Safe twice, late, or at once."""
    asked = 0
    for graduation, year in queries.alumni_to_ask(now.astimezone(SEOUL).date(), YEARS):
        try:
            with transaction.atomic():
                row = FollowUp.objects.create(graduation=graduation, year=year, asked_at=now)
                tell_follow_up(row)
                asked += 1
        except IntegrityError:
            continue  # another worker was first
    return asked


@transaction.atomic
def answer_follow_up(*, follow_up: FollowUp, figures: Mapping[str, int], by: Any, now: datetime) -> None:
    """The master account states sales, jobs and investment of the year; once."""
    rules.check_can_answer_follow_up(by, follow_up)
    if set(figures) != {"sales", "jobs", "investment"} or any(value < 0 for value in figures.values()):
        raise Invalid(_("0 이상의 수를 적어 주십시오."))
    fresh = FollowUp.objects.filter(pk=follow_up.pk, answered_at__isnull=True)
    if fresh.update(figures=dict(figures), answered_by=by, answered_at=now) != 1:
        raise Overtaken
    follow_up.refresh_from_db()
