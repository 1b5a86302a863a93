"""May this person do this to this thing now? ``check_can_x`` raises with the reason and answers the role allowed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.accounts import queries as people
from portal.accounts import rules as accounts
from portal.accounts.models import Organisation
from portal.accounts.roles import COMPANY_MASTER
from portal.core.errors import NotAllowed
from portal.intake.enums import Scan
from portal.intake.models import Call
from tenancy.enums import LeaseFileKind, OfferStatus, Side
from tenancy.models import (
    AllocationRun,
    Amendment,
    ArrearsCase,
    Booking,
    CreditNote,
    Deposit,
    FollowUp,
    Hub,
    Invoice,
    Lease,
    LeaseFile,
    MoveOut,
    Need,
    Offer,
    PaperSigning,
    RenewalReview,
    Ticket,
    TicketFile,
)


def check_may_in(by: Any, action: str, hub: Hub) -> str:
    """The role under which ``by`` may do ``action`` in this hub."""
    return accounts.check_may(by, action, cluster=hub.cluster, hub=hub.code)


def may_in(by: Any, action: str, hub: Hub) -> bool:
    return accounts.may(by, action, cluster=hub.cluster, hub=hub.code)


def check_may_on_call(by: Any, action: str, call: Call) -> str:
    """As in a hub, for a call of one hub; a call of several needs a role for the whole cluster."""
    return accounts.check_may(by, action, cluster=call.cluster, hub=_only_hub(call))


def may_on_call(by: Any, action: str, call: Call) -> bool:
    return accounts.may(by, action, cluster=call.cluster, hub=_only_hub(call))


def check_can_import_places(by: Any, hub: Hub) -> str:
    return check_may_in(by, "unit.draft", hub)


def check_can_reshape(by: Any, hub: Hub) -> str:
    return check_may_in(by, "unit.put_in_force", hub)


def check_can_run_allocation(by: Any, call: Call) -> str:
    return check_may_on_call(by, "allocation.run", call)


def check_can_confirm_allocation(by: Any, run: AllocationRun) -> str:
    role = check_may_on_call(by, "allocation.confirm", run.call)
    if run.run_by_id == by.pk:
        raise NotAllowed(_("직접 계산한 배정은 확정할 수 없습니다. 다른 결재자가 확정해야 합니다."))
    return role


def can_confirm_allocation(by: Any, run: AllocationRun) -> bool:
    return may_on_call(by, "allocation.confirm", run.call) and run.run_by_id != by.pk


def check_can_publish_allocation(by: Any, run: AllocationRun) -> str:
    return check_may_on_call(by, "allocation.publish", run.call)


def check_can_prepare_offer(by: Any, hub: Hub) -> str:
    return check_may_in(by, "offer.prepare", hub)


def check_can_revoke_offer(by: Any, offer: Offer) -> str:
    return check_may_in(by, "offer.revoke", offer.unit.hub)


def check_can_answer_offer(by: Any, offer: Offer) -> str:
    """Only the master account accepts or declines for its company."""
    return _check_master(by, offer.need.organisation)


def can_answer_offer(by: Any, offer: Offer) -> bool:
    return offer.status == OfferStatus.SENT and people.is_master(by, offer.need.organisation)


def check_can_see_offer(by: Any, offer: Offer) -> str:
    """The company's people once it was sent; those who run or decide the hub always."""
    if offer.status != OfferStatus.PREPARED and people.is_member(by, offer.need.organisation):
        return accounts.check_can_act_for(by, offer.need.organisation)
    return check_may_in(by, "lease.read", offer.unit.hub)


def check_can_see_need(by: Any, need: Need) -> str:
    """The company's people, and those who run or decide the call."""
    if people.is_member(by, need.organisation):
        return accounts.check_can_act_for(by, need.organisation)
    return check_may_on_call(by, "lease.read", need.application.call)


def check_can_prepare_lease(by: Any, offer: Offer) -> str:
    return check_may_in(by, "lease.prepare", offer.unit.hub)


def check_can_sign_as_tenant(by: Any, lease: Lease) -> str:
    return _check_master(by, lease.organisation)


def can_sign_as_tenant(by: Any, lease: Lease) -> bool:
    return people.is_master(by, lease.organisation)


def check_can_sign_as_lessor(by: Any, lease: Lease) -> str:
    return check_may_in(by, "lease.decide", lease.unit.hub)


def check_can_see_lease(by: Any, lease: Lease) -> str:
    """The company's people, those who run or decide the hub, and finance (for the money)."""
    if people.is_member(by, lease.organisation):
        return accounts.check_can_act_for(by, lease.organisation)
    action = "invoice.read" if may_in(by, "invoice.read", lease.unit.hub) else "lease.read"
    return check_may_in(by, action, lease.unit.hub)


