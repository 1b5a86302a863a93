"""Files of a lease: photos and scans, known by their content, scanned where ClamAV is at hand, kept privately."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files import File

from portal.core import outbox
from portal.core.models import OutboxMessage
from portal.intake.enums import Scan
from portal.intake.services.files import inspect_upload
from portal.intake.services.scanning import scan
from tenancy.enums import LeaseFileKind
from tenancy.models import ChecklistItem, Lease, LeaseFile

TOPIC = "tenancy.scan_lease"
FILE_TYPES = ("png", "jpg", "jpeg", "pdf")
MOST_BYTES = 10 * 2**20
_CHUNK = 64 * 2**10


def keep_lease_file(
    lease: Lease,
    content: File[Any],
    kind: LeaseFileKind,
    *,
    by: Any,
    now: datetime,
    field: str = "file",
    item: ChecklistItem | None = None,
) -> LeaseFile:
    """Keep one file of a lease, in the transaction of what it belongs to. Raises ``Invalid`` for what it is not."""
    found = inspect_upload(content.name or "", content, types=FILE_TYPES, most=MOST_BYTES, field=field)
    content.seek(0)
    row = LeaseFile(
        lease=lease, kind=kind, item=item, name=found.name, size=found.size, content_type=found.content_type, sha256=found.sha256,
        scan=Scan.WAITING if settings.CLAMD_ADDRESS else Scan.NONE, uploaded_by=by, uploaded_at=now,
    )  # fmt: skip
    row.file.save(found.name, content, save=True)
    if row.scan == Scan.WAITING:
        outbox.put(TOPIC, {"file": row.pk}, key=f"lease-scan:{row.pk}")
    return row


@outbox.handler(TOPIC)
def scan_lease_file(message: OutboxMessage) -> None:
    """Scan one file once; an infected one cannot be opened by anybody."""
    row = LeaseFile.objects.select_for_update().filter(pk=message.payload["file"], scan=Scan.WAITING).first()
    if row is None:
        return
    with row.file.open("rb") as content:
        found = scan(iter(lambda: content.read(_CHUNK), b""), settings.CLAMD_ADDRESS)
    LeaseFile.objects.filter(pk=row.pk).update(scan=Scan.INFECTED if found else Scan.CLEAN)
