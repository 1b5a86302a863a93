"""Files are scanned by ClamAV where ``CLAMD_ADDRESS`` names one. What waits for its scan does not block anybody."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy

from ledger import log
from portal.core import outbox
from portal.core.clock import database_now
from portal.core.models import OutboxMessage
from portal.core.periods import SEOUL, end_of_day, last_day
from portal.intake.enums import ApplicationStatus, Scan, StageStatus, SupplementStatus
from portal.intake.models import Attachment
from portal.intake.services import telling
from portal.intake.services.supplements import ask_supplement, ask_supplement_again

TOPIC = "intake.scan"
_WITHIN = timedelta(seconds=120)
_CHUNK = 64 * 2**10
_DAYS = 3
_FOUND = gettext_lazy("올리신 파일에서 악성코드가 발견되었습니다. 안전한 파일로 바꾸어 주십시오.")


class ScannerUnavailable(OSError):
    """clamd did not answer as it should; the outbox tries again."""


def scan(chunks: Iterable[bytes], address: str) -> str:
    """The name of what clamd found, or ''. ``address``: ``host:port`` or ``unix:/path``; the protocol is INSTREAM."""
    with _connect(address) as connection:
        connection.sendall(b"zINSTREAM\0")
        for chunk in chunks:
            connection.sendall(struct.pack("!I", len(chunk)) + chunk)
        connection.sendall(struct.pack("!I", 0))
        answer = b""
        while not answer.endswith(b"\0"):
            part = connection.recv(4096)
            if not part:
                break
            answer += part
    text = answer.rstrip(b"\0").decode("utf-8", "replace")
    if text == "stream: OK":
        return ""
    if text.startswith("stream: ") and text.endswith(" FOUND"):
        return text[len("stream: ") : -len(" FOUND")]
    raise ScannerUnavailable(text or "no answer")


def _connect(address: str) -> socket.socket:
    if address.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(_WITHIN.total_seconds())
        connection.connect(address.removeprefix("unix:"))
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=_WITHIN.total_seconds())


def queue_scan(attachment: Attachment) -> None:
    """In the transaction that keeps the file."""
    outbox.put(TOPIC, {"attachment": attachment.pk}, key=f"scan:{attachment.pk}")


@outbox.handler(TOPIC)
def scan_attachment(message: OutboxMessage) -> None:
    """Scan one file once; an infected one cannot be opened, the company is told, and what was sent becomes a supplement."""
    rows = Attachment.objects.select_for_update(of=("self",)).select_related(
        "application__call__current", "application__call__cluster", "application__organisation"
    )
    attachment = rows.filter(pk=message.payload["attachment"], scan=Scan.WAITING).first()
    if attachment is None:
        return
    with attachment.file.open("rb") as content:
        found = scan(iter(lambda: content.read(_CHUNK), b""), settings.CLAMD_ADDRESS)
    Attachment.objects.filter(pk=attachment.pk).update(scan=Scan.INFECTED if found else Scan.CLEAN)
    if found:
        _act_on(attachment)


def _act_on(attachment: Attachment) -> None:
    """Before the bell the company changes the file itself; after it the block opens again for some days, as long as
    no panel has begun."""
    application, now = attachment.application, database_now()
    telling.file_infected(attachment)
    sent = application.status == ApplicationStatus.SUBMITTED and application.call.closed_at is not None
    if sent and attachment.block:
        with transaction.atomic():
            ask_supplement(
                application=application,
                block_codes=[attachment.block],
                missing=str(_FOUND),
                due_at=_in_some_days(now),
                by=log.SYSTEM,
                now=now,
            )
    elif attachment.block:
        _ask_again(attachment, now)


def _ask_again(attachment: Attachment, now: datetime) -> None:
    """An answer to the questions of a stage that has not begun opens again, for the same time."""
    rows = attachment.application.supplements.select_related("stage")
    answered = rows.filter(status=SupplementStatus.ANSWERED, stage__status=StageStatus.WAITING)
    request = next((one for one in answered if attachment.block in one.blocks), None)
    if request is not None:
        request.application = attachment.application
        ask_supplement_again(request=request, missing=str(_FOUND), due_at=_in_some_days(now), by=log.SYSTEM, now=now)


def _in_some_days(now: datetime) -> datetime:
    return end_of_day(last_day(now.astimezone(SEOUL).date(), _DAYS))
