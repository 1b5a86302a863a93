"""The outbox: how many effects a second are queued and worked off, and whether a backlog drains evenly."""

from __future__ import annotations

import threading
import time

from django.db import connection, transaction
from django.db.models import Count, F, Max, Q

from portal.core import outbox
from portal.core.models import OutboxMessage, OutboxStatus
from tests.benchmarks.report import Report, percentile_of, timed

TOPIC = "benchmark"
WRITTEN, BACKLOG, DRAINERS = 1_000, 10_000, 2


@outbox.handler(TOPIC)
def effect(message: OutboxMessage) -> None:
    """As little as an effect can be: the figures are those of the relay."""


def run(report: Report) -> None:
    """Print writing, draining, and the lag of messages written while others drain."""
    writing = timed(WRITTEN, put_one)
    report.row("put, one transaction each", writing.rate, "messages/s", note=f"p50 {writing.ms(50):.2f} ms")
    cpu = time.process_time()
    report.row("drained by one worker", drain_all(1), "messages/s", aim="≥ 500", note=f"{WRITTEN:,} waiting")
    report.row("its processor time", 1000 * (time.process_time() - cpu) / WRITTEN, "ms/message")
    fill(BACKLOG)
    report.row(
        f"drained by {DRAINERS} workers", drain_all(DRAINERS), "messages/s", aim="≥ 500", note=f"backlog {BACKLOG:,}"
    )
    lag = steady_lag()
    report.row(
        "lag at 100 messages/s, p99", percentile_of(lag, 99), "s", aim="≤ 2", note="due to done, worker beside it"
    )
    left = OutboxMessage.objects.aggregate(
        more=Count("pk", filter=Q(attempts__gt=1)),
        open=Count("pk", filter=~Q(status=OutboxStatus.DONE)),
        last=Max("pk"),
    )
    report.row("left undone or done twice", left["more"] + left["open"], "messages", aim="0")


def put_one(number: int) -> None:
    with transaction.atomic():
        outbox.put(TOPIC, {"number": number})


def fill(count: int) -> None:
    OutboxMessage.objects.bulk_create([OutboxMessage(topic=TOPIC, payload={"number": n}) for n in range(count)], 1000)


def drain_all(workers: int) -> float:
    """Messages a second until nothing is due."""
    waiting = OutboxMessage.objects.filter(status=OutboxStatus.WAITING).count()
    began = time.perf_counter()
    threads = [threading.Thread(target=_drain) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return waiting / (time.perf_counter() - began)


def _drain() -> None:
    while outbox.drain(limit=500):
        pass
    connection.close()


def steady_lag(seconds: float = 5.0, rate: int = 100) -> list[float]:
    """Seconds from due to done for messages put at a steady rate while one worker drains."""
    first = OutboxMessage.objects.aggregate(last=Max("pk"))["last"] or 0
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            if not outbox.drain(limit=500):
                time.sleep(0.05)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    began = time.perf_counter()
    for number in range(int(seconds * rate)):
        put_one(number)
        time.sleep(max(0.0, began + (number + 1) / rate - time.perf_counter()))
    time.sleep(1.0)
    stop.set()
    worker.join()
    done = OutboxMessage.objects.filter(pk__gt=first, status=OutboxStatus.DONE)
    return [lag.total_seconds() for lag in done.annotate(lag=F("done_at") - F("due_at")).values_list("lag", flat=True)]
