"""Sittings as iCalendar (RFC 5545), read by a calendar under an address that only the evaluator knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.intake.models import Sitting

_SIGNER = signing.Signer(salt="portal.intake.feed")
_LONGEST_LINE = 74


def key_of(user: Any) -> str:
    """The secret part of the person's address, the same each time; another password makes another one."""
    return _SIGNER.sign_object({"user": str(user.public_id), "since": user.get_session_auth_hash()[:16]})


def user_of(key: str) -> User | None:
    """Whose address it is; None for one that was never given or is no longer good."""
    try:
        given = _SIGNER.unsign_object(key)
    except signing.BadSignature:
        return None
    user = User.objects.filter(public_id=given["user"], is_active=True).first()
    return user if user is not None and user.get_session_auth_hash()[:16] == given["since"] else None


def calendar(sittings: Iterable[Sitting], *, now: datetime, url: str) -> str:
    """The whole calendar. Times are UTC; a sitting called off stays, cancelled, so that calendars take it out."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Madang//Sittings//KO", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for sitting in sittings:
        lines += _event(sitting, now, url)
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _folded(line))


def _event(sitting: Sitting, now: datetime, url: str) -> Iterator[str]:
    call = sitting.stage.call
    title = f"{call.current.title_text if call.current else call.code} · {sitting.stage.name_text}"
    yield "BEGIN:VEVENT"
    yield f"UID:{sitting.public_id}"
    yield f"DTSTAMP:{_utc(now)}"
    yield f"DTSTART:{_utc(sitting.starts_at)}"
    yield f"DTEND:{_utc(sitting.ends_at)}"
    yield f"SUMMARY:{_text(_('평가회의: %(title)s') % {'title': title})}"
    yield f"LOCATION:{_text(sitting.place)}"
    yield f"URL:{url}"
    yield f"SEQUENCE:{1 if sitting.cancelled_at else 0}"
    yield f"STATUS:{'CANCELLED' if sitting.cancelled_at else 'CONFIRMED'}"
    yield "END:VEVENT"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: Any) -> str:
    escaped = str(value).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\\n").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 octets; what goes on begins with a space, and no character is cut."""
    part = ""
    for character in line:
        if len((part + character).encode()) > _LONGEST_LINE:
            yield part
            part = " "
        part += character
    yield part
