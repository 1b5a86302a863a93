"""제출, and taking back."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger import log
from portal.core.errors import Invalid, NotAllowed, Refused
from portal.core.transition import advance
from portal.intake import blocks, queries, rules, workflow
from portal.intake.canonical import digest
from portal.intake.enums import ApplicationStatus, ReserveStatus
from portal.intake.errors import Incomplete, overtaken_by_the_count, too_late
from portal.intake.models import Application, Attachment, Call, CallVersion, ReserveEntry, Revision
from portal.intake.registry import ByInvitation
from portal.intake.services import telling
from portal.intake.services.latecodes import read_late_code, spend

_NO_ENTRY = gettext_lazy("지금은 접수하지 않는 공고입니다.")

#: Counts the receipt and writes its number in one statement: a second one would hold everybody up for a round trip.
_NUMBER = """
WITH counted AS (
  UPDATE intake_call SET receipts = receipts + (
    SELECT (receipt_number IS NULL)::int FROM intake_application WHERE id = %(application)s)
  WHERE id = %(call)s AND (%(late)s AND status IN ('PUBLISHED', 'REVIEWING')
    OR status = 'PUBLISHED' AND closed_at IS NULL AND %(now)s < closes_at)
  RETURNING receipts::text AS number)
UPDATE intake_application
SET receipt_number = COALESCE(receipt_number, %(prefix)s || lpad(number, greatest(4, length(number)), '0'))
FROM counted WHERE id = %(application)s RETURNING receipt_number"""


@transaction.atomic
def submit(*, application: Application, key: str, by: Any, now: datetime, late_code: str = "") -> Revision:
    """Freeze the draft as what counts, with a receipt. The same ``key``, or the same content, gives the same receipt.

    ``now`` is when the request had arrived whole; after the bell only a confirmed ``late_code`` opens. Raises ``Late`` at or after the bell, ``Incomplete`` with what is
    missing, ``NotAllowed`` for anyone but the master account. Nothing of the draft is ever lost.
    """
    application = locked(application)
    if repeated := application.revisions.filter(key=key).first():
        rules.people.check_can_act_for(by, application.organisation)
        return repeated
    late = read_late_code(application=application, text=late_code, now=now) if late_code else None
    role = rules.check_can_submit(by, application, now=now, late=late)
    version = _current_version(application)
    content = content_of_draft(application, version)
    sha256 = digest(content)
    last = queries.last_revision(application) if application.status == ApplicationStatus.SUBMITTED else None
    if last is not None and last.sha256 == sha256:
        return last
    acting = by.acting_as(role)
    number = last.number + 1 if last else 1
    leaf = _enter(application, acting, version, sha256, number, now)
    if late is not None:
        spend(late, application, acting, now)
    telling.receipt_made(application, number)
    programme = application.call.rules
    if isinstance(programme, ByInvitation):
        application.sent_content = content  # type: ignore[attr-defined]
        programme.submitted(application, by=by, now=now)
    # All that waits for nobody is done: from here to the commit the senders of one call go one by one.
    _take_number(application, now, late=late is not None)
    return Revision.objects.create(
        application=application,
        number=number,
        version=version,
        content=content,
        sha256=sha256,
        salt=secrets.token_hex(32),
        sent_by=by,
        received_at=now,
        key=key,
        leaf_id=leaf,
    )


def locked(application: Application) -> Application:
    """One sender at a time; the second of two presses waits here and then finds the first's receipt."""
    rows = Application.objects.select_for_update(of=("self",)).select_related(
        "call__current", "call__cluster", "organisation", "track"
    )
    return rows.get(pk=application.pk)


def _current_version(application: Application) -> CallVersion:
    version = application.call.current
    assert version is not None
    version.call = application.call
    return version


