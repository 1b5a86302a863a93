"""Who opened what: downloads of files and of the audit file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.intake.models import Access, Application, Attachment, Call
from portal.intake.services.acting import person


def record_access(
    *, call: Call, what: str, by: Any, role: str, now: datetime, application: Application | None = None
) -> Access:
    """Note one reading. ``what`` is a short code such as ``audit_file``."""
    return Access.objects.create(
        call=call, application=application, what=what, accessed_by=person(by), role=role, at=now
    )


def record_download(*, attachment: Attachment, by: Any, role: str, now: datetime) -> Access:
    """Note that a file was opened."""
    application = attachment.application
    what = f"file:{attachment.public_id}"
    return record_access(call=application.call, what=what, by=by, role=role, now=now, application=application)
