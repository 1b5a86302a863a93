"""Applicants rate a panel once; only counts are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from portal.core.errors import Invalid, Overtaken
from portal.intake import rules
from portal.intake.enums import RatedOn
from portal.intake.models import Application, RatingCount, RatingTicket, Stage


@transaction.atomic
def rate_panel(*, application: Application, stage: Stage, points: Mapping[str, int], by: Any) -> None:
    """One to five on each question, after the stage's result was told. No time and no name is kept with it.

    Raises ``Invalid`` for anything but one to five on every question, ``Overtaken`` the second time.
    """
    rules.check_can_rate(by, application, stage)
    if set(points) != set(RatedOn.values) or not all(type(n) is int and 1 <= n <= 5 for n in points.values()):
        raise Invalid(_("모든 문항에 1부터 5까지 골라 주십시오."))
    _ticket, fresh = RatingTicket.objects.get_or_create(stage=stage, application=application)
    if not fresh:
        raise Overtaken
    for question, value in sorted(points.items()):
        row, _created = RatingCount.objects.get_or_create(stage=stage, question=question, points=value)
        RatingCount.objects.filter(pk=row.pk).update(times=F("times") + 1)