def is_own_lease(by: Any, lease: Lease) -> bool:
    """Whether the person belongs to the company that rents."""
    return people.is_member(by, lease.organisation)


def check_can_see_stay(by: Any, lease: Lease) -> str:
    """What is not about money: handing over, another term, leaving, graduation. Not for finance."""
    if people.is_member(by, lease.organisation):
        return accounts.check_can_act_for(by, lease.organisation)
    return check_may_in(by, "lease.read", lease.unit.hub)


def may_see_stay(by: Any, lease: Lease) -> bool:
    return people.is_member(by, lease.organisation) or may_in(by, "lease.read", lease.unit.hub)


def check_can_file_paper(by: Any, lease: Lease) -> str:
    """The officer who wrote the contract, or the approver who will sign it."""
    decides = may_in(by, "lease.decide", lease.unit.hub)
    return check_may_in(by, "lease.decide" if decides else "lease.prepare", lease.unit.hub)


def may_file_paper(by: Any, lease: Lease) -> bool:
    return may_in(by, "lease.decide", lease.unit.hub) or may_in(by, "lease.prepare", lease.unit.hub)


def check_can_confirm_paper(by: Any, paper: PaperSigning) -> str:
    """Never by whoever put it on file."""
    role = check_can_file_paper(by, paper.lease)
    if paper.filed_by_id == by.pk:
        raise NotAllowed(_("직접 올린 종이 계약서는 확인할 수 없습니다."))
    return role


def check_can_confirm_move_in(by: Any, lease: Lease) -> str:
    """Whoever acts for the company that moved in."""
    return accounts.check_can_act_for(by, lease.organisation)


def can_confirm_move_in(by: Any, lease: Lease) -> bool:
    return people.is_member(by, lease.organisation)


def check_can_open_lease_file(by: Any, file: LeaseFile) -> str:
    """Whoever may see what the file is about; nobody when something harmful was found in it."""
    about_money = file.kind in (LeaseFileKind.PAPER, LeaseFileKind.METER)
    role = check_can_see_lease(by, file.lease) if about_money else check_can_see_stay(by, file.lease)
    if file.scan == Scan.INFECTED:
        raise NotAllowed(_("악성코드가 발견되어 열 수 없는 파일입니다."))
    return role


def check_can_move_in(by: Any, lease: Lease) -> str:
    return check_may_in(by, "move.record", lease.unit.hub)


def check_can_block(by: Any, hub: Hub) -> str:
    return check_may_in(by, "unit.draft", hub)


def check_can_issue_invoice(by: Any, invoice: Invoice) -> str:
    return check_may_in(by, "invoice.issue", invoice.lease.unit.hub)


def check_can_import_payments(by: Any, hub: Hub) -> str:
    return check_may_in(by, "payment.import", hub)


def check_can_prepare_credit(by: Any, invoice: Invoice) -> str:
    return check_may_in(by, "credit_note.prepare", invoice.lease.unit.hub)


def check_can_approve_credit(by: Any, note: CreditNote) -> str:
    """Never by whoever prepared it."""
    role = check_may_in(by, "credit_note.decide", note.invoice.lease.unit.hub)
    if note.prepared_by_id == by.pk:
        raise NotAllowed(_("직접 작성한 감액고지는 결재할 수 없습니다."))
    return role


def check_can_drop_credit(by: Any, note: CreditNote) -> str:
    """Who may write one may take it back, who decides on it may refuse it."""
    if may_in(by, "credit_note.prepare", note.invoice.lease.unit.hub):
        return check_can_prepare_credit(by, note.invoice)
    return check_may_in(by, "credit_note.decide", note.invoice.lease.unit.hub)


def check_can_receive_deposit(by: Any, deposit: Deposit) -> str:
    return check_may_in(by, "payment.import", deposit.lease.unit.hub)


def check_can_propose_settlement(by: Any, deposit: Deposit) -> str:
    return check_may_in(by, "deposit.propose", deposit.lease.unit.hub)


def check_can_object_to_settlement(by: Any, deposit: Deposit) -> str:
    return _check_master(by, deposit.lease.organisation)


def check_can_decide_settlement(by: Any, deposit: Deposit) -> str:
    """Never by whoever proposed it."""
    role = check_may_in(by, "deposit.decide", deposit.lease.unit.hub)
    if deposit.proposed_by_id == by.pk:
        raise NotAllowed(_("직접 제안한 보증금 정산은 결재할 수 없습니다."))
    return role


def check_can_return_deposit(by: Any, deposit: Deposit) -> str:
    return check_may_in(by, "deposit.pay", deposit.lease.unit.hub)


def check_can_agree_plan(by: Any, case: ArrearsCase) -> str:
    return check_may_in(by, "payment.import", case.lease.unit.hub)


