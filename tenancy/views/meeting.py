"""Meeting rooms: a day of a hub, booking, one's bookings with a calendar feed, the sign at the door, the officer's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from portal.accounts import feedkeys
from portal.accounts.models import Organisation
from portal.accounts.queries import organisations_of
from portal.core import ical
from portal.core.clock import database_now
from portal.core.errors import NotAllowed
from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Column, Row, Tab, Table, link
from tenancy import daily_forms, daily_tables, queries, rules, services, tables
from tenancy.daygrid import day_grid
from tenancy.enums import BookingStatus
from tenancy.forms import DayForm, ReasonForm, SureForm
from tenancy.models import Booking, BookingRule, Hub, MeetingRoom
from tenancy.services.bookings import EARLY, Wish
from tenancy.views.shared import SignedIn, day_asked

_FEED = "bookings"
#: How long what is over stays in the calendar feed.
_KEPT = timedelta(days=90)


@require_safe
def meeting(request: HttpRequest) -> HttpResponse:
    """The hubs that have meeting rooms; where there is one, its day."""
    hubs = list(queries.hubs_with_rooms())
    if len(hubs) == 1:
        return redirect("tenancy:meeting_day", hub=hubs[0].code)
    return render(request, "tenancy/meeting.html", {"hubs": hubs})


@require_safe
def meeting_day(request: HttpRequest, hub: str) -> HttpResponse:
    """Who may have which room when: free times are links, one's own bookings are named, others only taken."""
    found, now = get_object_or_404(Hub.objects.select_related("cluster"), code=hub), database_now()
    on = day_asked(request, now)
    rooms, rule = list(queries.meeting_rooms(found, on)), queries.rule_on(found, on)
    asked = request.GET.get("room", "")
    shown = [room for room in rooms if room.code == asked] or rooms
    mine = _companies(request)
    keys = {company.pk for company in mine}
    context = {
        "hub": found,
        "on": on,
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "form": DayForm(initial={"on": on}),
        "rooms": shown,
        "tabs": _room_tabs(rooms, asked, f"on={on.isoformat()}"),
        "lines": day_grid(shown, list(queries.taken_on(shown, on)), rule, on, mine=keys, now=now) if rule else [],
        "rule": rule,
        "hours": (daily_forms.clock(rule.opens_minute), daily_forms.clock(rule.closes_minute)) if rule else None,
        "quotas": _quotas(mine, found, now),
        "handles": request.user.is_authenticated and rules.may_in(request.user, "booking.handle", found),
    }
    return render(request, "tenancy/meeting_day.html", context)


def _room_tabs(rooms: Sequence[MeetingRoom], asked: str, query: str) -> list[Tab]:
    if len(rooms) < 2:
        return []
    everything = Tab(_("모든 회의실"), f"?{query}", current=not any(room.code == asked for room in rooms))
    return [everything, *(Tab(str(room), f"?{query}&room={room.code}", current=room.code == asked) for room in rooms)]


def _companies(request: HttpRequest) -> list[Organisation]:
    return list(organisations_of(request.user))


def _quotas(companies: Sequence[Organisation], hub: Hub, now: datetime) -> list[Row]:
    """What each company that lives here has left of its month."""
    today = queries.day_of(now)
    rows = []
    for company in companies:
        left = queries.quota_left(company, hub, today) if queries.is_resident(company, hub, today) else None
        if left is not None:
            words = _("%(left)s / %(allowed)s (시간:분)") % {
                "left": daily_forms.clock(left[0]),
                "allowed": daily_forms.clock(left[1]),
            }
            rows.append(Row(str(company), words))
    return rows


def found_room(hub: str, room: str) -> MeetingRoom:
    found = queries.meeting_room_of(hub, room)
    if found is None:
        raise Http404
    return found


