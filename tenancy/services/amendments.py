"""Amendments: prepared from decided data, signed by both sides over one hash, then in force from their day on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import Organisation
from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.core.periods import SEOUL
from portal.core.transition import advance
from portal.intake.canonical import digest
from tenancy import queries, rules
from tenancy.conditions import PRICED, current, snapshot
from tenancy.enums import AmendmentKind, AmendmentStatus, LeaseStatus, OccupancyStatus, RateCardStatus, Side
from tenancy.models import Amendment, Lease, LeaseTerm, RateCard, Signature, Unit
from tenancy.services.corrections import correct_billed
from tenancy.services.holding import LIVE, TAKEN, cut, occupy, release
from tenancy.services.reshaping import Part, check_plan, remake
from tenancy.services.telling import tell_amendment_in_force, tell_amendment_ready
from tenancy.workflow import AMENDMENT

TEMPLATE_VERSION = "space-amendment/1"
_ONE_PER_CELL = "one_live_occupancy_per_cell_and_day"


def prepare_move(*, lease: Lease, unit: Unit, on: date, reason: str, by: Any, now: datetime) -> Amendment:
    """The tenant moves to another room on a day; the terms stay."""
    after = {**current(lease), **_room(unit)}
    return _prepare(lease, AmendmentKind.MOVE, on, current(lease), after, reason, by=by, now=now)


def prepare_rate(*, lease: Lease, rate_card: RateCard, on: date, reason: str, by: Any, now: datetime) -> Amendment:
    """Another rate card from a day on; a change inside a month makes two lines."""
    before = current(lease)
    kept = {name: before[name] for name in ("unit", "unit_id", "area_m2", "seats", "people")}
    if rate_card.status != RateCardStatus.IN_FORCE or on < rate_card.from_date:
        raise Invalid(_("시행일이 된 요율표만 쓸 수 있습니다."), field="card")
    after = {**snapshot(lease.unit, rate_card, lease.people), **kept}
    return _prepare(lease, AmendmentKind.RATE, on, before, after, reason, by=by, now=now)


def prepare_area(*, lease: Lease, area_m2: Any, on: date, reason: str, by: Any, now: datetime) -> Amendment:
    """Another contracted area (measured anew) from a day on."""
    after = {**current(lease), "area_m2": str(area_m2)}
    return _prepare(lease, AmendmentKind.AREA, on, current(lease), after, reason, by=by, now=now)


def prepare_start(*, lease: Lease, start: date, reason: str, by: Any, now: datetime) -> Amendment:
    """A later first day, before anybody has moved in; the end stays."""
    term = lease.terms.get(seq=1)
    if not term.period.lower < start < term.period.upper or lease.moved_in_date is not None:
        raise Invalid(_("입주 전에, 계약기간 안에서만 시작일을 늦출 수 있습니다."), field="start")
    before, after = {"start": term.period.lower.isoformat()}, {"start": start.isoformat()}
    return _prepare(lease, AmendmentKind.DATES, start, before, after, reason, by=by, now=now)


def prepare_succession(
    *, lease: Lease, successor: Organisation, on: date, reason: str, by: Any, now: datetime
) -> Amendment:
    """Another company takes the lease over on a day (merger, new number); what was before stays with the old one."""
    before = {"organisation": str(lease.organisation.public_id), "name": lease.organisation.name_ko}
    after = {"organisation": str(successor.public_id), "name": successor.name_ko}
    return _prepare(lease, AmendmentKind.SUCCESSION, on, before, after, reason, by=by, now=now)


@transaction.atomic
def prepare_swap(
    *, first: Lease, second: Lease, on: date, reason: str, by: Any, now: datetime
) -> tuple[Amendment, Amendment]:
    """Two tenants change rooms on one day: two amendments that come into force together, when all four have signed."""
    rooms = {first.pk: _room(second.unit), second.pk: _room(first.unit)}
    made = []
    for lease, partner in ((first, second), (second, first)):
        after = {**current(lease), **rooms[lease.pk], "swap_with": str(partner.public_id)}
        made.append(_prepare(lease, AmendmentKind.MOVE, on, current(lease), after, reason, by=by, now=now))
    return made[0], made[1]


@transaction.atomic
def prepare_split(
    *, lease: Lease, parts: Sequence[Part], stays_in: str, on: date, reason: str, by: Any, now: datetime
) -> Amendment:
    """The tenant's room is split on a day and the tenant stays in one part: both happen when both sides have signed."""
    stay = next((part for part in parts if part.code == stays_in), None)
    if stay is None:
        raise Invalid(_("입주기업이 남을 호실을 새 호실 가운데에서 골라 주십시오."), field="stays_in")
    unit = lease.unit
    check_plan(floor=unit.floor, units=[unit.code], parts=parts, on=on)
    # The unit of the part begins with the signatures; until then it has a name, and no row.
    room = {"unit": f"{unit.hub.code}.{stay.code}", "area_m2": str(stay.area_m2), "seats": stay.seats}
    after = {
        **current(lease),
        **room,
        "unit_id": None,
        "split": {"ends": unit.code, "parts": [_plain(p) for p in parts]},
    }
    return _prepare(lease, AmendmentKind.MOVE, on, current(lease), after, reason, by=by, now=now)


