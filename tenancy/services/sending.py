"""Sending an offer: the room is held, the terms shown are fixed by their digest."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.core.errors import Overtaken
from portal.core.periods import add_months, months_of, offer_expiry
from portal.core.transition import advance
from portal.intake.canonical import digest
from tenancy.conditions import deposit_won
from tenancy.enums import OccupancyStatus, OfferStatus
from tenancy.models import AllocationRun, Need, Offer, RateCard, RenewalReview, Terms, Unit
from tenancy.services.holding import occupy
from tenancy.services.telling import tell_offers_sent
from tenancy.workflow import OFFER

_ONE_LIVE = ("one_live_offer_per_application", "one_live_offer_per_renewal")


def offer_room(
    *,
    need: Need,
    unit: Unit,
    terms: Terms,
    start: date,
    by: Any,
    now: datetime,
    review: RenewalReview | None = None,
) -> Offer:
    """Prepare and send an offer of ``unit`` from ``start`` for the first term, holding its cells. ``by`` acts in a role.

    With a ``review`` it is for the term that was granted there, to a tenant who had to leave. Raises ``Overtaken`` when a cell was taken in between, and freezes the rate card.
    """
    with transaction.atomic():
        offer = send_offer(need=need, unit=unit, terms=terms, start=start, by=by, now=now, review=review)
        tell_offers_sent([offer])
    return offer


def send_offer(
    *,
    need: Need,
    unit: Unit,
    terms: Terms,
    start: date,
    by: Any,
    now: datetime,
    run: AllocationRun | None = None,
    review: RenewalReview | None = None,
) -> Offer:
    """``offer_room`` for one of many: whoever sends them tells all companies at once."""
    with transaction.atomic():
        months = months_of(review.period.lower, review.period.upper) if review else terms.first_term_months
        end = add_months(start, months)
        if terms.rate_card.frozen_at is None:
            RateCard.objects.filter(pk=terms.rate_card_id, frozen_at__isnull=True).update(frozen_at=now)
            terms.rate_card.frozen_at = now
        days: dict[str, Any] = {"start_date": start, "end_date": end, "created_at": now}
        offer = _prepare(need=need, unit=unit, run=run, review=review, rate_card=terms.rate_card, **days)
        held = {"organisation": need.organisation, "offer": offer}
        occupy(unit, start, end, OccupancyStatus.HELD, by=by, **held)
        expires_at = offer_expiry(now, terms.offer_days)
        advance(
            offer,
            OfferStatus.SENT,
            by=by,
            steps=OFFER,
            data={"unit": unit.ref, "start": start, "end": end, "expires_at": expires_at},
            changes={"sent_at": now, "expires_at": expires_at, "terms_hash": digest(terms_shown(offer))},
        )
    return offer


def _prepare(**fields: Any) -> Offer:
    try:
        with transaction.atomic():
            return Offer.objects.create(**fields)
    except IntegrityError as error:
        if any(name in str(error) for name in _ONE_LIVE):
            raise Overtaken(_("이 기업에는 이미 진행 중인 입주 제안이 있습니다.")) from error
        raise


def terms_shown(offer: Offer) -> dict[str, Any]:
    """What the tenant reads and accepts, in canonical JSON; its digest stands in the acceptance."""
    card = offer.rate_card
    return {
        "unit": offer.unit.ref,
        "area_m2": str(offer.unit.area_m2),
        "seats": offer.unit.seats,
        "start": offer.start_date.isoformat(),
        "end": offer.end_date.isoformat(),
        "basis": str(card.basis),
        "people": offer.need.seats,
        "rate_won_month": card.rate_won,
        "fee_won": card.fee_won,
        "fee_basis": str(card.fee_basis),
        "deposit_won": deposit_won(offer.unit, card, offer.need.seats),
        "ahead_months": card.ahead_months,
        "vat": card.vat_mode,
        "rounding": card.rounding,
    }
