"""Requests of tenants: received, assigned, worked on, done, closed; reopened within seven days. Files: ``ticket_files``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import Organisation, User
from portal.core.errors import Invalid, Late, Overtaken, Refused
from portal.core.periods import SEOUL, first_of_month
from portal.core.transition import advance
from tenancy import queries, rules
from tenancy.enums import TicketCategory, TicketStatus
from tenancy.models import Hub, Ticket, TicketNote, TicketRating, Unit
from tenancy.services.telling import tell_ticket
from tenancy.services.ticket_files import keep_files
from tenancy.workflow import TICKET

#: Hours within which a request of each kind should be done.
DUE_HOURS = {
    TicketCategory.REPAIR: 72, TicketCategory.NETWORK: 8, TicketCategory.CARD: 24, TicketCategory.VISITOR: 24,
    TicketCategory.CLEANING: 48, TicketCategory.OTHER: 120,
}  # fmt: skip
REOPEN_DAYS = 7


@transaction.atomic
def open_ticket(
    *, hub: Hub, organisation: Organisation, category: str, title: str, text: str, by: Any, now: datetime,
    unit: Unit | None = None, attached: Sequence[File[Any]] = (),
) -> Ticket:  # fmt: skip
    """A company that lives in the hub asks for something; due by its category. Files are checked by their content."""
    role = rules.check_can_open_ticket(by, organisation)
    if not queries.is_resident(organisation, hub, queries.day_of(now)):
        raise Invalid(_("그 거점에 입주한 기업만 요청할 수 있습니다."), field="unit")
    if unit is not None and not queries.lives_in(organisation, unit):
        raise Invalid(_("우리 기업이 입주한 호실만 고를 수 있습니다."), field="lease")
    if not title.strip() or not text.strip():
        raise Invalid(_("무엇을 해 드리면 되는지 적어 주십시오."), field="text")
    kind = TicketCategory(category)
    due_at = now + timedelta(hours=DUE_HOURS[kind])
    ticket = Ticket.objects.create(
        hub=hub, organisation=organisation, unit=unit, category=kind, title=title.strip(), opened_by=by,
        opened_at=now, due_at=due_at,
    )  # fmt: skip
    data = {"to": ticket.status, "category": kind, "due_at": due_at}
    log.append("space.ticket.received", row=ticket, by=by.acting_as(role), data=data)
    _note(ticket, text, by, now)
    keep_files(ticket, attached, by, now)
    return ticket


def _note(ticket: Ticket, text: str, by: User, now: datetime) -> None:
    if text.strip():
        TicketNote.objects.create(ticket=ticket, author=by, text=text.strip(), written_at=now)


def _handle(ticket: Ticket, to: TicketStatus, by: Any, **changes: Any) -> None:
    """A step of the officer's."""
    role = rules.check_can_handle_ticket(by, ticket)
    advance(ticket, to, by=by.acting_as(role), steps=TICKET, changes=changes)


@transaction.atomic
def assign_ticket(*, ticket: Ticket, by: Any, now: datetime) -> None:
    """The officer takes the request on."""
    _handle(ticket, TicketStatus.ASSIGNED, by, assigned_to=by)
    tell_ticket(ticket)


@transaction.atomic
def start_ticket(*, ticket: Ticket, by: Any, now: datetime) -> None:
    """The work begins."""
    _handle(ticket, TicketStatus.IN_PROGRESS, by)
    tell_ticket(ticket)


@transaction.atomic
def ask_tenant(*, ticket: Ticket, text: str, by: Any, now: datetime) -> None:
    """The officer needs an answer before going on."""
    _handle(ticket, TicketStatus.WAITING, by)
    _note(ticket, text, by, now)
    tell_ticket(ticket)


@transaction.atomic
def answer_ticket(*, ticket: Ticket, text: str, by: Any, now: datetime, attached: Sequence[File[Any]] = ()) -> None:
    """The tenant answers; the officer goes on."""
    role = rules.check_can_open_ticket(by, ticket.organisation)
    advance(ticket, TicketStatus.IN_PROGRESS, by=by.acting_as(role), steps=TICKET)
    _note(ticket, text, by, now)
    keep_files(ticket, attached, by, now)


@transaction.atomic
def finish_ticket(*, ticket: Ticket, text: str, by: Any, now: datetime) -> None:
    """What was asked for is done, in a line of what was done."""
    _handle(ticket, TicketStatus.DONE, by, done_at=now)
    _note(ticket, text, by, now)
    tell_ticket(ticket)


@transaction.atomic
def reopen_ticket(*, ticket: Ticket, text: str, by: Any, now: datetime) -> None:
    """It is not done after all: within seven days of 완료."""
    role = rules.check_can_open_ticket(by, ticket.organisation)
    if ticket.done_at is not None and now >= ticket.done_at + timedelta(days=REOPEN_DAYS):
        raise Late(_("완료된 지 %(days)s일이 지났습니다. 새로 요청해 주십시오.") % {"days": REOPEN_DAYS})
    advance(ticket, TicketStatus.IN_PROGRESS, by=by.acting_as(role), steps=TICKET, changes={"done_at": None})
    _note(ticket, text, by, now)


@transaction.atomic
def close_ticket(*, ticket: Ticket, by: Any, now: datetime, stars: int | None = None) -> None:
    """The tenant agrees that it is done; the rating is kept without the ticket and without a name."""
    role = rules.check_can_open_ticket(by, ticket.organisation)
    if ticket.status != TicketStatus.DONE:
        raise Overtaken
    changes = {"closed_at": now}
    advance(ticket, TicketStatus.CLOSED, by=by.acting_as(role), steps=TICKET, changes=changes)
    if stars is not None:
        month = first_of_month(now.astimezone(SEOUL).date())
        TicketRating.objects.create(hub=ticket.hub, month=month, category=ticket.category, stars=stars)


@transaction.atomic
def drop_ticket(*, ticket: Ticket, by: Any, now: datetime) -> None:
    """The tenant takes the request back before anybody worked on it."""
    role = rules.check_can_open_ticket(by, ticket.organisation)
    if ticket.status not in (TicketStatus.RECEIVED, TicketStatus.ASSIGNED):
        raise Overtaken
    advance(ticket, TicketStatus.CLOSED, by=by.acting_as(role), steps=TICKET, changes={"closed_at": now})


def close_done_tickets(*, now: datetime) -> int:
    """Close what has been done for seven days and nobody reopened; answers how many. Safe twice, late, or at once."""
    closed = 0
    for ticket in list(queries.done_before(now - timedelta(days=REOPEN_DAYS))):
        try:
            with transaction.atomic():
                advance(ticket, TicketStatus.CLOSED, by=log.SYSTEM, steps=TICKET, changes={"closed_at": now})
                closed += 1
        except Refused:
            continue  # reopened or closed meanwhile
    return closed