def content_of_draft(application: Application, version: CallVersion) -> dict[str, Any]:
    """Everything sent, in one object: only what is asked, files by their digest, the company as it is today."""
    form, answers, files = version.parsed_form, queries.answers_of(application), queries.files_of(application)
    found = blocks.troubles(form, answers, files)
    if application.track is None:
        raise Invalid(_("모집부문을 골라 주십시오."), field="track")
    if found:
        raise Incomplete(found)
    asked = blocks.asked(form, answers)
    company = application.organisation
    return {
        "version": version.number,
        "track": application.track.code,
        "answers": {block.code: answers[block.code] for block in asked if block.code in answers},
        "files": {block.code: file_rows(files[block.code]) for block in asked if block.code in files},
        "company": {
            "business_number": company.business_number or "",
            "name": company.name_ko,
            "name_en": company.name_en,
            "representative": company.representative,
            "opened_date": company.opened_date.isoformat() if company.opened_date else "",
            "origin": company.origin,
            "address": company.address,
        },
    }


def file_rows(files: Iterable[Attachment]) -> list[dict[str, Any]]:
    """Files as they stand in what is sent: by their digest."""
    return [{"id": str(file.public_id), "name": file.name, "size": file.size, "sha256": file.sha256} for file in files]


def _enter(application: Application, acting: Any, version: CallVersion, sha256: str, number: int, now: datetime) -> Any:
    """The ledger's line: a step the first time, afterwards a new revision of what is already in."""
    call = application.call
    private = {"call": {"call": call.code, "version": version.number}, "content": sha256}
    if application.status == ApplicationStatus.SUBMITTED:
        event = f"{call.ledger_room()}.application.submitted"
        return log.append(event, row=application, by=acting, data={"revision": number}, private=private)
    return advance(
        application,
        ApplicationStatus.SUBMITTED,
        by=acting,
        steps=workflow.APPLICATION,
        data={"revision": number},
        private=private,
        changes={"submitted_at": now, "send_requested_at": None},
    )


def _take_number(application: Application, now: datetime, *, late: bool) -> None:
    """The next receipt number, kept when there is one, under the lock that closing waits for.

    Raises ``Late`` when the entry was counted meanwhile.
    """
    call = application.call
    values: dict[str, Any] = {
        "application": application.pk,
        "call": call.pk,
        "prefix": f"{call.prefix}-",
        "late": late,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER, values)
        row = cursor.fetchone()
    if row is None:
        raise NotAllowed(_NO_ENTRY) if late else _refusal(call, now)
    application.receipt_number = row[0]


def _refusal(call: Call, now: datetime) -> Refused:
    """Why the number was not to be had: late, counted meanwhile, or the call is no longer one that takes entries."""
    if now >= call.closes_at:
        return too_late(call.closes_at, now)
    if Call.objects.filter(pk=call.pk, closed_at__isnull=False).exists():
        return overtaken_by_the_count(call, now)
    return NotAllowed(_NO_ENTRY)


@transaction.atomic
def withdraw(*, application: Application, reason: str, by: Any, now: datetime) -> Application:
    """철회 by the company; what it held is given back and the reserve called in the same transaction."""
    from portal.intake.services import reserve

    application = locked(application)
    role = rules.check_can_withdraw(by, application)
    held = application.quota_track if application.status == ApplicationStatus.SELECTED else None
    advance(
        application,
        ApplicationStatus.WITHDRAWN,
        by=by.acting_as(role),
        steps=workflow.APPLICATION,
        reason=reason,
        changes={"quota_track": None},
    )
    entry = ReserveEntry.objects.filter(
        application=application, status__in=[ReserveStatus.WAITING, ReserveStatus.CALLED]
    ).first()
    if entry is not None:
        advance(entry, ReserveStatus.DROPPED, by=by.acting_as(role), steps=workflow.RESERVE, reason=reason)
    application.call.rules.left(application, why="withdrawn", by=by, now=now)
    if held is not None:
        reserve.call_next_reserve(track=held, freed=None, by=log.SYSTEM, now=now)
    telling.withdrawn(application)
    return application
