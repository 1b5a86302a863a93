"""Tickets and doors: who is registered, and every scan with its answer. Only scans prove attendance."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from hmac import compare_digest
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.errors import Invalid
from portal.core.periods import SEOUL
from portal.mice import queries, rules
from portal.mice.enums import GuestKind, Presence, ScanVerdict, Way
from portal.mice.models import CheckIn, EventDoor, EventEdition, Registrant
from portal.mice.turnout import TurnoutPolicy, turnout

_MAC_LENGTH = 32


@transaction.atomic
def register_guest(
    *,
    edition: EventEdition,
    name: str,
    origin: str,
    by: User,
    country: str = "KR",
    kind: str = GuestKind.ATTENDEE,
    day: date | None = None,
) -> Registrant:
    """One person more on the list; the ticket's code is ``event_ticket``'s. ``day``: the only day it is good for."""
    rules.check_can_run_doors(by, edition)
    if day is not None and not edition.starts_on <= day <= edition.ends_on:
        raise Invalid(_("행사가 열리는 날을 골라 주십시오."), field="day")
    return Registrant.objects.create(edition=edition, name=name, origin=origin, country=country, kind=kind, day=day)


@transaction.atomic
def open_door(
    *, edition: EventEdition, name: str, opens_at: datetime, closes_at: datetime, by: User, kinds: Sequence[str] = ()
) -> EventDoor:
    """A door beside the main entrance, with its time and the kinds of tickets it admits; no kind named admits all."""
    rules.check_can_run_doors(by, edition)
    if closes_at <= opens_at:
        raise Invalid(_("닫는 시각은 여는 시각보다 뒤여야 합니다."), field="closes_at")
    try:
        with transaction.atomic():
            return EventDoor.objects.create(
                edition=edition, name=name.strip(), opens_at=opens_at, closes_at=closes_at, kinds=list(kinds)
            )
    except IntegrityError as clash:
        if "doors_have_names" not in str(clash):
            raise
        raise Invalid(_("같은 이름의 입구가 있습니다."), field="name") from clash


@transaction.atomic
def block_guest(*, registrant: Registrant, blocked: bool, by: User) -> None:
    """The organiser keeps somebody out, or lets the person in again."""
    rules.check_can_run_doors(by, registrant.edition)
    registrant.blocked = blocked
    registrant.save(update_fields=["blocked"])


def event_ticket(registrant: Registrant) -> str:
    """What the QR of the ticket holds: ``<edition>.<registrant>.<mac>``."""
    named = f"{registrant.edition.public_id}.{registrant.public_id}"
    return f"{named}.{_mac(named)}"


@transaction.atomic
def scan_ticket(
    *,
    edition: EventEdition,
    code: str,
    nonce: uuid.UUID,
    by: User,
    now: datetime,
    gate: str = "",
    mode: str = Presence.ONSITE,
    door: EventDoor | None = None,
    way: str = Way.ENTRY,
) -> CheckIn:
    """Answer a scan and keep it, a refusal too. The same nonce again is answered with the scan that is there.

    ``door`` None is the main entrance. Who is inside gets out at any time. Raises ``Invalid`` for a door or a nonce of
    another edition.
    """
    rules.check_can_run_doors(by, edition)
    if door is not None and door.edition_id != edition.pk:
        raise Invalid(_("다른 행사의 입구입니다."), field="door")
    registrant, verdict = _read(edition, code)
    scan = CheckIn(
        edition=edition, registrant=registrant, door=door, way=way, verdict=verdict, mode=mode or Presence.ONSITE,
        day=now.astimezone(SEOUL).date(), at=now, nonce=nonce, gate=gate, scanned_by=by,
    )  # fmt: skip
    if registrant is not None:
        scan.verdict = _answer(scan, registrant)
    return _keep(scan)


def count_turnout(edition: EventEdition) -> Mapping[str, Any]:
    """Who came, counted as the design counts: distinct people, on site before on-line."""
    return asdict(turnout(queries.checkins_of(edition), TurnoutPolicy()))


def _read(edition: EventEdition, code: str) -> tuple[Registrant | None, ScanVerdict]:
    """Whose ticket it is, locked, or why it is nobody's here."""
    named, _dot, mac = code.rpartition(".")
    event, _dot, person = named.partition(".")
    if not compare_digest(mac.encode(), _mac(named).encode()):
        return None, ScanVerdict.UNKNOWN
    if event != str(edition.public_id):
        return None, ScanVerdict.OTHER_EVENT
    found = Registrant.objects.select_for_update(no_key=True).filter(edition=edition, public_id=person).first()
    return found, ScanVerdict.UNKNOWN if found is None else ScanVerdict.ADMITTED


def _answer(scan: CheckIn, registrant: Registrant) -> ScanVerdict:
    """What the door says to a known ticket: the ticket first, then the clock, then the door, then where the person is."""
    inside = queries.is_inside(scan)
    if scan.way == Way.EXIT:
        return ScanVerdict.ADMITTED if inside else ScanVerdict.OUTSIDE
    refusals = {
        ScanVerdict.CANCELLED: registrant.cancelled_at is not None,
        ScanVerdict.BLOCKED: registrant.blocked,
        **_clock(scan),
        ScanVerdict.OTHER_DAY: registrant.day not in (None, scan.day),
        ScanVerdict.KIND: scan.door is not None and bool(scan.door.kinds) and registrant.kind not in scan.door.kinds,
        ScanVerdict.INSIDE: inside,
    }
    return next((verdict for verdict, holds in refusals.items() if holds), ScanVerdict.ADMITTED)


def _clock(scan: CheckIn) -> dict[ScanVerdict, bool]:
    """Whether it is too early or too late: by the edition's days, and at a door also by its time."""
    edition, door = scan.edition, scan.door
    return {
        ScanVerdict.NOT_YET: scan.day < edition.starts_on or (door is not None and scan.at < door.opens_at),
        ScanVerdict.OVER: scan.day > edition.ends_on or (door is not None and scan.at >= door.closes_at),
    }


def _keep(scan: CheckIn) -> CheckIn:
    """Store the scan once: a nonce that is there already brings its own scan back."""
    try:
        with transaction.atomic():
            scan.save()
    except IntegrityError as clash:
        there = CheckIn.objects.filter(nonce=scan.nonce).select_related("registrant", "door").first()
        if there is None:
            raise
        if there.edition_id != scan.edition_id:
            raise Invalid(_("이미 다른 행사에서 보낸 기록입니다.")) from clash
        return there
    return scan


def _mac(named: str) -> str:
    return salted_hmac("portal.mice.ticket", named, algorithm="sha256").hexdigest()[:_MAC_LENGTH]