@transaction.atomic
def put_off_start(*, lease: Lease, start: date, now: datetime) -> Amendment:
    """The room is not free yet: a lease nobody has moved into begins later, by an amendment of the clock; its end stays.

    Raises ``Overtaken`` when it has begun, or would have no day left.
    """
    row = Lease.objects.select_for_update(no_key=True).get(pk=lease.pk)
    term = row.terms.get(seq=1)
    waiting = row.status in (LeaseStatus.AWAITING_SIGNATURE, LeaseStatus.SIGNED)
    if not waiting or not term.period.lower < start < term.period.upper:
        raise Overtaken(TAKEN)
    for other in row.amendments.filter(status=AmendmentStatus.AWAITING_SIGNATURE):
        advance(other, AmendmentStatus.DROPPED, by=log.SYSTEM, steps=AMENDMENT)
    before, after = {"start": term.period.lower.isoformat()}, {"start": start.isoformat()}
    reason = _("앞 기업이 호실을 비우지 않음")
    made = _write(lease, AmendmentKind.DATES, start, before, after, reason, by=None, acting=log.SYSTEM, now=now)
    _put_in_force([made], by=log.SYSTEM, now=now)
    return made


def move_with_term(*, lease: Lease, unit: Unit, on: date, now: datetime) -> Amendment:
    """The term that begins on ``on`` is in another room, by an amendment of the clock: the tenant signed the term itself."""
    before = current(lease)
    after, reason = {**before, **_room(unit)}, _("쓰던 호실이 다른 기업에 배정됨")
    made = _write(lease, AmendmentKind.MOVE, on, before, after, reason, by=None, acting=log.SYSTEM, now=now)
    _put_in_force([made], by=log.SYSTEM, now=now)
    return made


@transaction.atomic
def _prepare(
    lease: Lease, kind: AmendmentKind, on: date, before: Any, after: Any, reason: str, *, by: Any, now: datetime
) -> Amendment:
    role = rules.check_can_amend(by, lease)
    row = Lease.objects.select_for_update(no_key=True).get(pk=lease.pk)
    if kind in PRICED and queries.billed_ahead(row, on):
        raise Invalid(_("이미 앞당겨 고지한 기간 뒤의 날을 골라 주십시오."), field="on")
    if row.status not in queries.LIVE_LEASE:
        raise Overtaken(_("진행 중인 계약만 변경할 수 있습니다."))
    if not reason.strip():
        raise Invalid(_("변경하는 이유를 적어 주십시오."), field="reason")
    if lease.amendments.filter(status__in=[AmendmentStatus.DRAFT, AmendmentStatus.AWAITING_SIGNATURE]).exists():
        raise Overtaken(_("이미 서명을 기다리는 변경계약이 있습니다."))
    amendment = _write(lease, kind, on, before, after, reason.strip(), by=by, acting=by.acting_as(role), now=now)
    tell_amendment_ready(amendment)
    return amendment


def _write(
    lease: Lease,
    kind: AmendmentKind,
    on: date,
    before: Any,
    after: Any,
    reason: str,
    *,
    by: Any,
    acting: Any,
    now: datetime,
) -> Amendment:
    """The amendment with its document, which is what is signed."""
    amendment = Amendment.objects.create(
        lease=lease,
        kind=kind,
        effective_date=on,
        before=before,
        after=after,
        reason=reason,
        prepared_by=by,
        created_at=now,
    )
    document = {
        "template": TEMPLATE_VERSION,
        "amendment": str(amendment.public_id),
        "lease": str(lease.public_id),
        "lease_document": lease.document_hash,
        "kind": str(kind),
        "effective": on.isoformat(),
        "before": before,
        "after": after,
    }
    fingerprint = digest(document)
    advance(
        amendment,
        AmendmentStatus.AWAITING_SIGNATURE,
        by=acting,
        steps=AMENDMENT,
        data={"kind": kind, "on": on, "document": fingerprint},
        changes={"document": document, "document_hash": fingerprint},
    )
    return amendment


