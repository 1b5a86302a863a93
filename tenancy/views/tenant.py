"""The tenant's pages: my offers, my leases, answering and signing."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from portal.accounts import second_factor
from portal.core.clock import arrived_at, database_now
from portal.core.errors import Refused
from portal.core.papers import answer
from portal.core.periods import SEOUL
from portal.core.ui.parts import Next, Row, Step
from portal.core.ui.trying import tried
from tenancy import drawing, explain, papers, queries, resident_home, rules, services, tables
from tenancy.enums import ArrearsStatus, LeaseStatus, MoveOutStatus, OfferStatus, Side
from tenancy.forms import AcceptForm, DeclineForm, SignForm
from tenancy.handover_forms import HandoverForm
from tenancy.models import Lease, MoveIn, Offer
from tenancy.views.shared import SignedIn, found_lease, found_offer


@login_required
def mine(request: SignedIn) -> HttpResponse:
    """My companies: what is to be paid, what waits for them, and all their offers and leases."""
    now = database_now()
    offers, leases = list(queries.offers_for(request.user)), list(queries.leases_for(request.user))
    context = {
        "figures": resident_home.figures(request.user, leases, now),
        "waiting": resident_home.waiting(offers, leases, now) if offers or leases else None,
        "needs": tables.needs(list(queries.needs_for(request.user))),
        "offers": tables.offers(offers, company=True),
        "leases": tables.leases(leases, company=True),
    }
    return render(request, "tenancy/mine.html", context)


@login_required
def offer(request: SignedIn, offer: UUID) -> HttpResponse:
    """One offer: room, terms, rent line by line, what to do until when."""
    found = found_offer(offer)
    rules.check_can_see_offer(request.user, found)
    return _offer_page(request, found, AcceptForm(), DeclineForm())


@require_POST
@login_required
@second_factor.required(back="tenancy:offer")
def accept(request: SignedIn, offer: UUID) -> HttpResponse:
    """Take the room."""
    found, form = found_offer(offer), AcceptForm(request.POST)
    rules.check_can_answer_offer(request.user, found)
    if not form.is_valid():
        return _offer_page(request, found, form, DeclineForm(), status=422)
    now = arrived_at(request)
    tried(
        request,
        lambda: services.accept_offer(offer=found, by=request.user, now=now, agreed=True),
        _("입주 제안을 수락했습니다. 계약서가 준비되면 알려 드립니다."),
    )
    return redirect("tenancy:offer", offer=found.public_id)


@require_POST
@login_required
def decline(request: SignedIn, offer: UUID) -> HttpResponse:
    """Give the room up."""
    found, form = found_offer(offer), DeclineForm(request.POST)
    rules.check_can_answer_offer(request.user, found)
    if not form.is_valid():
        return _offer_page(request, found, AcceptForm(), form, status=422)
    now, reason = database_now(), form.cleaned_data["reason"]
    tried(
        request,
        lambda: services.decline_offer(offer=found, by=request.user, now=now, reason=reason),
        _("입주 제안을 포기했습니다."),
    )
    return redirect("tenancy:offer", offer=found.public_id)


def _offer_page(
    request: SignedIn, offer: Offer, accept: AcceptForm, decline: DeclineForm, status: int = 200
) -> HttpResponse:
    now = database_now()
    floor = queries.floor_of(offer.unit.hub.code, offer.unit.floor.level)
    assert floor is not None
    lease = getattr(offer, "lease", None)
    context = {
        "offer": offer,
        "now": now,
        "tone": tables.TONES.get(offer.status, ""),
        "terms": explain.terms(offer),
        "rent": explain.rent(offer),
        "drawing": drawing.draw(floor, queries.places_on(floor, offer.start_date), mine=offer.unit.code),
        "steps": _steps(offer, lease),
        "then": _next(offer, lease),
        "open": offer.status == OfferStatus.SENT and offer.expires_at is not None and now < offer.expires_at,
        "can_answer": rules.can_answer_offer(request.user, offer),
        "can_prepare": offer.status == OfferStatus.ACCEPTED
        and lease is None
        and rules.may_in(request.user, "lease.prepare", offer.unit.hub),
        "can_revoke": offer.status in queries.ANSWERABLE and rules.may_in(request.user, "offer.revoke", offer.unit.hub),
        "lease": lease,
        "accept": accept,
        "decline": decline,
    }
    return render(request, "tenancy/offer.html", context, status=status)


def _steps(offer: Offer, lease: Lease | None) -> list[Step]:
    ended = offer.status in (OfferStatus.DECLINED, OfferStatus.EXPIRED, OfferStatus.REVOKED)
    if ended:
        return [
            Step(_("제안"), "done", offer.sent_at),
            Step(offer.get_status_display(), "stopped", offer.answered_at),
        ]
    signed = bool(lease and lease.signed_at)
    return [
        Step(_("제안"), "done", offer.sent_at),
        Step(_("수락"), "done" if offer.answered_at else "current", offer.answered_at),
        Step(_("계약"), _state(bool(offer.answered_at), signed), lease.signed_at if lease else None),
        Step(
            pgettext("절차", "입주"),
            _state(signed, bool(lease and lease.moved_in_date)),
            lease.moved_in_date if lease else None,
        ),
    ]


def _state(begun: bool, done: bool) -> Any:
    return "done" if done else "current" if begun else "waiting"


def _next(offer: Offer, lease: Lease | None) -> Next | None:
    if offer.status == OfferStatus.SENT:
        return Next(_("제안을 수락하거나 포기합니다"), _("우리 기업의 대표 계정"), offer.expires_at)
    if offer.status == OfferStatus.ACCEPTED and lease is None:
        return Next(_("계약서를 작성합니다"), _("거점 운영담당"))
    return None


@login_required
def lease(request: SignedIn, lease: UUID) -> HttpResponse:
    """One lease: the contract, signatures, invoices with sums in words."""
    found = found_lease(lease)
    rules.check_can_see_lease(request.user, found)
    return _lease_page(request, found, None)


@login_required
def lease_pdf(request: SignedIn, lease: UUID) -> FileResponse:
    """The contract as a file, for whoever may see the lease."""
    found = found_lease(lease)
    rules.check_can_see_lease(request.user, found)
    if not found.document:
        raise Http404
    return answer(papers.lease(found), f"lease-{found.public_id}.pdf")


@login_required
def offer_pdf(request: SignedIn, offer: UUID) -> FileResponse:
    """The offer as a file, once it was sent."""
    found = found_offer(offer)
    rules.check_can_see_offer(request.user, found)
    if found.sent_at is None:
        raise Http404
    return answer(papers.offer(found), f"offer-{found.public_id}.pdf")


@login_required
def invoice_pdf(request: SignedIn, lease: UUID, invoice: int) -> FileResponse:
    """One issued invoice as a file."""
    found = found_lease(lease)
    rules.check_can_see_lease(request.user, found)
    issued = get_object_or_404(found.invoices.exclude(number=None), pk=invoice)
    return answer(papers.invoice(issued), f"{issued.number}.pdf")


@login_required
def deposit_pdf(request: SignedIn, lease: UUID) -> FileResponse:
    """The deposit as it stands, as a file."""
    found = found_lease(lease)
    rules.check_can_see_lease(request.user, found)
    row = queries.deposit_of(found)
    if row is None:
        raise Http404
    return answer(papers.deposit(row), f"deposit-{found.public_id}.pdf")


@require_POST
@login_required
@second_factor.required(back="tenancy:lease")
def sign(request: SignedIn, lease: UUID) -> HttpResponse:
    """Sign for the tenant or, as the approver, for the hub."""
    found, form = found_lease(lease), SignForm(request.POST)
    rules.check_can_see_lease(request.user, found)
    side = signing_side(request, found)
    if side is None:
        raise Refused(_("지금 서명할 차례가 아닙니다."))
    if not form.is_valid():
        return _lease_page(request, found, form, status=422)
    now = database_now()
    try:
        both = services.sign_lease(lease=found, side=side, by=request.user, now=now, **form.cleaned_data)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(
            request, _("계약이 체결되었습니다.") if both else _("서명했습니다. 상대방의 서명을 기다립니다.")
        )
    return redirect("tenancy:lease", lease=found.public_id)


def signing_side(request: SignedIn, lease: Lease) -> Side | None:
    """For which side this person may sign now, if for any."""
    if lease.status != LeaseStatus.AWAITING_SIGNATURE:
        return None
    signed = {signature.side for signature in lease.signatures.all()}
    if Side.TENANT not in signed and rules.can_sign_as_tenant(request.user, lease):
        return Side.TENANT
    if Side.LESSOR not in signed and rules.may_in(request.user, "lease.decide", lease.unit.hub):
        return Side.LESSOR
    return None


def _lease_page(request: SignedIn, lease: Lease, form: SignForm | None, status: int = 200) -> HttpResponse:
    side = signing_side(request, lease)
    hub, now = lease.unit.hub, database_now()
    stay = rules.may_see_stay(request.user, lease)
    invoices = list(queries.invoices_of(lease))
    context = {
        "lease": lease,
        "now": now,
        "tone": tables.TONES.get(lease.status, ""),
        "document": explain.document(lease),
        "signatures": [Row(label, _signed(lease, side_code)) for side_code, label in Side.choices],
        "side": Side(side).label if side else "",
        "form": form or SignForm(initial={"document_hash": lease.document_hash}),
        "recorded": [lease, *invoices],
        "invoices": tables.invoices(invoices, credit=rules.may_in(request.user, "credit_note.prepare", hub)),
        "amendments": tables.amendments(list(lease.amendments.all())),
        "renewals": tables.renewals(list(lease.renewals.all()) if stay else []),
        "leaving": lease.move_outs.exclude(status=MoveOutStatus.CANCELLED).first() if stay else None,
        "can_leave": lease.status == LeaseStatus.ACTIVE and rules.can_sign_as_tenant(request.user, lease),
        "can_end": lease.status in (LeaseStatus.SIGNED, LeaseStatus.ACTIVE)
        and rules.may_in(request.user, "lease.decide", hub),
        "deposit": queries.deposit_of(lease),
        "arrears": lease.arrears.exclude(status=ArrearsStatus.CLOSED).first(),
        "can_amend": lease.status in queries.LIVE_LEASE and rules.may_in(request.user, "lease.prepare", hub),
        "key": HandoverForm(initial={"on": _today(now)}) if _can_hand_over(request, lease) else None,
        "paid": lease.organisation.payments.exists(),
        "drafts": [invoice for invoice in invoices if invoice.status == "DRAFT"]
        if rules.may_in(request.user, "invoice.issue", hub)
        else [],
        "papers": lease.status == LeaseStatus.AWAITING_SIGNATURE and rules.may_file_paper(request.user, lease),
        "handed": MoveIn.objects.filter(lease=lease).first() if stay else None,
        "offer_url": reverse("tenancy:offer", args=[lease.offer.public_id]),
    }
    return render(request, "tenancy/lease.html", context, status=status)


def _signed(lease: Lease, side: str) -> str:
    found = next((signature for signature in lease.signatures.all() if signature.side == side), None)
    return explain.signature(found) if found else str(_("서명 전"))


def _can_hand_over(request: SignedIn, lease: Lease) -> bool:
    return lease.status == LeaseStatus.SIGNED and rules.may_in(request.user, "move.record", lease.unit.hub)


def _today(now: datetime) -> Any:
    return now.astimezone(SEOUL).date()
