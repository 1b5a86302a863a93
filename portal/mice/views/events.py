"""The calendar of supported events: a list with filters, a page and a calendar file for each, a feed of all."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateformat import format as date_words
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.clock import database_now
from portal.core.periods import SEOUL
from portal.mice import disclosure, event_calendar, event_queries, event_tables, naming
from portal.mice.event_forms import CalendarForm
from portal.mice.models import EventEdition
from portal.mice.views.tour_feeds import answered

PER_PAGE = 30


def _today() -> date:
    return database_now().astimezone(SEOUL).date()


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """Supported events, the next first; month, cluster and past are in the address."""
    months = [(f"{one:%Y-%m}", date_words(one, get_format("YEAR_MONTH_FORMAT"))) for one in event_queries.months()]
    hubs = [(one.code, str(one)) for one in event_queries.clusters_with_events()]
    form = CalendarForm(request.GET or None, months=months, hubs=hubs)
    asked: dict[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = event_queries.listed(_today(), **asked)
    wrong = form.is_bound and not form.is_valid()
    page = Paginator(found.none() if wrong else found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "cards": [event_tables.edition_card(edition, _today()) for edition in page],
        "asked": any(asked.values()) or wrong,
        "linked": event_calendar.linked(page),
    }
    return render(request, "event/calendar.html", context, status=400 if wrong else 200)


@require_safe
def event(request: HttpRequest, edition: UUID) -> HttpResponse:
    """One edition; one that was found to be another leads to it."""
    found = _found(edition)
    if found.same_as is not None:
        return redirect("mice:event", edition=found.same_as.public_id, permanent=True)
    status, tone = event_tables.state(found, _today())
    context = {
        "edition": found,
        "title": naming.edition(found),
        "state": status,
        "tone": tone,
        "facts": event_tables.facts(found),
        "support": event_tables.awards(list(disclosure.of_edition(found))),
        "linked": event_calendar.linked([found]),
    }
    return render(request, "event/event.html", context)


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """``/events.ics``: every public edition with a lasting id; one called off says so for ninety days."""
    found = list(event_queries.in_calendars(_today()))
    changed = max((edition.changed_at.timestamp() for edition in found), default=None)
    return answered(request, event_calendar.calendar(_("지원 행사"), found), changed=changed, name="events.ics")


@require_safe
def event_file(request: HttpRequest, edition: UUID) -> HttpResponse:
    """One edition for the reader's own calendar."""
    found = _found(edition)
    body = event_calendar.calendar(naming.edition(found), [found])
    return answered(request, body, changed=found.changed_at.timestamp(), name="event.ics")


def _found(public_id: UUID) -> EventEdition:
    edition = event_queries.public_edition(public_id)
    if edition is None:
        raise Http404
    return edition
