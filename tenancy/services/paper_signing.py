"""Signing on paper where a party cannot sign electronically: one person files the scan, another confirms it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, Overtaken
from portal.core.periods import SEOUL
from portal.core.transition import advance
from tenancy import rules
from tenancy.enums import LeaseFileKind, PaperStatus, Side
from tenancy.models import Amendment, Lease, PaperSigning
from tenancy.services.amendments import check_amendment_signable, locked_amendment, put_amendment_signature
from tenancy.services.lease_files import keep_lease_file
from tenancy.services.leases import check_signable, locked_lease, put_signature
from tenancy.workflow import PAPER


@dataclass(frozen=True, slots=True)
class _Waiting:
    """The locked document that waits for the tenant's signature."""

    lease: Lease
    amendment: Amendment | None

    @property
    def hash(self) -> str:
        return (self.amendment or self.lease).document_hash

    def sign(self, paper: PaperSigning, *, by: Any, acting: Any, now: datetime) -> bool:
        """The tenant has signed; answers whether the document is in force."""
        given = {"method": "paper", "signer": paper.signer}
        if self.amendment is not None:
            return put_amendment_signature(self.amendment, Side.TENANT, paper.filed_by, acting=acting, now=now, **given)
        return put_signature(self.lease, Side.TENANT, paper.filed_by, by=by, acting=acting, now=now, **given)


def _waiting(lease: Lease, amendment: Amendment | None, now: datetime) -> _Waiting:
    """Lock the document. Raises ``Overtaken`` when the tenant has signed, ``Late`` after a lease's last day."""
    if amendment is None:
        row = locked_lease(lease)
        check_signable(row, Side.TENANT, now)
        return _Waiting(row, None)
    change = locked_amendment(amendment)
    check_amendment_signable(change, Side.TENANT)
    return _Waiting(lease, change)


@transaction.atomic
def file_paper(
    *,
    lease: Lease,
    signer: str,
    signed_date: date,
    scan: File[Any],
    by: Any,
    now: datetime,
    amendment: Amendment | None = None,
) -> PaperSigning:
    """Put the contract, or the amendment of it, that the tenant signed on paper on file: the one that waits for signatures.

    Raises ``Late`` after the last day, ``Invalid`` for a day to come, ``Overtaken`` when that side has signed.
    """
    role = rules.check_can_file_paper(by, lease)
    waiting = _waiting(lease, amendment, now)
    if not signer.strip() or signed_date > now.astimezone(SEOUL).date():
        raise Invalid(_("서명한 사람과 서명한 날을 바르게 적어 주십시오."), field="signed_date")
    kept = keep_lease_file(lease, scan, LeaseFileKind.PAPER, by=by, now=now, field="scan")
    try:
        with transaction.atomic():
            paper = PaperSigning.objects.create(
                lease=lease, amendment=waiting.amendment, signer=signer.strip(), signed_date=signed_date,
                document_hash=waiting.hash, scan=kept, filed_by=by, filed_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise Overtaken(_("이미 올린 종이 계약서가 확인을 기다립니다.")) from error
    data = {"to": paper.status, "document": paper.document_hash, "scan": kept.sha256}
    log.append("space.paper.filed", row=paper, by=by.acting_as(role), data=data)
    return paper


@transaction.atomic
def confirm_paper(*, paper: PaperSigning, by: Any, now: datetime) -> bool:
    """Another person finds the scan right: the tenant has signed. Answers whether the document is in force now."""
    role = rules.check_can_confirm_paper(by, paper)
    waiting = _waiting(paper.lease, paper.amendment, now)
    if paper.document_hash != waiting.hash or _hash_of(paper) != paper.scan.sha256:
        raise Invalid(_("계약서나 스캔한 파일이 바뀌었습니다. 돌려보내고 다시 올려 주십시오."))
    acting = by.acting_as(role)
    data = {"document": paper.document_hash, "scan": paper.scan.sha256}
    changes = {"confirmed_by": by, "confirmed_at": now}
    advance(paper, PaperStatus.CONFIRMED, by=acting, steps=PAPER, data=data, changes=changes)
    return waiting.sign(paper, by=by, acting=acting, now=now)


@transaction.atomic
def reject_paper(*, paper: PaperSigning, reason: str, by: Any) -> None:
    """The scan is not right: it stays on file, and another may be filed."""
    role = rules.check_can_confirm_paper(by, paper)
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    advance(paper, PaperStatus.REJECTED, by=by.acting_as(role), steps=PAPER, reason=reason.strip())


def _hash_of(paper: PaperSigning) -> str:
    with paper.scan.file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
