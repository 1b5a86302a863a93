"""Places kept for an event's registrants: kept, booked from with a code, given free at the time that was set."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import User
from portal.core import scarce
from portal.core.errors import Invalid, Overtaken
from portal.mice import queries, rules
from portal.mice.models import EventAllotment, TourSession
from portal.mice.services.line import lock, offer_free_places


@transaction.atomic
def keep_places(
    *, session: TourSession, places: int, event: str, release_at: datetime, by: User, now: datetime, event_en: str = ""
) -> tuple[EventAllotment, str]:
    """Keep free places for an event's registrants; answers the allotment and its code, which is shown this once.

    Raises ``Invalid`` when fewer are free, or when they would be given free too late for anybody else to book.
    """
    role = rules.check_can_manage(by, session.version.course)
    held = lock(session)
    if not now < release_at <= held.cutoff_at:
        raise Invalid(_("배정을 푸는 때는 지금 뒤, 예약 마감 전이어야 합니다."), field="release_at")
    if places < 1 or not _reserve(held, places):
        raise Invalid(_("남은 자리보다 많이 배정할 수 없습니다."), field="places")
    code = secrets.token_urlsafe(9)
    allotment = EventAllotment.objects.create(
        session=held, event_ko=event, event_en=event_en, code_hash=code_hash(code), places=places, release_at=release_at
    )
    data = {"session": str(held.public_id), "places": places, "release_at": release_at}
    log.append("event.allotment.kept", row=allotment, by=by.acting_as(role), data=data)
    return allotment, code


def code_hash(code: str) -> str:
    """What the row keeps of a code."""
    return hashlib.sha256(code.strip().encode()).hexdigest()


def _reserve(session: TourSession, places: int) -> bool:
    return scarce.take(queries.with_room_for(session, places), counter="reserved", capacity="capacity", n=places)


def find(session: TourSession, code: str, *, now: datetime) -> EventAllotment | None:
    """The allotment a code opens while it stands; the session is locked. ``Invalid`` for a code of no such allotment."""
    if not code:
        return None
    found = EventAllotment.objects.filter(session=session, code_hash=code_hash(code)).first()
    if found is None:
        raise Invalid(_("이 회차의 행사 코드가 아닙니다. 행사 안내에 적힌 코드를 확인해 주십시오."), field="code")
    return found if found.released_at is None and now < found.release_at else None


def take_from(allotment: EventAllotment | None, party: int) -> bool:
    """Move places from reserved to taken; False when the allotment has fewer."""
    if allotment is None:
        return False
    rows = EventAllotment.objects.filter(pk=allotment.pk, released_at=None)
    if not scarce.take(rows, counter="used", capacity="places", n=party):
        return False
    _move(allotment, taken=party, reserved=-party)
    return True


def put_back(allotment: EventAllotment, party: int) -> bool:
    """Places given back go to the event's registrants again; False once the allotment was released."""
    rows = EventAllotment.objects.filter(pk=allotment.pk, released_at=None)
    if not scarce.give_back(rows, counter="used", n=party):
        return False
    _move(allotment, taken=-party, reserved=party)
    return True


def _move(allotment: EventAllotment, *, taken: int, reserved: int) -> None:
    rows = TourSession.objects.filter(pk=allotment.session_id)
    rows.update(taken=F("taken") + taken, reserved=F("reserved") + reserved)


@transaction.atomic
def release(*, allotment: EventAllotment, now: datetime) -> int:
    """Give the unused places free by one UPDATE and offer them to the line; ``Overtaken`` when that was done."""
    session = lock(allotment.session)
    fresh = EventAllotment.objects.get(pk=allotment.pk)
    if fresh.released_at is not None or now < fresh.release_at:
        raise Overtaken
    EventAllotment.objects.filter(pk=fresh.pk).update(released_at=now)
    TourSession.objects.filter(pk=session.pk).update(reserved=F("reserved") - fresh.left)
    data = {"session": str(session.public_id), "places": fresh.left}
    log.append("event.allotment.released", row=fresh, by=log.SYSTEM, data=data)
    offer_free_places(session=session, now=now)
    return fresh.left


def release_due_allotments(*, now: datetime) -> int:
    """Release every allotment whose time came, each in its own transaction; safe to run at any time, twice or late."""
    released = 0
    due = EventAllotment.objects.filter(released_at=None, release_at__lte=now).select_related("session")
    for allotment in list(due.order_by("release_at", "id")):
        try:
            release(allotment=allotment, now=now)
            released += 1
        except Overtaken:
            continue
    return released