@transaction.atomic
def sign_amendment(
    *, amendment: Amendment, side: Side, by: Any, now: datetime, document_hash: str, consented: bool
) -> bool:
    """Sign for one side; answers whether the amendment is in force now. A swap waits for all four signatures."""
    role = rules.check_can_sign_amendment(by, amendment, side)
    row = locked_amendment(amendment)
    check_amendment_signable(row, side)
    if document_hash != row.document_hash:
        raise Invalid(_("화면에 보인 계약서가 바뀌었습니다. 새 계약서를 확인한 뒤 다시 서명해 주십시오."))
    if not consented:
        raise Invalid(_("전자서명에 동의해 주십시오."), field="consented")
    in_force = put_amendment_signature(row, side, by, acting=by.acting_as(role), now=now)
    amendment.refresh_from_db()
    return in_force


def check_amendment_signable(row: Amendment, side: Side) -> None:
    """Raises ``Overtaken`` when the side has signed or the amendment no longer waits."""
    if row.status != AmendmentStatus.AWAITING_SIGNATURE or row.signatures.filter(side=side).exists():
        raise Overtaken


def put_amendment_signature(row: Amendment, side: Side, user: Any, *, acting: Any, now: datetime, **given: str) -> bool:
    """Write a side's signature; answers whether the amendment is in force now. The amendment is locked."""
    if row.signatures.filter(user=user).exists():
        raise NotAllowed(_("한 사람이 양쪽을 대신해 서명할 수 없습니다."))
    Signature.objects.create(
        amendment=row, side=side, user=user, document_hash=row.document_hash, signed_at=now, **given
    )
    ready = _ready(row)
    if ready:
        _put_in_force(ready, by=acting, now=now)
    return bool(ready)


def locked_amendment(amendment: Amendment) -> Amendment:
    """The amendment under lock, of a swap with its partner's, in one order for everybody: four may sign at once."""
    pair = Q(pk=amendment.pk)
    if partner := amendment.after.get("swap_with"):
        pair |= Q(lease__public_id=partner, status=AmendmentStatus.AWAITING_SIGNATURE)
    rows = Amendment.objects.select_for_update(of=("self",)).select_related("lease").filter(pair).order_by("pk")
    return next(row for row in rows if row.pk == amendment.pk)


def _ready(amendment: Amendment) -> list[Amendment]:
    """The amendments that come into force now: this one, with its partner when two tenants swap; else none."""
    both = [amendment]
    if partner := amendment.after.get("swap_with"):
        waiting = Amendment.objects.filter(lease__public_id=partner, status=AmendmentStatus.AWAITING_SIGNATURE)
        found = next((one for one in waiting if one.after.get("swap_with") == str(amendment.lease.public_id)), None)
        if found is None:
            raise Overtaken(_("함께 자리를 바꿀 기업의 변경계약이 취소되었습니다."))
        both.append(found)
    return both if all(one.signatures.count() == len(Side) for one in both) else []


