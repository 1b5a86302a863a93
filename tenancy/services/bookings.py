"""Booking a meeting room: taken, approved, cancelled, used or freed. The database lets nobody overlap."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import Organisation
from portal.accounts.roles import COMPANY_MASTER, COMPANY_MEMBER
from portal.core import scarce
from portal.core.errors import Invalid, Late, NotAllowed, Refused
from portal.core.periods import SEOUL, first_of_month
from portal.core.transition import advance
from tenancy import queries, rules
from tenancy.enums import BookingKind, BookingStatus, RoomWaitStatus
from tenancy.models import Booking, BookingRule, Hub, Lease, MeetingRoom, QuotaUse, RoomWait
from tenancy.services.room_rows import clean_after, drop_cleaning, give_up, insert
from tenancy.services.room_waits import check_is_offered, drop_hold, offer_freed
from tenancy.services.telling import tell_booking
from tenancy.workflow import BOOKING, ROOM_WAIT

QUARTER = timedelta(minutes=15)
#: How long before the start one may check in.
EARLY = timedelta(minutes=10)
MOST_REPEATS = 12
MOST_CLEANING = 60


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for, besides the time."""

    room: MeetingRoom
    organisation: Organisation
    purpose: str
    people: int = 1


@transaction.atomic
def book(*, wish: Wish, starts_at: datetime, ends_at: datetime, by: Any, now: datetime) -> Booking:
    """Book a room for ``[starts_at, ends_at)``. CONFIRMED, or REQUESTED where the officer has to approve.

    Raises ``Invalid`` for a time outside the rules or an empty quota, ``Overtaken`` when the time is taken.
    """
    [booking] = _book(wish, [(starts_at, ends_at)], by=by, now=now)
    return booking


@transaction.atomic
def book_weekly(
    *, wish: Wish, starts_at: datetime, ends_at: datetime, times: int, by: Any, now: datetime
) -> list[Booking]:
    """The same time in several weeks, all or none; ``Invalid`` names the days that are taken."""
    if not 1 <= times <= MOST_REPEATS:
        raise Invalid(_("반복은 %(most)s주까지 할 수 있습니다.") % {"most": MOST_REPEATS}, field="times")
    weeks = [timedelta(weeks=week) for week in range(times)]
    periods = [(starts_at + week, ends_at + week) for week in weeks]
    clashes = [start for start, end in periods if not queries.room_free(wish.room, start, end)]
    if clashes and times > 1:
        days = ", ".join(date_format(queries.day_of(start), "DATE_FORMAT") for start in clashes)
        raise Invalid(_("이미 예약된 날이 있어 예약하지 않았습니다: %(days)s") % {"days": days}, field="times")
    return _book(wish, periods, by=by, now=now)


def _book(wish: Wish, periods: Sequence[tuple[datetime, datetime]], *, by: Any, now: datetime) -> list[Booking]:
    role = rules.check_can_book(by, wish.organisation)
    if not wish.purpose.strip():
        raise Invalid(_("사용 목적을 적어 주십시오."), field="purpose")
    if not 1 <= wish.people <= wish.room.seats:
        raise Invalid(_("이 회의실에는 %(seats)s명까지 들어갑니다.") % {"seats": wish.room.seats}, field="people")
    series = uuid.uuid4() if len(periods) > 1 else None
    return [_take(wish, start, end, series, by=by.acting_as(role), now=now) for start, end in periods]


def _take(
    wish: Wish, starts_at: datetime, ends_at: datetime, series: uuid.UUID | None, *, by: Any, now: datetime
) -> Booking:
    hub, on = wish.room.hub, queries.day_of(starts_at)
    rule = _check_time(wish.room, starts_at, ends_at, now)
    resident = queries.is_resident(wish.organisation, hub, on)
    missed = queries.no_shows_of(wish.organisation, hub, first_of_month(on))
    ask = wish.room.needs_approval or not resident or missed >= rule.no_show_limit
    minutes = int((ends_at - starts_at) / timedelta(minutes=1))
    # The counter first: whoever comes second for the same slot gives its minutes back with the rolled back transaction.
    quota = _count(wish.organisation, rule, on, minutes) if resident else None
    booking = insert(
        by=by,
        room=wish.room,
        period=DateTimeTZRange(starts_at, ends_at),
        status=BookingStatus.REQUESTED if ask else BookingStatus.CONFIRMED,
        rule=rule,
        organisation=wish.organisation,
        booked_by=by.user,
        purpose=wish.purpose.strip(),
        people=wish.people,
        quota=quota,
        counted_minutes=minutes if quota else 0,
        series=series,
        made_at=now,
    )
    clean_after(booking, now=now)
    if ask:
        tell_booking(booking)
    return booking


