"""What visitors see: courses, a course with its way and sessions, the booking, the ticket behind its link."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID, uuid4

import segno
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.core.clock import arrived_at, database_now
from portal.core.errors import Invalid, Refused
from portal.core.ui.trying import tried
from portal.mice import naming, queries, route, services, tour_calendar, tour_tables
from portal.mice.enums import BookingStatus, SessionStatus
from portal.mice.models import TourBooking, TourSession
from portal.mice.tour_forms import BookingForm, ChangeForm
from portal.mice.views.tour_shared import found_booking, found_course, found_session, put_error

_SALT = "mice.booking"
_ANSWERS = {
    "accept": (services.accept, gettext_lazy("자리를 받았습니다.")),
    "leave": (services.leave, gettext_lazy("대기를 그만두었습니다.")),
}
#: What a visitor reads on the ticket → by the booking's state.
_LINES = {
    BookingStatus.PENDING: gettext_lazy("최소 인원이 모이면 진행을 확정하고 알려 드립니다."),
    BookingStatus.CONFIRMED: gettext_lazy("투어를 진행합니다. 이 화면의 코드를 해설사에게 보여 주십시오."),
    BookingStatus.WAITING: gettext_lazy("자리가 나면 순서대로 알려 드립니다."),
    BookingStatus.OFFERED: gettext_lazy("자리가 났습니다. 기한 안에 답해 주십시오."),
    BookingStatus.LAPSED: gettext_lazy("제안의 기한이 지나 자리는 다음 분께 넘어갔습니다."),
    BookingStatus.LEFT: gettext_lazy("대기를 마쳤습니다."),
    BookingStatus.CHECKED_IN: gettext_lazy("입장하셨습니다. 즐거운 시간 보내십시오."),
    BookingStatus.NO_SHOW: gettext_lazy("투어에 오지 않으신 것으로 적혀 있습니다."),
    BookingStatus.CANCELLED: gettext_lazy("취소한 예약입니다."),
}


@require_safe
def courses(request: HttpRequest) -> HttpResponse:
    """Every course, with its next session."""
    now, listed = database_now(), list(queries.courses_with_stops())
    coming: dict[int, list[TourSession]] = {}
    for session in queries.upcoming(now, *listed):
        if session.is_open(now):
            coming.setdefault(session.version.course_id, []).append(session)
    cards = [tour_tables.course_card(course, coming.get(course.pk, [])) for course in listed]
    return render(request, "tour/courses.html", {"cards": cards})


@require_safe
def course(request: HttpRequest, code: str) -> HttpResponse:
    """One course: its way as a picture and as a table, its sessions with what is free."""
    found, now = found_course(code), database_now()
    version = queries.newest_version(found)
    if version is None:
        raise Http404
    sessions = list(queries.upcoming(now, found))
    way = version.frozen()
    context = {
        "course": found,
        "title": naming.title(found),
        "summary_text": naming.said(found.summary_ko, found.summary_en),
        "picture": route.picture(way),
        "way": tour_tables.way(way),
        "sessions": tour_tables.sessions(sessions, now),
        "linked": tour_calendar.linked(found, sessions),
    }
    return render(request, "tour/course.html", context)


def book(request: HttpRequest, session: UUID) -> HttpResponse:
    """Book one session; sent twice, the same form books once."""
    found, now = found_session(session), arrived_at(request)
    with_code = found.allotments.filter(released_at=None, release_at__gt=now).exists()
    if request.method != "POST":
        form = BookingForm(with_code=with_code, initial={"party": 1, "token": _token()})
        return _book_page(request, found, form, now)
    form = BookingForm(request.POST, with_code=with_code)
    if not form.is_valid():
        return _book_page(request, found, form, now)
    try:
        booking = _book(found, form, now)
    except Invalid as refusal:
        if refusal.field == "party" and form.cleaned_data["party"] > found.version.course.max_people:
            messages.info(request, _("단체는 따로 회차를 열어 드립니다. 아래에서 신청해 주십시오."))
            return redirect(_group_address(found, form))
        put_error(form, refusal)
        return _book_page(request, found, form, now)
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
        return _book_page(request, found, form, now, status=refusal.http_status)
    messages.success(request, _("예약을 받았습니다. 아래에서 상태를 확인해 주십시오."))
    return redirect("tour:ticket", secret=services.link_secret(booking.public_id))


def _group_address(session: TourSession, form: BookingForm) -> str:
    """The group's form with the number already typed."""
    there = reverse("tour:group", args=[session.version.course.code])
    return f"{there}?{urlencode({'party': form.cleaned_data['party'], 'on': str(session.public_id)})}"


def _token() -> str:
    return signing.dumps(str(uuid4()), salt=_SALT)


def _book(session: TourSession, form: BookingForm, now: datetime) -> TourBooking:
    given = {name: value for name, value in form.cleaned_data.items() if name not in ("consent", "token")}
    try:
        # A booking's key is ours alone: it was signed when the form was shown, so nobody names another's.
        key = UUID(signing.loads(form.cleaned_data["token"], salt=_SALT))
    except signing.BadSignature as error:
        raise Invalid(_("화면이 오래되었습니다. 새로 고친 뒤 다시 시도해 주십시오.")) from error
    language = "ko" if (get_language() or "ko").startswith("ko") else "en"
    return services.book(session=session, now=now, language=language, key=key, **given)


