"""Leaving a room: notice, inspection, keys; then the lease has ended and holds nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, Late, Overtaken, Refused
from portal.core.periods import SEOUL
from portal.core.transition import advance
from tenancy import queries, rules
from tenancy.enums import (
    EndKind,
    GraduationGround,
    InvoiceKind,
    InvoiceStatus,
    LeaseStatus,
    LineKind,
    MoveOutStatus,
    OccupancyStatus,
)
from tenancy.models import ChecklistItem, Graduation, InvoiceLine, Lease, MoveOut, Occupancy
from tenancy.services.bookings import cancel_after_leaving
from tenancy.services.credits import credit_unused
from tenancy.services.departures import CHECKLIST, open_move_out
from tenancy.services.displaced import hold_for_open, serve_displaced
from tenancy.services.holding import LIVE, cut, move, occupy
from tenancy.services.invoices import redraft
from tenancy.services.overstaying import charge_holdover, overstay
from tenancy.services.telling import tell_move_out
from tenancy.workflow import INVOICE, LEASE, MOVE_OUT

NOTICE_DAYS = 30
__all__ = ["CHECKLIST", "NOTICE_DAYS"]


@transaction.atomic
def give_notice(*, lease: Lease, leave_date: date, by: Any, now: datetime, reason: str = "") -> MoveOut:
    """The tenant leaves early: at least thirty days ahead, within the present terms. The room is free from that day."""
    role = rules.check_can_give_notice(by, lease)
    today = now.astimezone(SEOUL).date()
    end = queries.end_of(lease)
    if not today + timedelta(days=NOTICE_DAYS) <= leave_date <= end:
        raise Invalid(_("퇴거일은 30일 뒤부터 계약이 끝나는 날까지 고를 수 있습니다."), field="leave_date")
    kind = EndKind.EARLY if leave_date < end else EndKind.EXPIRED
    return _notice(lease, leave_date, kind, by=by.acting_as(role), now=now, reason=reason)


@transaction.atomic
def terminate(*, lease: Lease, leave_date: date, by: Any, now: datetime, reason: str) -> MoveOut:
    """The approver ends a lease for arrears, after the hearing that started the termination."""
    role = rules.check_can_sign_as_lessor(by, lease)
    if not lease.arrears.filter(status="TERMINATING").exists():
        raise Invalid(_("의견을 듣고 해지 절차를 시작한 뒤에 해지할 수 있습니다."))
    if not now.astimezone(SEOUL).date() < leave_date <= queries.end_of(lease) or not reason.strip():
        raise Invalid(_("퇴거일과 이유를 적어 주십시오."), field="leave_date")
    return _notice(lease, leave_date, EndKind.TERMINATED, by=by.acting_as(role), now=now, reason=reason)


@transaction.atomic
def graduate(*, lease: Lease, leave_date: date, reason: str, by: Any, now: datetime) -> MoveOut:
    """The approver lets a company that has outgrown the hub graduate, on the ground of growth, within the present terms."""
    role = rules.check_can_sign_as_lessor(by, lease)
    if not now.astimezone(SEOUL).date() < leave_date <= queries.end_of(lease) or not reason.strip():
        raise Invalid(_("퇴거일과 이유를 적어 주십시오."), field="leave_date")
    acting = by.acting_as(role)
    move_out = _notice(lease, leave_date, EndKind.GRADUATED, by=acting, now=now, reason=reason)
    move_out.ground, move_out.reason = GraduationGround.GROWTH, reason.strip()
    move_out.save(update_fields=["ground", "reason"])
    return move_out


def notice_ends(*, now: datetime) -> int:
    """The clock's notice to leases that end within thirty days without another term; answers how many."""
    today, given = now.astimezone(SEOUL).date(), 0
    for lease in list(queries.ending_for_good(today, today + timedelta(days=NOTICE_DAYS))):
        if queries.has_open_review(lease):
            continue
        end = queries.end_of(lease)
        try:
            kind = EndKind.GRADUATED if queries.at_maximum(lease) else EndKind.EXPIRED
            _notice(lease, end, kind, by=log.SYSTEM, now=now)
            given += 1
        except (Refused, IntegrityError):
            continue  # the tenant was first
    return given


@transaction.atomic
def _notice(lease: Lease, leave: date, kind: EndKind, *, by: Any, now: datetime, reason: str = "") -> MoveOut:
    changes = {"leave_date": leave}
    data = {"leave": leave, "kind": kind}
    advance(lease, LeaseStatus.VACATING, by=by, steps=LEASE, reason=reason or None, data=data, changes=changes)
    move_out = open_move_out(lease, leave, kind, by=by, now=now)
    cut(_ahead(lease, leave), leave, by=by)
    tell_move_out(move_out)
    serve_displaced(lease.unit, leave, now=now)
    return move_out