def _check_time(room: MeetingRoom, starts_at: datetime, ends_at: datetime, now: datetime) -> BookingRule:
    start, end = starts_at.astimezone(SEOUL), ends_at.astimezone(SEOUL)
    rule = queries.rule_on(room.hub, start.date())
    if rule is None or room.from_date > start.date() or (room.to_date and end.date() >= room.to_date):
        raise Invalid(_("그날은 이 회의실을 예약할 수 없습니다."), field="on")
    if starts_at < now - QUARTER:
        raise Invalid(_("지난 시간은 예약할 수 없습니다."), field="start")
    if start.date() > queries.day_of(now) + timedelta(days=rule.ahead_days):
        raise Invalid(_("%(days)s일 뒤까지만 예약할 수 있습니다.") % {"days": rule.ahead_days}, field="on")
    _check_quarters(start, end)
    if end - start > timedelta(minutes=rule.longest_minutes):
        hours = rule.longest_minutes // 60
        raise Invalid(_("한 번에 %(hours)s시간까지 예약할 수 있습니다.") % {"hours": hours}, field="minutes")
    if not _within(rule, start, end):
        raise Invalid(_("이용 시간 안에서 예약해 주십시오."), field="start")
    return rule


def _check_quarters(starts_at: datetime, ends_at: datetime) -> None:
    moments = (starts_at, ends_at)
    if ends_at <= starts_at or any(moment.minute % 15 or moment.second or moment.microsecond for moment in moments):
        raise Invalid(_("15분 단위로 시작과 끝을 골라 주십시오."), field="start")


def _within(rule: BookingRule, start: datetime, end: datetime) -> bool:
    """Inside the opening hours of the day; a room open around the clock is booked over midnight too."""
    if rule.around_the_clock:
        return True
    day = queries.midnight(start.date())
    opens, closes = (day + timedelta(minutes=m) for m in (rule.opens_minute, rule.closes_minute))
    return opens <= start and end <= closes


def _count(organisation: Organisation, rule: BookingRule, on: date, minutes: int) -> QuotaUse:
    """Take minutes from the company's month, that of the start in Seoul. Raises ``Invalid`` when fewer are left."""
    row, _new = QuotaUse.objects.get_or_create(
        hub=rule.hub,
        organisation=organisation,
        month=first_of_month(on),
        defaults={"allowed_minutes": rule.quota_minutes},
    )
    if not scarce.take(
        QuotaUse.objects.filter(pk=row.pk), counter="used_minutes", capacity="allowed_minutes", n=minutes
    ):
        row.refresh_from_db()
        left = row.allowed_minutes - row.used_minutes
        raise Invalid(
            _("이번 달 남은 이용 시간은 %(left)s분입니다. 시간을 줄여 주십시오.") % {"left": left}, field="minutes"
        )
    return row


@transaction.atomic
def confirm_booking(*, booking: Booking, by: Any, now: datetime) -> None:
    """The officer approves a request."""
    role = rules.check_can_handle_bookings(by, booking.room.hub)
    changes = {"decided_by": by}
    advance(booking, BookingStatus.CONFIRMED, by=by.acting_as(role), steps=BOOKING, changes=changes)
    tell_booking(booking)


@transaction.atomic
def refuse_booking(*, booking: Booking, reason: str, by: Any, now: datetime) -> None:
    """The officer says no and why; the time is given back."""
    role = rules.check_can_handle_bookings(by, booking.room.hub)
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    changes = {"decided_by": by, "closed_at": now}
    acting = by.acting_as(role)
    advance(booking, BookingStatus.REFUSED, by=acting, steps=BOOKING, reason=reason.strip(), changes=changes)
    _give_back(booking)
    _freed(booking, now)
    tell_booking(booking)


