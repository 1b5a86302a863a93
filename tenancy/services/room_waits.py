""" "알려 주세요": who asked to be told when a time falls free, in order; each has it for ten minutes alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import Organisation
from portal.core.errors import Invalid, Overtaken, Refused
from portal.core.transition import advance
from tenancy import queries, rules
from tenancy.enums import BookingKind, BookingStatus, RoomWaitStatus
from tenancy.models import Booking, MeetingRoom, RoomWait
from tenancy.services.room_rows import give_up, insert
from tenancy.services.telling import tell_room_wait
from tenancy.workflow import ROOM_WAIT

HOLD = timedelta(minutes=10)


@transaction.atomic
def ask_for_room(
    *, room: MeetingRoom, organisation: Organisation, starts_at: datetime, ends_at: datetime, by: Any, now: datetime
) -> RoomWait:
    """Be told when ``[starts_at, ends_at)`` falls free. Raises ``Invalid`` when it is free or over already.

    Asking twice finds the first, with its place in line.
    """
    role = rules.check_can_book(by, organisation)
    if starts_at <= now or ends_at <= starts_at:
        raise Invalid(_("지난 시간은 예약할 수 없습니다."), field="start")
    if queries.room_free(room, starts_at, ends_at):
        raise Invalid(_("비어 있는 시간입니다. 기다리지 말고 바로 예약해 주십시오."), field="start")
    period = DateTimeTZRange(starts_at, ends_at)
    try:
        with transaction.atomic():
            wait = RoomWait.objects.create(
                room=room, organisation=organisation, asked_by=by, period=period, asked_at=now
            )
    except IntegrityError:
        return RoomWait.objects.get(room=room, organisation=organisation, period=period, status__in=queries.WAITS)
    data = {"to": wait.status, "room": room.ref, "starts": starts_at, "ends": ends_at}
    log.append("space.room_wait.asked", row=wait, by=by.acting_as(role), data=data)
    return wait


def offer_freed(room: MeetingRoom, period: Any, *, now: datetime) -> int:
    """Hold what fell free for those who asked, in order, ten minutes each; answers how many were told."""
    told = 0
    for wait in queries.waits_for(room, period, now):
        if queries.room_free(room, wait.period.lower, wait.period.upper):
            told += _offer(wait, now)
    return told


def _offer(wait: RoomWait, now: datetime) -> bool:
    until = now + HOLD
    try:
        with transaction.atomic():
            hold = insert(
                by=log.SYSTEM,
                room=wait.room,
                kind=BookingKind.HOLD,
                period=wait.period,
                status=BookingStatus.CONFIRMED,
                organisation=wait.organisation,
                made_at=now,
            )
            changes = {"hold": hold, "offered_until": until}
            advance(
                wait, RoomWaitStatus.OFFERED, by=log.SYSTEM, steps=ROOM_WAIT, data={"until": until}, changes=changes
            )
            tell_room_wait(wait)
    except Refused:
        return False  # booked, or offered by another worker, in between
    return True


@transaction.atomic
def leave_wait(*, wait: RoomWait, by: Any, now: datetime) -> None:
    """No longer wait, or pass what is held on to the next."""
    role = rules.check_can_book(by, wait.organisation)
    _end(wait, RoomWaitStatus.LEFT, by=by.acting_as(role), now=now)


def pass_on_waits(*, now: datetime) -> int:
    """What was held and not taken goes to the next; who waited for a time that has begun waits no more. Answers how many.

    Safe to run late, twice, or at the same time.
    """
    passed = 0
    for wait in list(queries.waits_over(now)):
        try:
            with transaction.atomic():
                _end(wait, RoomWaitStatus.PASSED, by=log.SYSTEM, now=now)
                passed += 1
        except Refused:
            continue  # taken in between
    return passed


def _end(wait: RoomWait, to: RoomWaitStatus, *, by: Any, now: datetime) -> None:
    hold = wait.hold
    advance(wait, to, by=by, steps=ROOM_WAIT)
    if hold is not None:
        drop_hold(hold, by=by, now=now)
        offer_freed(wait.room, wait.period, now=now)


def drop_hold(hold: Booking, *, by: Any, now: datetime) -> None:
    """The ten minutes are over, or used."""
    hold = Booking.objects.select_related("room__hub", "organisation").get(pk=hold.pk)
    if hold.status == BookingStatus.CONFIRMED:
        give_up(hold, by=by, now=now)


def check_is_offered(wait: RoomWait, now: datetime) -> None:
    """Raises ``Overtaken`` when the ten minutes are over or the time went to somebody else."""
    if wait.status != RoomWaitStatus.OFFERED or wait.offered_until is None or now >= wait.offered_until:
        raise Overtaken(_("10분이 지나 다음 분께 차례가 넘어갔습니다."))
