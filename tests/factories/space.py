"""A small hub, a call with its selected companies, and the people who run and decide it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from ledger import log
from portal.accounts.models import Organisation, User
from portal.accounts.queries import master_of
from portal.core.periods import SEOUL
from portal.intake.models import Application, Call, CallVersion, Decision, DecisionLine, Track
from tenancy.models import (
    BookingRule,
    Building,
    Cell,
    Floor,
    Hub,
    Lease,
    MeetingRoom,
    Need,
    Offer,
    RateCard,
    Terms,
    Unit,
    UnitCell,
)
from tenancy.services import state_need
from tests.factories.people import cluster, company, person, with_role

NOW = datetime(2019, 12, 23, 5, 0, tzinfo=UTC)
START = date(2019, 12, 23)
OPENED = date(2019, 12, 1)
_count = itertools.count(1)


@dataclass
class Space:
    """Everything a round of allocation needs."""

    hub: Hub
    floor: Floor
    units: list[Unit]
    card: RateCard
    call: Call
    track: Track
    terms: Terms
    decision: Decision
    officer: User
    approver: User
    finance: User

    def unit(self, code: str) -> Unit:
        return next(unit for unit in self.units if unit.code == code)


def hub(code: str = "mapo", **fields: Any) -> Hub:
    """Another term is decided at the desk, unless the test says otherwise: a panel needs a round of its own."""
    names = {"name_ko": "서울블록체인지원센터", "name_en": "Seoul Blockchain Support Center", "renewal_path": "DESK"}
    return Hub.objects.get_or_create(code=code, defaults={"cluster": cluster(), **names, **fields})[0]


def floor(place: Hub, level: int = 8) -> Floor:
    building, _ = Building.objects.get_or_create(hub=place, code="main", defaults={"name_ko": "자람빌딩"})
    outline = [[0, 0], [6000, 0], [6000, 1200], [0, 1200]]
    return Floor.objects.create(building=building, level=level, outline_cm=outline, from_date=OPENED)


def unit(on: Floor, code: str, *, seats: int = 4, cells: int = 1, area: str | None = None, **fields: Any) -> Unit:
    """A unit over cells of its own, side by side."""
    made = Unit.objects.create(
        floor=on,
        code=code,
        seats=seats,
        area_m2=Decimal(area or f"{20 * cells}.00"),
        **{"from_date": OPENED, **fields},
    )
    for _ in range(cells):
        left = Cell.objects.filter(floor=on).count() * 400
        square = [[left, 0], [left + 400, 0], [left + 400, 500], [left, 500]]
        cell = Cell.objects.create(floor=on, code=f"{on.level}-{left // 400 + 1:02}", kind="ROOM", polygon_cm=square)
        UnitCell.objects.create(unit=made, cell=cell, period=DateRange(made.from_date, made.to_date))
    return made


@transaction.atomic
def rate_card(**fields: Any) -> RateCard:
    """A rate card in force, with its leaf."""
    by = {"drafted_by": person(), "checked_by": person(), "put_by": person()}
    card = RateCard.objects.create(
        cluster=cluster(), code="standard", version=next(_count), status="IN_FORCE",
        **{"rate_won": 5000, "from_date": OPENED, **by, **fields},
    )  # fmt: skip
    data = {"to": card.status, "from_day": card.from_date, "figures": "0" * 64}
    log.append("space.rate_card.put_in_force", row=card, by=log.SYSTEM, data=data)
    return card


def priced(place: Space, **figures: Any) -> RateCard:
    """Another rate card for the round."""
    place.card = rate_card(**figures)
    Terms.objects.filter(pk=place.terms.pk).update(rate_card=place.card)
    place.terms.rate_card = place.card
    return place.card


def space(codes: str = "801 802 803", *, quota: int = 10, seats: int = 4, **terms: Any) -> Space:
    """A hub with units of ``codes``, and a call under review with terms and a final decision in the making."""
    place = hub()
    level = floor(place)
    units = [unit(level, code, seats=seats) for code in codes.split()]
    officer, approver = (with_role(f"space.{desk}", cluster=cluster()) for desk in ("officer", "approver"))
    finance = with_role("space.finance", cluster=cluster())
    call, track, decision = decided_call(officer, approver, quota)
    card = rate_card()
    agreed = Terms.objects.create(call=call, rate_card=card, **{"start_date": START, **terms})
    agreed.hubs.add(place)
    return Space(place, level, units, card, call, track, agreed, decision, officer, approver, finance)


def decided_call(officer: User, approver: User, quota: int, hub: str = "mapo") -> tuple[Call, Track, Decision]:
    """A call of one hub whose decision is in the making."""
    opens = NOW - timedelta(days=30)
    call = Call.objects.create(
        code=f"space-{next(_count)}",
        programme="space",
        cluster=cluster(),
        hubs=[hub],
        opens_at=opens,
        closes_at=opens + timedelta(days=14),
        prefix=f"SP{next(_count)}",
        created_by=officer,
    )
    track = Track.objects.create(
        call=call, code="DOMESTIC", name={"ko": "국내기업", "en": "Domestic"}, quota=quota, order=1
    )
    CallVersion.objects.create(
        call=call, number=1, title={"ko": "입주기업 모집", "en": "Rooms"}, closes_at=call.closes_at, written_by=officer
    )
    decision = Decision.objects.create(call=call, kind="FINAL", prepared_by=officer, prepared_at=NOW)
    return call, track, decision


@transaction.atomic
def selected(
    space: Space,
    name: str = "",
    *,
    seats: int = 4,
    wishes: Any = (),
    in_line: bool = True,
    organisation: Organisation | None = None,
) -> Need:
    """A company selected in the round, its need frozen; the order of calls is the rank."""
    from tenancy.services import freeze_need

    organisation = organisation or company(name=name or f"기업{next(_count)}")
    place = space.decision.lines.count() + 1
    application = Application.objects.create(
        call=space.call,
        track=space.track,
        quota_track=space.track,
        organisation=organisation,
        status="SELECTED",
        receipt_number=f"{space.call.prefix}-{place:04}",
        created_by=master_of(organisation) or person(),
        submitted_at=NOW - timedelta(days=20),
    )
    data = {"to": "SELECTED", "track": space.track.code, "quota_track": space.track.code, "place": place}
    log.append("space.application.selected", row=application, by=log.SYSTEM, data=data)
    DecisionLine.objects.create(
        decision=space.decision,
        application=application,
        outcome="SELECTED",
        track=space.track,
        quota_track=space.track,
        place=place,
        passed=True,
    )
    need = state_need(application=application, seats=seats, wishes=wishes, by=log.SYSTEM)
    return freeze_need(application=application, by=log.SYSTEM, now=NOW) if in_line else need


def master(need: Need) -> User:
    """The master account of the company in need."""
    found = master_of(need.organisation)
    assert found is not None
    return found


def offered(space: Space, need: Need, code: str, *, now: datetime = NOW) -> Offer:
    """An offer of a unit, sent."""
    from tenancy.services import offer_room

    return offer_room(need=need, unit=space.unit(code), terms=space.terms, start=START, by=log.SYSTEM, now=now)


def leased(space: Space, need: Need, code: str) -> Lease:
    """A lease signed by both sides."""
    from tenancy.services import accept_offer, prepare_lease, sign_lease

    offer = offered(space, need, code)
    accept_offer(offer=offer, by=master(need), now=NOW, agreed=True)
    lease = prepare_lease(offer=offer, by=space.officer, now=NOW)
    for side, by in (("TENANT", master(need)), ("LESSOR", space.approver)):
        sign_lease(lease=lease, side=side, by=by, now=NOW, document_hash=lease.document_hash, consented=True)
    lease.refresh_from_db()
    return lease


def evening(day: date) -> datetime:
    """18:00 in Seoul."""
    return datetime(day.year, day.month, day.day, 18, tzinfo=SEOUL)


def meeting_room(place: Hub, code: str = "small", *, seats: int = 6, **fields: Any) -> MeetingRoom:
    """A meeting room of the hub, which gets its rules with the first one."""
    BookingRule.objects.get_or_create(hub=place, from_date=OPENED, defaults={"written_by": person("규칙 담당")})
    names = {"name_ko": f"회의실 {code}", "name_en": f"Room {code}"}
    return MeetingRoom.objects.create(hub=place, code=code, seats=seats, **{"from_date": OPENED, **names, **fields})


def resident(space: Space, code: str, name: str = "", **fields: Any) -> Lease:
    """A company that has moved into a unit."""
    from tenancy.services import move_in

    lease = leased(space, selected(space, name, **fields), code)
    move_in(lease=lease, on=START, by=space.officer, now=NOW)
    return lease


def in_seoul(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of day in Seoul."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SEOUL)
