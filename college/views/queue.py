"""The waiting room of a run: the page that works without JavaScript, and the place as data, which reads no session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from college import queries, services, tables, waitingroom
from college.models import QueuePlace, QueueWindow, Run
from college.views.shared import SignedIn, found_run
from portal.core.clock import database_now
from portal.core.ui.parts import Row
from portal.core.ui.trying import tried

BEFORE, WAITING, ADMITTED, PASSED = "before", "waiting", "admitted", "passed"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one place stands: its phase, how many are before it, and in how many seconds to ask again."""

    phase: str
    ahead: int
    again_s: int


def stand(window: QueueWindow, ref: str, position: int, came_at: datetime | None, now: datetime) -> Standing:
    """Before the opening everybody asks again when it comes, each at a second of their own."""
    rate = window.rate_per_s
    if position == waitingroom.UNPLACED:
        left_s = -((now - window.opens_at) // timedelta(seconds=1))
        return Standing(BEFORE, 0, waitingroom.ask_at_opening_s(left_s, ref))
    gate = waitingroom.gate(window.opens_at, now, rate)
    if position > gate:
        return Standing(WAITING, position - gate - 1, waitingroom.ask_again_s(window.opens_at, now, position, rate))
    until = waitingroom.admitted_until(window.opens_at, position, rate, came_at)
    return Standing(ADMITTED if came_at is None or now < until else PASSED, 0, max(waitingroom.ASK_AGAIN_S))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def room(request: SignedIn, code: str) -> HttpResponse:
    """The door, my place, my turn; entering is a button, and the page asks again by itself."""
    if request.method == "POST":
        return _enter(request, code)
    run, now = found_run(code), database_now()
    window = queries.window_of(run)
    if window is None:
        raise Http404
    person = queries.person_of(request.user)
    asked = person is not None and run.requests.filter(canonical=person.one, live=True).exists()
    if asked or now >= window.ends_at:
        return redirect("college:run", code=run.code)
    if now >= window.opens_at and window.ordered_at is None:
        services.order_places(window=window, now=now)
    return _page(request, run, window, queries.place_of(window, person), now)


def _enter(request: SignedIn, code: str) -> HttpResponse:
    def action() -> object:
        return services.enter_room(code=code, by=request.user, now=database_now())

    try:
        tried(request, action, _("대기실에 들어오셨습니다."))
    except Run.DoesNotExist:
        raise Http404 from None
    return redirect("college:queue", code=code)


def _page(request: SignedIn, run: Run, window: QueueWindow, place: QueuePlace | None, now: datetime) -> HttpResponse:
    position = place.position if place is not None else None
    standing = stand(window, str(place.ref), position or waitingroom.UNPLACED, place.came_at, now) if place else None
    context = {
        "run": run,
        "name": tables.name(run),
        "window": window,
        "place": place,
        "standing": standing,
        "open": window.entry_from <= now,
        "now": now,
        "until": waitingroom.admitted_until(window.opens_at, position, window.rate_per_s, place.came_at)
        if place is not None and position is not None
        else None,
        "facts": _facts(run, window, now),
        "data": reverse("college-machine:place", args=[queries.ticket_of(window, place)]) if place else "",
    }
    return render(request, "college/queue.html", context)


def _facts(run: Run, window: QueueWindow, now: datetime) -> list[Row]:
    seats = _("정원 %(capacity)s명 가운데 %(free)s자리, 대기 %(waiting)s명 (%(at)s 기준)") % {
        "capacity": run.capacity,
        "free": run.free,
        "waiting": run.waiting,
        "at": tables.clock(now),
    }
    return [
        Row(_("신청 시작"), tables.instant(window.opens_at)),
        Row(
            _("들어가는 빠르기"),
            _("시작하고 %(after)s초 뒤부터 1초에 %(rate)s명")
            % {"after": waitingroom.HEAD_START_S, "rate": window.rate_per_s},
        ),
        Row(_("남은 자리"), seats),
        Row(_("봉인한 비밀값의 해시"), window.commitment),
    ]


@never_cache
@require_safe
def place(request: HttpRequest, ticket: str) -> JsonResponse:
    """Where the place of this ticket stands. Nothing is read of the asker: no session, and mostly no database.

    The first answer after the opening looks the position up and names the ticket to ask with from then on.
    """
    known = queries.read_ticket(ticket)
    sight = queries.sight(known.window) if known else None
    if known is None or sight is None:
        raise Http404
    position, came_at = known.position, None
    if position == waitingroom.UNPLACED and sight.now >= sight.window.opens_at:
        if sight.window.ordered_at is None:
            services.order_places(window=sight.window, now=sight.now)
            sight = queries.sight(known.window, fresh=True) or sight
        found = queries.position_of(sight.window, known.person)
        if found is None:
            raise Http404
        position, ticket = found, queries.ticket_with(known, found)
    standing = stand(sight.window, known.person, position, came_at, sight.now)
    told = {
        "phase": standing.phase,
        "position": position,
        "ahead": standing.ahead,
        "again_s": standing.again_s,
        "next": reverse("college-machine:place", args=[ticket]),
        "free": sight.free,
        "waiting": sight.waiting,
        "at": sight.read_at.isoformat(timespec="seconds"),
    }
    return JsonResponse(told)
