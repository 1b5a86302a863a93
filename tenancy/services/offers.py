"""Offers: answered or expired exactly once, and the room passed on in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, Late, Refused
from portal.core.periods import SEOUL
from portal.core.transition import advance
from portal.intake import services as intake
from portal.intake.enums import ApplicationStatus
from portal.intake.models import Track
from tenancy import queries, rules
from tenancy.enums import LeaseStatus, OccupancyStatus, OfferStatus
from tenancy.fitting import why_not
from tenancy.models import Lease, Need, Offer, Terms, Unit
from tenancy.services.displaced import give_up_term, serve_displaced
from tenancy.services.holding import move, release
from tenancy.services.needs import leave_line
from tenancy.services.sending import offer_room
from tenancy.services.telling import tell_offer_waiting
from tenancy.workflow import LEASE, OFFER


@dataclass(frozen=True, slots=True)
class Freed:
    """A room that fell free, from a day on, and the terms under which it goes on."""

    unit: Unit
    start: date
    terms: Terms


@transaction.atomic
def accept_offer(*, offer: Offer, by: Any, now: datetime, agreed: bool) -> None:
    """The master account takes the room. Raises ``Late`` after the deadline, ``Invalid`` without agreeing to the terms."""
    role = rules.check_can_answer_offer(by, offer)
    if not agreed:
        raise Invalid(_("조건을 확인하고 동의해 주십시오."), field="agreed")
    _check_open(offer, now)
    advance(
        offer,
        OfferStatus.ACCEPTED,
        by=by.acting_as(role),
        steps=OFFER,
        data={"terms": offer.terms_hash},
        changes={"answered_at": now, "answered_by": by},
    )
    move(offer.occupancies.filter(status=OccupancyStatus.HELD), OccupancyStatus.COMMITTED, by=by.acting_as(role))


@transaction.atomic
def decline_offer(*, offer: Offer, by: Any, now: datetime, reason: str = "") -> Offer | None:
    """The master account gives the room up, and with it the selection. Answers the offer made to the next, if any."""
    role = rules.check_can_answer_offer(by, offer)
    _check_open(offer, now)
    changes = {"answered_at": now, "answered_by": by}
    advance(offer, OfferStatus.DECLINED, by=by.acting_as(role), steps=OFFER, reason=reason or None, changes=changes)
    return give_up(offer, why="declined", reason=reason, by=by, acting=by.acting_as(role), now=now)


@transaction.atomic
def expire_offer(*, offer: Offer, now: datetime) -> Offer | None:
    """The clock's answer to an offer nobody answered; refused before its time and after any other answer."""
    if offer.expires_at is None or now < offer.expires_at:
        raise Invalid(_("아직 기한이 남은 제안입니다."))
    advance(
        offer,
        OfferStatus.EXPIRED,
        by=log.SYSTEM,
        steps=OFFER,
        data={"expires_at": offer.expires_at},
        changes={"answered_at": now},
    )
    return give_up(offer, why="expired", by=log.SYSTEM, acting=log.SYSTEM, now=now)


def expire_due_offers(*, now: datetime) -> int:
    """Expire every offer whose time is over, each in its own transaction; answers how many. Safe to run at any time."""
    expired = 0
    for offer in list(queries.offers_due(now).select_related("need__organisation", "need__application__call", "unit")):
        try:
            expire_offer(offer=offer, now=now)
            expired += 1
        except Refused:
            continue  # answered in between: the other side won
    return expired


def remind_offers(*, now: datetime) -> int:
    """Remind those who have not answered: at half time and in the last 24 hours, once each; answers how many."""
    reminded = 0
    for offer in list(queries.offers_open(now)):
        due = _reminders_due(offer, now)
        with transaction.atomic():
            waiting = Offer.objects.filter(pk=offer.pk, status=OfferStatus.SENT, reminders__lt=due)
            if waiting.update(reminders=due):
                tell_offer_waiting(offer, due)
                reminded += 1
    return reminded


def _reminders_due(offer: Offer, now: datetime) -> int:
    """2 in the last 24 hours, 1 from half time on, 0 before."""
    assert offer.sent_at is not None
    assert offer.expires_at is not None
    if now >= offer.expires_at - timedelta(hours=24):
        return 2
    return int(now >= offer.sent_at + (offer.expires_at - offer.sent_at) / 2)


