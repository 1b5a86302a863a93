"""What tenancy tells people, through notices; each text stands in ``tenancy.topics``."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from portal.intake.models import Call
from portal.notices.services import Letter, notify, notify_all
from tenancy.models import (
    Amendment,
    ArrearsCase,
    Booking,
    CreditNote,
    Deposit,
    FollowUp,
    Invoice,
    Lease,
    MoveOut,
    Offer,
    RenewalReview,
    RoomWait,
    Ticket,
    TicketFile,
)


def tell_offers_sent(offers: Iterable[Offer]) -> None:
    letters = [
        Letter(
            to=offer.need.organisation,
            context={"unit": offer.unit.code, "hub": str(offer.unit.hub), "expires_at": offer.expires_at},
            url=reverse("tenancy:offer", args=[offer.public_id]),
            key=f"space.offer_sent:{offer.public_id}",
        )
        for offer in offers
    ]
    notify_all(topic="space.offer_sent", letters=letters)


def tell_offer_waiting(offer: Offer, reminder: int) -> None:
    notify(
        to=offer.need.organisation,
        topic="space.offer_waiting",
        context={"unit": offer.unit.code, "hub": str(offer.unit.hub), "expires_at": offer.expires_at},
        url=reverse("tenancy:offer", args=[offer.public_id]),
        key=f"space.offer_waiting:{offer.public_id}:{reminder}",
    )


def tell_lease_ready(lease: Lease) -> None:
    notify(
        to=lease.organisation,
        topic="space.lease_ready",
        context={"unit": lease.unit.code, "sign_by": lease.sign_by},
        url=reverse("tenancy:lease", args=[lease.public_id]),
        key=f"space.lease_ready:{lease.public_id}",
    )


def tell_lease_signed(lease: Lease) -> None:
    notify(
        to=lease.organisation,
        topic="space.lease_signed",
        context={"unit": lease.unit.code},
        url=reverse("tenancy:lease", args=[lease.public_id]),
        key=f"space.lease_signed:{lease.public_id}",
    )


def tell_invoices_issued(invoices: Iterable[Invoice]) -> None:
    letters = [
        Letter(
            to=invoice.lease.organisation,
            context={"number": invoice.number or "", "total": f"{invoice.total:,}", "due_date": invoice.due_date},
            url=reverse("tenancy:lease", args=[invoice.lease.public_id]),
            key=f"space.invoice_issued:{invoice.number}",
        )
        for invoice in invoices
    ]
    notify_all(topic="space.invoice_issued", letters=letters)


def tell_credited(note: CreditNote, invoice: Invoice) -> None:
    notify(
        to=invoice.lease.organisation,
        topic="space.credited",
        context={"number": invoice.number or "", "total": f"{note.total:,}"},
        url=reverse("tenancy:lease", args=[invoice.lease.public_id]),
        key=f"space.credited:{note.number}",
    )


def tell_arrears(case: ArrearsCase, left: int) -> None:
    notify(
        to=case.lease.organisation,
        topic="space.arrears",
        context={"unit": case.lease.unit.code, "open": f"{left:,}", "step": case.get_status_display()},
        url=reverse("tenancy:lease", args=[case.lease.public_id]),
        key=f"space.arrears:{case.public_id}:{case.status}:{case.stepped_at:%Y%m%d}",
    )


def tell_deposit_closing(deposit: Deposit) -> None:
    notify(
        to=deposit.lease.organisation,
        topic="space.deposit_closing",
        context={"unit": deposit.lease.unit.code, "until": deposit.object_until},
        url=reverse("tenancy:lease", args=[deposit.lease.public_id]),
        key=f"space.deposit_closing:{deposit.lease.public_id}",
    )


def tell_amendment_ready(amendment: Amendment) -> None:
    _tell_amendment("space.amendment_ready", amendment)


def tell_amendment_in_force(amendment: Amendment) -> None:
    _tell_amendment("space.amendment_in_force", amendment)


def _tell_amendment(topic: str, amendment: Amendment) -> None:
    notify(
        to=amendment.lease.organisation,
        topic=topic,
        context={
            "unit": amendment.lease.unit.code,
            "kind": amendment.get_kind_display(),
            "on": amendment.effective_date,
        },
        url=reverse("tenancy:lease", args=[amendment.lease.public_id]),
        key=f"{topic}:{amendment.public_id}",
    )


def tell_renewal(review: RenewalReview) -> None:
    granted = review.status == "GRANTED"
    notify(
        to=review.lease.organisation,
        topic="space.renewal_granted" if granted else "space.renewal_invited",
        context={"unit": review.lease.unit.code, "respond_by": review.respond_by, "end": review.period.lower},
        url=reverse("tenancy:renewal", args=[review.public_id]),
        key=f"space.renewal:{review.public_id}:{review.status}",
    )


def tell_renewal_call(review: RenewalReview, call: Call) -> None:
    notify(
        to=review.lease.organisation,
        topic="space.renewal_call",
        context={"unit": review.lease.unit.code, "closes_at": call.closes_at},
        url=reverse("tenancy:renewal", args=[review.public_id]),
        key=f"space.renewal_call:{review.public_id}:{call.code}",
    )


def tell_renewal_room(review: RenewalReview) -> None:
    assert review.room is not None
    notify(
        to=review.lease.organisation,
        topic="space.renewal_room",
        context={"unit": review.room.code, "start": review.period.lower},
        url=reverse("tenancy:renewal", args=[review.public_id]),
        key=f"space.renewal_room:{review.public_id}:{review.room.ref}",
    )


def tell_holdover(lease: Lease) -> None:
    notify(
        to=lease.organisation,
        topic="space.holdover",
        context={
            "unit": lease.unit.code,
            "leave": lease.leave_date,
            "percent": lease.rate_card.holdover_bp // 100,
        },
        url=reverse("tenancy:lease", args=[lease.public_id]),
        key=f"space.holdover:{lease.public_id}:{lease.leave_date}",
    )


def tell_start_moved(offer: Offer) -> None:
    notify(
        to=offer.need.organisation,
        topic="space.start_moved",
        context={"unit": offer.unit.code, "start": offer.start_date},
        url=reverse("tenancy:offer", args=[offer.public_id]),
        key=f"space.start_moved:{offer.public_id}:{offer.start_date}",
    )


def tell_move_out(move_out: MoveOut) -> None:
    notify(
        to=move_out.lease.organisation,
        topic="space.move_out",
        context={
            "unit": move_out.lease.unit.code,
            "leave": move_out.leave_date,
            "status": move_out.get_status_display(),
        },
        url=reverse("tenancy:move_out", args=[move_out.public_id]),
        key=f"space.move_out:{move_out.public_id}:{move_out.status}",
    )


def tell_follow_up(row: FollowUp) -> None:
    notify(
        to=row.graduation.organisation,
        topic="space.follow_up",
        context={"year": row.year},
        url=reverse("tenancy:graduation", args=[row.graduation.lease.public_id]),
        key=f"space.follow_up:{row.graduation_id}:{row.year}",
    )


def tell_booking(booking: Booking) -> None:
    """What became of a booking that somebody else, or the clock, moved."""
    if booking.organisation is None:
        return
    notify(
        to=booking.organisation,
        topic="space.booking",
        context={
            "room": booking.room.name_ko,
            "starts": booking.period.lower,
            "status": booking.get_status_display(),
        },
        url=reverse("tenancy:booking", args=[booking.public_id]),
        key=f"space.booking:{booking.public_id}:{booking.status}",
    )


def tell_room_wait(wait: RoomWait) -> None:
    """The time is held for who asked first, for ten minutes."""
    notify(
        to=[wait.asked_by],
        topic="space.room_wait",
        context={"room": wait.room.name_ko, "starts": wait.period.lower, "until": wait.offered_until},
        url=reverse("tenancy:room_wait", args=[wait.public_id]),
        key=f"space.room_wait:{wait.public_id}",
    )


def tell_ticket(ticket: Ticket) -> None:
    notify(
        to=ticket.organisation,
        topic="space.ticket",
        context={"title": ticket.title, "status": ticket.get_status_display()},
        url=reverse("tenancy:ticket", args=[ticket.public_id]),
    )


def tell_file_infected(file: TicketFile) -> None:
    """Who sent the file is asked for another one."""
    notify(
        to=[file.uploaded_by],
        topic="space.ticket_file",
        context={"title": file.ticket.title, "name": file.name},
        url=reverse("tenancy:ticket", args=[file.ticket.public_id]),
        key=f"space.ticket_file:{file.pk}",
    )
