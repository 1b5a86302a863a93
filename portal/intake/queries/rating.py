"""How applicants found a panel."""

from __future__ import annotations

from fractions import Fraction

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.intake.models import Application, RatingCount, RatingTicket, ResultNotice, ScoreSheet, Stage

#: Fewer say too much about who said it.
LEAST = 5


def ratings_of(stage: Stage) -> dict[str, Fraction] | None:
    """The mean of each question, exactly; None while fewer than five companies have rated."""
    if RatingTicket.objects.filter(stage=stage).count() < LEAST:
        return None
    sums: dict[str, tuple[int, int]] = {}
    for row in RatingCount.objects.filter(stage=stage):
        total, times = sums.get(row.question, (0, 0))
        sums[row.question] = total + row.points * row.times, times + row.times
    return {question: Fraction(total, times) for question, (total, times) in sorted(sums.items()) if times}


def stages_to_rate(application: Application) -> QuerySet[Stage]:
    """Stages whose panel judged the application and whose result was told, not rated by its company yet."""
    told = ResultNotice.objects.filter(application=application).filter(
        Q(line__decision__stage=OuterRef("pk")) | Q(line__decision__kind="FINAL")
    )
    judged = ScoreSheet.objects.filter(
        assignment__stage=OuterRef("pk"), assignment__application=application, status="LOCKED"
    )
    rated = RatingTicket.objects.filter(stage=OuterRef("pk"), application=application)
    rows = Stage.objects.filter(Exists(told), Exists(judged), ~Exists(rated), call=application.call_id)
    return rows.order_by("number")
