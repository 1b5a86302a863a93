"""The signed-in home: what waits for the person, what is theirs. Reads only, but for contrast, text size and the session."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from portal.core import panels
from portal.core.clock import database_now
from portal.core.ui import display as display_settings
from portal.desk import people


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The desk of those who hold a role; everybody else goes to the own page."""
    roles = people.roles(request.user)
    if not roles:
        return redirect("desk:my")
    now = database_now()
    shown = panels.shown("desk", request, roles=roles, now=now)
    return render(request, "desk/home.html", {"panels": shown, "now": now})


@login_required
def my(request: HttpRequest) -> HttpResponse:
    """Everything of mine and the next deadline."""
    now = database_now()
    shown = panels.shown("my", request, roles=people.roles(request.user), now=now)
    return render(request, "desk/my.html", {"panels": shown, "now": now})


@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Keep contrast and text size, go back to the page."""
    response = _back(request)
    display_settings.remember(request, response)
    return response


@require_POST
@login_required
def stay(request: HttpRequest) -> HttpResponse:
    """Start the session's time anew."""
    request.session.modified = True
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"seconds": request.session.get_expiry_age()})
    return _back(request)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page named by ``next`` if it is ours, else home."""
    target = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if ours else "/")