@transaction.atomic
def cancel_booking(*, booking: Booking, by: Any, now: datetime) -> bool:
    """Give the room up before it begins; answers whether the minutes were given back (in time, or by the officer)."""
    role = rules.check_can_use_booking(by, booking)
    if now >= booking.period.lower:
        raise Late(_("이미 시작한 예약은 취소할 수 없습니다."))
    late = booking.rule is not None and booking.period.lower - now < timedelta(minutes=booking.rule.cancel_minutes)
    free = not late or role not in (COMPANY_MASTER, COMPANY_MEMBER)
    _cancel(booking, by=by.acting_as(role), now=now, give_back=free)
    return free


def _cancel(booking: Booking, *, by: Any, now: datetime, give_back: bool) -> None:
    give_up(booking, by=by, now=now)
    if give_back:
        _give_back(booking)
    _freed(booking, now)


def _freed(booking: Booking, now: datetime) -> None:
    """Nothing to clean after it, and those who asked are told in order."""
    drop_cleaning(booking, now=now)
    offer_freed(booking.room, booking.period, now=now)


def _give_back(booking: Booking) -> None:
    """The minutes of a booking belong to its company's month again, once."""
    held = booking.counted_minutes
    if (
        held
        and booking.quota_id
        and Booking.objects.filter(pk=booking.pk, counted_minutes=held).update(counted_minutes=0)
    ):
        scarce.give_back(QuotaUse.objects.filter(pk=booking.quota_id), counter="used_minutes", n=held)
        booking.counted_minutes = 0


@transaction.atomic
def check_in(*, booking: Booking, by: Any, now: datetime) -> None:
    """Say that one is here: from ten minutes before the start until the rule's minutes after it."""
    role = rules.check_can_use_booking(by, booking)
    if now < booking.period.lower - EARLY:
        raise Invalid(_("시작 10분 전부터 사용을 시작할 수 있습니다."))
    if now >= _last_call(booking):
        raise Late(_("사용을 시작할 수 있는 시간이 지나 예약이 풀렸습니다."))
    changes = {"checked_in_at": now}
    advance(booking, BookingStatus.CHECKED_IN, by=by.acting_as(role), steps=BOOKING, changes=changes)


def _last_call(booking: Booking) -> datetime:
    late = booking.rule.check_in_minutes if booking.rule else 0
    moment: datetime = booking.period.lower + timedelta(minutes=late)
    return min(moment, booking.period.upper)


def release_no_shows(*, now: datetime) -> int:
    """Free the rooms nobody came to; their minutes stay counted. Answers how many. Safe twice, late, or at once."""
    freed = 0
    for booking in list(queries.unused(now)):
        if now < _last_call(booking):
            continue
        try:
            with transaction.atomic():
                advance(booking, BookingStatus.NO_SHOW, by=log.SYSTEM, steps=BOOKING, changes={"closed_at": now})
                _freed(booking, now)
                tell_booking(booking)
                freed += 1
        except Refused:
            continue  # checked in, cancelled, or freed by another worker meanwhile
    return freed


@transaction.atomic
def black_out(
    *, room: MeetingRoom, starts_at: datetime, ends_at: datetime, note: str, by: Any, now: datetime
) -> Booking:
    """Close a room for a time; what was booked in it is cancelled, given back and told, in the same transaction."""
    role = rules.check_can_handle_bookings(by, room.hub)
    if not note.strip():
        raise Invalid(_("기간과 사유를 모두 적어 주십시오."), field="note")
    _check_quarters(starts_at, ends_at)
    acting, asked = by.acting_as(role), DateTimeTZRange(starts_at, ends_at)
    over = room.bookings.filter(period__overlap=asked, status__in=(BookingStatus.REQUESTED, BookingStatus.CONFIRMED))
    known = over.select_related("room__hub", "organisation", "booked_by", "rule").order_by("pk")
    for booking in known.exclude(kind=BookingKind.CLEANING):
        give_up(booking, by=acting, now=now)
        drop_cleaning(booking, now=now)
        _give_back(booking)
        tell_booking(booking)
    for gap in known:
        give_up(gap, by=acting, now=now)  # cleaning after a meeting that is over by then
    return insert(
        by=acting, room=room, kind=BookingKind.BLACKOUT, period=asked, status=BookingStatus.CONFIRMED,
        booked_by=by, purpose=note.strip()[:100], made_at=now,
    )  # fmt: skip