def check_can_start_termination(by: Any, case: ArrearsCase) -> str:
    return check_may_in(by, "lease.decide", case.lease.unit.hub)


def check_can_amend(by: Any, lease: Lease) -> str:
    return check_may_in(by, "lease.prepare", lease.unit.hub)


def check_can_sign_amendment(by: Any, amendment: Amendment, side: Side) -> str:
    """As the lease itself is signed; a successor is bound by its own master account."""
    if side == Side.LESSOR:
        return check_can_sign_as_lessor(by, amendment.lease)
    return check_can_sign_as_tenant(by, amendment.lease)


def check_can_ask_renewal(by: Any, review: RenewalReview) -> str:
    return _check_master(by, review.lease.organisation)


def check_can_decide_renewal(by: Any, review: RenewalReview) -> str:
    return check_may_in(by, "lease.decide", review.lease.unit.hub)


def check_can_prepare_round(by: Any, hub: Hub) -> str:
    """The officer writes the call for another term; the approver publishes it."""
    return check_may_in(by, "lease.prepare", hub)


def check_can_answer_follow_up(by: Any, follow_up: FollowUp) -> str:
    return _check_master(by, follow_up.graduation.organisation)


def check_can_give_notice(by: Any, lease: Lease) -> str:
    return _check_master(by, lease.organisation)


def check_can_photograph(by: Any, move_out: MoveOut) -> str:
    """The room as it is left: whoever inspects it, and whoever acts for the company that leaves."""
    if people.is_member(by, move_out.lease.organisation):
        return accounts.check_can_act_for(by, move_out.lease.organisation)
    return check_can_inspect(by, move_out)


def check_can_inspect(by: Any, move_out: MoveOut) -> str:
    return check_may_in(by, "move.record", move_out.lease.unit.hub)


def check_can_book(by: Any, organisation: Organisation) -> str:
    """Whoever acts for a company books for it."""
    return accounts.check_can_act_for(by, organisation)


def check_can_handle_bookings(by: Any, hub: Hub) -> str:
    return check_may_in(by, "booking.handle", hub)


def check_can_see_booking(by: Any, booking: Booking) -> str:
    """The company's people, and those who run or decide the hub."""
    if booking.organisation is not None and people.is_member(by, booking.organisation):
        return accounts.check_can_act_for(by, booking.organisation)
    return check_may_in(by, "lease.read", booking.room.hub)


def check_can_use_booking(by: Any, booking: Booking) -> str:
    """Cancelling and checking in: the company's people, and the officer of the hub."""
    if booking.organisation is not None and people.is_member(by, booking.organisation):
        return accounts.check_can_act_for(by, booking.organisation)
    return check_may_in(by, "booking.handle", booking.room.hub)


def can_use_booking(by: Any, booking: Booking) -> bool:
    ours = booking.organisation is not None and people.is_member(by, booking.organisation)
    return ours or may_in(by, "booking.handle", booking.room.hub)


def check_can_open_ticket(by: Any, organisation: Organisation) -> str:
    """Whoever acts for a company asks, answers, reopens and closes for it."""
    return accounts.check_can_act_for(by, organisation)


def can_open_ticket(by: Any, organisation: Organisation) -> bool:
    return people.is_member(by, organisation)


def check_can_handle_ticket(by: Any, ticket: Ticket) -> str:
    return check_may_in(by, "ticket.handle", ticket.hub)


def check_can_see_tickets(by: Any, hub: Hub) -> str:
    return check_may_in(by, "lease.read", hub)


def check_can_see_ticket(by: Any, ticket: Ticket) -> str:
    """The company's people, and those who run or decide the hub."""
    if people.is_member(by, ticket.organisation):
        return accounts.check_can_act_for(by, ticket.organisation)
    return check_may_in(by, "lease.read", ticket.hub)


def check_can_open_ticket_file(by: Any, file: TicketFile) -> str:
    """Whoever may see the request; nobody when something harmful was found in the file."""
    role = check_can_see_ticket(by, file.ticket)
    if file.scan == Scan.INFECTED:
        raise NotAllowed(_("악성코드가 발견되어 열 수 없는 파일입니다."))
    return role


def check_can_publish_listing(by: Any, organisation: Organisation) -> str:
    """What the public reads of a company is its master account's word."""
    return _check_master(by, organisation)


def _check_master(by: Any, organisation: Organisation) -> str:
    if not people.is_master(by, organisation):
        raise NotAllowed(_("대표 계정만 할 수 있습니다. 기업의 대표 계정에 요청해 주십시오."))
    return COMPANY_MASTER


def _only_hub(call: Call) -> str | None:
    return call.hubs[0] if len(call.hubs) == 1 else None
