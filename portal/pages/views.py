"""Pages that are not edited: the style page, copyright and sources."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.pages import style as samples


def style(request: HttpRequest) -> HttpResponse:
    """Every component with its states, for those who build and check screens. ``?errors`` shows the form as refused."""
    return render(
        request, "pages/style.html", samples.context(refused="errors" in request.GET, page=request.GET.get("page"))
    )


def copyright_page(request: HttpRequest) -> HttpResponse:
    """Whose work the portal is built on and under which terms."""
    return render(request, "pages/copyright.html")
