"""Leases: the contract from decided data, two signatures over one hash, the key."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, Late, NotAllowed, Overtaken, Refused
from portal.core.periods import SEOUL, end_of_day, last_day
from portal.core.transition import advance
from portal.intake import services as intake
from portal.intake.canonical import digest
from tenancy import queries, rules
from tenancy.enums import DepositStatus, LeaseStatus, OccupancyStatus, OfferStatus, Side
from tenancy.models import Lease, LeaseTerm, MoveIn, Offer, Signature
from tenancy.services.deposits import ask_deposit
from tenancy.services.displaced import longest_stay, sign_by_contract
from tenancy.services.holding import move, release
from tenancy.services.invoices import draft_month
from tenancy.services.offers import freed_by, give_up, promote
from tenancy.services.sending import terms_shown
from tenancy.services.telling import tell_lease_ready, tell_lease_signed
from tenancy.workflow import LEASE

TEMPLATE_VERSION = "space-lease/1"


@transaction.atomic
def prepare_lease(*, offer: Offer, by: Any, now: datetime) -> Lease:
    """The contract over an accepted offer, shown to both sides for signing within the days of the call's terms."""
    role = rules.check_can_prepare_lease(by, offer)
    if offer.status != OfferStatus.ACCEPTED or Lease.objects.filter(offer=offer).exists():
        raise Overtaken(_("수락된 제안에만 계약서를 한 번 작성할 수 있습니다."))
    terms = queries.terms_of(offer.need.application.call)
    assert terms is not None
    lease = Lease.objects.create(
        offer=offer,
        organisation=offer.need.organisation,
        unit=offer.unit,
        rate_card=offer.rate_card,
        max_months=longest_stay(offer, terms.max_months),
        people=offer.need.seats,
        created_at=now,
    )
    LeaseTerm.objects.create(lease=lease, seq=1, period=DateRange(offer.start_date, offer.end_date))
    offer.occupancies.filter(status=OccupancyStatus.COMMITTED).update(lease=lease)
    document = _document(lease)
    sign_by = end_of_day(last_day(now.astimezone(SEOUL).date(), terms.sign_days))
    advance(
        lease,
        LeaseStatus.AWAITING_SIGNATURE,
        by=by.acting_as(role),
        steps=LEASE,
        data={"document": digest(document)},
        changes={"document": document, "document_hash": digest(document), "sign_by": sign_by},
    )
    tell_lease_ready(lease)
    return lease


def _document(lease: Lease) -> dict[str, Any]:
    """The contract's decided data; with the template's version they make the document, its digest is what is signed."""
    organisation = lease.organisation
    return {
        "template": TEMPLATE_VERSION,
        "lease": str(lease.public_id),
        "lessor": lease.unit.hub.name_ko,
        "place": f"{lease.unit.hub.name_ko} {lease.unit.hub.address_ko}".strip(),
        "tenant": {
            "name": organisation.name_ko,
            "business_number": organisation.business_number or "",
            "representative": organisation.representative,
        },
        "terms": terms_shown(lease.offer),
        "due_day": lease.rate_card.due_day,
        "late_interest_bp": lease.rate_card.late_interest_bp,
        "holdover_bp": lease.rate_card.holdover_bp,
        "max_months": lease.max_months,
    }


@transaction.atomic
def sign_lease(*, lease: Lease, side: Side, by: Any, now: datetime, document_hash: str, consented: bool) -> bool:
    """Sign for one side over the document shown; answers whether both have signed now and the lease is in force.

    Raises ``Invalid`` for another document or without consent to electronic signing, ``Late`` after the last day.
    """
    role = _check_signer(lease, side, by)
    lease = locked_lease(lease)
    check_signable(lease, side, now)
    if document_hash != lease.document_hash:
        raise Invalid(_("화면에 보인 계약서가 바뀌었습니다. 새 계약서를 확인한 뒤 다시 서명해 주십시오."))
    if not consented:
        raise Invalid(_("전자서명에 동의해 주십시오."), field="consented")
    return put_signature(lease, side, by, by=by, acting=by.acting_as(role), now=now)


def locked_lease(lease: Lease) -> Lease:
    """The lease with all that signing needs, locked until the commit."""
    return (
        Lease.objects.select_for_update(of=["self"])
        .select_related("organisation", "unit__floor__building__hub", "rate_card")
        .get(pk=lease.pk)
    )


def check_signable(lease: Lease, side: Side, now: datetime) -> None:
    """Raises ``Overtaken`` when the side has signed or nothing waits for a signature, ``Late`` after the last day."""
    if lease.status != LeaseStatus.AWAITING_SIGNATURE or lease.signatures.filter(side=side).exists():
        raise Overtaken
    if lease.sign_by is not None and now >= lease.sign_by:
        raise Late(_("서명 기한이 지났습니다. 담당자에게 문의해 주십시오."))