def _ahead(lease: Lease, day: date) -> list[Any]:
    rows = lease.occupancies.filter(status__in=LIVE, period__endswith__gt=day)
    return list(rows.select_related("cell", "organisation").order_by("period", "pk"))


@transaction.atomic
def withdraw_notice(*, move_out: MoveOut, by: Any, now: datetime) -> None:
    """Change one's mind before the day comes, as long as the room is not promised to another (then ``Overtaken``)."""
    lease = move_out.lease
    role = rules.check_can_give_notice(by, lease)
    if now.astimezone(SEOUL).date() >= move_out.leave_date:
        raise Late(_("퇴거일이 되어 철회할 수 없습니다. 담당자에게 문의해 주십시오."))
    if move_out.end_kind not in (EndKind.EARLY, EndKind.EXPIRED):
        raise Invalid(_("해지나 졸업으로 끝나는 계약은 철회할 수 없습니다."))
    acting, end = by.acting_as(role), queries.end_of(lease)
    advance(move_out, MoveOutStatus.CANCELLED, by=acting, steps=MOVE_OUT)
    advance(lease, LeaseStatus.ACTIVE, by=acting, steps=LEASE, changes={"leave_date": None})
    fields = {"organisation": lease.organisation, "lease": lease, "offer": lease.offer}
    spans = sorted((term.period.lower, term.period.upper) for term in lease.terms.all())
    for start, stop in spans:
        first = max(start, move_out.leave_date)
        if first < min(stop, end):
            occupy(lease.unit, first, stop, OccupancyStatus.COMMITTED, by=acting, **fields)
    hold_for_open(lease, by=acting)


@transaction.atomic
def schedule_inspection(*, move_out: MoveOut, inspect_at: datetime, by: Any) -> None:
    """Say when the room is looked at."""
    role = rules.check_can_inspect(by, move_out)
    changes = {"inspect_at": inspect_at}
    advance(move_out, MoveOutStatus.SCHEDULED, by=by.acting_as(role), steps=MOVE_OUT, changes=changes)
    tell_move_out(move_out)


@transaction.atomic
def inspect(*, move_out: MoveOut, found: dict[str, tuple[bool, str, int, bool]], by: Any) -> bool:
    """Write down every point of the list: done, note, cost, whether the tenant pays. Answers whether all is done.

    What is not done sends the room back to the tenant for restoring; the next inspection writes the list anew.
    """
    role = rules.check_can_inspect(by, move_out)
    items = list(move_out.items.all())
    if set(found) != {item.code for item in items}:
        raise Invalid(_("모든 확인항목을 적어 주십시오."))
    for item in items:
        item.done, item.note, item.cost_won, item.tenant_pays = found[item.code]
        if item.cost_won and not item.note.strip():
            raise Invalid(_("비용이 드는 항목에는 내용을 적어 주십시오."))
    ChecklistItem.objects.bulk_update(items, ["done", "note", "cost_won", "tenant_pays"])
    acting, done = by.acting_as(role), all(item.done for item in items)
    cost = sum(item.cost_won for item in items if item.tenant_pays)
    advance(move_out, MoveOutStatus.INSPECTED, by=acting, steps=MOVE_OUT, data={"cost": cost})
    if not done:
        advance(move_out, MoveOutStatus.RESTORING, by=acting, steps=MOVE_OUT)
        tell_move_out(move_out)
    return done


@transaction.atomic
def return_keys(*, move_out: MoveOut, on: date, by: Any, now: datetime) -> None:
    """The keys are back: the lease has ended, its cells are free, and days billed but not used are credited.

    Keys that come after the day of leaving end a holding over: its days up to ``on`` are recorded and charged.
    """
    role = rules.check_can_inspect(by, move_out)
    if not move_out.noticed_at.astimezone(SEOUL).date() <= on <= now.astimezone(SEOUL).date():
        raise Invalid(_("열쇠를 돌려받은 날은 통보한 날부터 오늘까지여야 합니다."), field="on")
    overstay(move_out.lease_id, on, now=now)
    charge_holdover(move_out.lease_id, on)
    lease = Lease.objects.select_for_update(of=("self",), no_key=True).get(pk=move_out.lease_id)
    acting = by.acting_as(role)
    changes = {"keys_returned_date": on}
    advance(move_out, MoveOutStatus.KEYS_RETURNED, by=acting, steps=MOVE_OUT, data={"on": on}, changes=changes)
    _empty(lease, on, move_out.leave_date, by=acting)
    rows = list(lease.occupancies.filter(status__in=LIVE).select_related("cell", "organisation").order_by("pk"))
    for row in rows:
        if row.status != OccupancyStatus.OCCUPIED:
            move([row], OccupancyStatus.OCCUPIED, by=acting)
        advance_end(row, by=acting)
    kind = EndKind(move_out.end_kind)
    data = {"kind": kind, "on": on}
    ended = {"leave_date": min(on, move_out.leave_date), "end_kind": kind}
    advance(lease, LeaseStatus.ENDED, by=acting, steps=LEASE, data=data, changes=ended)
    _settle_invoices(lease, on, now=now)
    cancel_after_leaving(lease=lease, by=acting, now=now)
    if kind == EndKind.GRADUATED:
        _graduate(lease, on, move_out, by=acting)
    move_out.lease = lease