@login_required
def book(request: SignedIn, hub: str, room: str) -> HttpResponse:
    """Book a room; the time pressed on the day's page is filled in."""
    found, now, companies = found_room(hub, room), database_now(), _companies(request)
    if not companies:
        raise NotAllowed(_("기업의 구성원만 예약할 수 있습니다. 먼저 내 기업을 등록하거나 초대를 받아 주십시오."))
    starts = asked_start(request, now)
    rule = queries.rule_on(found.hub, queries.day_of(starts))
    if rule is None:
        raise Http404
    act = Act(
        "book",
        _("예약할 시간과 목적"),
        daily_forms.BookingForm,
        _("예약하기"),
        lambda answers, moment: _book(request, found, companies, act, moment),
        _("예약했습니다. 아래에서 상태를 확인해 주십시오."),
        initial={"on": starts.date(), "start": starts.strftime("%H:%M"), "minutes": 60, "people": 1},
        options={"rule": rule, "companies": companies},
        query=f"start={starts:%Y-%m-%dT%H:%M}",
    )
    day = reverse("tenancy:meeting_day", args=[found.hub.code]) + f"?on={starts:%Y-%m-%d}"
    rows = [
        Row(_("좌석"), found.seats),
        Row(_("이용 시간"), f"{daily_forms.clock(rule.opens_minute)} ~ {daily_forms.clock(rule.closes_minute)}"),
        *(Row(_("%(company)s의 이번 달 남은 시간") % {"company": row.label}, row.value) for row in _quotas(companies, found.hub, now)),
        Row(_("오지 않으면"), _("시작하고 %(minutes)s분 안에 사용을 시작하지 않으면 예약이 풀립니다.") % {"minutes": rule.check_in_minutes}),
    ]  # fmt: skip
    lead = _("이 회의실은 담당자가 승인하면 예약됩니다.") if found.needs_approval else ""
    title = _("%(room)s 예약") % {"room": found}
    case = Case(title=title, back=(str(found.hub), day), caption=found.hub, lead=lead, rows=rows, acts=[act])
    return show(request, case, then=reverse("tenancy:bookings"))


