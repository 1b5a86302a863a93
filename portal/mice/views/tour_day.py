"""The day of a tour: the guide's page, the scan of a ticket, the sheet on paper."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.core import papers
from portal.core.clock import database_now
from portal.core.errors import Refused
from portal.core.ui.trying import tried
from portal.mice import naming, queries, rules, services, tour_sheet, tour_tables
from portal.mice.enums import BookingStatus, SessionStatus
from portal.mice.models import TourBooking, TourSession
from portal.mice.tour_forms import CheckInForm
from portal.mice.views.tour_shared import SignedIn, found_session

#: Who is on the guide's list.
_LISTED = (BookingStatus.PENDING, BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN, BookingStatus.NO_SHOW)
_STEPS = {
    "start": (services.start_session, gettext_lazy("해설을 시작했습니다.")),
    "finish": (services.finish_session, gettext_lazy("해설을 마쳤습니다. 오지 않은 분은 노쇼로 적었습니다.")),
}


def guided(request: SignedIn, public_id: UUID) -> TourSession:
    """The session, for its guide and the office alone."""
    session = found_session(public_id)
    rules.check_can_guide(request.user, session)
    return session


@never_cache
@require_safe
@login_required
def session(request: SignedIn, session: UUID) -> HttpResponse:
    """Who comes and what they need; start, check in by name, finish."""
    return _page(request, guided(request, session))


def _page(request: SignedIn, found: TourSession, form: CheckInForm | None = None) -> HttpResponse:
    now, listed = database_now(), queries.bookings(found, *_LISTED)
    waiting = [booking for booking in listed if booking.status == BookingStatus.CONFIRMED]
    runs = found.status in (SessionStatus.CONFIRMED, SessionStatus.RUNNING)
    near = now >= max(found.starts_at - rules.EARLY, found.cutoff_at)
    context = {
        "session": found,
        "title": naming.title(found.version.course),
        "tone": tour_tables.TONES.get(found.status, ""),
        "facts": tour_tables.desk_facts(found, sum(booking.party for booking in listed)),
        "parties": tour_tables.parties(listed),
        "present": queries.present(found),
        "form": form or (CheckInForm(parties=_names(waiting)) if waiting and runs and near else None),
        "can_start": found.status == SessionStatus.CONFIRMED and near,
        "can_finish": found.status == SessionStatus.RUNNING,
        "manages": rules.can_manage(request.user, found.version.course),
        "can_cancel": found.status in (SessionStatus.OPEN, SessionStatus.CONFIRMED),
        "can_keep": found.is_open(now) and found.free > 0,
    }
    return render(request, "tour/session.html", context, status=422 if form and form.errors else 200)


def _names(bookings: list[TourBooking]) -> list[tuple[str, str]]:
    return [(str(row.public_id), f"{row.name} · {naming.people(row.party)}") for row in bookings]


@require_POST
@login_required
def check_in(request: SignedIn, session: UUID) -> HttpResponse:
    """Check in the parties that were ticked by name; each on its own, so that one refusal keeps nobody else out."""
    found, now = guided(request, session), database_now()
    rows = {str(row.public_id): row for row in queries.bookings(found, *_LISTED)}
    form = CheckInForm(request.POST, parties=_names(list(rows.values())))
    if not form.is_valid():
        return _page(request, found, form)
    for key in form.cleaned_data["came"]:
        _check_in(request, rows[key], now)
    return redirect("tour:session", session=found.public_id)


def _check_in(request: SignedIn, booking: TourBooking, now: datetime) -> None:
    said = {"name": booking.name, "party": booking.party}
    try:
        fresh = services.check_in(booking=booking, by=request.user, now=now)
    except Refused as refusal:
        messages.error(request, f"{booking.name}: {refusal.message}")
        return
    if fresh:
        messages.success(request, _("%(name)s 님 %(party)s명이 입장했습니다.") % said)
    else:
        messages.info(request, _("%(name)s 님은 이미 입장했습니다.") % said)


@require_POST
@login_required
def step(request: SignedIn, session: UUID, word: str) -> HttpResponse:
    """Set out, or come to the end."""
    if word not in _STEPS:
        raise Http404
    found, now = guided(request, session), database_now()
    act, done = _STEPS[word]
    tried(request, lambda: act(session=found, by=request.user, now=now), str(done))
    return redirect("tour:session", session=found.public_id)


@never_cache
@login_required
def scanned(request: SignedIn, booking: UUID, mac: str) -> HttpResponse:
    """What the guide's phone opens after scanning a ticket: who it is, and one button."""
    services.check_mac(booking, mac)
    found = queries.booking_of(booking)
    if found is None:
        raise Http404
    rules.check_can_guide(request.user, found.session)
    now = database_now()
    if request.method == "POST":
        _check_in(request, found, now)
        return redirect("tour:session", session=found.session.public_id)
    context = {
        "booking": found,
        "title": _("입장 확인"),
        "tone": tour_tables.TONES.get(found.status, ""),
        "course": naming.title(found.session.version.course),
        "facts": tour_tables.scan_facts(found),
        "problem": _problem(found, now),
    }
    return render(request, "tour/scanned.html", context)


def _problem(booking: TourBooking, now: datetime) -> str:
    """Why this ticket does not let in now; empty when it does."""
    try:
        rules.check_can_check_in(booking, now=now)
    except Refused as refusal:
        return str(refusal.message)
    return ""


@require_safe
@login_required
def sheet(request: SignedIn, session: UUID) -> FileResponse:
    """The tour on paper for its guide: times, addresses, parties."""
    found = guided(request, session)
    return papers.answer(
        tour_sheet.sheet(found, queries.bookings(found, *_LISTED)), f"tour-{found.starts_at:%Y%m%d}.pdf"
    )