def _empty(lease: Lease, on: date, leave: date, *, by: Any) -> None:
    """Nothing is in use from ``on`` on. A day recorded as held over while the keys were back already stays, uncharged.

    Whoever gives the keys back on the first day was there on that day: a room that was moved into keeps it.
    """
    ahead = _ahead(lease, on)
    beyond: list[Occupancy] = [row for row in ahead if leave <= row.period.lower]
    begun = [row for row in ahead if row.status == OccupancyStatus.OCCUPIED and row.period.lower == on < leave]
    cut([row for row in ahead if row not in beyond and row not in begun], on, by=by)
    cut(begun, on + timedelta(days=1), by=by)
    cut(beyond, max(on, leave + timedelta(days=1)), by=by)


def advance_end(row: Any, *, by: Any) -> None:
    """A cell's days are over."""
    from tenancy.workflow import OCCUPANCY

    advance(row, OccupancyStatus.ENDED, by=by, steps=OCCUPANCY, data={"end": row.period.upper})


def _settle_invoices(lease: Lease, on: date, *, now: datetime) -> None:
    """Drafts of days nobody used are written anew or dropped; issued lines are credited for them."""
    redraft(lease.pk)
    others = lease.invoices.exclude(kind=InvoiceKind.RENT)
    for invoice in others.filter(status=InvoiceStatus.DRAFT, month__gte=on):
        advance(invoice, InvoiceStatus.DROPPED, by=log.SYSTEM, steps=INVOICE)
    lines = InvoiceLine.objects.filter(invoice__lease=lease, period__endswith__gt=on).exclude(
        Q(invoice__status__in=[InvoiceStatus.DRAFT, InvoiceStatus.DROPPED])
        | Q(kind__in=[LineKind.INTEREST, LineKind.METER, LineKind.SHARED])
    )
    for line in lines.select_related("invoice__lease__rate_card", "invoice__lease__organisation"):
        credit_unused(line, on, reason=_("퇴거한 뒤의 날"), by=log.SYSTEM, now=now)


def _graduate(lease: Lease, on: date, move_out: MoveOut, *, by: Any) -> Graduation:
    ground = GraduationGround(move_out.ground or GraduationGround.MAXIMUM)
    graduation = Graduation.objects.create(
        lease=lease, organisation=lease.organisation, graduated_date=on, ground=ground, reason=move_out.reason
    )
    private = {"reason": move_out.reason} if move_out.reason else None
    data = {"on": on, "ground": ground}
    log.append("space.graduation.granted", row=graduation, by=by, data=data, private=private)
    return graduation


@transaction.atomic
def settle_move_out(*, move_out: MoveOut, by: Any) -> None:
    """Close the case of leaving when nothing is open: no invoice, no deposit in hand."""
    role = rules.check_can_inspect(by, move_out)
    lease = move_out.lease
    if queries.open_of(lease):
        raise Refused(_("아직 남은 임대료가 있습니다."))
    deposit = queries.deposit_of(lease)
    if deposit is not None and deposit.held_won:
        raise Refused(_("아직 돌려주거나 충당하지 않은 보증금이 있습니다."))
    if lease.status != LeaseStatus.ENDED:
        raise Overtaken
    acting = by.acting_as(role)
    advance(move_out, MoveOutStatus.SETTLED, by=acting, steps=MOVE_OUT)
    advance(move_out, MoveOutStatus.CLOSED, by=acting, steps=MOVE_OUT)


def turn_terms(*, now: datetime) -> int:
    """On the first day of a term its cells are occupied, and those of the term before have ended; answers how many."""
    today, turned = now.astimezone(SEOUL).date(), 0
    for row in list(queries.beginning_on(today)):
        try:
            with transaction.atomic():
                move([row], OccupancyStatus.OCCUPIED, by=log.SYSTEM)
                turned += 1
        except Refused:
            continue  # another worker was first
    for row in list(queries.over_on(today)):
        try:
            with transaction.atomic():
                advance_end(row, by=log.SYSTEM)
        except Refused:
            continue
    return turned
