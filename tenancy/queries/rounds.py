"""Reads about rounds: terms, who is in line, what fits, runs and their proof."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from portal.core.periods import add_months
from portal.intake import queries as intake
from portal.intake.enums import ApplicationStatus
from portal.intake.models import Application, Call
from tenancy.enums import AllocationStatus, OfferStatus
from tenancy.fitting import Room, Wanted, Wish, in_order, why_not
from tenancy.models import AllocationRun, Hub, Need, Offer, Terms, Unit
from tenancy.queries.contracts import ANSWERABLE
from tenancy.queries.places import as_room, taken, units_of


def terms_of(call: Call) -> Terms | None:
    """The call's terms with hubs and rate card; None when nobody has set them."""
    return Terms.objects.filter(call=call).select_related("rate_card", "call").prefetch_related("hubs").first()


def units_of_terms(terms: Terms) -> QuerySet[Unit]:
    """Every unit of the call's hubs, whatever its time."""
    return Unit.objects.filter(floor__building__hub__in=terms.hubs.all()).select_related("floor__building__hub")


def rooms_for(terms: Terms, start: date) -> list[Room]:
    """All units of the call's hubs as rooms, free or not for the first term from ``start``."""
    end = add_months(start, terms.first_term_months)
    units = units_of(terms.hubs.all(), start, end).annotate(is_taken=taken(start, end))
    return [as_room(unit, free=not unit.is_taken) for unit in units]


def wanted_by(need: Need, terms: Terms) -> Wanted:
    """The need as the fitting rule reads it."""
    return Wanted(
        seats=need.seats,
        hubs=frozenset(hub.code for hub in terms.hubs.all()),
        min_area_m2=need.min_area_m2,
        accessible=need.accessible,
        wishes=tuple(Wish(wish.kind, wish.value) for wish in need.preferences.all()),
    )


def needs_of(applications: Iterable[int]) -> dict[int, Need]:
    """By application what companies stated, with their wishes."""
    rows = Need.objects.filter(application__in=list(applications)).select_related("organisation")
    return {need.application_id: need for need in rows.prefetch_related("preferences")}


def in_line(call: Call) -> list[Need]:
    """Selected companies without a room, by rank: no live or accepted offer, not gone."""
    served = Offer.objects.filter(need=OuterRef("pk"), status__in=[*ANSWERABLE, OfferStatus.ACCEPTED])
    waiting = Need.objects.filter(
        ~Exists(served),
        application__call=call,
        application__status=ApplicationStatus.SELECTED,
        frozen_at__isnull=False,
        left_at__isnull=True,
    )
    by_application = {
        need.application_id: need
        for need in waiting.select_related("organisation", "application").prefetch_related("preferences")
    }
    ranked = [
        by_application.pop(application.pk)
        for application in ranked_applications(call)
        if application.pk in by_application
    ]
    return ranked + sorted(by_application.values(), key=lambda need: need.pk)


def ranked_applications(call: Call) -> list[Application]:
    """Intake's rank order; strict, for ties were drawn."""
    return list(intake.rank_order(call))


@dataclass(frozen=True, slots=True)
class Chance:
    """One room seen by one company: the reason against it, or its place among the company's wishes from 1."""

    room: Room
    reason: str | None
    wish: int | None


@dataclass(frozen=True, slots=True)
class Feasibility:
    """A company in line with every room of the call."""

    need: Need
    rank: int
    chances: tuple[Chance, ...]

    @property
    def fitting(self) -> list[Chance]:
        """The rooms that fit, best first."""
        return sorted((c for c in self.chances if c.wish is not None), key=lambda c: c.wish or 0)

    @property
    def refused(self) -> dict[str, int]:
        """How many rooms fail for each reason."""
        reasons = [chance.reason for chance in self.chances if chance.reason]
        return {reason: reasons.count(reason) for reason in sorted(set(reasons))}


def feasibility(call: Call, terms: Terms) -> list[Feasibility]:
    """Who in line could have which room, and why not the others."""
    rooms = rooms_for(terms, terms.start_date)
    return [_feasible(need, rank, rooms, terms) for rank, need in enumerate(in_line(call), start=1)]


def _feasible(need: Need, rank: int, rooms: list[Room], terms: Terms) -> Feasibility:
    wanted = wanted_by(need, terms)
    order = {room.key: wish for wish, room in enumerate(in_order(wanted, rooms), start=1)}
    return Feasibility(need, rank, tuple(Chance(room, why_not(wanted, room), order.get(room.key)) for room in rooms))


def chances_of(need: Need, terms: Terms) -> list[Chance]:
    """Every room of the round as one company sees it: those that fit by its own order, then the others by code."""
    found = _feasible(need, 0, rooms_for(terms, terms.start_date), terms)
    return sorted(found.chances, key=lambda one: (one.wish is None, one.wish or 0, one.room.code, one.room.key))


def place_in_line(need: Need) -> int | None:
    """Which of those who wait for a room a company is, from 1; None when it does not wait."""
    return next((rank for rank, one in enumerate(in_line(need.application.call), start=1) if one.pk == need.pk), None)


def rounds_in(hubs: Iterable[Hub]) -> QuerySet[Terms]:
    """Rounds that give out rooms of the hubs, latest first, each once."""
    found = Terms.objects.filter(hubs__in=hubs).select_related("call__current").distinct()
    return found.order_by("-start_date", "-id")


def runs_of(call: Call) -> QuerySet[AllocationRun]:
    return AllocationRun.objects.filter(call=call).select_related("run_by", "confirmed_by")


def published_runs() -> QuerySet[AllocationRun]:
    """Runs whose proof files are public, latest first."""
    return (
        AllocationRun.objects.filter(status=AllocationStatus.PUBLISHED)
        .select_related("call__cluster", "call__current")
        .order_by("-published_at")
    )


def proof_of(run: AllocationRun) -> dict[str, object]:
    """The proof file: what went in by receipt number, what came out, and the digests in the ledger."""
    return {
        "module": run.version,
        "call": run.call.code,
        "applicants": run.inputs["applicants"],
        "preferences": run.inputs["preferences"],
        "result": run.result,
        "violations": run.violations,
        "inputs_sha256": run.inputs_hash,
        "result_sha256": run.result_hash,
        "inputs": run.inputs,
    }
