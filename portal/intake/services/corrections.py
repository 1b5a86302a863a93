"""정정공고: a published call is corrected by a new version, never by changing the one people applied under."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, NotAllowed
from portal.core.transition import advance
from portal.intake import blocks, checks, policy, rules, workflow
from portal.intake.enums import CallStatus
from portal.intake.models import Call, CallVersion
from portal.intake.services import telling
from portal.intake.services.calls import publish_version, version_data, write_version

_CHANGEABLE = ("title", "summary", "form", "eligibility", "closes_at")


@transaction.atomic
def draft_correction(*, call: Call, changes: Mapping[str, Any], reason: str, by: Any, now: datetime) -> CallVersion:
    """A correction as a draft: title, summary, form, eligibility or a later closing. Answers stay with their block codes.

    Also after the closing, if our service failed: a later ``closes_at`` reopens the entry for everybody. A draft already
    there is replaced. Raises ``Invalid`` when the closing would move earlier or the form does not hold together.
    """
    rules.check_can_edit_call(by, call)
    if call.status == CallStatus.DRAFT or call.current_id is None:
        raise NotAllowed(_("공고하기 전에는 공고를 그대로 고쳐 씁니다."))
    if not reason.strip():
        raise Invalid(_("정정 사유를 적어 주십시오."), field="reason")
    if changes.get("closes_at", call.closes_at) < call.closes_at:
        raise Invalid(_("마감은 뒤로만 옮길 수 있습니다."), field="closes_at")
    call.versions.filter(published_at__isnull=True).delete()
    latest = call.versions.order_by("-number").first()
    assert latest is not None
    kept = {name: getattr(latest, name) for name in (*_CHANGEABLE, "policy")}
    data = kept | {name: changes[name] for name in _CHANGEABLE if name in changes}
    stages = call.stages.count()
    policy.check_version(data, [*checks.CHECKS, *call.rules.rules], call.rules.blocks, stages=stages)
    return write_version(call, latest.number + 1, data, by, reason.strip())


@transaction.atomic
def discard_correction(*, version: CallVersion, by: Any, now: datetime) -> None:
    """Throw away a correction that was not published."""
    rules.check_can_edit_call(by, version.call)
    if CallVersion.objects.filter(pk=version.pk, published_at__isnull=True, number__gt=1).delete()[0] != 1:
        raise NotAllowed(_("이미 공고한 정정은 버릴 수 없습니다."))


@transaction.atomic
def publish_correction(*, version: CallVersion, by: Any, now: datetime) -> Call:
    """The approver publishes a correction; every holder of a draft or receipt is told, also of new required questions.

    After the bell it must move the closing beyond ``now``: the entry opens again for everybody, and only while nothing
    was decided about eligibility and no sheet exists.
    """
    call = Call.objects.select_for_update(of=("self",)).select_related("cluster", "current").get(pk=version.call_id)
    role = rules.check_can_publish_call(by, call, version.written_by_id)
    before = call.current
    _check_time(call, version, now)
    acting = by.acting_as(role)
    publish_version(version, by, now)
    if call.status == CallStatus.REVIEWING:
        changes = {"closed_at": None}
        advance(call, CallStatus.PUBLISHED, by=acting, steps=workflow.CALL, reason=version.reason, changes=changes)
    call.current, call.closes_at = version, version.closes_at
    call.save(update_fields=["current", "closes_at"])
    log.append(
        f"{call.ledger_room()}.call.amended",
        row=call,
        by=acting,
        data=version_data(call, version),
        private={"reason": version.reason},
    )
    version.call = call
    telling.call_corrected(call, newly_required(before, version))
    return call


def _check_time(call: Call, version: CallVersion, now: datetime) -> None:
    over = now >= call.closes_at or call.closed_at is not None
    if call.status == CallStatus.PUBLISHED and not over:
        return
    if call.status not in (CallStatus.PUBLISHED, CallStatus.REVIEWING) or version.closes_at <= now:
        raise NotAllowed(_("접수가 끝난 공고는 마감을 뒤로 옮겨야 정정할 수 있습니다."))
    rules.check_may_reopen_entry(call)


def newly_required(before: CallVersion | None, after: CallVersion) -> list[blocks.Block]:
    """The blocks that must be answered now and did not have to be before."""
    was = {block.code for block in _required(before)} if before else set()
    return [block for block in _required(after) if block.code not in was]


def _required(version: CallVersion) -> list[blocks.Block]:
    """What must be answered to send; what is asked only at a later stage is told then."""
    return [block for block in version.parsed_form.blocks() if block.required and not block.from_stage]
