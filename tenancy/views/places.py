"""Hubs, floors by date and the proof files: for everybody."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.clock import database_now
from portal.core.ui import parts
from tenancy import drawing, place_tables, queries, rules, tables
from tenancy.enums import PlaceState
from tenancy.forms import CompareForm, DayForm
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
    """One floor on a day: the plan and, beside it, the table that says the same.

    ``?step=`` is the place of the slider among the days of change; it leads to the address of that day.
    """
    found = queries.floor_of(hub, level)
    if found is None:
        raise Http404
    days = queries.changes_of(found)
    if (day := _stepped(request, days)) is not None:
        return redirect(f"{request.path}?on={day.isoformat()}")
    on = day_asked(request, database_now())
    return render(request, "tenancy/floor.html", floor_context(request, found, on, days))


def _stepped(request: HttpRequest, days: Sequence[date]) -> date | None:
    """The day that the slider was moved to; None when it was not used."""
    step = request.GET.get("step", "")
    known = step.isascii() and step.isdigit() and len(step) < 7 and days
    return days[min(int(step), len(days) - 1)] if known else None


def floor_context(request: HttpRequest, found: Floor, on: date, days: Sequence[date]) -> dict[str, Any]:
    hub, today = found.building.hub, queries.day_of(database_now())
    places = queries.places_on(found, on)
    runs = request.user.is_authenticated and rules.may_in(request.user, "lease.read", hub)
    inside = place_tables.Inside(queries.late_companies(hub)) if runs else None
    listed = queries.listed_companies(today)

    def shown(place: queries.Place) -> str:
        return place_tables.shown_name(place, listed, inside)

    compare = CompareForm(request.GET if "with" in request.GET else None, initial={"on": on, "with": on})
    other = compare.cleaned_data["with"] if compare.is_bound and compare.is_valid() else None
    return {
        "floor": found,
        "hub": hub,
        "on": on,
        "form": DayForm(initial={"on": on}),
        "slider": slider(days, on),
        "compare": compare,
        "differences": place_tables.changes_between(places, queries.places_on(found, other), (on, other), shown)
        if other
        else None,
        "drawing": drawing.draw(found, places, names=shown),
        "legend": [(state.lower(), drawing.LETTERS[state], label) for state, label in PlaceState.choices],
        "table": place_tables.places(
            places, str(found), on, listed=listed, inside=inside, sort=request.GET.get("sort", "")
        ),
        "figures": _figures(places),
        "changes": near(days, on),
        "inside": runs,
    }


@dataclass(frozen=True, slots=True)
class Slider:
    """The days of change as a range: where the day shown stands, and the changes before and after it."""

    days: Sequence[date]
    at: int
    before: date | None
    after: date | None


def slider(days: Sequence[date], on: date) -> Slider | None:
    """None where fewer than two days are known: there is nothing to slide between."""
    if len(days) < 2:
        return None
    past = bisect_right(days, on)
    earlier = bisect_left(days, on)
    return Slider(
        days,
        max(past - 1, 0),
        days[earlier - 1] if earlier else None,
        days[past] if past < len(days) else None,
    )


def near(days: Sequence[date], on: date) -> list[date]:
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
