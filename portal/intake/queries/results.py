"""Decisions, places, notices and appeals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from portal.intake.enums import (
    ApplicationStatus,
)
from portal.intake.models import (
    Appeal,
    Application,
    Call,
    Decision,
    DecisionLine,
    ReserveEntry,
    ResultNotice,
    Track,
)
from portal.intake.queries.applications import applications_of, by_receipt
from portal.intake.queries.calls import calls_for_staff

HOLDING = (ApplicationStatus.SELECTED, ApplicationStatus.FULFILLED)


def notices_of(user: Any) -> QuerySet[ResultNotice]:
    """Results told to the person's companies."""
    return ResultNotice.objects.filter(application__in=applications_of(user).values("pk")).select_related(
        "application__call__current", "application__organisation", "line__decision"
    )


def appeals_for(user: Any) -> QuerySet[Appeal]:
    """Appeals of the person's companies, and those of the calls whose appeals the person hears or runs."""
    mine = Q(application__in=applications_of(user).values("pk"))
    seen = Q(application__call__in=calls_for_staff(user).values("pk"))
    return Appeal.objects.filter(mine | seen).select_related(
        "application__call__current", "application__call__cluster", "application__organisation", "notice"
    )


def decision_lines(decision: Decision) -> QuerySet[Any]:
    """The lines with what a decision sheet shows: by track, place, receipt."""
    return decision.lines.select_related("application__organisation", "track", "quota_track").order_by(
        "track__order", F("place").asc(nulls_last=True), *by_receipt("application__")
    )


def rank_order(call: Call) -> list[Application]:
    """The selected and fulfilled, best first: the place last told by track order, those of a called reserve after them."""
    told = DecisionLine.objects.filter(
        application=OuterRef("pk"), decision__status="PUBLISHED", decision__kind__in=["FINAL", "CORRECTION"]
    ).order_by("-decision__published_at", "-pk")
    held = call.applications.filter(status__in=HOLDING).annotate(
        final_place=Subquery(told.values("place")[:1]), called=F("reserve__order")
    )
    return list(
        held.select_related("track", "quota_track", "organisation").order_by(
            F("called").asc(nulls_first=True), "final_place", "track__order", *by_receipt()
        )
    )


def ahead_of(entry: ReserveEntry) -> int:
    """How many wait before this one on the reserve list of its track."""
    return ReserveEntry.objects.filter(track=entry.track_id, status="WAITING", order__lt=entry.order).count()


def told_lines(decision: Decision) -> dict[int, DecisionLine]:
    """What each application was last told by a decision or its corrections, by application."""
    chain = Q(decision=decision) | Q(decision__corrects=decision, decision__status="PUBLISHED")
    rows = DecisionLine.objects.filter(chain).order_by("decision__published_at", "pk")
    return {line.application_id: line for line in rows}


def places_left(track_ids: Iterable[int]) -> dict[int, int]:
    """Places still free, by track id, counting those who use the track's quota."""

    rows = Track.objects.filter(pk__in=list(track_ids))
    held = dict(
        Application.objects.filter(quota_track__in=rows, status__in=HOLDING, beyond_quota=False)
        .values_list("quota_track")
        .annotate(Count("pk"))
    )
    return {row.pk: row.quota - held.get(row.pk, 0) for row in rows}
