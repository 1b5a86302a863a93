"""Warnings before the bell: 24 hours and one hour before closing, to every company that has not sent yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.core import outbox
from portal.core.clock import database_now
from portal.core.models import OutboxMessage
from portal.intake.enums import ApplicationStatus, CallStatus
from portal.intake.models import Call, CallVersion
from portal.intake.services import telling

TOPIC = "intake.closing"
HOURS = (24, 1)


def announce(version: CallVersion, now: datetime) -> None:
    """Queue the warnings of a published version; those of an earlier closing time find it changed and say nothing."""
    for hours in HOURS:
        due_at = version.closes_at - timedelta(hours=hours)
        if due_at > now:
            closes_at = version.closes_at.isoformat()
            outbox.put(
                TOPIC,
                {"call": version.call_id, "closes_at": closes_at, "hours": hours},
                key=f"{TOPIC}:{version.call_id}:{closes_at}:{hours}",
                due_at=due_at,
            )


@outbox.handler(TOPIC)
def warn(message: OutboxMessage) -> None:
    """Tell who has a draft and no receipt, unless the closing was moved, has passed, or the call was cancelled."""
    call = Call.objects.select_related("current").get(pk=message.payload["call"])
    moved = call.closes_at.isoformat() != message.payload["closes_at"]
    if moved or call.status != CallStatus.PUBLISHED or database_now() >= call.closes_at:
        return
    for application in call.applications.filter(status=ApplicationStatus.DRAFT).select_related("organisation"):
        application.call = call
        telling.closing_soon(application, message.payload["hours"])
