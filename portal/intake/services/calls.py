"""Writing, publishing, correcting and closing a call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import Cluster
from portal.core import lottery
from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.core.transition import advance
from portal.intake import checks, policy, queries, receipts, registry, rules, workflow
from portal.intake.canonical import digest
from portal.intake.enums import CallStatus
from portal.intake.errors import Objections
from portal.intake.models import Call, CallVersion, Criterion, Stage, Track
from portal.intake.services import bonuses, closing, telling

#: A request that had arrived whole before the bell may still be on its way into the database.
IN_FLIGHT = timedelta(minutes=2)

_PUBLIC_VALUE = re.compile(r"[A-Za-z0-9._:-]{1,64}")


@transaction.atomic
def create_call(*, cluster: Cluster, programme: str, data: Mapping[str, Any], by: Any, now: datetime) -> Call:
    """Write a call as a draft from data.

    ``code`` (address), ``prefix`` (of receipt numbers), ``hubs``, ``opens_at``, ``closes_at``; ``title``, ``summary`` as
    ``{"ko", "en"}``; ``tracks``: code, name, quota, reserve, spill; ``stages``: code, name, share_bp, go_on (a number, or
    one by track, None in the last), per_file, blind, hidden_blocks, due_at, ``rule`` (as ``scoring.Rule``, marks as text)
    and ``criteria``: code, name, guide, max_points, weight_bp, counted; ``eligibility``: rule, parameters; ``form``
    (``blocks.parse_form``); ``bonuses``: code, name, points (decimal text), paper, block; ``policy`` over ``policy.DEFAULTS``.

    Raises ``Invalid`` with the place that does not hold together, ``UnknownProgramme`` for a room not installed.
    """
    rules.check_can_create_call(by, programme=programme, cluster=cluster, hubs=list(data.get("hubs", ())))
    kind = registry.get(programme)
    policy.check_definition(data, [*checks.CHECKS, *kind.rules], kind.blocks)
    call = Call.objects.create(
        code=data["code"],
        prefix=data.get("prefix") or data["code"].upper(),
        programme=programme,
        cluster=cluster,
        hubs=list(data.get("hubs", ())),
        opens_at=data["opens_at"],
        closes_at=data["closes_at"],
        created_by=by,
        lottery_secret=lottery.new_secret(),
    )
    _write_tracks_and_stages(call, data)
    bonuses.write_items(call, data.get("bonuses", ()))
    write_version(call, 1, data, by)
    return call


@transaction.atomic
def rewrite_call(*, call: Call, data: Mapping[str, Any], by: Any, now: datetime) -> Call:
    """Write a draft call anew from data as in ``create_call``; the code stays. The writer of the last text counts as its
    author, who may not publish it."""
    call = Call.objects.select_for_update(of=("self",)).select_related("cluster").get(pk=call.pk)
    rules.check_can_edit_call(by, call)
    if call.status != CallStatus.DRAFT:
        raise NotAllowed(_("공고한 뒤에는 정정공고로만 고칠 수 있습니다."))
    policy.check_definition(data, [*checks.CHECKS, *call.rules.rules], call.rules.blocks)
    Criterion.objects.filter(stage__call=call).delete()
    call.stages.all().delete()
    call.tracks.all().delete()
    call.bonus_items.all().delete()
    call.versions.all().delete()
    for name in ("hubs", "opens_at", "closes_at", "prefix"):
        setattr(call, name, data.get(name, getattr(call, name)))
    call.save(update_fields=["hubs", "opens_at", "closes_at", "prefix"])
    _write_tracks_and_stages(call, data)
    bonuses.write_items(call, data.get("bonuses", ()))
    write_version(call, 1, data, by)
    return call


def _write_tracks_and_stages(call: Call, data: Mapping[str, Any]) -> None:
    names = ("code", "name", "quota")
    for order, row in enumerate(data["tracks"], start=1):
        plain = {name: row[name] for name in names}
        Track.objects.create(call=call, order=order, reserve=row.get("reserve", 0), spill=row.get("spill", []), **plain)
    for number, row in enumerate(data["stages"], start=1):
        stage = Stage.objects.create(
            call=call,
            number=number,
            code=row["code"],
            name=row["name"],
            share_bp=row["share_bp"],
            go_on=row.get("go_on"),
            per_file=row["per_file"],
            blind=row.get("blind", False),
            hidden_blocks=row.get("hidden_blocks", []),
            rule=row.get("rule", {}),
            due_at=row.get("due_at"),
            discussion=row.get("discussion", False),
        )
        Criterion.objects.bulk_create(
            Criterion(
                stage=stage,
                order=order,
                code=item["code"],
                name=item.get("name", {"ko": item["code"]}),
                guide=item.get("guide", {}),
                max_points=item["max_points"],
                weight_bp=item["weight_bp"],
                counted=item.get("counted", True),
            )
            for order, item in enumerate(row["criteria"], start=1)
        )


def write_version(call: Call, number: int, data: Mapping[str, Any], by: Any, reason: str = "") -> CallVersion:
    return CallVersion.objects.create(
        call=call,
        number=number,
        title=data["title"],
        summary=data.get("summary", {}),
        form=data.get("form", {}),
        eligibility=data.get("eligibility", []),
        policy={**policy.DEFAULTS, **data.get("policy", {})},
        closes_at=data["closes_at"],
        reason=reason,
        written_by=by,
    )


@transaction.atomic
def publish_call(*, call: Call, by: Any, now: datetime) -> Call:
    """공고: the approver puts a draft that somebody else wrote before the public. Raises ``Objections``."""
    version = call.versions.get(number=1)
    role = rules.check_can_publish_call(by, call, version.written_by_id)
    _refuse_objections(version)
    publish_version(version, by, now)
    advance(
        call,
        CallStatus.PUBLISHED,
        by=by.acting_as(role),
        steps=workflow.CALL,
        data=version_data(call, version),
        changes={"current": version, "published_at": now, "published_by": by},
    )
    return call


def _refuse_objections(version: CallVersion) -> None:
    problems = [problem for problem in version.call.rules.check_call(version) if problem.blocking]
    if problems:
        raise Objections([problem.message for problem in problems])


def publish_version(version: CallVersion, by: Any, now: datetime) -> None:
    values = {"published_at": now, "published_by": by, "digest": digest(definition(version))}
    if CallVersion.objects.filter(pk=version.pk, published_at__isnull=True).update(**values) != 1:
        raise Overtaken
    for name, value in values.items():
        setattr(version, name, value)
    closing.announce(version, now)


def version_data(call: Call, version: CallVersion) -> dict[str, Any]:
    return {
        "version": version.number,
        "digest": version.digest,
        "opens_at": call.opens_at,
        "closes_at": version.closes_at,
        "lottery": call.lottery_commitment,
    }


def definition(version: CallVersion) -> dict[str, Any]:
    """All that decides, as the digest covers it."""
    call = version.call
    return {
        "call": call.code,
        "programme": call.programme,
        "version": version.number,
        "opens_at": _utc(call.opens_at),
        "closes_at": _utc(version.closes_at),
        "title": version.title,
        "summary": version.summary,
        "form": version.form,
        "eligibility": version.eligibility,
        "policy": version.policy,
        "tracks": [
            {"code": t.code, "name": t.name, "quota": t.quota, "reserve": t.reserve, "spill": t.spill}
            for t in call.tracks.all()
        ],
        "bonuses": [
            {"code": b.code, "name": b.name, "points": f"{b.points:f}", "paper": b.paper, "block": b.block}
            for b in call.bonus_items.all()
        ],
        "stages": [_stage_definition(stage) for stage in call.stages.prefetch_related("criteria")],
    }


def _stage_definition(stage: Stage) -> dict[str, Any]:
    names = ("code", "name", "share_bp", "go_on", "per_file", "blind", "hidden_blocks", "rule", "discussion")
    criteria = ("code", "name", "guide", "max_points", "weight_bp", "counted")
    return {name: getattr(stage, name) for name in names} | {
        "criteria": [{name: getattr(item, name) for name in criteria} for item in stage.criteria.all()]
    }


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


@transaction.atomic
def close_call(*, call: Call, by: Any, now: datetime) -> Call:
    """Count what was sent and commit to it: the number and Merkle root of all receipts; then review begins.

    Waits for submissions in flight (they share the call's row) and may run twice: the second finds nothing to do.
    """
    call = Call.objects.select_for_update(of=("self",)).select_related("current", "cluster").get(pk=call.pk)
    if call.closed_at is not None:
        return call
    role = rules.check_can_run(by, call)
    if now < call.closes_at:
        raise NotAllowed(_("아직 마감 전입니다."))
    found = [revision.receipt(revision.application.receipt_number or "") for revision in queries.last_revisions(call)]
    root = receipts.root([receipts.receipt_hash(receipt) for receipt in found]).hex()
    log.append(
        f"{call.ledger_room()}.call.closed",
        row=call,
        by=by.acting_as(role),
        data={"count": len(found), "root": root, "closes_at": call.closes_at},
    )
    advance(call, CallStatus.REVIEWING, by=by.acting_as(role), steps=workflow.CALL, changes={"closed_at": now})
    return call


def close_by_hand(*, call: Call, by: Any, now: datetime) -> Call:
    """The officer counts, should the clock not have done so; no sooner than the clock would."""
    if call.closes_at <= now < call.closes_at + IN_FLIGHT:
        raise NotAllowed(
            _("마감 전에 도착한 신청을 모두 받도록 마감 2분 뒤부터 집계합니다. 잠시 뒤에 다시 눌러 주십시오.")
        )
    return close_call(call=call, by=by, now=now)


@transaction.atomic
def draw_lottery(*, call: Call, public_value: str, by: Any, now: datetime) -> Call:
    """Mix the sealed secret with a public value that nobody here controls; once, after the entry was counted."""
    rules.check_can_run(by, call)
    if call.closed_at is None:
        raise NotAllowed(_("추첨 값은 접수를 마감한 뒤에 정합니다."))
    if not _PUBLIC_VALUE.fullmatch(public_value):
        raise Invalid(_("공개 값은 영문자, 숫자, . _ : - 만 쓸 수 있습니다(64자까지)."), field="public_value")
    if Call.objects.filter(pk=call.pk, lottery_public="").update(lottery_public=public_value) != 1:
        raise Overtaken
    call.lottery_public = public_value
    return call


@transaction.atomic
def cancel_call(*, call: Call, reason: str, by: Any, now: datetime) -> Call:
    """취소, with the reason; those who applied are told."""
    role = rules.check_can_cancel_call(by, call)
    advance(call, CallStatus.CANCELLED, by=by.acting_as(role), steps=workflow.CALL, reason=reason)
    telling.call_cancelled(call, reason)
    return call