def asked_start(request: HttpRequest, now: datetime) -> datetime:
    """The start asked for in the address, in Seoul; else the next whole hour."""
    try:
        asked = parse_datetime(request.GET.get("start", ""))
    except ValueError:
        asked = None
    local = timezone.localtime(now)
    if asked is None:
        return (local + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    return asked if timezone.is_aware(asked) else timezone.make_aware(asked)


def _book(
    request: SignedIn, room: MeetingRoom, companies: Sequence[Organisation], act: Act, now: datetime
) -> list[Booking]:
    form = act.shown
    assert isinstance(form, daily_forms.BookingForm)
    answers = form.cleaned_data
    starts_at, ends_at = form.period()
    wish = Wish(room, form.company(companies), answers["purpose"], answers["people"])
    return services.book_weekly(
        wish=wish, starts_at=starts_at, ends_at=ends_at, times=answers["times"], by=request.user, now=now
    )


@login_required
@require_safe
def bookings(request: SignedIn) -> HttpResponse:
    """What my companies booked, and the address of my calendar feed."""
    rows = list(queries.bookings_for(request.user)[:100])
    now = database_now()
    coming = [row for row in reversed(rows) if row.period.upper > now and row.status in queries.TAKES_THE_ROOM]
    over = [row for row in rows if row not in coming]
    context = {
        "waits": daily_tables.waits(list(queries.waits_of(request.user))),
        "coming": daily_tables.bookings(coming, _("다가오는 예약"), company=True),
        "over": daily_tables.bookings(over, _("지난 예약"), company=True),
        "feed": request.build_absolute_uri(
            reverse("tenancy:booking_feed", args=[feedkeys.key_of(request.user, _FEED)])
        ),
    }
    return render(request, "tenancy/bookings.html", context)


@require_safe
def booking_feed(request: HttpRequest, token: str) -> HttpResponse:
    """My bookings for my own calendar; one given up or taken back stays in it as cancelled, so that calendars drop it."""
    user = feedkeys.user_of(token, _FEED)
    if user is None:
        raise Http404
    rows = queries.own_bookings(user, database_now() - _KEPT)
    entries = [_entry(request, row) for row in rows]
    response = HttpResponse(ical.feed(_("회의실 예약"), entries), content_type=ical.MIME)
    response["Content-Disposition"] = 'inline; filename="bookings.ics"'
    response["Cache-Control"] = "private, no-store"
    return response


def _entry(request: HttpRequest, row: Booking) -> ical.Entry:
    return ical.Entry(
        uid=f"booking-{row.public_id.hex}@madang",
        title=f"{row.room}: {row.purpose}",
        starts_at=row.period.lower,
        ends_at=row.period.upper,
        changed_at=row.closed_at or row.made_at,
        place=f"{row.room.hub} {row.room}",
        url=request.build_absolute_uri(reverse("tenancy:booking", args=[row.public_id])),
        tentative=row.status == BookingStatus.REQUESTED,
        cancelled=row.status not in queries.TAKES_THE_ROOM,
    )


@require_safe
def door_sign(request: HttpRequest, hub: str, room: str) -> HttpResponse:
    """The page for the screen at the door: times only, no names."""
    found, now = found_room(hub, room), database_now()
    on = queries.day_of(now)
    taken = list(queries.taken_on([found], on))
    current = next((row for row in taken if row.period.lower <= now < row.period.upper), None)
    coming = [row for row in taken if row.period.lower > now]
    context = {
        "room": found,
        "hub": found.hub,
        "on": on,
        "until": current.period.upper if current else (coming[0].period.lower if coming else None),
        "busy": current is not None,
        "table": daily_tables.times(coming),
    }
    return render(request, "tenancy/door_sign.html", context)


@login_required
def booking(request: SignedIn, booking: UUID) -> HttpResponse:
    """One booking and what may be done with it now."""
    found = queries.booking_of(booking)
    if found is None:
        raise Http404
    rules.check_can_see_booking(request.user, found)
    together = list(queries.series_of(found))
    case = Case(
        title=_("%(room)s 예약") % {"room": found.room},
        back=(_("회의실 예약"), reverse("tenancy:bookings")),
        caption=found.room.hub,
        status=found.get_status_display(),
        tone=tables.TONES.get(found.status, ""),
        rows=[
            Row(_("일시"), daily_tables.span(found)),
            Row(_("기업"), found.organisation or found.get_kind_display()),
            Row(_("사용 목적"), found.purpose),
            Row(_("인원"), found.people),
        ],
        tables=[daily_tables.bookings(together, _("함께 예약한 날"), company=False)] if together else [],
        acts=_acts(request, found, database_now()),
        recorded=[found],
    )
    return show(request, case)


def _acts(request: SignedIn, found: Booking, now: datetime) -> list[Act]:
    by, state = request.user, found.status

    def cancel(answers: Mapping[str, Any], moment: datetime) -> None:
        services.cancel_booking(booking=found, by=by, now=moment)

    def check_in(answers: Mapping[str, Any], moment: datetime) -> None:
        services.check_in(booking=found, by=by, now=moment)

    def confirm(answers: Mapping[str, Any], moment: datetime) -> None:
        services.confirm_booking(booking=found, by=by, now=moment)

    def refuse(answers: Mapping[str, Any], moment: datetime) -> None:
        services.refuse_booking(booking=found, by=by, now=moment, **answers)

    uses, handles = rules.can_use_booking(by, found), rules.may_in(by, "booking.handle", found.room.hub)
    near = found.period.lower - EARLY <= now < found.period.upper
    possible = [
        (handles and state == BookingStatus.REQUESTED, Act("confirm", _("예약 승인"), SureForm, _("승인하기"), confirm, _("예약을 승인했습니다."))),
        (handles and state == BookingStatus.REQUESTED, Act("refuse", _("예약 반려"), ReasonForm, _("반려하기"), refuse, _("예약을 반려했습니다."), kind="secondary")),
        (uses and near and state == BookingStatus.CONFIRMED, Act("check_in", _("사용 시작"), SureForm, _("사용 시작하기"), check_in, _("사용을 시작했습니다."))),
        (uses and now < found.period.lower and state in (BookingStatus.REQUESTED, BookingStatus.CONFIRMED), Act("cancel", _("예약 취소"), SureForm, _("예약 취소하기"), cancel, _("예약을 취소했습니다."), kind="danger")),
    ]  # fmt: skip
    return [act for may, act in possible if may]


@login_required
def room_desk(request: SignedIn, hub: str) -> HttpResponse:
    """The officer's page: requests, what is booked, closing a room, rooms and rules of the hub."""
    found, now = get_object_or_404(Hub.objects.select_related("cluster"), code=hub), database_now()
    rules.check_can_handle_bookings(request.user, found)
    today = queries.day_of(now)
    rooms, rule = list(queries.meeting_rooms(found, today)), queries.rule_on(found, today)
    case = Case(
        title=_("회의실 업무"),
        back=(_("입주 업무"), reverse("tenancy:desk")),
        caption=found,
        rows=daily_tables.rule(rule) if rule else [],
        notes=[] if rule else [_("아직 예약규칙이 없습니다. 규칙을 정하면 예약을 받습니다.")],
        tables=[
            daily_tables.bookings(list(queries.requests_in([found])), _("승인을 기다리는 예약"), company=True),
            daily_tables.bookings(list(queries.bookings_in([found], now)[:50]), _("다가오는 예약"), company=True),
            _rooms(rooms),
        ],
        acts=_desk_acts(request, found, rooms, today),
    )
    return show(request, case)


def _rooms(rooms: Sequence[MeetingRoom]) -> Table:
    return Table(
        caption=_("회의실"),
        columns=[Column(_("회의실")), Column(_("좌석"), number=True), Column(_("예약 방식")), Column(_("문 앞 화면"))],
        rows=[
            [
                str(room),
                room.seats,
                _("담당자 승인") if room.needs_approval else _("바로 예약"),
                link(_("열기"), reverse("tenancy:door_sign", args=[room.hub.code, room.code])),
            ]
            for room in rooms
        ],
        empty=_("아직 회의실이 없습니다."),
    )


def _desk_acts(request: SignedIn, hub: Hub, rooms: Sequence[MeetingRoom], today: Any) -> list[Act]:
    by = request.user

    def close(answers: Mapping[str, Any], now: datetime) -> None:
        rest = {name: value for name, value in answers.items() if name != "room"}
        services.black_out(room=found_room(hub.code, answers["room"]), by=by, now=now, **rest)

    def add(answers: Mapping[str, Any], now: datetime) -> None:
        services.open_meeting_room(hub=hub, by=by, **answers)

    def decide(answers: Mapping[str, Any], now: datetime) -> None:
        form = written.shown
        assert isinstance(form, daily_forms.BookingRuleForm)
        services.set_booking_rule(hub=hub, by=by, now=now, **form.values())

    named = [(room.code, str(room)) for room in rooms]
    written = Act("rule", _("예약규칙 정하기"), daily_forms.BookingRuleForm, _("규칙 정하기"), decide, _("예약규칙을 정했습니다."), kind="secondary", initial=_rule_now(hub, today))  # fmt: skip
    acts = [
        Act("close", _("회의실 닫기"), daily_forms.BlackoutForm, _("닫기"), close, _("회의실을 닫았습니다."), kind="danger", options={"rooms": named}),
        Act("room", _("회의실 추가"), daily_forms.MeetingRoomForm, pgettext("회의실", "추가하기"), add, _("회의실을 추가했습니다."), kind="secondary", initial={"from_date": today}),
        written,
    ]  # fmt: skip
    return acts if rooms else acts[1:]


def _rule_now(hub: Hub, today: Any) -> dict[str, Any]:
    """Today's rules as a start for writing the next."""
    rule: BookingRule | None = queries.rule_on(hub, today)
    if rule is None:
        return {"from_date": today}
    kept = ["opens_minute", "closes_minute", "ahead_days", "cancel_minutes", "check_in_minutes", "no_show_limit"]
    kept.append("cleaning_minutes")
    hours = {"quota_hours": rule.quota_minutes // 60, "longest_hours": rule.longest_minutes // 60}
    return {"from_date": today + timedelta(days=1), **{name: getattr(rule, name) for name in kept}, **hours}
