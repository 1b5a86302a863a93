"""What everybody may read of a call once its result is out: counts, receipt numbers, late entries, appeals. No names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from django.db.models import Count, Q, QuerySet

from portal.intake.enums import AppealStatus, CallStatus, Outcome
from portal.intake.models import Appeal, Call, Decision, DecisionLine, Track

#: States of a call whose result everybody may read.
TOLD = (CallStatus.ANNOUNCED, CallStatus.FINAL, CallStatus.ARCHIVED)


@dataclass(frozen=True, slots=True)
class TrackOutcome:
    """What came of one track: how many were judged, taken and put on the reserve list, by receipt number; the lowest total taken."""

    track: Track
    judged: int
    selected: list[str]
    reserved: list[str]
    cutoff: str | None


@dataclass(frozen=True, slots=True)
class AppealFigures:
    """``days``: median from filing to the answer, over those answered; None without one."""

    filed: int
    answered: int
    upheld: int
    days: Fraction | None


def outcomes(call: Call) -> list[TrackOutcome]:
    """By track, from the final decision and its corrections; empty before it is published."""
    final = Decision.objects.filter(call=call, kind="FINAL", status="PUBLISHED").order_by("-published_at").first()
    if call.status not in TOLD or final is None:
        return []
    lines = _standing(final)
    judged = dict(lines.values_list("track").annotate(Count("pk")).order_by())
    taken: dict[tuple[int, str], list[str]] = {}
    kept = lines.filter(outcome__in=[Outcome.SELECTED, Outcome.RESERVED])
    by_number = kept.order_by("application__receipt_number")
    for track, outcome, number in by_number.values_list("track", "outcome", "application__receipt_number"):
        taken.setdefault((track, outcome), []).append(number or "")
    cutoffs = dict(lines.exclude(cutoff=None).order_by("-pk").values_list("track", "cutoff"))
    return [
        TrackOutcome(
            track,
            judged.get(track.pk, 0),
            taken.get((track.pk, Outcome.SELECTED), []),
            taken.get((track.pk, Outcome.RESERVED), []),
            cutoffs.get(track.pk),
        )
        for track in call.tracks.all()
    ]


def _standing(final: Decision) -> QuerySet[DecisionLine]:
    """The last published line about each application: the final one, or that of a correction."""
    chain = Q(decision=final) | Q(decision__corrects=final, decision__status="PUBLISHED")
    newest = DecisionLine.objects.filter(chain).order_by("application", "-decision__published_at", "-pk")
    return DecisionLine.objects.filter(pk__in=newest.distinct("application").values("pk"))


def appeal_figures(call: Call) -> AppealFigures:
    """How often this call's results were appealed against, with what success, and how long the answer took."""
    rows = list(Appeal.objects.filter(application__call=call).values_list("status", "filed_at", "decided_at"))
    spans = sorted(decided - filed for _status, filed, decided in rows if decided is not None)
    upheld = sum(status in (AppealStatus.UPHELD, AppealStatus.PARTLY) for status, _filed, _decided in rows)
    return AppealFigures(len(rows), len(spans), upheld, _median_days(spans))


def _median_days(spans: list[timedelta]) -> Fraction | None:
    if not spans:
        return None
    middle = spans[(len(spans) - 1) // 2] + spans[len(spans) // 2]
    return Fraction(middle // timedelta(seconds=1), 2 * 24 * 60 * 60)


def last_round(call: Call, earlier: Iterable[Call]) -> Call | None:
    """The newest call of the same programme and cluster whose result was out before this one; the last competition."""
    before = [
        one
        for one in earlier
        if one.programme == call.programme
        and one.cluster_id == call.cluster_id
        and one.status in TOLD
        and one.pk != call.pk
        and one.closes_at <= call.opens_at
    ]
    return max(before, key=lambda one: one.closes_at, default=None)