def book_for_house(*, room: MeetingRoom, starts_at: datetime, ends_at: datetime, note: str, now: datetime) -> Booking:
    """Another room of the house takes a meeting room, inside its own transaction; the fact ``tenancy.book_room``."""
    _check_quarters(starts_at, ends_at)
    period = DateTimeTZRange(starts_at, ends_at)
    return insert(
        by=log.SYSTEM,
        room=room,
        kind=BookingKind.HOUSE,
        period=period,
        status=BookingStatus.CONFIRMED,
        purpose=note[:100],
        made_at=now,
    )


def release_for_house(*, booking: Booking, now: datetime) -> None:
    """Give back what ``book_for_house`` took."""
    if booking.kind != BookingKind.HOUSE:
        raise NotAllowed
    _cancel(booking, by=log.SYSTEM, now=now, give_back=False)


@transaction.atomic
def take_offered_room(*, wait: RoomWait, purpose: str, people: int, by: Any, now: datetime) -> Booking:
    """Book what is held for who waited. Raises ``Overtaken`` after the ten minutes, else as ``book``."""
    role = rules.check_can_book(by, wait.organisation)
    wait = (
        RoomWait.objects.select_for_update(of=("self",))
        .select_related("room__hub", "organisation", "hold")
        .get(pk=wait.pk)
    )
    check_is_offered(wait, now)
    assert wait.hold is not None
    drop_hold(wait.hold, by=by.acting_as(role), now=now)
    wish = Wish(wait.room, wait.organisation, purpose, people)
    booking = book(wish=wish, starts_at=wait.period.lower, ends_at=wait.period.upper, by=by, now=now)
    advance(wait, RoomWaitStatus.TAKEN, by=by.acting_as(role), steps=ROOM_WAIT, changes={"booking": booking})
    return booking


def cancel_after_leaving(*, lease: Lease, by: Any, now: datetime) -> int:
    """Whoever left a hub for good has nothing booked there any more; answers how many were cancelled."""
    hub, company = lease.unit.hub, lease.organisation
    if queries.is_resident(company, hub, queries.day_of(now)):
        return 0
    ahead = list(queries.booked_ahead(company, hub, now))
    for booking in ahead:
        _cancel(booking, by=by, now=now, give_back=True)
    return len(ahead)


def open_meeting_room(*, hub: Hub, by: Any, **fields: Any) -> MeetingRoom:
    """Add a room to a hub. Raises ``Invalid`` when the hub has one of that code."""
    rules.check_can_handle_bookings(by, hub)
    if hub.meeting_rooms.filter(code=fields["code"]).exists():
        raise Invalid(_("같은 코드의 회의실이 있습니다."), field="code")
    return MeetingRoom.objects.create(hub=hub, **fields)


def set_booking_rule(*, hub: Hub, from_date: date, by: Any, now: datetime, **values: int) -> BookingRule:
    """Write the hub's rules from a day on; a day that has begun keeps its rules."""
    rules.check_can_handle_bookings(by, hub)
    first = not hub.booking_rules.exists()
    if not first and from_date <= queries.day_of(now):
        raise Invalid(_("규칙은 내일부터 바꿀 수 있습니다. 이미 한 예약은 그때의 규칙을 따릅니다."), field="from_date")
    if not 0 <= values.get("cleaning_minutes", 0) <= MOST_CLEANING:
        raise Invalid(
            _("정리 시간은 %(most)s분까지 정할 수 있습니다.") % {"most": MOST_CLEANING}, field="cleaning_minutes"
        )
    if not 0 <= values["opens_minute"] < values["closes_minute"] <= 24 * 60:
        raise Invalid(_("여는 시각이 닫는 시각보다 일러야 합니다."), field="closes")
    rule, _new = BookingRule.objects.update_or_create(
        hub=hub, from_date=from_date, defaults={"written_by": by, **values}
    )
    return rule