def put_signature(lease: Lease, side: Side, user: Any, *, by: Any, acting: Any, now: datetime, **given: str) -> bool:
    """Write a side's signature; with the second the lease is in force, which is what is answered. The lease is locked."""
    signed = list(lease.signatures.all())
    if user.pk in {one.user_id for one in signed}:
        raise NotAllowed(_("한 사람이 양쪽을 대신해 서명할 수 없습니다."))
    Signature.objects.create(
        lease=lease, side=side, user=user, document_hash=lease.document_hash, signed_at=now, **given
    )
    if len(signed) + 1 < len(Side):
        return False
    _put_in_force(lease, by=by, acting=acting, now=now)
    return True


def _put_in_force(lease: Lease, *, by: Any, acting: Any, now: datetime) -> None:
    term = lease.terms.get(seq=1).period
    advance(
        lease,
        LeaseStatus.SIGNED,
        by=acting,
        steps=LEASE,
        data={"document": lease.document_hash, "unit": lease.unit.ref, "start": term.lower, "end": term.upper},
        changes={"signed_at": now},
    )
    ask_deposit(lease, by=acting)
    application = sign_by_contract(lease, by=acting, now=now)
    if application is not None:
        intake.fulfil(application=application, by=by, now=now)
    tell_lease_signed(lease)


def _check_signer(lease: Lease, side: Side, by: Any) -> str:
    if side == Side.TENANT:
        return rules.check_can_sign_as_tenant(by, lease)
    return rules.check_can_sign_as_lessor(by, lease)


def lapse_leases(*, now: datetime) -> int:
    """Let contracts not signed in time fall away; each room goes to the next. Answers how many. May run at any time."""
    lapsed = 0
    due = Lease.objects.filter(status=LeaseStatus.AWAITING_SIGNATURE, sign_by__lte=now)
    for lease in list(due.select_related("offer__need__organisation", "offer__need__application__call", "offer__unit")):
        try:
            _lapse(lease, now)
            lapsed += 1
        except Refused:
            continue  # signed in between
    return lapsed


@transaction.atomic
def _lapse(lease: Lease, now: datetime) -> None:
    advance(lease, LeaseStatus.NOT_MATERIALISED, by=log.SYSTEM, steps=LEASE)
    give_up(lease.offer, why="not_signed", by=log.SYSTEM, acting=log.SYSTEM, now=now)


@transaction.atomic
def abandon_lease(*, lease: Lease, by: Any, now: datetime, reason: str) -> None:
    """A signed lease that nobody moves into: the approver ends it before the key; the room goes to the next in line."""
    role = rules.check_can_sign_as_lessor(by, lease)
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    advance(lease, LeaseStatus.NOT_MATERIALISED, by=by.acting_as(role), steps=LEASE, reason=reason)
    release(lease.occupancies.all(), by=by.acting_as(role))
    promote(freed=freed_by(lease.offer, now), besides=lease.offer.need, by=by, now=now)


@transaction.atomic
def move_in(*, lease: Lease, on: date, by: Any, now: datetime, keys: int = 1, cards: int = 0, note: str = "") -> None:
    """Hand over the key on ``on``, within the term. Rent runs from the lease's start; its first month is drafted.

    Keys, cards and the state of the room are written down; the company confirms them (``services.handover``).
    """
    role = rules.check_can_move_in(by, lease)
    term = lease.terms.get(seq=1).period
    if not term.lower <= on < term.upper or on > now.astimezone(SEOUL).date():
        raise Invalid(_("입주일은 계약기간 안의, 오늘 또는 지난 날이어야 합니다."), field="on")
    if queries.keys_out(lease.unit, on):
        raise Refused(_("앞 기업이 아직 열쇠를 돌려주지 않아 입주할 수 없습니다."))
    deposit = queries.deposit_of(lease)
    if deposit is not None and deposit.status != DepositStatus.RECEIVED:
        raise Refused(_("보증금을 받은 뒤에 열쇠를 넘길 수 있습니다."))
    acting = by.acting_as(role)
    advance(lease, LeaseStatus.ACTIVE, by=acting, steps=LEASE, data={"on": on}, changes={"moved_in_date": on})
    move(lease.occupancies.filter(status=OccupancyStatus.COMMITTED), OccupancyStatus.OCCUPIED, by=acting)
    handed = MoveIn.objects.create(lease=lease, on_date=on, keys=keys, cards=cards, note=note.strip(), recorded_by=by)
    log.append("space.move_in.recorded", row=handed, by=acting, data={"on": on, "keys": keys, "cards": cards})
    draft_month(lease=lease, month=term.lower)
