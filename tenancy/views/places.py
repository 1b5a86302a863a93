"""Hubs, floors by date and the proof files: for everybody."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.clock import database_now
from portal.core.ui import parts
from tenancy import drawing, queries, rules, tables
from tenancy.enums import PlaceState
from tenancy.forms import DayForm
from tenancy.models import Floor, Hub
from tenancy.views.shared import day_asked

NEAR = 8


def hubs(request: HttpRequest) -> HttpResponse:
    """All hubs with their floors, and how many rooms are free on the day."""
    on = day_asked(request, database_now())
    found = list(queries.hubs())
    counts = queries.counts_on([hub.pk for hub in found], on)
    building = queries.under_construction(on)
    places = [
        (hub, counts.get(hub.pk, {"units": 0, "free": 0}), _floors(hub, on), building.get(hub.pk)) for hub in found
    ]
    context = {"places": places, "on": on, "form": DayForm(initial={"on": on})}
    return render(request, "tenancy/hubs.html", context)


def _floors(hub: Hub, on: date) -> list[tuple[str, str]]:
    return [
        (f"{building} {floor}", f"{reverse('tenancy:floor', args=[hub.code, floor.level])}?on={on.isoformat()}")
        for building in hub.buildings.all()
        for floor in building.floors.all()
    ]


def floor(request: HttpRequest, hub: str, level: int) -> HttpResponse:
    """One floor on a day: the plan and, beside it, the table that says the same."""
    found = queries.floor_of(hub, level)
    if found is None:
        raise Http404
    on = day_asked(request, database_now())
    return render(request, "tenancy/floor.html", floor_context(request, found, on))


def floor_context(request: HttpRequest, found: Floor, on: date) -> dict[str, Any]:
    hub = found.building.hub
    places = queries.places_on(found, on)
    inside = request.user.is_authenticated and rules.may_in(request.user, "lease.read", hub)
    table = tables.places(places, str(found), on, holders=inside, sort=request.GET.get("sort", ""))
    return {
        "floor": found,
        "hub": hub,
        "on": on,
        "form": DayForm(initial={"on": on}),
        "drawing": drawing.draw(found, places),
        "legend": [(state.lower(), drawing.LETTERS[state], label) for state, label in PlaceState.choices],
        "table": table,
        "figures": _figures(places),
        "changes": near(queries.changes_of(found), on),
        "inside": inside,
    }


def near(days: list[date], on: date) -> list[date]:
    """The days of change closest to the one shown, in order."""
    return sorted(sorted(set(days), key=lambda day: (abs((day - on).days), day))[:NEAR])


def _figures(places: list[queries.Place]) -> list[parts.Figure]:
    count = {state: sum(place.state == state for place in places) for state in PlaceState}
    return [parts.Figure(label, count[PlaceState(state)], _("곳")) for state, label in PlaceState.choices]


def results(request: HttpRequest) -> HttpResponse:
    """Rooms given out in past rounds, each with the file that proves it."""
    rows = tables.published_runs(list(queries.published_runs()))
    return render(request, "tenancy/results.html", {"table": rows})


def proof(request: HttpRequest, call: str, number: int) -> HttpResponse:
    """The proof file of a published allocation."""
    run = queries.published_runs().filter(call__code=call, number=number).first()
    if run is None:
        raise Http404
    response = JsonResponse(queries.proof_of(run), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="allocation-{call}-{number}.json"'
    return response
