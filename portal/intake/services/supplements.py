"""보완요청: named blocks open again until a due time; the answer is a revision of its own."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, NotAllowed
from portal.core.transition import advance
from portal.intake import blocks, queries, rules, workflow
from portal.intake.canonical import digest
from portal.intake.enums import ApplicationStatus, SupplementStatus
from portal.intake.errors import Incomplete
from portal.intake.models import Application, CallVersion, Revision, SupplementRequest
from portal.intake.services import telling
from portal.intake.services.acting import person
from portal.intake.services.avoiding import challenge_named
from portal.intake.services.submission import file_rows, locked


@transaction.atomic
def ask_supplement(
    *, application: Application, block_codes: Sequence[str], missing: str, due_at: datetime, by: Any, now: datetime
) -> SupplementRequest:
    """보완요청: opens the named blocks until ``due_at``."""
    role = rules.check_can_ask_supplement(by, application)
    form = application.call.current.parsed_form if application.call.current else None
    if not block_codes or form is None or set(block_codes) - set(form.of_stage(0)):
        raise Invalid(_("보완할 문항을 골라 주십시오."), field="blocks")
    _check_asked(missing, due_at, now)
    advance(
        application, ApplicationStatus.SUPPLEMENT, by=by.acting_as(role), steps=workflow.APPLICATION, reason=missing
    )
    request = SupplementRequest.objects.create(
        application=application,
        blocks=list(block_codes),
        missing=missing.strip(),
        due_at=due_at,
        asked_by=person(by),
        asked_at=now,
    )
    telling.supplement_asked(request)
    return request


@transaction.atomic
def close_supplement(*, request: SupplementRequest, by: Any, now: datetime) -> SupplementRequest:
    """The due time has passed without an answer: decided on what is there."""
    role = rules.check_can_run(by, request.application.call)
    if now < request.due_at:
        raise NotAllowed(_("보완 기한이 아직 남아 있습니다."))
    acting = by.acting_as(role)
    advance(request, SupplementStatus.LAPSED, by=acting, steps=workflow.SUPPLEMENT)
    if request.stage_id is None:
        advance(request.application, ApplicationStatus.SUBMITTED, by=acting, steps=workflow.APPLICATION)
        telling.supplement_lapsed(request)
    elif request.application.status == ApplicationStatus.IN_REVIEW:
        telling.questions_lapsed(request)
    return request


@transaction.atomic
def answer_supplement(*, request: SupplementRequest, key: str, by: Any, now: datetime) -> Revision:
    """The master sends the answer: of the named blocks only, over what had been sent. Raises ``Late``, ``Incomplete``.

    The same ``key`` gives the same receipt. So are the questions answered that are asked only at a later stage.
    """
    application = locked(request.application)
    if repeated := application.revisions.filter(key=key).first():
        rules.people.check_can_act_for(by, application.organisation)
        return repeated
    role = rules.check_can_answer_supplement(by, application, request, now=now)
    last = queries.last_revision(application)
    version = application.call.current
    assert last is not None
    assert version is not None
    version.call = application.call
    content = _answered(application, request, last, version)
    acting, sha256 = by.acting_as(role), digest(content)
    # The row first: it is the open request that lets a revision in after closing.
    revision = Revision(
        application=application,
        number=last.number + 1,
        version=version,
        content=content,
        sha256=sha256,
        salt=secrets.token_hex(32),
        sent_by=by,
        received_at=now,
        key=key,
    )
    revision.leaf_id = _enter(application, request, revision, acting)
    revision.save(force_insert=True)
    advance(request, SupplementStatus.ANSWERED, by=acting, steps=workflow.SUPPLEMENT, changes={"answer": revision})
    telling.receipt_made(application, revision.number)
    challenge_named(call=application.call, now=now)
    if request.stage_id is None:
        telling.supplement_answered(request)
    return revision


def _enter(application: Application, request: SupplementRequest, revision: Revision, acting: Any) -> Any:
    """The ledger's line of the new revision: the supplement's end, or an answer in review, which moves no state."""
    private = {"content": revision.sha256}
    if request.stage is None:
        return advance(application, ApplicationStatus.SUBMITTED, by=acting, steps=workflow.APPLICATION, private=private)
    data = {"revision": revision.number, "stage": request.stage.number}
    event = f"{application.ledger_room()}.application.answered"
    return log.append(event, row=application, by=acting, data=data, private=private)


def _answered(
    application: Application, request: SupplementRequest, last: Revision, version: CallVersion
) -> dict[str, Any]:
    """What had been sent, with the named blocks as they are in the draft now. Only those can be in the way of sending."""
    form, named = version.parsed_form, set(request.blocks)
    stage = request.stage.number if request.stage else 0
    answers, files = queries.standing(application, request, last)
    if found := [trouble for trouble in blocks.troubles(form, answers, files, stage) if trouble.block.code in named]:
        raise Incomplete(found)
    asked = {block.code for block in blocks.asked(form, answers, stage)}
    given = {
        "answers": {code: value for code, value in answers.items() if code in named & asked},
        "files": {code: file_rows(rows) for code, rows in files.items() if code in named & asked},
    }
    kept = {part: {code: value for code, value in last.content[part].items() if code not in named} for part in given}
    return {**last.content, **{part: kept[part] | given[part] for part in given}}


@transaction.atomic
def ask_supplement_again(
    *, request: SupplementRequest, missing: str, due_at: datetime, by: Any, now: datetime
) -> SupplementRequest:
    """다시 요청: the answer does not do; the same blocks open once more until ``due_at``. What was answered stays."""
    in_review = request.stage_id is not None
    if in_review:
        role = rules.check_can_run(by, request.application.call)
    else:
        role = rules.check_can_ask_supplement(by, request.application)
    _check_asked(missing, due_at, now)
    acting = by.acting_as(role)
    again = {"missing": missing.strip(), "due_at": due_at, "asked_by": person(by), "asked_at": now}
    advance(request, SupplementStatus.ASKED, by=acting, steps=workflow.SUPPLEMENT, reason=missing, changes=again)
    if not in_review:
        advance(
            request.application, ApplicationStatus.SUPPLEMENT, by=acting, steps=workflow.APPLICATION, reason=missing
        )
    telling.supplement_asked(request)
    return request


def _check_asked(missing: str, due_at: datetime, now: datetime) -> None:
    if due_at <= now or not missing.strip():
        raise Invalid(_("보완할 내용과 앞으로의 기한을 적어 주십시오."), field="missing")


@transaction.atomic
def accept_supplement(*, request: SupplementRequest, by: Any, now: datetime) -> SupplementRequest:
    """확인: the officer has looked at the answer."""
    role = rules.check_can_run(by, request.application.call)
    advance(request, SupplementStatus.ACCEPTED, by=by.acting_as(role), steps=workflow.SUPPLEMENT)
    return request
