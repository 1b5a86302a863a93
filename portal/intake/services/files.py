"""Files: streamed once, known by their content, kept privately."""

from __future__ import annotations

import contextlib
import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import puremagic
from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core.errors import Invalid
from portal.intake import queries, rules
from portal.intake.blocks import Block
from portal.intake.enums import Scan
from portal.intake.models import Application, Attachment
from portal.intake.services.scanning import queue_scan

DEFAULT_MAX_BYTES = 20 * 2**20
DEFAULT_TYPES = ("pdf", "hwp", "hwpx", "docx", "xlsx", "pptx", "odt", "png", "jpg")
_CHUNK = 64 * 2**10

_OFFICE = "application/vnd.openxmlformats-officedocument."
_ZIPPED = "application/zip"
_COMPOUND = "application/x-ole-storage"
#: What each extension may turn out to be; several formats share a container, so the container counts too.
CONTENT: dict[str, tuple[str, frozenset[str]]] = {
    "pdf": ("application/pdf", frozenset({"pdf"})),
    "hwp": ("application/x-hwp", frozenset({"hwp", "ole"})),
    "hwpx": ("application/hwp+zip", frozenset({"zip"})),
    "docx": (f"{_OFFICE}wordprocessingml.document", frozenset({"zip"})),
    "xlsx": (f"{_OFFICE}spreadsheetml.sheet", frozenset({"zip"})),
    "pptx": (f"{_OFFICE}presentationml.presentation", frozenset({"zip"})),
    "odt": ("application/vnd.oasis.opendocument.text", frozenset({"zip"})),
    "zip": (_ZIPPED, frozenset({"zip"})),
    "png": ("image/png", frozenset({"png"})),
    "jpg": ("image/jpeg", frozenset({"jpg"})),
    "jpeg": ("image/jpeg", frozenset({"jpg"})),
    "txt": ("text/plain", frozenset({"text"})),
}
_SIGNATURES = ((b"%PDF-", "pdf"), (b"PK\x03\x04", "zip"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """What one pass over the file found."""

    size: int
    sha256: str
    head: bytes


@dataclass(frozen=True, slots=True)
class Inspected:
    """An upload that is what its name says."""

    name: str
    size: int
    content_type: str
    sha256: str


def inspect_upload(
    name: str, content: File[Any], *, types: Sequence[str], most: int, field: str | None = None
) -> Inspected:
    """Read an upload once. Raises ``Invalid`` (of ``field``) when it is too large, empty, or not what its name says."""
    try:
        measured, shown = _measure(content, most), _plain_name(name)
        content_type = _content_type(shown, measured.head, types)
    except Invalid as refusal:
        raise Invalid(refusal.message, field=field) from refusal
    return Inspected(shown, measured.size, content_type, measured.sha256)


def attach_file(
    *, application: Application, block: str, name: str, content: File[Any], by: Any, now: datetime
) -> Attachment:
    """Keep an uploaded file for a block. Raises ``Invalid`` when it is too large, empty, or not what its name says."""
    rules.check_can_draft(by, application)
    asked = application.call.current.parsed_form.block(block) if application.call.current else None
    if asked is None or asked.kind != "file":
        raise Invalid(_("파일을 받지 않는 문항입니다."))
    if not _is_open(application, asked):
        raise Invalid(_("지금은 묻지 않는 문항입니다."))
    most, types = asked.limits.get("max_bytes", DEFAULT_MAX_BYTES), asked.limits.get("types", DEFAULT_TYPES)
    found = inspect_upload(name, content, types=types, most=most)
    with transaction.atomic():
        Application.objects.select_for_update().get(pk=application.pk)
        _check_count(application, asked)
        return _keep(application, block, found, content, by, now)


def _is_open(application: Application, block: Block) -> bool:
    """What a request named while one stands, else what is asked when applying."""
    request = queries.open_request(application)
    return block.code in request.blocks if request else block.from_stage == 0


def attach_evidence(*, application: Application, content: File[Any], by: Any, now: datetime) -> Attachment:
    """Keep a paper beside the application, in the transaction of what it proves. It belongs to no block: no panel sees it."""
    found = inspect_upload(content.name or "", content, types=DEFAULT_TYPES, most=DEFAULT_MAX_BYTES, field="evidence")
    return _keep(application, "", found, content, by, now)


def _keep(
    application: Application, block: str, found: Inspected, content: File[Any], by: Any, now: datetime
) -> Attachment:
    content.seek(0)
    attachment = Attachment(
        application=application,
        block=block,
        name=found.name,
        size=found.size,
        content_type=found.content_type,
        sha256=found.sha256,
        uploaded_by=by,
        uploaded_at=now,
        scan=Scan.WAITING if settings.CLAMD_ADDRESS else Scan.NONE,
    )
    attachment.file.save(found.name, content, save=True)
    if attachment.scan == Scan.WAITING:
        queue_scan(attachment)
    return attachment


@transaction.atomic
def remove_file(*, attachment: Attachment, by: Any, now: datetime) -> None:
    """Take a file off the draft; a revision that holds it keeps it."""
    rules.check_can_draft(by, attachment.application)
    Attachment.objects.filter(pk=attachment.pk, removed_at__isnull=True).update(removed_at=now)


def _measure(content: Iterable[Any], most: int) -> Measured:
    hashed, size, head = hashlib.sha256(), 0, b""
    for chunk in content.chunks(_CHUNK):  # type: ignore[attr-defined]
        size += len(chunk)
        if size > most:
            raise Invalid(_("파일이 너무 큽니다. %(size)s MB까지 올릴 수 있습니다.") % {"size": most // 2**20})
        head = head or bytes(chunk[:4096])
        hashed.update(chunk)
    if size == 0:
        raise Invalid(_("빈 파일입니다. 파일을 다시 확인해 주십시오."))
    return Measured(size, hashed.hexdigest(), head)


def _plain_name(name: str) -> str:
    """The last part of the name, without control characters and tricks of direction."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    stem, dot, extension = kept.strip().rpartition(".")
    return f"{stem[:150]}{dot}{extension[:10]}" or "file"


def _content_type(name: str, head: bytes, accepted: Sequence[str]) -> str:
    extension = name.rpartition(".")[2].lower()
    known = CONTENT.get(extension)
    if extension not in accepted or known is None:
        raise Invalid(_("%(types)s 파일만 올릴 수 있습니다.") % {"types": ", ".join(accepted)})
    if not known[1] & _found_in(head):
        raise Invalid(
            _("파일 내용이 확장자(.%(extension)s)와 다릅니다. 원본 프로그램에서 다시 저장해 올려 주십시오.")
            % {"extension": extension}
        )
    return known[0]


def _found_in(head: bytes) -> frozenset[str]:
    """The containers and formats that the first bytes show."""
    found = {kind for signature, kind in _SIGNATURES if head.startswith(signature)}
    with contextlib.suppress(puremagic.PureError, ValueError):
        found |= {match.extension.lstrip(".").lower() for match in puremagic.magic_string(head)} & {"hwp", "pdf", "png"}
    if not found and b"\x00" not in head:
        found.add("text")
    return frozenset(found)


def _check_count(application: Application, block: Block) -> None:
    most = block.limits.get("max_files", 5)
    here = Attachment.objects.filter(application=application, block=block.code, removed_at__isnull=True).count()
    if here >= most:
        raise Invalid(_("이 문항에는 파일을 %(most)s개까지 올릴 수 있습니다.") % {"most": most})
