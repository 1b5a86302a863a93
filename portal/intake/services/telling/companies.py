"""What companies are told, and with them whoever hears an appeal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.core import outbox
from portal.core.models import OutboxMessage
from portal.intake import topics
from portal.intake.blocks import Block
from portal.intake.models import (
    Appeal,
    Application,
    Attachment,
    Call,
    Challenge,
    DisqualificationCase,
    LateCode,
    ReserveEntry,
    ResultNotice,
    Revision,
    SupplementRequest,
)
from portal.intake.services.telling.words import Label, labels_of, page_of, state_of, title_of
from portal.notices.services import Letter, notify, notify_all

RECEIPT = "intake.receipt"


def receipt_made(application: Application, revision: int) -> None:
    """Have the company told of its receipt; by the worker, so that nobody in the last minute waits for it."""
    outbox.put(RECEIPT, {"application": application.pk, "revision": revision})


@outbox.handler(RECEIPT)
def tell_receipt(message: OutboxMessage) -> None:
    """접수 확인: number and time of one revision."""
    found = Revision.objects.select_related("application__call__current", "application__organisation")
    revision = found.get(application=message.payload["application"], number=message.payload["revision"])
    submitted(revision.application, revision)


def submitted(application: Application, revision: Revision) -> None:
    context = {"number": application.receipt_number, "call": title_of(application.call), "at": revision.received_at}
    url = reverse("intake:receipt", args=[application.public_id, revision.number])
    notify(to=application.organisation, topic=topics.SENT.code, context=context, url=url, key=f"sent:{revision.pk}")


def sending_requested(application: Application, by: User, until: datetime) -> None:
    master = accounts.master_of(application.organisation)
    if master is not None:
        context = {"who": by, "call": title_of(application.call), "closes_at": until}
        notify(to=master, topic=topics.SENDING_REQUESTED.code, context=context, url=page_of(application))


def call_corrected(call: Call, required: Sequence[Block] = ()) -> None:
    """To every holder of a draft or receipt; those who had sent hear which questions they now have to answer."""
    context = {
        "call": title_of(call),
        "reason": call.current.reason if call.current else "",
        "closes_at": call.closes_at,
    }
    _tell_applicants(call, topics.CORRECTED.code, context)
    if required:
        sent = call.applications.filter(status="SUBMITTED").select_related("organisation")
        for application in sent:
            asked = context | {"questions": labels_of(required)}
            notify(to=application.organisation, topic=topics.NEWLY_ASKED.code, context=asked, url=page_of(application))


def late_code_confirmed(code: LateCode) -> None:
    context = {"call": title_of(code.call), "expires_at": code.expires_at}
    url = reverse("intake:call", args=[code.call.code])
    notify(to=code.organisation, topic=topics.LATE_CODE.code, context=context, url=url, key=f"late:{code.pk}")


def case_noticed(case: DisqualificationCase) -> None:
    context = {
        "call": title_of(case.application.call),
        "ground": Label(case.get_ground_display),
        "reply_by": case.reply_by,
    }
    notify(to=case.application.organisation, topic=topics.CASE.code, context=context, url=page_of(case.application))


def case_decided(case: DisqualificationCase) -> None:
    context = {"call": title_of(case.application.call), "outcome": state_of(case), "reasons": case.reasons}
    notify(
        to=case.application.organisation, topic=topics.CASE_DECIDED.code, context=context, url=page_of(case.application)
    )


def appeal_extended(appeal: Appeal) -> None:
    _tell_appeal(appeal, appeal.application.organisation)


def closing_soon(application: Application, hours: int) -> None:
    """To a company that has not sent yet; once for each closing time and each warning."""
    call = application.call
    context = {"call": title_of(call), "hours": hours, "closes_at": call.closes_at}
    key = f"closing:{application.pk}:{call.closes_at.isoformat()}:{hours}"
    notify(to=application.organisation, topic=topics.CLOSING.code, context=context, url=page_of(application), key=key)


def call_cancelled(call: Call, reason: str) -> None:
    _tell_applicants(call, topics.CANCELLED.code, {"call": title_of(call), "reason": reason})


def _tell_applicants(call: Call, topic: str, context: dict[str, Any]) -> None:
    for application in call.applications.exclude(status="WITHDRAWN").select_related("organisation"):
        notify(to=application.organisation, topic=topic, context=context, url=page_of(application))


def supplement_lapsed(request: SupplementRequest) -> None:
    _tell_lapse(request, topics.SUPPLEMENT_LAPSED.code)


def questions_lapsed(request: SupplementRequest) -> None:
    _tell_lapse(request, topics.QUESTIONS_LAPSED.code)


def _tell_lapse(request: SupplementRequest, topic: str) -> None:
    application = request.application
    context = {"call": title_of(application.call)}
    notify(to=application.organisation, topic=topic, context=context, url=page_of(application))


def reserve_lapsed(entry: ReserveEntry) -> None:
    application = entry.application
    context = {"call": title_of(application.call), "order": entry.order}
    topic = topics.RESERVE_LAPSED.code
    notify(to=application.organisation, topic=topic, context=context, url=page_of(application))


def appeal_withdrawn(appeal: Appeal) -> None:
    """To whoever decides appeals there."""
    call = appeal.application.call
    _tell_appeal(appeal, accounts.people_with(f"{call.ledger_room()}.appeal_reviewer", cluster=call.cluster))


def supplement_asked(request: SupplementRequest) -> None:
    application = request.application
    context = {"call": title_of(application.call), "missing": request.missing, "due_at": request.due_at}
    notify(to=application.organisation, topic=topics.SUPPLEMENT.code, context=context, url=page_of(application))


def questions_asked(requests: Iterable[SupplementRequest]) -> None:
    """To those who go on to a stage that asks more."""
    letters = [
        Letter(
            to=request.application.organisation,
            context={"call": title_of(request.application.call), "stage": request.stage, "due_at": request.due_at},
            url=page_of(request.application),
            key=f"questions:{request.pk}",
        )
        for request in requests
    ]
    notify_all(topic=topics.QUESTIONS.code, letters=letters)


def returned_to_reserve(entry: ReserveEntry, reason: str) -> None:
    application = entry.application
    context = {"call": title_of(application.call), "reason": reason, "order": entry.order}
    notify(to=application.organisation, topic=topics.RETURNED.code, context=context, url=page_of(application))


def results_told(notices: Iterable[ResultNotice]) -> None:
    letters = [
        Letter(
            to=notice.application.organisation,
            context={"call": title_of(notice.application.call)},
            url=reverse("intake:notice", args=[notice.public_id]),
            key=f"result:{notice.pk}",
        )
        for notice in notices
    ]
    notify_all(topic=topics.RESULT.code, letters=letters)


def reserve_called(entry: ReserveEntry) -> None:
    application = entry.application
    context = {"call": title_of(application.call), "order": entry.order}
    notify(to=application.organisation, topic=topics.RESERVE_CALLED.code, context=context, url=page_of(application))


def withdrawn(application: Application) -> None:
    context = {"call": title_of(application.call), "number": application.receipt_number or ""}
    notify(to=application.organisation, topic=topics.WITHDRAWN.code, context=context, url=page_of(application))


def file_infected(attachment: Attachment) -> None:
    application = attachment.application
    context = {"call": title_of(application.call), "file": attachment.name}
    key = f"infected:{attachment.pk}"
    notify(to=application.organisation, topic=topics.INFECTED.code, context=context, url=page_of(application), key=key)


def challenge_decided(challenge: Challenge) -> None:
    application = challenge.application
    context = {
        "call": title_of(application.call),
        "outcome": state_of(challenge),
        "reasons": challenge.reasons,
    }
    notify(to=application.organisation, topic=topics.CHALLENGE.code, context=context, url=page_of(application))


def appeal_filed(appeal: Appeal) -> None:
    """To the company, and to whoever decides appeals there."""
    _tell_appeal(appeal, appeal.application.organisation)
    call = appeal.application.call
    role = f"{call.ledger_room()}.appeal_reviewer"
    _tell_appeal(appeal, accounts.people_with(role, cluster=call.cluster))


def appeal_moved(appeal: Appeal) -> None:
    _tell_appeal(appeal, appeal.application.organisation)


def _tell_appeal(appeal: Appeal, to: Any) -> None:
    last_day = timezone.localtime(appeal.due_at - timedelta(microseconds=1)).date()
    context = {"state": state_of(appeal), "call": title_of(appeal.application.call), "due_at": last_day}
    notify(to=to, topic=topics.APPEAL.code, context=context, url=reverse("intake:appeal", args=[appeal.public_id]))
