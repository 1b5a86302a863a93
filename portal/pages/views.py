"""Pages that are not edited: the style page, copyright and sources."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portal.pages import style as samples


def style(request: HttpRequest) -> HttpResponse:
    """Every component with its states, for those who build and check screens. ``?errors`` shows the form as refused."""
    return render(
        request, "pages/style.html", samples.context(refused="errors" in request.GET, page=request.GET.get("page"))
    )


def copyright_page(request: HttpRequest) -> HttpResponse:
    """Whose work the portal is built on and under which terms."""
    return render(request, "pages/copyright.html")


def robots(request: HttpRequest) -> HttpResponse:
    """Where search engines find what is public; what belongs to persons and desks is closed by rules, not by this."""
    address = request.build_absolute_uri(reverse("pages-machine:sitemap"))
    return HttpResponse(
        f"User-agent: *\nDisallow: /cms/\nSitemap: {address}\n", content_type="text/plain; charset=utf-8"
    )
