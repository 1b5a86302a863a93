"""Deposits: asked for at signing, received, set off line by line, returned. Every movement is an entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, Late, Overtaken
from portal.core.periods import SEOUL
from portal.core.transition import advance
from tenancy import rules
from tenancy.conditions import deposit_won
from tenancy.enums import DepositKind, DepositStatus
from tenancy.models import Deposit, DepositEntry, Invoice, Lease
from tenancy.services.settling import OPEN, locked, lower
from tenancy.services.telling import tell_deposit_closing
from tenancy.workflow import DEPOSIT

OBJECTION_DAYS = 7


@dataclass(frozen=True, slots=True)
class SetOff:
    """A part of the deposit kept, for what and on which evidence; rent names its invoice."""

    kind: str
    amount: int
    evidence: str
    invoice: Invoice | None = None


def ask_deposit(lease: Lease, *, by: Any) -> Deposit | None:
    """The deposit that the rate card wants, due from signing; None when it wants none. ``by`` acts in a role."""
    due = deposit_won(lease.unit, lease.rate_card, lease.people)
    if not due:
        return None
    deposit = Deposit.objects.create(lease=lease, due_won=due)
    log.append("space.deposit.asked", row=deposit, by=by, data={"to": deposit.status, "due": due})
    return deposit


@transaction.atomic
def receive_deposit(*, deposit: Deposit, amount: int, evidence: str, by: Any, now: datetime) -> None:
    """Money received towards a deposit, in one or several parts. Raises ``Invalid`` beyond what is due."""
    role = rules.check_can_receive_deposit(by, deposit)
    row = _locked(deposit)
    if row.status not in (DepositStatus.DUE, DepositStatus.PART_RECEIVED):
        raise Overtaken
    received = row.received_won + amount
    if amount <= 0 or received > row.due_won:
        raise Invalid(_("받을 보증금보다 많습니다."), field="amount")
    to = DepositStatus.RECEIVED if received == row.due_won else DepositStatus.PART_RECEIVED
    _enter(row, DepositKind.RECEIVED, amount, evidence, by=by, now=now)
    if to == row.status:
        Deposit.objects.filter(pk=row.pk).update(received_won=received)
    else:
        data, changes = {"received": received}, {"received_won": received}
        advance(row, to, by=by.acting_as(role), steps=DEPOSIT, data=data, changes=changes)
    deposit.refresh_from_db()


@transaction.atomic
def propose_settlement(*, deposit: Deposit, lines: Sequence[SetOff], by: Any, now: datetime) -> None:
    """At the end of a lease: what is to be kept, line by line with evidence. The tenant has seven days to object."""
    role = rules.check_can_propose_settlement(by, deposit)
    row = _locked(deposit)
    total = sum(line.amount for line in lines)
    if any(line.amount <= 0 or not line.evidence.strip() for line in lines):
        raise Invalid(_("충당하는 금액마다 근거를 적어 주십시오."))
    if any((line.kind == DepositKind.RENT) != (line.invoice is not None) for line in lines):
        raise Invalid(_("임대료 충당에는 고지서를, 수선비 충당에는 근거만 적어 주십시오."))
    if total > row.held_won:
        raise Invalid(_("보증금보다 많이 충당할 수 없습니다."))
    until = now.astimezone(SEOUL).date() + timedelta(days=OBJECTION_DAYS)
    advance(
        row,
        DepositStatus.CLOSING,
        by=by.acting_as(role),
        steps=DEPOSIT,
        data={"set_off": total, "object_until": until},
        changes={
            "proposal": [
                {
                    "kind": str(line.kind),
                    "amount": line.amount,
                    "evidence": line.evidence.strip(),
                    "invoice": line.invoice.pk if line.invoice else None,
                }
                for line in lines
            ],
            "proposed_by": by,
            "object_until": until,
        },
    )
    tell_deposit_closing(row)
    deposit.refresh_from_db()


@transaction.atomic
def object_to_settlement(*, deposit: Deposit, text: str, by: Any, now: datetime) -> None:
    """The master account objects in time; the approver reads it before deciding."""
    role = rules.check_can_object_to_settlement(by, deposit)
    row = _locked(deposit)
    if row.status != DepositStatus.CLOSING or row.decided_at is not None:
        raise Overtaken
    if row.object_until is not None and now.astimezone(SEOUL).date() > row.object_until:
        raise Late(_("이의를 낼 수 있는 기간이 지났습니다."))
    if not text.strip():
        raise Invalid(_("이의 내용을 적어 주십시오."), field="text")
    row.objection = text.strip()
    row.save(update_fields=["objection"])
    log.append("space.deposit.objected", row=row, by=by.acting_as(role), data={}, private={"objection": row.objection})
    deposit.refresh_from_db()


@transaction.atomic
def decide_settlement(
    *, deposit: Deposit, by: Any, now: datetime, keep: Sequence[int] | None = None, early: bool = False
) -> None:
    """The approver takes over the proposed lines (or the ``keep`` amounts, one per line), after the days to object.

    ``early``: the tenant agreed, nothing is waited for. When nothing is left to return the deposit is consumed.
    """
    role = rules.check_can_decide_settlement(by, deposit)
    row = _locked(deposit)
    if row.status != DepositStatus.CLOSING or row.decided_at is not None:
        raise Overtaken
    waiting = row.object_until is not None and now.astimezone(SEOUL).date() <= row.object_until
    if waiting and not row.objection and not early and row.proposal:
        raise Invalid(_("입주기업이 이의를 낼 수 있는 기간입니다."))
    lines = row.proposal or []
    amounts = [line["amount"] for line in lines] if keep is None else list(keep)
    if len(amounts) != len(lines) or any(
        not 0 <= part <= line["amount"] for part, line in zip(amounts, lines, strict=False)
    ):
        raise Invalid(_("제안한 금액을 넘어 충당할 수 없습니다."))
    acting = by.acting_as(role)
    for part, line in zip(amounts, lines, strict=True):
        if part:
            _set_off(row, line, part, by=by, acting=acting, now=now)
    set_off = sum(amounts)
    left = row.held_won - set_off
    values = {"set_off_won": row.set_off_won + set_off, "decided_by": by, "decided_at": now}
    log.append("space.deposit.decided", row=row, by=acting, data={"set_off": set_off, "returned": left})
    if left:
        Deposit.objects.filter(pk=row.pk).update(**values)
    else:
        advance(row, DepositStatus.CONSUMED, by=acting, steps=DEPOSIT, data={"set_off": set_off}, changes=values)
    deposit.refresh_from_db()


def _set_off(deposit: Deposit, line: dict[str, Any], amount: int, *, by: Any, acting: Any, now: datetime) -> None:
    invoice = None
    if line["invoice"] is not None:
        invoice = locked(Invoice(pk=line["invoice"]))
        if invoice.status not in OPEN or invoice.open_amount < amount:
            raise Overtaken
    _enter(deposit, DepositKind(line["kind"]), amount, line["evidence"], by=by, now=now, invoice=invoice)
    if invoice is not None:
        lower(invoice, amount, by=acting)


@transaction.atomic
def return_deposit(*, deposit: Deposit, evidence: str, by: Any, now: datetime) -> None:
    """Finance pays back what is left after the approver's decision."""
    role = rules.check_can_return_deposit(by, deposit)
    row = _locked(deposit)
    if row.status != DepositStatus.CLOSING or row.decided_at is None:
        raise Overtaken(_("결재가 끝난 뒤에 반환할 수 있습니다."))
    amount = row.held_won
    _enter(row, DepositKind.RETURNED, amount, evidence, by=by, now=now)
    advance(
        row,
        DepositStatus.RETURNED,
        by=by.acting_as(role),
        steps=DEPOSIT,
        data={"returned": amount},
        changes={"returned_won": amount},
    )
    deposit.refresh_from_db()


def _enter(deposit: Deposit, kind: DepositKind, amount: int, evidence: str, **fields: Any) -> None:
    fields["made_by"], fields["made_at"] = fields.pop("by"), fields.pop("now")
    DepositEntry.objects.create(deposit=deposit, kind=kind, amount=amount, evidence=evidence.strip()[:400], **fields)


def _locked(deposit: Deposit) -> Deposit:
    rows = Deposit.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("lease__organisation", "lease__unit__floor__building__hub").get(pk=deposit.pk)
