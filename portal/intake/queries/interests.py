"""What is known of evaluators' ties to companies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from portal.intake import interests
from portal.intake.enums import InterestKind
from portal.intake.models import Evaluator, Interest


def is_in_a_pool(user: Any) -> bool:
    """Whether the person is an evaluator of any cluster."""
    return Evaluator.objects.filter(user=user, active=True).exists()


def interests_of(user: Any) -> QuerySet[Interest]:
    """Everything the person ever declared, the latest ties first."""
    return Interest.objects.filter(user=user).select_related("corrected_by")


def ties_of(evaluators: Iterable[Evaluator]) -> dict[int, list[interests.Tie]]:
    """By evaluator, what the desk entered together with what the person declared and did not put right since."""
    judges = list(evaluators)
    declared: dict[int, list[interests.Tie]] = {judge.user_id: [] for judge in judges}
    for row in Interest.objects.filter(user__in=declared, corrected_at__isnull=True):
        until = row.until_date.isoformat() if row.until_date else None
        declared[row.user_id].append(interests.Tie(row.kind, row.business_number, until, row.share_bp or 0))
    return {
        judge.pk: [*interests.entered(judge.employers, judge.shareholdings, judge.ties), *declared[judge.user_id]]
        for judge in judges
    }


def employers_of(evaluators: Iterable[Evaluator]) -> dict[int, list[str]]:
    """By evaluator, business numbers and declared names of the bodies they work or worked for."""
    judges = list(evaluators)
    found: dict[int, list[str]] = {judge.user_id: [] for judge in judges}
    rows = Interest.objects.filter(user__in=found, kind=InterestKind.EMPLOYER, corrected_at__isnull=True)
    for user, *known in rows.values_list("user", "business_number", "name"):
        found[user] += known
    return {judge.pk: [*judge.employers, *found[judge.user_id]] for judge in judges}
