"""Files of requests: what they are is known by their content; scanned, kept privately, and every reading is noted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core import outbox
from portal.core.errors import Invalid
from portal.core.models import OutboxMessage
from portal.intake.enums import Scan
from portal.intake.services.files import inspect_upload
from portal.intake.services.scanning import scan
from tenancy import rules
from tenancy.models import Ticket, TicketFile, TicketFileAccess
from tenancy.services.telling import tell_file_infected

TOPIC = "tenancy.scan"
FILE_TYPES = ("png", "jpg", "jpeg", "pdf")
MOST_BYTES, MOST_FILES = 10 * 2**20, 5
_CHUNK = 64 * 2**10


def keep_files(ticket: Ticket, files: Sequence[File[Any]], by: User, now: datetime) -> None:
    """Keep what was sent along; where ClamAV is at hand, each waits for its scan. In the transaction of the request."""
    if ticket.files.count() + len(files) > MOST_FILES:
        raise Invalid(_("파일은 %(most)s개까지 올릴 수 있습니다.") % {"most": MOST_FILES}, field="attached")
    for content in files:
        found = inspect_upload(content.name or "", content, types=FILE_TYPES, most=MOST_BYTES, field="attached")
        content.seek(0)
        row = TicketFile(
            ticket=ticket, name=found.name, size=found.size, content_type=found.content_type, sha256=found.sha256,
            scan=Scan.WAITING if settings.CLAMD_ADDRESS else Scan.NONE, uploaded_by=by, uploaded_at=now,
        )  # fmt: skip
        row.file.save(found.name, content, save=True)
        if row.scan == Scan.WAITING:
            outbox.put(TOPIC, {"file": row.pk}, key=f"ticket-scan:{row.pk}")


@outbox.handler(TOPIC)
def scan_ticket_file(message: OutboxMessage) -> None:
    """Scan one file once; an infected one cannot be opened by anybody, and who sent it is told."""
    rows = TicketFile.objects.select_for_update(of=("self",)).select_related("ticket__organisation", "uploaded_by")
    row = rows.filter(pk=message.payload["file"], scan=Scan.WAITING).first()
    if row is None:
        return
    with row.file.open("rb") as content:
        found = scan(iter(lambda: content.read(_CHUNK), b""), settings.CLAMD_ADDRESS)
    TicketFile.objects.filter(pk=row.pk).update(scan=Scan.INFECTED if found else Scan.CLEAN)
    if found:
        tell_file_infected(row)


def open_ticket_file(*, file: TicketFile, by: Any, now: datetime) -> TicketFile:
    """Let somebody read a file and note who did, in which role. Raises ``NotAllowed``, for an infected one too."""
    role = rules.check_can_open_ticket_file(by, file)
    TicketFileAccess.objects.create(file=file, accessed_by=by, role=role, at=now)
    return file