def _book_page(
    request: HttpRequest, session: TourSession, form: BookingForm, now: datetime, status: int = 0
) -> HttpResponse:
    context = {
        "session": session,
        "course": session.version.course,
        "title": naming.title(session.version.course),
        "facts": tour_tables.session_facts(session, now),
        "open": session.is_open(now),
        "full": session.free <= 0,
        "form": form,
    }
    return render(request, "tour/book.html", context, status=status or (422 if form.errors else 200))


@never_cache
@require_safe
def ticket(request: HttpRequest, secret: str) -> HttpResponse:
    """The booking behind its link: where it stands, the code to show, what can be done now."""
    found, now = found_booking(secret), database_now()
    session, state = found.session, found.status
    before = now < session.starts_at
    holds = state in (BookingStatus.PENDING, BookingStatus.CONFIRMED)
    context = {
        "booking": found,
        "secret": secret,
        "title": _("투어 예약"),
        "tone": tour_tables.TONES.get(state, ""),
        "line": _line(found),
        "facts": tour_tables.ticket_facts(found, queries.rank(found)),
        "way": tour_tables.way(session.itinerary, session),
        "picture": route.picture(session.itinerary),
        "code": _code(found) if state in (BookingStatus.PENDING, BookingStatus.CONFIRMED) else "",
        "offered": state == BookingStatus.OFFERED,
        "waits": state == BookingStatus.WAITING,
        "can_cancel": holds and before,
        "can_change": holds and now < session.cutoff_at,
        "calendar": request.build_absolute_uri(reverse("tour:booking-feed", args=[secret])),
        "address": request.build_absolute_uri(reverse("tour:ticket", args=[secret])),
        "now": now,
    }
    response = render(request, "tour/ticket.html", context)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _line(booking: TourBooking) -> str:
    """What the state means for the visitor; a tour called off says so itself."""
    if booking.session.status in (SessionStatus.CANCELLED, SessionStatus.CANCELLED_MIN):
        return _("이 투어는 진행하지 않습니다. 다른 날의 투어를 예약하실 수 있습니다.")
    if booking.status == BookingStatus.PENDING:
        said = tour_tables.gathered(booking.session, queries.people(booking.session))
        return f"{said}. {_LINES[BookingStatus.PENDING]}"
    return str(_LINES[BookingStatus(booking.status)])


def _code(booking: TourBooking) -> str:
    """The QR code for the guide's phone. It opens the check-in, not this page: a photo of it cancels nothing."""
    path = reverse("tour:scanned", args=[booking.public_id, services.check_in_mac(booking.public_id)])
    picture: str = segno.make(settings.SITE_URL + path, error="m").svg_data_uri(scale=6, border=3)
    return picture


@require_POST
def answer(request: HttpRequest, secret: str, word: str) -> HttpResponse:
    """Accept an offer, decline it, or leave the line."""
    if word not in _ANSWERS:
        raise Http404
    found, now = found_booking(secret), arrived_at(request)
    act, done = _ANSWERS[word]
    tried(request, lambda: act(booking=found, now=now), str(done))
    return redirect("tour:ticket", secret=secret)


@never_cache
def cancel(request: HttpRequest, secret: str) -> HttpResponse:
    """Give the places back, after a look at what."""
    found, now = found_booking(secret), arrived_at(request)
    if request.method == "POST":
        tried(
            request, lambda: services.cancel(booking=found, now=now), _("예약을 취소했습니다. 자리는 다음 분께 갑니다.")
        )
        return redirect("tour:ticket", secret=secret)
    context = {
        "title": _("투어 예약 취소"),
        "lead": _("취소한 예약은 되돌릴 수 없습니다. 다시 오시려면 새로 예약해 주십시오."),
        "rows": tour_tables.ticket_facts(found, 0),
        "submit": _("예약 취소하기"),
        "kind": "danger",
        "form": None,
        "cancel": reverse("tour:ticket", args=[secret]),
    }
    return render(request, "layout/confirm.html", context)


@never_cache
def change(request: HttpRequest, secret: str) -> HttpResponse:
    """Another day or another number of people; the old booking stays until the new places are had."""
    found, now = found_booking(secret), arrived_at(request)
    sessions = {
        str(session.public_id): session
        for session in queries.upcoming(now, found.session.version.course)
        if session.is_open(now)
    }
    choices = [(key, f"{naming.span(row)} · {tour_tables.places(row, now)}") for key, row in sessions.items()]
    start = {"session": str(found.session.public_id), "party": found.party}
    form = ChangeForm(request.POST or None, sessions=choices, initial=start)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            fresh = services.change(booking=found, session=sessions[given["session"]], party=given["party"], now=now)
        except Refused as refusal:
            put_error(form, refusal if isinstance(refusal, Invalid) else Invalid(refusal.message))
        else:
            messages.success(request, _("예약을 바꾸었습니다. 이 예약의 주소가 새로 생겼습니다."))
            return redirect("tour:ticket", secret=services.link_secret(fresh.public_id))
    context = {"booking": found, "secret": secret, "form": form, "facts": tour_tables.ticket_facts(found, 0)}
    return render(request, "tour/change.html", context, status=422 if form.errors else 200)
