"""What officers and approvers are told: something waits for them."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.intake import topics
from portal.intake.models import Call, Challenge, Decision, DisqualificationCase, Member, ScoreSheet, SupplementRequest
from portal.intake.services.telling.words import (
    Label,
    approvers_of,
    desk_page_of,
    of_application,
    officers_of,
    title_of,
)
from portal.notices.services import notify


def approval_requested(call: Call, by: User) -> None:
    """To those who may publish the call."""
    version = call.versions.order_by("-number").first()
    context = {"who": by, "call": version.title_text if version else call.code}
    url = reverse("intake:desk-call", args=[call.code])
    notify(to=approvers_of(call), topic=topics.APPROVAL.code, context=context, url=url)


def reopening_asked(sheet: ScoreSheet) -> None:
    """To the officers of the call: the chair wants a sheet given back."""
    stage = sheet.assignment.stage
    people = accounts.people_with(f"{stage.ledger_room()}.officer", cluster=stage.call.cluster)
    url = reverse("intake:desk-stage", args=[stage.call.code, stage.number])
    context = {"call": title_of(stage.call), "stage": stage, "reason": sheet.reopening_reason}
    notify(to=people, topic=topics.REOPENING.code, context=context, url=url)


def challenge_filed(challenge: Challenge) -> None:
    """To the approvers, who decide it."""
    call = challenge.application.call
    url = reverse("intake:desk-call", args=[call.code])
    context = {
        "call": title_of(call),
        "decide_by": timezone.localtime(challenge.decide_by - timedelta(microseconds=1)).date(),
    }
    notify(to=approvers_of(call), topic=topics.CHALLENGE_FILED.code, context=context, url=url)


def challenge_overdue(challenge: Challenge) -> None:
    """To the approvers: the day to decide has passed, the evaluator sits out."""
    call = challenge.application.call
    url = reverse("intake:desk-call", args=[call.code])
    key = f"challenge-overdue:{challenge.pk}"
    notify(
        to=approvers_of(call), topic=topics.CHALLENGE_OVERDUE.code, context={"call": title_of(call)}, url=url, key=key
    )


def supplement_answered(request: SupplementRequest) -> None:
    """To the officers, who look at the answer."""
    application = request.application
    topic = topics.SUPPLEMENT_ANSWERED.code
    notify(
        to=officers_of(application.call),
        topic=topic,
        context=of_application(application),
        url=desk_page_of(application),
    )


def seat_declined(member: Member) -> None:
    """To the officers: a seat is empty."""
    stage = member.panel.stage
    context = {"call": title_of(stage.call), "stage": stage, "who": member.evaluator}
    url = reverse("intake:desk-stage", args=[stage.call.code, stage.number])
    notify(to=officers_of(stage.call), topic=topics.SEAT_DECLINED.code, context=context, url=url)


def challenge_withdrawn(challenge: Challenge) -> None:
    """To the approvers, who need not decide any more."""
    application = challenge.application
    url = reverse("intake:desk-call", args=[application.call.code])
    topic = topics.CHALLENGE_WITHDRAWN.code
    notify(to=approvers_of(application.call), topic=topic, context=of_application(application), url=url)


def case_heard(case: DisqualificationCase) -> None:
    """To the approvers, who decide it."""
    application = case.application
    people = approvers_of(application.call)
    notify(to=people, topic=topics.CASE_HEARD.code, context=of_application(application), url=desk_page_of(application))


def result_prepared(decision: Decision) -> None:
    """To the approvers: a draft waits for them. Says what kind of result, never what is in it."""
    call = decision.call
    context = {"call": title_of(call), "kind": Label(decision.get_kind_display)}
    url = reverse("intake:decision", args=[decision.public_id])
    notify(to=approvers_of(call), topic=topics.APPROVE_RESULT.code, context=context, url=url)