def _put_in_force(amendments: list[Amendment], *, by: Any, now: datetime) -> None:
    """Move rows and rooms; of a swap both, with the overlap asked for only at the end. What was billed follows."""
    # The job that bills waits for the new terms, and this for what it has billed by the old ones.
    leases = Lease.objects.filter(pk__in=[amendment.lease_id for amendment in amendments])
    list(leases.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    if len(amendments) > 1:
        _constraint("DEFERRED")
    for amendment in amendments:
        data = {"kind": amendment.kind, "on": amendment.effective_date, "document": amendment.document_hash}
        changes = {"in_force_at": now}
        advance(amendment, AmendmentStatus.IN_FORCE, by=by, steps=AMENDMENT, data=data, changes=changes)
        _EFFECTS[AmendmentKind(amendment.kind)](amendment, by=by, now=now)
        log.append("space.lease.amended", row=amendment.lease, by=by, data=data)
    if len(amendments) > 1:
        _constraint("IMMEDIATE")
    for amendment in amendments:
        correct_billed(amendment, now=now)
        tell_amendment_in_force(amendment)


def _constraint(mode: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS {_ONE_PER_CELL} {mode}")


def _move(amendment: Amendment, *, by: Any, now: datetime) -> None:
    """Out of the old cells on the day, into the new ones on the same day; of a split room, into the tenant's part."""
    lease, on = amendment.lease, amendment.effective_date
    rows = list(lease.occupancies.filter(status__in=LIVE, period__endswith__gt=on).order_by("period", "cell"))
    spans = sorted({(max(row.period.lower, on), row.period.upper, row.status) for row in rows})
    cut(rows, on, by=by)
    unit = _new_room(amendment, by=by)
    fields = {"organisation": lease.organisation, "lease": lease, "offer": lease.offer}
    today = now.astimezone(SEOUL).date()
    for start, end, status in spans:
        later = status == OccupancyStatus.OCCUPIED and start > today
        taken = OccupancyStatus.COMMITTED if later else OccupancyStatus(status)
        occupy(unit, start, end, taken, by=by, **fields)
    Lease.objects.filter(pk=lease.pk).update(unit=unit)


def _new_room(amendment: Amendment, *, by: Any) -> Unit:
    """The room that the amendment leads to; a part of a split room is made now."""
    after = amendment.after
    if after.get("split") is None:
        return Unit.objects.select_related("floor__building__hub").get(pk=after["unit_id"])
    parts = [
        Part(part["code"], part["seats"], Decimal(part["area_m2"]), tuple(part["cells"]))
        for part in after["split"]["parts"]
    ]
    made = remake(
        floor=amendment.lease.unit.floor,
        units=[after["split"]["ends"]],
        parts=parts,
        on=amendment.effective_date,
        by=by,
        reason=amendment.reason,
    )
    code = after["unit"].rpartition(".")[2]
    return next(unit for unit in made if unit.code == code)


def _rate(amendment: Amendment, *, by: Any, now: datetime) -> None:
    """Invoices read the amendment; the card itself rules due day, deposit and interest from now on."""
    card = amendment.after["rate_card_id"]
    RateCard.objects.filter(pk=card, frozen_at__isnull=True).update(frozen_at=now)
    Lease.objects.filter(pk=amendment.lease_id).update(rate_card=card)


def _area(amendment: Amendment, *, by: Any, now: datetime) -> None:
    """Invoices read the amendment; no row beside it changes."""


def _dates(amendment: Amendment, *, by: Any, now: datetime) -> None:
    """The first term begins later, and so does what holds the room."""
    start = amendment.effective_date
    term = LeaseTerm.objects.get(lease=amendment.lease_id, seq=1)
    old = list(amendment.lease.occupancies.filter(status=OccupancyStatus.COMMITTED))
    end = term.period.upper
    term.period = DateRange(start, end)
    term.save(update_fields=["period"])
    release(old, by=by)
    lease = amendment.lease
    fields = {"organisation": lease.organisation, "lease": lease, "offer": lease.offer}
    occupy(lease.unit, start, end, OccupancyStatus.COMMITTED, by=by, **fields)


def _succeed(amendment: Amendment, *, by: Any, now: datetime) -> None:
    """The rows up to the day stay the old company's, those from it on are the successor's."""
    lease, on = amendment.lease, amendment.effective_date
    successor = Organisation.objects.get(public_id=amendment.after["organisation"])
    rows = list(lease.occupancies.filter(status__in=LIVE, period__endswith__gt=on).order_by("period", "cell"))
    spans = sorted({(max(row.period.lower, on), row.period.upper, row.status) for row in rows})
    cut(rows, on, by=by)
    for start, end, status in spans:
        occupy(
            lease.unit,
            start,
            end,
            OccupancyStatus(status),
            by=by,
            organisation=successor,
            lease=lease,
            offer=lease.offer,
        )
    Lease.objects.filter(pk=lease.pk).update(organisation=successor)


_EFFECTS = {
    AmendmentKind.MOVE: _move,
    AmendmentKind.RATE: _rate,
    AmendmentKind.AREA: _area,
    AmendmentKind.DATES: _dates,
    AmendmentKind.SUCCESSION: _succeed,
}


@transaction.atomic
def drop_amendment(*, amendment: Amendment, by: Any, reason: str) -> None:
    """Set an amendment aside before both have signed; of a swap both fall."""
    role = rules.check_can_amend(by, amendment.lease)
    if not reason.strip():
        raise Invalid(_("취소하는 이유를 적어 주십시오."), field="reason")
    advance(amendment, AmendmentStatus.DROPPED, by=by.acting_as(role), steps=AMENDMENT, reason=reason.strip())
    if partner := amendment.after.get("swap_with"):
        for other in Amendment.objects.filter(lease__public_id=partner, status=AmendmentStatus.AWAITING_SIGNATURE):
            advance(other, AmendmentStatus.DROPPED, by=by.acting_as(role), steps=AMENDMENT, reason=reason.strip())


def _room(unit: Unit) -> dict[str, Any]:
    return {"unit": unit.ref, "unit_id": unit.pk, "area_m2": str(unit.area_m2), "seats": unit.seats}


def _plain(part: Part) -> dict[str, Any]:
    return {"code": part.code, "seats": part.seats, "area_m2": str(part.area_m2), "cells": list(part.cells)}
