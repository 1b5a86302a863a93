"""The outbox: written with the decision, worked off once, never lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from portal.core import outbox
from portal.core.models import OutboxMessage, OutboxStatus


@pytest.fixture
def seen(monkeypatch):
    """A handler for the topic ``test`` that notes what it was given."""
    notes: list[dict] = []
    monkeypatch.setitem(outbox._handlers, "test", lambda message: notes.append(message.payload))
    return notes


def put(**payload):
    with transaction.atomic():
        outbox.put("test", payload)


@pytest.mark.django_db
def test_a_message_is_worked_off_once(seen):
    put(n=1)
    assert (outbox.drain(), outbox.drain()) == (1, 0)
    assert seen == [{"n": 1}]
    assert OutboxMessage.objects.get().status == OutboxStatus.DONE


def test_a_message_outside_a_transaction_is_refused(committed_db):
    with pytest.raises(transaction.TransactionManagementError):
        outbox.put("test", {})


def test_a_decision_that_is_undone_takes_its_message_along(committed_db, seen):
    def decide_and_fail():
        with transaction.atomic():
            outbox.put("test", {"n": 1})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        decide_and_fail()
    assert outbox.drain() == 0
    assert OutboxMessage.objects.count() == 0


@pytest.mark.django_db
def test_the_same_key_is_queued_once(seen):
    for _ in range(3):
        with transaction.atomic():
            outbox.put("test", {"n": 1}, key="receipt:7")
    outbox.drain()
    assert seen == [{"n": 1}]


@pytest.mark.django_db
def test_many_of_a_kind_are_queued_with_one_statement(seen, django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(1):
        outbox.put_all("test", [{"n": 1}, {"n": 2}])
    outbox.drain()
    assert sorted(payload["n"] for payload in seen) == [1, 2]
    with transaction.atomic(), django_assert_num_queries(0):
        outbox.put_all("test", [])


@pytest.mark.django_db
def test_a_message_waits_for_its_time(seen):
    with transaction.atomic():
        outbox.put("test", {"n": 1}, due_at=timezone.now() + timedelta(hours=1))
    assert outbox.drain() == 0
    assert seen == []


@pytest.mark.django_db
def test_a_failure_is_tried_again_later_and_undoes_what_the_handler_wrote(monkeypatch):
    def handler(message):
        OutboxMessage.objects.create(topic="side effect")
        raise RuntimeError("mail server away")

    monkeypatch.setitem(outbox._handlers, "test", handler)
    put(n=1)
    outbox.drain()
    message = OutboxMessage.objects.get()
    assert (message.topic, message.status, message.attempts) == ("test", OutboxStatus.WAITING, 1)
    assert message.due_at > timezone.now() + timedelta(seconds=3)
    assert "mail server away" in message.last_error


@pytest.mark.django_db
def test_a_poisoned_message_dies_after_its_attempts_and_a_person_may_revive_it(monkeypatch):
    monkeypatch.setitem(outbox._handlers, "test", lambda message: 1 / 0)
    put(n=1)
    OutboxMessage.objects.update(attempts=outbox.MOST_ATTEMPTS - 1)
    outbox.drain()
    message = OutboxMessage.objects.get()
    assert message.status == OutboxStatus.DEAD
    assert outbox.drain() == 0
    assert outbox.revive(message)
    assert not outbox.revive(message)
    message.refresh_from_db()
    assert (message.status, message.attempts) == (OutboxStatus.WAITING, 0)


@pytest.mark.django_db
def test_an_unknown_topic_goes_to_the_dead_letters_at_once():
    with transaction.atomic():
        outbox.put("nobody listens", {})
    outbox.drain()
    assert OutboxMessage.objects.get().status == OutboxStatus.DEAD


def test_back_off_doubles_up_to_an_hour():
    assert [outbox.delay_after(n).total_seconds() for n in (1, 2, 3, 12)] == [5, 10, 20, 3600]


def test_two_handlers_for_one_topic_fail_at_start(monkeypatch):
    monkeypatch.setattr(outbox, "_handlers", {})
    outbox.handler("test")(lambda message: None)
    with pytest.raises(ValueError, match="two handlers"):
        outbox.handler("test")(lambda message: None)


def test_workers_side_by_side_do_each_message_once(committed_db, monkeypatch):
    done: list[int] = []
    monkeypatch.setitem(outbox._handlers, "test", lambda message: done.append(message.payload["n"]))
    for n in range(60):
        put(n=n)

    def worker():
        try:
            outbox.drain()
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == list(range(60))
    assert OutboxMessage.objects.filter(status=OutboxStatus.DONE).count() == 60


KILLED_WORKER = """
import os, sys, time
sys.path.insert(0, os.getcwd())
import django
django.setup()
from portal.core import outbox
def handler(message):
    print("claimed", flush=True)
    time.sleep(60)
outbox._handlers["test"] = handler
outbox.drain()
"""


@pytest.mark.fault
def test_a_killed_workers_message_is_taken_up_again(committed_db, seen):
    put(n=1)
    worker = subprocess.Popen(
        [sys.executable, "-c", KILLED_WORKER],
        env={**os.environ, "DATABASE_URL": committed_db},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "claimed\n"
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    assert outbox.drain() == 0, "the claim has not lapsed yet"
    OutboxMessage.objects.update(claimed_at=timezone.now() - outbox.CLAIM_LAPSES - timedelta(seconds=1))
    deadline = time.monotonic() + 5
    while not seen and time.monotonic() < deadline:
        outbox.drain()
    assert seen == [{"n": 1}]
    assert OutboxMessage.objects.get().attempts == 2


def test_a_worker_that_slept_past_its_claim_steps_back(committed_db, seen):
    put(n=1)
    [sleeper] = outbox.claim()
    OutboxMessage.objects.update(claimed_at=timezone.now() - outbox.CLAIM_LAPSES - timedelta(seconds=1))
    outbox.drain()
    assert outbox.work(sleeper) is False
    assert seen == [{"n": 1}]


@pytest.mark.django_db
@pytest.mark.parametrize("values", ["status = 'LOST'", "status = 'CLAIMED'", "status = 'DONE'"])
def test_the_table_refuses_states_that_make_no_sense(values):
    put(n=1)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE core_outboxmessage SET {values}")


def test_a_command_before_the_broker_writes_rows_without_hurrying_anybody(committed_db, seen, monkeypatch):
    hurried = []
    monkeypatch.setattr("portal.core.outbox._broker_away_until", 0.0)
    monkeypatch.setattr("portal.core.outbox.app.send_task", lambda *_, **__: hurried.append(1))
    with outbox.unhurried():
        put(n=1)
    assert hurried == []
    put(n=2)
    assert (hurried, outbox.drain()) == ([1], 2)
