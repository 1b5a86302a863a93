"""Tickets and doors: who is registered, and every scan with its answer. Only scans prove attendance."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from hmac import compare_digest
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac

from portal.accounts.models import User
from portal.core.periods import SEOUL
from portal.mice import queries, rules
from portal.mice.enums import Presence, ScanVerdict
from portal.mice.models import CheckIn, EventEdition, Registrant
from portal.mice.turnout import TurnoutPolicy, turnout

_MAC_LENGTH = 32


@transaction.atomic
def register_guest(*, edition: EventEdition, name: str, origin: str, by: User, country: str = "KR") -> Registrant:
    """One person more on the list; the ticket's code is ``event_ticket``'s."""
    rules.check_can_run_doors(by, edition)
    return Registrant.objects.create(edition=edition, name=name, origin=origin, country=country)


def event_ticket(registrant: Registrant) -> str:
    """What the QR of the ticket holds: ``<edition>.<registrant>.<mac>``."""
    named = f"{registrant.edition.public_id}.{registrant.public_id}"
    return f"{named}.{_mac(named)}"


@transaction.atomic
def scan_ticket(
    *, edition: EventEdition, code: str, nonce: uuid.UUID, by: User, now: datetime, gate: str = "", mode: str = ""
) -> CheckIn:
    """Answer a scan and keep it, a refusal too. The same nonce again is answered with the scan that is there."""
    rules.check_can_run_doors(by, edition)
    registrant, verdict = _read(edition, code)
    day = now.astimezone(SEOUL).date()
    if verdict == ScanVerdict.ADMITTED:
        verdict = _admit(edition, registrant, day)
    scan, _made = CheckIn.objects.get_or_create(
        nonce=nonce,
        defaults={
            "edition": edition,
            "registrant": registrant,
            "verdict": verdict,
            "mode": mode or Presence.ONSITE,
            "day": day,
            "at": now,
            "gate": gate,
            "scanned_by": by,
        },
    )
    return scan


def count_turnout(edition: EventEdition) -> Mapping[str, Any]:
    """Who came, counted as the design counts: distinct people, on site before on-line."""
    return asdict(turnout(queries.checkins_of(edition), TurnoutPolicy()))


def _read(edition: EventEdition, code: str) -> tuple[Registrant | None, ScanVerdict]:
    """Whose ticket it is, locked, and why it is none for this door."""
    named, _dot, mac = code.rpartition(".")
    event, _dot, person = named.partition(".")
    if not compare_digest(mac.encode(), _mac(named).encode()):
        return None, ScanVerdict.UNKNOWN
    if event != str(edition.public_id):
        return None, ScanVerdict.OTHER_EVENT
    found = Registrant.objects.select_for_update(no_key=True).filter(edition=edition, public_id=person).first()
    if found is None:
        return None, ScanVerdict.UNKNOWN
    if found.cancelled_at is not None:
        return found, ScanVerdict.CANCELLED
    return found, ScanVerdict.BLOCKED if found.blocked else ScanVerdict.ADMITTED


def _admit(edition: EventEdition, registrant: Registrant | None, day: Any) -> ScanVerdict:
    if not edition.starts_on <= day <= edition.ends_on:
        return ScanVerdict.OTHER_DAY
    inside = CheckIn.objects.filter(registrant=registrant, day=day, verdict=ScanVerdict.ADMITTED)
    return ScanVerdict.INSIDE if inside.exists() else ScanVerdict.ADMITTED


def _mac(named: str) -> str:
    return salted_hmac("portal.mice.ticket", named, algorithm="sha256").hexdigest()[:_MAC_LENGTH]
