"""The outbox relay: rows written in the deciding transaction, claimed and worked off by a worker.

A claim commits before the work starts and lapses after ``CLAIM_LAPSES``, so a killed worker's row is taken up again.
The handler runs in one transaction with the mark ``DONE``: what it does in the database happens exactly once. What it
does outside happens at least once; such handlers pass the message's id on as their idempotency key.
"""

from __future__ import annotations

import contextlib
import logging
import math
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from portal.celery import app
from portal.core.models import OutboxMessage, OutboxStatus

logger = logging.getLogger(__name__)

Handler = Callable[[OutboxMessage], None]
CLAIM_LAPSES = timedelta(seconds=60)
#: Claimed together, worked off one by one; few enough that the last is reached before the claim lapses.
CLAIMED_AT_ONCE = 20
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=1)
#: About three hours of trying before a person has to look.
MOST_ATTEMPTS = 12
LONGEST_ERROR = 4000
#: The task by its name: the outbox lies below the doors and imports none of them.
DRAIN = "portal.core.tasks.drain_outbox"
#: Seconds without another nudge after the broker did not answer.
BROKER_PAUSE = 10.0
#: Seconds in which one nudge of a process speaks for all: the worker takes whatever is there, and the tick what came after.
NUDGE_PAUSE = 0.1

_handlers: dict[str, Handler] = {}
_broker_away_until = 0.0
_nudged_until = 0.0


def handler(topic: str) -> Callable[[Handler], Handler]:
    """Register the worker's function for ``topic``; a second one for the same topic fails at start."""

    def register(function: Handler) -> Handler:
        if topic in _handlers and _handlers[topic] is not function:
            raise ValueError(f"two handlers for outbox topic {topic}")
        _handlers[topic] = function
        return function

    return register


def put(topic: str, payload: Mapping[str, Any], *, key: str | None = None, due_at: datetime | None = None) -> None:
    """Queue an effect in the open transaction. A ``key`` already queued is left as it is (the effect happens once)."""
    message = OutboxMessage(topic=topic, payload=dict(payload), key=key)
    if due_at is not None:
        message.due_at = due_at
    _put([message], ignore_conflicts=key is not None)


def put_all(topic: str, payloads: Iterable[Mapping[str, Any]]) -> None:
    """``put`` for many effects of one kind, in one statement."""
    _put([OutboxMessage(topic=topic, payload=dict(payload)) for payload in payloads])


def _put(messages: list[OutboxMessage], *, ignore_conflicts: bool = False) -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("outbox.put() belongs into the deciding transaction")
    OutboxMessage.objects.bulk_create(messages, ignore_conflicts=ignore_conflicts)
    if messages and not any(function is _nudge for _, function, *_ in connection.run_on_commit):
        transaction.on_commit(_nudge, robust=True)


def drain(*, limit: int = 200) -> int:
    """Work off what is due, at most ``limit`` messages; returns how many were handled, failed ones included."""
    handled = 0
    while handled < limit and (messages := claim(min(CLAIMED_AT_ONCE, limit - handled))):
        for message in messages:
            work(message)
        handled += len(messages)
    return handled


def claim(most: int = 1) -> list[OutboxMessage]:
    """Take up to ``most`` messages, the longest due first: waiting ones, and those whose worker went silent."""
    due = Q(status=OutboxStatus.WAITING, due_at__lte=Now()) | Q(
        status=OutboxStatus.CLAIMED, claimed_at__lte=Now() - CLAIM_LAPSES
    )
    with transaction.atomic():
        rows = OutboxMessage.objects.filter(due).select_for_update(skip_locked=True)
        messages = list(rows.order_by("due_at", "id")[:most])
        for message in messages:
            message.status, message.attempts = OutboxStatus.CLAIMED, message.attempts + 1
        if messages:
            OutboxMessage.objects.filter(pk__in=[message.pk for message in messages]).update(
                status=OutboxStatus.CLAIMED, attempts=F("attempts") + 1, claimed_at=Now()
            )
    return messages


def work(message: OutboxMessage) -> bool:
    """Run the handler of a claimed message; True when it is done, False when it will be tried again or is dead."""
    try:
        with transaction.atomic():
            if not _mark_done(message):
                return False
            _handlers[message.topic](message)
    except Exception:
        logger.exception("outbox message %s (%s) failed at attempt %s", message.pk, message.topic, message.attempts)
        _postpone(message, traceback.format_exc(limit=-8))
        return False
    return True


def revive(message: OutboxMessage) -> bool:
    """Give a dead message a fresh set of attempts (a person's decision); False when it is not dead."""
    return (
        OutboxMessage.objects.filter(pk=message.pk, status=OutboxStatus.DEAD).update(
            status=OutboxStatus.WAITING, attempts=0, due_at=Now()
        )
        == 1
    )


def delay_after(attempts: int) -> timedelta:
    """Exponential back-off: 5 s, 10 s, 20 s … at most an hour."""
    return min(FIRST_RETRY * 2 ** max(attempts - 1, 0), LONGEST_RETRY)


def _mark_done(message: OutboxMessage) -> bool:
    """Lock and mark the row in one statement; the handler's failure takes the mark back.

    A worker that slept past its claim finds another's attempt number and steps back.
    """
    ours = OutboxMessage.objects.filter(pk=message.pk, status=OutboxStatus.CLAIMED, attempts=message.attempts)
    return ours.update(status=OutboxStatus.DONE, done_at=Now(), last_error="") == 1


def _postpone(message: OutboxMessage, error: str) -> None:
    dead = message.attempts >= MOST_ATTEMPTS or message.topic not in _handlers
    OutboxMessage.objects.filter(pk=message.pk, status=OutboxStatus.CLAIMED, attempts=message.attempts).update(
        status=OutboxStatus.DEAD if dead else OutboxStatus.WAITING,
        due_at=Now() + delay_after(message.attempts),
        last_error=error[-LONGEST_ERROR:],
    )


@contextlib.contextmanager
def unhurried() -> Iterator[None]:
    """Within the block nobody hurries the worker: a command that comes before the broker writes rows for the first tick."""
    global _broker_away_until
    before, _broker_away_until = _broker_away_until, math.inf
    try:
        yield
    finally:
        _broker_away_until = before


def _nudge() -> None:
    """Hurry the worker; while the broker is away its next tick finds the rows all the same."""
    global _broker_away_until, _nudged_until
    now = time.monotonic()
    if now < max(_broker_away_until, _nudged_until):
        return
    _nudged_until = now + NUDGE_PAUSE
    try:
        app.send_task(DRAIN, retry=False, expires=10)
    except OperationalError:
        _broker_away_until = time.monotonic() + BROKER_PAUSE
        logger.warning("the broker cannot be reached; the outbox waits for the next tick")