@transaction.atomic
def revoke_offer(*, offer: Offer, by: Any, now: datetime, reason: str, pass_on: bool = False) -> Offer | None:
    """Take an offer back (a flooded room); the company stays selected and first in line by rank.

    With ``pass_on`` the room goes to the next in line at once.
    """
    role = rules.check_can_revoke_offer(by, offer)
    if not reason.strip():
        raise Invalid(_("취소하는 이유를 적어 주십시오."), field="reason")
    advance(offer, OfferStatus.REVOKED, by=by.acting_as(role), steps=OFFER, reason=reason, changes={"answered_at": now})
    release(offer.occupancies.all(), by=by.acting_as(role))
    return promote(freed=freed_by(offer, now), besides=offer.need, by=by, now=now) if pass_on else None


def withdraw_holds(*, need: Need, why: str, by: Any, now: datetime) -> None:
    """What intake's ``left`` asks for: give back all that is held before the key, leave the line, pass the room on.

    A room already moved into stays: leaving it is a matter of its lease. Doing it again changes nothing.
    """
    leave_line(need=need, why=why, by=by, now=now)
    take_back_offers(need.offers.filter(review=None), by=by, now=now)


def take_back_offers(offers: QuerySet[Offer], *, by: Any, now: datetime) -> None:
    """Undo what of these offers stands and nobody has moved into; each room goes to the next."""
    standing = offers.filter(status__in=[*queries.ANSWERABLE, OfferStatus.ACCEPTED])
    for offer in standing.select_related("need__application__call", "unit"):
        if _take_back(offer, by=by, now=now):
            promote(freed=freed_by(offer, now), besides=offer.need, by=by, now=now)


def _take_back(offer: Offer, *, by: Any, now: datetime) -> bool:
    """Undo an offer or a contract nobody has moved into; whether that gave cells back."""
    held = list(offer.occupancies.filter(status__in=[OccupancyStatus.HELD, OccupancyStatus.COMMITTED]))
    if offer.status in queries.ANSWERABLE:
        advance(offer, OfferStatus.REVOKED, by=by, steps=OFFER, changes={"answered_at": now})
    lease = Lease.objects.filter(offer=offer, status__in=[LeaseStatus.AWAITING_SIGNATURE, LeaseStatus.SIGNED]).first()
    if lease is not None:
        advance(lease, LeaseStatus.NOT_MATERIALISED, by=by, steps=LEASE)
    release(held, by=by)
    return bool(held)


def give_up(offer: Offer, *, why: str, by: Any, acting: Any, now: datetime, reason: str = "") -> Offer | None:
    """Release what the offer held, end the selection, and pass the room on."""
    release(offer.occupancies.all(), by=acting)
    if offer.review is not None:
        give_up_term(offer.review, reason=reason, by=by, now=now)
        return promote(freed=freed_by(offer, now), besides=offer.need, by=by, now=now)
    leave_line(need=offer.need, why=why, by=acting, now=now)
    application = offer.need.application
    application.refresh_from_db()
    if application.status == ApplicationStatus.SELECTED:
        intake.decline(application=application, reason=reason, by=by, now=now)
    return promote(freed=freed_by(offer, now), besides=offer.need, by=by, now=now, place=application.quota_track)


def promote(
    *, freed: Freed, by: Any, now: datetime, besides: Need | None = None, place: Track | None = None
) -> Offer | None:
    """Offer a freed room to the next: a tenant whose own room went to another, then who is selected without a room, by
    rank, then intake's next fitting reserve entry.

    The reserve is asked only when a place (``place``) fell free with the room. Answers the offer made, if any.
    """
    if serve_displaced(freed.unit, freed.start, now=now) is not None:
        return None
    room = queries.as_room(freed.unit, free=True)
    for need in queries.in_line(freed.terms.call):
        if need != besides and why_not(queries.wanted_by(need, freed.terms), room) is None:
            return offer_room(need=need, unit=freed.unit, terms=freed.terms, start=freed.start, by=log.SYSTEM, now=now)
    if place is not None:
        intake.call_next_reserve(track=place, freed=freed, by=log.SYSTEM, now=now)
        return freed.unit.offers.filter(status=OfferStatus.SENT).order_by("-id").first()
    return None


def freed_by(offer: Offer, now: datetime) -> Freed:
    """The room from its old start, or from today when that is over."""
    terms = queries.terms_of(offer.need.application.call)
    assert terms is not None
    return Freed(offer.unit, max(offer.start_date, timezone.localdate(now, SEOUL)), terms)


def _check_open(offer: Offer, now: datetime) -> None:
    if offer.expires_at is not None and now >= offer.expires_at:
        raise Late(_("수락 기한이 지났습니다. 기한은 서버 시각으로 판단합니다."))
