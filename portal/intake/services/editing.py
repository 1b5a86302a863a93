"""Keeping what an officer writes: a draft anew, or as the correction of a published call; asking for its approval."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from portal.intake import rules
from portal.intake.enums import CallStatus
from portal.intake.models import Call
from portal.intake.services import telling
from portal.intake.services.calls import rewrite_call
from portal.intake.services.corrections import draft_correction, publish_correction

#: What a correction may change of a call already published.
CORRECTABLE = ("title", "summary", "form", "closes_at")


@transaction.atomic
def keep_call(*, call: Call, data: Mapping[str, Any], by: Any, now: datetime, reason: str = "") -> Call:
    """Keep the whole text as edited. Of a published call only what a correction may change, with its reason.

    Raises ``Invalid`` with what does not hold together; then nothing is changed.
    """
    if call.status == CallStatus.DRAFT:
        return rewrite_call(call=call, data=data, by=by, now=now)
    rules.check_can_edit_call(by, call)
    before = call.versions.filter(published_at__isnull=True).first()
    why = reason or (before.reason if before else "")
    draft_correction(call=call, changes={name: data[name] for name in CORRECTABLE}, reason=why, by=by, now=now)
    return call


@transaction.atomic
def publish_pending_correction(*, call: Call, by: Any, now: datetime) -> Call:
    """The approver publishes the correction that waits."""
    rules.check_can_publish_correction(by, call)
    version = call.versions.select_related("call__cluster").get(published_at__isnull=True)
    return publish_correction(version=version, by=by, now=now)


@transaction.atomic
def request_approval(*, call: Call, by: Any, now: datetime) -> None:
    """결재 요청: those who may publish are told that the text is ready."""
    rules.check_can_edit_call(by, call)
    telling.approval_requested(call, by)
