"""What is told at each step, in the deciding transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
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
    Assignment,
    Attachment,
    Call,
    Challenge,
    Decision,
    DisqualificationCase,
    Evaluator,
    LateCode,
    Member,
    Panel,
    ReserveEntry,
    ResultNotice,
    Revision,
    ScoreSheet,
    Sitting,
    Stage,
    SupplementRequest,
)
from portal.notices.services import Letter, notify, notify_all

RECEIPT = "intake.receipt"


class _Label:
    """What stands in whichever language the reader has: the letter is written later, for one person after the other."""

    def __init__(self, read: Callable[[], Any]) -> None:
        self.read = read

    def __str__(self) -> str:
        return str(self.read())


def _title(call: Call) -> _Label:
    return _Label(lambda: call.current.title_text if call.current else call.code)


def _state(row: Appeal | Assignment | Challenge | DisqualificationCase) -> _Label:
    return _Label(row.get_status_display)


def _labels(questions: Sequence[Block]) -> _Label:
    return _Label(lambda: ", ".join(question.label_text for question in questions))


def _mine(application: Application) -> str:
    return reverse("intake:application", args=[application.public_id])


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
    context = {"number": application.receipt_number, "call": _title(application.call), "at": revision.received_at}
    url = reverse("intake:receipt", args=[application.public_id, revision.number])
    notify(to=application.organisation, topic=topics.SENT.code, context=context, url=url, key=f"sent:{revision.pk}")


def sending_requested(application: Application, by: User) -> None:
    master = accounts.master_of(application.organisation)
    if master is not None:
        context = {"who": by, "call": _title(application.call), "closes_at": application.call.closes_at}
        notify(to=master, topic=topics.SENDING_REQUESTED.code, context=context, url=_mine(application))


def approval_requested(call: Call, by: User) -> None:
    """To those who may publish the call."""
    version = call.versions.order_by("-number").first()
    context = {"who": by, "call": version.title_text if version else call.code}
    url = reverse("intake:desk-call", args=[call.code])
    notify(to=_approvers(call), topic=topics.APPROVAL.code, context=context, url=url)


def call_corrected(call: Call, required: Sequence[Block] = ()) -> None:
    """To every holder of a draft or receipt; those who had sent hear which questions they now have to answer."""
    context = {"call": _title(call), "reason": call.current.reason if call.current else "", "closes_at": call.closes_at}
    _tell_applicants(call, topics.CORRECTED.code, context)
    if required:
        sent = call.applications.filter(status="SUBMITTED").select_related("organisation")
        for application in sent:
            asked = context | {"questions": _labels(required)}
            notify(to=application.organisation, topic=topics.NEWLY_ASKED.code, context=asked, url=_mine(application))


def late_code_confirmed(code: LateCode) -> None:
    context = {"call": _title(code.call), "expires_at": code.expires_at}
    url = reverse("intake:call", args=[code.call.code])
    notify(to=code.organisation, topic=topics.LATE_CODE.code, context=context, url=url, key=f"late:{code.pk}")


def case_noticed(case: DisqualificationCase) -> None:
    context = {
        "call": _title(case.application.call),
        "ground": _Label(case.get_ground_display),
        "reply_by": case.reply_by,
    }
    notify(to=case.application.organisation, topic=topics.CASE.code, context=context, url=_mine(case.application))


def case_decided(case: DisqualificationCase) -> None:
    context = {"call": _title(case.application.call), "outcome": _state(case), "reasons": case.reasons}
    notify(
        to=case.application.organisation, topic=topics.CASE_DECIDED.code, context=context, url=_mine(case.application)
    )


def reopening_asked(sheet: ScoreSheet) -> None:
    """To the officers of the call: the chair wants a sheet given back."""
    stage = sheet.assignment.stage
    people = accounts.people_with(f"{stage.ledger_room()}.officer", cluster=stage.call.cluster)
    url = reverse("intake:desk-stage", args=[stage.call.code, stage.number])
    context = {"call": _title(stage.call), "stage": stage, "reason": sheet.reopening_reason}
    notify(to=people, topic=topics.REOPENING.code, context=context, url=url)


def appeal_extended(appeal: Appeal) -> None:
    _tell_appeal(appeal, appeal.application.organisation)


def challenge_filed(challenge: Challenge) -> None:
    """To the approvers, who decide it."""
    call = challenge.application.call
    url = reverse("intake:desk-call", args=[call.code])
    context = {
        "call": _title(call),
        "decide_by": timezone.localtime(challenge.decide_by - timedelta(microseconds=1)).date(),
    }
    notify(to=_approvers(call), topic=topics.CHALLENGE_FILED.code, context=context, url=url)


def challenge_overdue(challenge: Challenge) -> None:
    """To the approvers: the day to decide has passed, the evaluator sits out."""
    call = challenge.application.call
    url = reverse("intake:desk-call", args=[call.code])
    key = f"challenge-overdue:{challenge.pk}"
    notify(to=_approvers(call), topic=topics.CHALLENGE_OVERDUE.code, context={"call": _title(call)}, url=url, key=key)


def closing_soon(application: Application, hours: int) -> None:
    """To a company that has not sent yet; once for each closing time and each warning."""
    call = application.call
    context = {"call": _title(call), "hours": hours, "closes_at": call.closes_at}
    key = f"closing:{application.pk}:{call.closes_at.isoformat()}:{hours}"
    notify(to=application.organisation, topic=topics.CLOSING.code, context=context, url=_mine(application), key=key)


def sitting_called(sitting: Sitting) -> None:
    _tell_sitting(sitting, topics.SITTING.code, {"place": sitting.place})


def sitting_cancelled(sitting: Sitting, reason: str) -> None:
    _tell_sitting(sitting, topics.SITTING_CANCELLED.code, {"reason": reason})


def _tell_sitting(sitting: Sitting, topic: str, more: dict[str, Any]) -> None:
    """To every member of the panel, declined and dismissed ones left out."""
    stage = sitting.stage
    seats = Member.objects.filter(panel__stage=stage, status__in=["INVITED", "ACCEPTED"])
    people = User.objects.filter(evaluator_entries__memberships__in=seats).distinct()
    context = {"call": _title(stage.call), "stage": stage, "starts_at": sitting.starts_at, **more}
    notify(to=people, topic=topic, context=context, url=reverse("intake:sittings"))


def call_cancelled(call: Call, reason: str) -> None:
    _tell_applicants(call, topics.CANCELLED.code, {"call": _title(call), "reason": reason})


def _tell_applicants(call: Call, topic: str, context: dict[str, Any]) -> None:
    for application in call.applications.exclude(status="WITHDRAWN").select_related("organisation"):
        notify(to=application.organisation, topic=topic, context=context, url=_mine(application))


def _officers(call: Call) -> Iterable[User]:
    return accounts.people_with(f"{call.ledger_room()}.officer", cluster=call.cluster)


def _approvers(call: Call) -> Iterable[User]:
    return accounts.people_with(f"{call.ledger_room()}.approver", cluster=call.cluster)


def _of(application: Application) -> dict[str, Any]:
    """Which application, as a desk names it."""
    return {
        "call": _title(application.call),
        "number": application.receipt_number or "",
        "company": application.organisation,
    }


def _desk(application: Application) -> str:
    return reverse("intake:desk-application", args=[application.public_id])


def supplement_answered(request: SupplementRequest) -> None:
    """To the officers, who look at the answer."""
    application = request.application
    topic = topics.SUPPLEMENT_ANSWERED.code
    notify(to=_officers(application.call), topic=topic, context=_of(application), url=_desk(application))


def supplement_lapsed(request: SupplementRequest) -> None:
    application = request.application
    context = {"call": _title(application.call)}
    topic = topics.SUPPLEMENT_LAPSED.code
    notify(to=application.organisation, topic=topic, context=context, url=_mine(application))


def reserve_lapsed(entry: ReserveEntry) -> None:
    application = entry.application
    context = {"call": _title(application.call), "order": entry.order}
    topic = topics.RESERVE_LAPSED.code
    notify(to=application.organisation, topic=topic, context=context, url=_mine(application))


def seat_declined(member: Member) -> None:
    """To the officers: a seat is empty."""
    stage = member.panel.stage
    context = {"call": _title(stage.call), "stage": stage, "who": member.evaluator}
    url = reverse("intake:desk-stage", args=[stage.call.code, stage.number])
    notify(to=_officers(stage.call), topic=topics.SEAT_DECLINED.code, context=context, url=url)


def member_dismissed(member: Member, reason: str) -> None:
    stage = member.panel.stage
    context = {"call": _title(stage.call), "stage": stage, "reason": reason}
    topic = topics.DISMISSED.code
    notify(to=[member.evaluator.user], topic=topic, context=context, url=reverse("intake:reviews"))


def files_changed(assignment: Assignment) -> None:
    """To the evaluator whose list changed, without naming the file: it may be barred to them. Once a change of state."""
    stage = assignment.stage
    context = {"call": _title(stage.call), "stage": stage, "state": _state(assignment)}
    url = reverse("intake:reviews")
    people = [assignment.member.evaluator.user]
    notify(to=people, topic=topics.FILES_CHANGED.code, context=context, url=url)


def sheet_reopened(sheet: ScoreSheet, reason: str) -> None:
    stage = sheet.assignment.stage
    context = {"call": _title(stage.call), "stage": stage, "reason": reason}
    url = reverse("intake:sheet", args=[sheet.public_id])
    people = [sheet.assignment.member.evaluator.user]
    notify(to=people, topic=topics.SHEET_REOPENED.code, context=context, url=url)


def challenge_withdrawn(challenge: Challenge) -> None:
    """To the approvers, who need not decide any more."""
    application = challenge.application
    url = reverse("intake:desk-call", args=[application.call.code])
    topic = topics.CHALLENGE_WITHDRAWN.code
    notify(to=_approvers(application.call), topic=topic, context=_of(application), url=url)


def case_heard(case: DisqualificationCase) -> None:
    """To the approvers, who decide it."""
    application = case.application
    people = _approvers(application.call)
    notify(to=people, topic=topics.CASE_HEARD.code, context=_of(application), url=_desk(application))


def result_prepared(decision: Decision) -> None:
    """To the approvers: a draft waits for them. Says what kind of result, never what is in it."""
    call = decision.call
    context = {"call": _title(call), "kind": _Label(decision.get_kind_display)}
    url = reverse("intake:decision", args=[decision.public_id])
    notify(to=_approvers(call), topic=topics.APPROVE_RESULT.code, context=context, url=url)


def appeal_withdrawn(appeal: Appeal) -> None:
    """To whoever decides appeals there."""
    call = appeal.application.call
    _tell_appeal(appeal, accounts.people_with(f"{call.ledger_room()}.appeal_reviewer", cluster=call.cluster))


def supplement_asked(request: SupplementRequest) -> None:
    application = request.application
    context = {"call": _title(application.call), "missing": request.missing, "due_at": request.due_at}
    notify(to=application.organisation, topic=topics.SUPPLEMENT.code, context=context, url=_mine(application))


def results_told(notices: Iterable[ResultNotice]) -> None:
    letters = [
        Letter(
            to=notice.application.organisation,
            context={"call": _title(notice.application.call)},
            url=reverse("intake:notice", args=[notice.public_id]),
            key=f"result:{notice.pk}",
        )
        for notice in notices
    ]
    notify_all(topic=topics.RESULT.code, letters=letters)


def reserve_called(entry: ReserveEntry) -> None:
    application = entry.application
    context = {"call": _title(application.call), "order": entry.order}
    notify(to=application.organisation, topic=topics.RESERVE_CALLED.code, context=context, url=_mine(application))


def withdrawn(application: Application) -> None:
    context = {"call": _title(application.call), "number": application.receipt_number or ""}
    notify(to=application.organisation, topic=topics.WITHDRAWN.code, context=context, url=_mine(application))


def panel_invited(panel: Panel) -> None:
    people = User.objects.filter(evaluator_entries__memberships__panel=panel)
    _tell_evaluators(people, topics.PANEL.code, panel.stage)


def file_infected(attachment: Attachment) -> None:
    application = attachment.application
    context = {"call": _title(application.call), "file": attachment.name}
    key = f"infected:{attachment.pk}"
    notify(to=application.organisation, topic=topics.INFECTED.code, context=context, url=_mine(application), key=key)


def member_invited(member: Member) -> None:
    _tell_evaluators([member.evaluator.user], topics.PANEL.code, member.panel.stage)


def files_assigned(stage: Stage, evaluators: Iterable[int]) -> None:
    people = User.objects.filter(pk__in=Evaluator.objects.filter(pk__in=evaluators).values("user"))
    _tell_evaluators(people, topics.FILES.code, stage)


def _tell_evaluators(people: Iterable[User], topic: str, stage: Stage) -> None:
    url = reverse("intake:review-call", args=[stage.call.code])
    notify(to=people, topic=topic, context={"call": _title(stage.call), "stage": stage}, url=url)


def challenge_decided(challenge: Challenge) -> None:
    application = challenge.application
    context = {
        "call": _title(application.call),
        "outcome": _state(challenge),
        "reasons": challenge.reasons,
    }
    notify(to=application.organisation, topic=topics.CHALLENGE.code, context=context, url=_mine(application))


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
    context = {"state": _state(appeal), "call": _title(appeal.application.call), "due_at": last_day}
    notify(to=to, topic=topics.APPEAL.code, context=context, url=reverse("intake:appeal", args=[appeal.public_id]))
