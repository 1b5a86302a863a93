"""Warnings 24 hours and one hour before the bell, to who has not sent yet."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core import outbox
from portal.core.clock import database_now
from portal.core.models import OutboxMessage
from portal.intake import services
from portal.intake.services import closing
from portal.notices.models import Notice
from tests.factories import intake as factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial():
    now = database_now()
    return factory.open_round(opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=2))


def warnings(trial):
    found = OutboxMessage.objects.filter(topic=closing.TOPIC, payload__call=trial.call.pk)
    return {message.payload["hours"]: message for message in found.order_by("pk")}


def told():
    return list(Notice.objects.filter(topic="intake.closing_soon").order_by("title").values_list("user", "title"))


def test_who_has_a_draft_and_no_receipt_is_told_once_for_each_hour(trial):
    trial.apply(now=database_now())
    trial.draft(now=database_now())
    due = warnings(trial)
    closes = trial.call.closes_at
    assert {hours: message.due_at for hours, message in due.items()} == {
        24: closes - timedelta(hours=24),
        1: closes - timedelta(hours=1),
    }
    for message in (due[24], due[24], due[1]):
        closing.warn(message)
    late = trial.masters[-1].pk
    title = "접수 마감 {}시간 전입니다: 시험 공고"
    assert told() == [(late, title.format(1)), (late, title.format(24))]


def test_a_moved_closing_silences_the_old_warnings_and_sets_new_ones(trial):
    trial.draft(now=database_now())
    old = warnings(trial)
    moved = trial.call.closes_at + timedelta(days=3)
    version = services.draft_correction(
        call=trial.call, changes={"closes_at": moved}, reason="연장", by=trial.officer, now=database_now()
    )
    services.publish_correction(version=version, by=trial.approver, now=database_now())
    closing.warn(old[24])
    assert told() == []
    assert OutboxMessage.objects.filter(topic=closing.TOPIC).count() == 4
    closing.warn(warnings(trial)[24])
    assert len(told()) == 1


def test_the_worker_leaves_them_until_their_hour(trial):
    trial.draft(now=database_now())
    outbox.drain()
    assert told() == []
