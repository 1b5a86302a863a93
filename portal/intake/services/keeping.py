"""보존과 파기: what is past its time by the call's policy is destroyed; shells, totals and ledger lines stay.

Held back by an open appeal or case, by a hold for a suit, an audit or a law, and while an appeal may still be filed.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.core import outbox
from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.core.models import OutboxMessage
from portal.intake import policy, queries, rules
from portal.intake.enums import DestructionKind, HoldBasis
from portal.intake.models import (
    Application,
    Attachment,
    Call,
    DestructionRecord,
    Draft,
    RetentionHold,
    Revision,
    StatuteCopy,
)
from portal.intake.models.applications import private_storage

logger = logging.getLogger(__name__)

TOPIC = "intake.destroy_file"
#: What stands in the place of a revision's content; the database allows no other change.
EMPTIED = {
    "answers": {},
    "files": {},
    "company": dict.fromkeys(
        ("business_number", "name", "name_en", "representative", "opened_date", "origin", "address"), ""
    ),
    "destroyed": True,
}


@transaction.atomic
def place_hold(
    *, call: Call, basis: HoldBasis | str, reason: str, by: Any, now: datetime, application: Application | None = None
) -> RetentionHold:
    """Keep one application, or the whole call, until the hold is lifted."""
    role = rules.check_can_hold(by, call)
    if basis not in HoldBasis.values or not reason.strip():
        raise Invalid(_("근거와 사유를 적어 주십시오."), field="reason")
    if application is not None and application.call_id != call.pk:
        raise Invalid(_("이 공고의 신청서가 아닙니다."), field="application")
    hold = RetentionHold.objects.create(
        call=call, application=application, basis=basis, reason=reason.strip(), placed_by=by, placed_at=now
    )
    data = {"basis": str(basis), "reach": "CALL" if application is None else "APPLICATION"}
    log.append(
        f"{call.ledger_room()}.hold.placed", row=hold, by=by.acting_as(role), data=data, private={"reason": reason}
    )
    return hold


@transaction.atomic
def lift_hold(*, hold: RetentionHold, by: Any, now: datetime) -> RetentionHold:
    """Somebody else than who placed it ends a hold; what is due goes with the next run."""
    role = rules.check_can_lift_hold(by, hold)
    open_hold = RetentionHold.objects.filter(pk=hold.pk, lifted_at__isnull=True)
    if open_hold.update(lifted_at=now, lifted_by=by) != 1:
        raise Overtaken
    hold.lifted_at, hold.lifted_by = now, by
    log.append(f"{hold.ledger_room()}.hold.lifted", row=hold, by=by.acting_as(role), data={"basis": hold.basis})
    return hold


def execute_retention(*, by: Any, now: datetime) -> list[DestructionRecord]:
    """Destroy what is due, call by call, each in a transaction of its own; may run any number of times."""
    if by is not log.SYSTEM:
        raise NotAllowed
    made = []
    for call in queries.calls_to_clear(now):
        try:
            made += _clear(call, by, now)
        except Exception:
            # A file that cannot be copied keeps its own call whole, never the calls of others.
            logger.exception("the retention of call %s was not carried out", call.code)
    return made


@transaction.atomic
def _clear(call: Call, by: Any, now: datetime) -> list[DestructionRecord]:
    made: list[DestructionRecord] = []
    for kind in (DestructionKind.DRAFT, DestructionKind.APPLICATION):
        made += _destroy(call, kind, queries.due_for_destruction(call, kind, now), by, now)
    return made + _destroy_copies(call, queries.due_copies(call, now), by, now)


def _destroy(
    call: Call, kind: DestructionKind, applications: Sequence[Application], by: Any, now: datetime
) -> list[DestructionRecord]:
    if not applications:
        return []
    terms = policy.retention(call.current)
    pks = [application.pk for application in applications]
    files = list(Attachment.objects.filter(application__in=pks).exclude(file=""))
    record = _record(call, kind, terms, len(pks), len(files), by, now)
    for application in applications:
        if (statute := terms.get("statute")) and application.status in queries.HOLDING:
            _copy_by_statute(application, statute, now)
    Application.objects.filter(pk__in=pks).update(destruction=record)
    Draft.objects.filter(application__in=pks).delete()
    Revision.objects.filter(application__in=pks).update(content=EMPTIED)
    for file in files:
        outbox.put(TOPIC, {"name": file.file.name})
    Attachment.objects.filter(pk__in=[file.pk for file in files]).update(name="", file="")
    return [record]


def _record(
    call: Call, kind: DestructionKind, terms: dict[str, Any], rows: int, files: int, by: Any, now: datetime
) -> DestructionRecord:
    record = DestructionRecord.objects.create(
        call=call, kind=kind, policy=terms, applications=rows, files=files, executed_at=now
    )
    log.append(
        "privacy.retention_executed",
        row=record,
        by=by.acting_as("system"),
        data={
            "basis": "policy",
            "deleted": [f"intake.{kind.lower()}"],
            "kept": ["intake.shell"],
            "call": call.code,
            "rows": rows,
            "files": files,
        },
        private={"policy": terms},
    )
    return record


def _copy_by_statute(application: Application, statute: dict[str, Any], now: datetime) -> None:
    """What a law makes us keep longer goes apart, files and all, before the rest is destroyed."""
    revision = queries.last_revision(application)
    sent = {row["id"] for rows in revision.content["files"].values() for row in rows} if revision else set()
    storage, kept = private_storage(), []
    for attachment in application.attachments.filter(public_id__in=sent).exclude(file=""):
        name = f"statute/{application.call_id}/{attachment.public_id.hex}"
        # What lies there is of a run that was undone: no row knows of it, and nobody would ever destroy it.
        storage.delete(name)
        with attachment.file.open("rb") as content:
            kept.append(storage.save(name, File(content)))
    StatuteCopy.objects.create(
        application=application,
        law=statute["law"],
        keep_until=now + timedelta(days=statute["days"]),
        content=revision.content if revision else {},
        files=kept,
        made_at=now,
    )


def _destroy_copies(call: Call, copies: Sequence[StatuteCopy], by: Any, now: datetime) -> list[DestructionRecord]:
    if not copies:
        return []
    files = [name for copy in copies for name in copy.files]
    terms = policy.retention(call.current)
    record = _record(call, DestructionKind.COPY, terms, len(copies), len(files), by, now)
    for name in files:
        outbox.put(TOPIC, {"name": name})
    StatuteCopy.objects.filter(pk__in=[copy.pk for copy in copies]).update(content={}, files=[], destroyed_in=record)
    return [record]


@outbox.handler(TOPIC)
def destroy_file(message: OutboxMessage) -> None:
    """Remove one file from the private storage; one that is gone already is no fault."""
    private_storage().delete(message.payload["name"])
