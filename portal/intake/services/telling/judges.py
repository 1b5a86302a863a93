"""What evaluators are told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from portal.accounts.models import User
from portal.intake import topics
from portal.intake.models import Assignment, Evaluator, Member, Panel, ScoreSheet, Sitting, Stage
from portal.intake.services.telling.words import state_of, title_of
from portal.notices.services import notify


def sitting_called(sitting: Sitting) -> None:
    _tell_sitting(sitting, topics.SITTING.code, {"place": sitting.place})


def sitting_cancelled(sitting: Sitting, reason: str) -> None:
    _tell_sitting(sitting, topics.SITTING_CANCELLED.code, {"reason": reason})


def _tell_sitting(sitting: Sitting, topic: str, more: dict[str, Any]) -> None:
    """To every member of the panel, declined and dismissed ones left out."""
    stage = sitting.stage
    seats = Member.objects.filter(panel__stage=stage, status__in=["INVITED", "ACCEPTED"])
    people = User.objects.filter(evaluator_entries__memberships__in=seats).distinct()
    context = {"call": title_of(stage.call), "stage": stage, "starts_at": sitting.starts_at, **more}
    notify(to=people, topic=topic, context=context, url=reverse("intake:sittings"))


def panel_invited(panel: Panel) -> None:
    people = User.objects.filter(evaluator_entries__memberships__panel=panel)
    _tell_evaluators(people, topics.PANEL.code, panel.stage)


def member_invited(member: Member) -> None:
    _tell_evaluators([member.evaluator.user], topics.PANEL.code, member.panel.stage)


def files_assigned(stage: Stage, evaluators: Iterable[int]) -> None:
    people = User.objects.filter(pk__in=Evaluator.objects.filter(pk__in=evaluators).values("user"))
    _tell_evaluators(people, topics.FILES.code, stage)


def _tell_evaluators(people: Iterable[User], topic: str, stage: Stage) -> None:
    url = reverse("intake:review-call", args=[stage.call.code])
    notify(to=people, topic=topic, context={"call": title_of(stage.call), "stage": stage}, url=url)


def files_changed(assignment: Assignment) -> None:
    """To the evaluator whose list changed, without naming the file: it may be barred to them. Once a change of state."""
    stage = assignment.stage
    context = {"call": title_of(stage.call), "stage": stage, "state": state_of(assignment)}
    url = reverse("intake:reviews")
    people = [assignment.member.evaluator.user]
    notify(to=people, topic=topics.FILES_CHANGED.code, context=context, url=url)


def sheet_reopened(sheet: ScoreSheet, reason: str) -> None:
    stage = sheet.assignment.stage
    context = {"call": title_of(stage.call), "stage": stage, "reason": reason}
    url = reverse("intake:sheet", args=[sheet.public_id])
    people = [sheet.assignment.member.evaluator.user]
    notify(to=people, topic=topics.SHEET_REOPENED.code, context=context, url=url)


def member_dismissed(member: Member, reason: str) -> None:
    stage = member.panel.stage
    context = {"call": title_of(stage.call), "stage": stage, "reason": reason}
    topic = topics.DISMISSED.code
    notify(to=[member.evaluator.user], topic=topic, context=context, url=reverse("intake:reviews"))
